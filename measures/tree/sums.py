"""Counts of items by checklist, summed up the tree: a parent always equals its own and its children's."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Self

from django.db.models import F, QuerySet

from measures.choices import ChecklistStatus
from measures.lights import start_of_day
from measures.models import Checklist
from measures.querysets.checklists import ChecklistQuerySet
from measures.querysets.ledger import ItemQuerySet


@dataclass(slots=True)
class Tally:
    """Counts of some items. Shares are in percent of what is in force; None where nothing is.

    `well` is done or standing, `late` overdue, `silent` unfinished and without an entry in the period;
    `reported` had one in the period, whatever their status.
    """

    items: int = 0
    dropped: int = 0
    well: int = 0
    late: int = 0
    silent: int = 0
    reported: int = 0

    def add(self, other: Self) -> None:
        self.items += other.items
        self.dropped += other.dropped
        self.well += other.well
        self.late += other.late
        self.silent += other.silent
        self.reported += other.reported

    @property
    def in_force(self) -> int:
        """All but what was dropped: the denominator of every share."""
        return self.items - self.dropped

    def share(self, count: int) -> float | None:
        return 100 * count / self.in_force if self.in_force else None


@dataclass(slots=True)
class Unit:
    """One checklist in the tree. `parts` and `whole` count its own items and those of all below it.

    `parts` goes by the key of a pillar, or of a section. `units` counts the checklists at and below it that
    have something in force, `unheard` those of them without any entry in the period. `is_counted` is false
    for a closed one whose items were left out.
    """

    key: int
    slug: str
    name: str
    path: str
    is_open: bool = True
    is_merged: bool = False
    is_counted: bool = True
    catalogue: int = 0
    own_parts: dict[int, Tally] = field(default_factory=dict)
    own: Tally = field(default_factory=Tally)
    parts: dict[int, Tally] = field(default_factory=dict)
    whole: Tally = field(default_factory=Tally)
    units: int = 0
    unheard: int = 0
    children: "list[Unit]" = field(default_factory=list)

    @property
    def parent_path(self) -> str:
        """ "/henan/" of "/henan/zhengzhou/"; "/" at the top."""
        return f"{self.path.rsplit('/', 2)[0]}/"

    @property
    def depth(self) -> int:
        """Return the number of checklists above this one."""
        return self.path.count("/") - 2

    @property
    def is_unheard(self) -> bool:
        """Whether items are in force here, but no unit reported anything about them in the period."""
        return bool(self.own.in_force and not self.own.reported)

    def walk(self) -> "Iterator[Unit]":
        """This one and all below it: each before those below it."""
        yield self
        for child in self.children:
            yield from child.walk()

    def _close(self) -> None:
        """Count oneself; to be called before any child is taken in."""
        for tally in self.own_parts.values():
            self.own.add(tally)
        self.parts, self.whole = self.own_parts, self.own
        self.units = int(self.own.in_force > 0)
        self.unheard = int(self.is_unheard)

    def _take_in(self, child: "Unit") -> None:
        if not self.children:
            # Most units have none below them, and all their counts are their own.
            self.parts = {key: replace(tally) for key, tally in self.own_parts.items()}
            self.whole = replace(self.own)
        for key, tally in child.parts.items():
            if key not in self.parts:
                self.parts[key] = Tally()
            self.parts[key].add(tally)
        self.whole.add(child.whole)
        self.units += child.units
        self.unheard += child.unheard
        self.children.append(child)


def sum_up(units: Iterable[Unit], rows: Iterable[tuple[int, ...]]) -> list[Unit]:
    """The tops among these units, in the order of their paths, each with what lies below it.

    A row is the key of a checklist, that of a pillar or section, and the six counts of a `Tally`. A unit
    with none of those above it among them is a top.
    """
    ordered = sorted(units, key=lambda unit: unit.path)
    by_key = {unit.key: unit for unit in ordered}
    for key, part, *counts in rows:
        by_key[key].own_parts[part] = Tally(*counts)
    by_path = {unit.path: unit for unit in ordered}
    for unit in ordered:
        unit._close()
    tops = []
    # A path comes after those that it begins with: backwards, children come before their parents.
    for unit in reversed(ordered):
        # They were taken in backwards.
        unit.children.reverse()
        parent = _above(unit, by_path)
        if parent is None:
            tops.append(unit)
        else:
            parent._take_in(unit)
    return tops[::-1]


def _above(unit: Unit, by_path: Mapping[str, Unit]) -> Unit | None:
    """The nearest unit above: of a past tree, some in between may not be the user's to read."""
    path = unit.parent_path
    while path != "/":
        if found := by_path.get(path):
            return found
        path = f"{path.rsplit('/', 2)[0]}/"
    return None


def roll_up(
    checklists: ChecklistQuerySet,
    items: ItemQuerySet,
    *,
    on: date,
    start: date,
    by: str = "pillar",
    as_of: date | None = None,
    with_closed: bool = False,
) -> list[Unit]:
    """These checklists as trees with their counts, from two queries, however many there are.

    The items are those of the `counted` checklists. With `as_of` they are replayed, and places and states are
    those of that day. `on` is the day on which lateness is judged, `start` the first of the period in which
    an entry is looked for.
    """
    units = uncounted_units(rows_of_units(checklists, as_of), with_closed=with_closed)
    rows = items.counted_by_unit(on=on, since=start_of_day(start), by=by) if units else ()
    return sum_up(units, rows)


type UnitRow = tuple[int, str, str, str, str, int | None, int]


def rows_of_units(checklists: ChecklistQuerySet, as_of: date | None = None) -> QuerySet[Checklist, UnitRow]:
    """What `uncounted_units` needs of these checklists, now or at the end of a day."""
    there = checklists.placed(as_of).turned(as_of).following(as_of).order_by()
    return there.values_list("pk", "slug", "name", F("place"), F("state"), F("merged"), F("edition"))


def uncounted_units(rows: Iterable[UnitRow], *, with_closed: bool = False) -> list[Unit]:
    """Units of rows of `rows_of_units`, without any counts yet."""
    return [
        Unit(
            key,
            slug,
            name,
            path,
            status == ChecklistStatus.OPEN,
            merged is not None and status == ChecklistStatus.CLOSED,
            status == ChecklistStatus.OPEN or (with_closed and merged is None),
            catalogue,
        )
        for key, slug, name, path, status, merged, catalogue in rows
    ]
