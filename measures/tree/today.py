"""The tree of a checklist as it is today, counted as by `roll_up` and `loops_of`. SQL is made once."""

from datetime import date, datetime

from django.db.models import Q, QuerySet

from measures.database.prepared import expression, prepared
from measures.lights import end_of_day, start_of_day
from measures.models import Application, Checklist, Item
from measures.querysets.checklists import ChecklistQuerySet
from measures.querysets.ledger import ItemQuerySet
from measures.querysets.loop_counts import loop_by_unit
from measures.tree.loops import Loops, sum_loops
from measures.tree.sums import Unit, UnitRow, rows_of_units, sum_up, uncounted_units

# Among many checklists, keys find these sooner than the path above them does.
FEW = 200


def tree_today(path: str, *, on: date, start: date, by: str = "pillar", with_closed: bool = False) -> Unit:
    """The checklist with this path and those below it, with their counts. `on` is today."""
    until, since, sections = end_of_day(on), start_of_day(start), by == "section"
    units = uncounted_units(_units(path, until), with_closed=with_closed)
    counted = [unit.key for unit in units if unit.is_counted]
    if len(counted) <= FEW:
        tallies = _few_tallies.plain(counted, on=on, since=since, sections=sections) if counted else []
    else:
        tallies = _tallies.plain(path, until, on=on, since=since, sections=sections, closed=with_closed)
    [top] = sum_up(units, tallies)
    return top


def loops_today(top: Unit, *, on: date, start: date, with_closed: bool = False) -> Loops:
    """The sums of the loop of the units that count in this tree."""
    until, since = end_of_day(on), start_of_day(start)
    counted = [unit.key for unit in top.walk() if unit.is_counted]
    if not counted:
        return sum_loops([top], [], [])
    if len(counted) <= FEW:
        rows = _few_loops.plain(counted, until, on=on, start=start, since=since)
        return sum_loops([top], rows, _few_waiting(counted, until))
    rows = _loops.plain(top.path, until, on=on, start=start, since=since, closed=with_closed)
    return sum_loops([top], rows, _waiting(until))


def _tree(path: str, until: datetime) -> ChecklistQuerySet:
    return Checklist.objects.filter(path__startswith=expression(path), opened_at__lt=until)


def _items(path: str, until: datetime, *, closed: bool) -> ItemQuerySet:
    counted = _tree(path, until).counted(with_closed=closed)
    return Item.objects.filter(checklist__in=counted.values("pk"))


@prepared
def _units(path: str, until: datetime) -> QuerySet[Checklist, UnitRow]:
    return rows_of_units(_tree(path, until))


@prepared
def _tallies(
    path: str, until: datetime, *, on: date, since: datetime, sections: bool, closed: bool
) -> QuerySet[Item, tuple[int, ...]]:
    return _tallied(_items(path, until, closed=closed), on, since, sections=sections)


@prepared
def _few_tallies(
    checklists: list[int], *, on: date, since: datetime, sections: bool
) -> QuerySet[Item, tuple[int, ...]]:
    return _tallied(Item.objects.filter(checklist__pk__in=checklists), on, since, sections=sections)


def _tallied(
    items: ItemQuerySet, on: date, since: datetime, *, sections: bool
) -> QuerySet[Item, tuple[int, ...]]:
    return items.counted_by_unit(on=on, since=since, by="section" if sections else "pillar")


@prepared
def _loops(
    path: str, until: datetime, *, on: date, start: date, since: datetime, closed: bool
) -> QuerySet[Item, tuple[int, ...]]:
    return _looped(_items(path, until, closed=closed), until, on, start, since)


@prepared
def _few_loops(
    checklists: list[int], until: datetime, *, on: date, start: date, since: datetime
) -> QuerySet[Item, tuple[int, ...]]:
    return _looped(Item.objects.filter(checklist__pk__in=checklists), until, on, start, since)


def _looped(
    items: ItemQuerySet, until: datetime, on: date, start: date, since: datetime
) -> QuerySet[Item, tuple[int, ...]]:
    # An entry is written on the day that it counts for, or later: most items need not be looked for.
    heard = Q(last_entry_at__gte=since)
    return loop_by_unit(items, on=on, start=start, since=since, until=until, heard=heard)


@prepared
def _waiting(until: datetime) -> QuerySet[Application, tuple[int, int]]:
    return Application.objects.pending(until).counted_by_unit()


@prepared
def _few_waiting(checklists: list[int], until: datetime) -> QuerySet[Application, tuple[int, int]]:
    return Application.objects.filter(item__checklist__pk__in=checklists).pending(until).counted_by_unit()
