"""The figures of one's checklists, and how many of each kind wait in them: one query."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Q

from measures.choices import WELL_STATUSES, Status
from measures.lights import late, start_of_day
from measures.models import Item
from measures.models.special_days import working_days
from measures.querysets.waiting import (
    RETURNED,
    SOON,
    UNLED,
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


def counted_kinds(acting: Acting, now: Now) -> dict[Waits, Q]:
    """Which items have something waiting of each kind that a list can be filtered by."""
    return {
        Waits.CHASED: Q(owes_answer()),
        Waits.RETURNED: RETURNED,
        Waits.MILESTONE: milestone_due(now.soon),
        Waits.SOON: falls_due(now.on, now.soon),
        Waits.NEW: Q(owner__in=acting.units) & unconfirmed(),
        Waits.SILENT: silent(now.on, acting.thresholds),
        Waits.UNLED: UNLED,
    }


def places_of(acting: Acting, now: Now) -> list[TodoPlace]:
    """All checklists in which the person has a role, in the order of the tree."""
    owners = [held.owner_id for held in acting.memberships if held.owner_id is not None]
    whole = [held.checklist_id for held in acting.memberships if held.owner_id is None]
    since = now.on - LATELY
    kinds = counted_kinds(acting, now)
    counted = Item.objects.filter(Q(owner__in=owners) | Q(checklist__in=whole)).order_by()
    rows = counted.values_list("checklist").annotate(
        in_force=Count("pk", filter=~Q(status=Status.DROPPED)),
        well=Count("pk", filter=Q(status__in=WELL_STATUSES)),
        well_lately=Count("pk", filter=Q(status=Status.DONE, done_on__gte=since)),
        late=Count("pk", filter=late(now.on)),
        late_lately=Count("pk", filter=late(now.on) & Q(due__gte=since)),
        changed=Count("pk", filter=Q(updated_at__gte=start_of_day(since))),
        **{f"kind_{kind}": Count("pk", filter=condition) for kind, condition in kinds.items()},
    )
    found = {key: _figures(counts, kinds) for key, *counts in rows}
    return [TodoPlace(held, found.get(held.checklist_id, Figures())) for held in acting.memberships]


def _figures(counts: list[int], kinds: Iterable[Waits]) -> Figures:
    in_force, well, well_lately, overdue, late_lately, changed, *waiting = counts
    by_kind = dict(zip(kinds, waiting, strict=True)) | {Waits.LATE: overdue, Waits.LATE_SEEN: overdue}
    return Figures(in_force, well, well_lately, overdue, late_lately, changed, by_kind)
