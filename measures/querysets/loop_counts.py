"""How a unit's loop is counted: items done in time, entries due and given. Time is always an argument."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.apps import apps
from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, When

from measures.choices import OWING_STATUSES, Side, Status
from measures.lights import end_of_day, late, late_at_first, start_of_day

if TYPE_CHECKING:
    from measures.models.checklists import Checklist
    from measures.models.entries import Entry
    from measures.models.tracking import Item
    from measures.models.updates import Update
    from measures.querysets.ledger import ItemQuerySet
    from measures.querysets.loop import EntryQuerySet


EVERY_ITEM = Q()


def counts_on_time(on: date) -> dict[str, Count]:
    """How many items were done in time, of how many: as `progress.OnTime` counts them."""
    done = Q(status=Status.DONE)
    return {
        "in_time": Count("pk", filter=done & Q(done_on__lte=F("due"))),
        "of": Count("pk", filter=done & Q(due__isnull=False) | late(on)),
        "in_time_first": Count("pk", filter=done & Q(done_on__lte=F("first_due"))),
        "of_first": Count("pk", filter=done & Q(first_due__isnull=False) | late_at_first(on)),
    }


def loop_by_unit(
    items: "ItemQuerySet", *, on: date, start: date, since: datetime, until: datetime, heard: Q = EVERY_ITEM
) -> "QuerySet[Item, tuple[int, ...]]":
    """Rows of checklist, the counts of `progress.OnTime`, entries due, and entries given.

    Entries are those for the days from `start` to `on`, which begin and end at `since` and `until`. One query
    reads the items once for all of it. Entries are looked for only of items that were `heard` of.
    """
    checklists: type[Checklist] = apps.get_model("measures.Checklist")
    # Asked once for each checklist: a join would look for the checklist of each item.
    has_entries = Exists(checklists.objects.filter(_has_entries(until), pk=OuterRef("checklist")))
    owing = _owing(since, until)
    given = owing & heard & Q(Exists(entries_given(start, on, until)))
    counts = {
        name: Case(When(has_entries, then=Count("pk", filter=condition)), default=0)
        for name, condition in (("owed", owing), ("given", given))
    }
    return items.order_by().values_list("checklist").annotate(**counts_on_time(on), **counts)


def entries_by_unit(
    items: "ItemQuerySet", *, on: date, start: date, unit: str
) -> Iterable[tuple[int, int, int]]:
    """Rows of unit, entries due for the days from `start` to `on`, and entries given.

    `unit` is the lookup of the unit, such as `owner`.
    """
    since, until = start_of_day(start), end_of_day(on)
    owing = items.filter(_has_entries(until, "checklist__"), _owing(since, until)).order_by()
    given = Exists(entries_given(start, on, until))
    found: Iterable[tuple[int, int, int]] = (
        owing.annotate(unit=F(unit))
        .values_list("unit")
        .annotate(due=Count("pk"), given=Count("pk", filter=given))
    )
    return found


def _has_entries(until: datetime, prefix: str = "") -> Q:
    """Which checklists had entries by then: in others none is due."""
    return Q(**{f"{prefix}entries_from": None}) | Q(**{f"{prefix}entries_from__lt": until})


def _owing(since: datetime, until: datetime) -> Q:
    """Which items an entry is due for: one that had an owner and ran on any of the days between."""
    return Q(owner__isnull=False) & ran_between(since, until)


def ran_between(since: datetime, until: datetime) -> Q:
    """Which items, as they are at `until`, were in progress, blocked or standing on any day from `since`."""
    updates: type[Update] = apps.get_model("measures.Update")
    owing = updates.objects.filter(item=OuterRef("pk"), status__in=OWING_STATUSES)
    later = updates.objects.filter(item=OuterRef("item"), pk__gt=OuterRef("pk"), at__lt=since)
    before = owing.filter(at__lt=since).filter(~Exists(later))
    # Most items that don't run now were not touched in these days: only of the others is the journal read.
    ended = Q(updated_at__gte=since) & (
        Q(Exists(owing.filter(at__gte=since, at__lt=until))) | Q(Exists(before))
    )
    return Q(status__in=OWING_STATUSES) | ended


def entries_given(start: date, on: date, until: datetime) -> "EntryQuerySet":
    """The entries of the units of an outer query's items for these days, but those withdrawn by `until`."""
    entries: type[Entry] = apps.get_model("measures.Entry")
    counting = entries.objects.filter(item=OuterRef("pk")).counting_for(start, on)
    by_units = counting.exclude(side=Side.COOPERATING)
    return by_units.not_withdrawn() | by_units.filter(at__lt=until).not_withdrawn(until)
