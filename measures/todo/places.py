"""The figures of one's checklists, and how many of each kind wait in them: one query."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Q, QuerySet

from measures.choices import WELL_STATUSES, Status
from measures.database.prepared import prepared
from measures.lights import late, start_of_day
from measures.models import Item
from measures.models.special_days import working_days
from measures.querysets.waiting import (
    RETURNED,
    SOON,
    UNLED,
    Silences,
    falls_due,
    milestone_due,
    owes_answer,
    silent,
    unconfirmed,
)
from measures.todo.acting import Acting
from measures.todo.model import Figures, TodoPlace, Waits

LATELY = timedelta(days=30)


@dataclass(frozen=True)
class Now:
    """The day on which something waits, and the last day that is soon."""

    on: date
    soon: date

    @classmethod
    def of(cls, on: date) -> "Now":
        return cls(on, working_days().away(on, SOON))


# The kinds of what waits that a list can be filtered by.
COUNTED = (
    *(Waits.CHASED, Waits.RETURNED, Waits.MILESTONE, Waits.SOON),
    *(Waits.NEW, Waits.SILENT, Waits.UNLED),
)


def places_of(acting: Acting, now: Now) -> list[TodoPlace]:
    """All checklists in which the person has a role, in the order of the tree."""
    owners = [held.owner_id for held in acting.memberships if held.owner_id is not None]
    whole = [held.checklist_id for held in acting.memberships if held.owner_id is None]
    if not acting.memberships:
        return []
    since = now.on - LATELY
    rows = _counts(
        owners,
        whole,
        units=acting.units,
        on=now.on,
        soon=now.soon,
        since=since,
        changed_since=start_of_day(since),
        **Silences.of(acting.thresholds, now.on)._asdict(),
    )
    found = {key: _figures(counts) for key, *counts in rows}
    return [TodoPlace(held, found.get(held.checklist_id, Figures())) for held in acting.memberships]


@prepared
def _counts(
    owners: list[int],
    whole: list[int],
    *,
    units: list[int],
    on: date,
    soon: date,
    since: date,
    changed_since: datetime,
    days: list[int],
    are_working_days: list[bool],
    heard_from: list[datetime],
) -> QuerySet[Item, tuple[int, ...]]:
    kinds = {
        Waits.CHASED: Q(owes_answer()),
        Waits.RETURNED: RETURNED,
        Waits.MILESTONE: milestone_due(soon),
        Waits.SOON: falls_due(on, soon),
        Waits.NEW: Q(owner__pk__in=units) & unconfirmed(),
        Waits.SILENT: silent(days, are_working_days, heard_from),
        Waits.UNLED: UNLED,
    }
    counted = Item.objects.filter(Q(owner__pk__in=owners) | Q(checklist__pk__in=whole)).order_by()
    return counted.values_list("checklist").annotate(
        in_force=Count("pk", filter=~Q(status=Status.DROPPED)),
        well=Count("pk", filter=Q(status__in=WELL_STATUSES)),
        well_lately=Count("pk", filter=Q(status=Status.DONE, done_on__gte=since)),
        late=Count("pk", filter=late(on)),
        late_lately=Count("pk", filter=late(on) & Q(due__gte=since)),
        changed=Count("pk", filter=Q(updated_at__gte=changed_since)),
        **{f"kind_{kind}": Count("pk", filter=kinds[kind]) for kind in COUNTED},
    )


def _figures(counts: list[int]) -> Figures:
    in_force, well, well_lately, overdue, late_lately, changed, *waiting = counts
    by_kind = dict(zip(COUNTED, waiting, strict=True)) | {Waits.LATE: overdue, Waits.LATE_SEEN: overdue}
    return Figures(in_force, well, well_lately, overdue, late_lately, changed, by_kind)
