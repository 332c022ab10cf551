"""What waits for somebody, as conditions on items: for the to-do page, its count and the list's filter.

With `until`, they say what waited then. Nothing here imports a model.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING, NamedTuple, Self

from django.apps import apps
from django.db.models import Exists, F, OuterRef, Q, Subquery

from measures.choices import OPEN_STATUSES, OWING_STATUSES, RUNNING_STATUSES, Side
from measures.lights import MISSING_NOTHING, Thresholds, start_of_day
from measures.loop.milestones import SENT_BACK
from measures.loop.rules import ENDED
from measures.querysets.chasers import ChasedQuerySet

if TYPE_CHECKING:
    from measures.models.chasers import ChasedItem
    from measures.models.entries import Entry
    from measures.models.milestones import MilestoneStep
    from measures.models.periods import Period
    from measures.models.receipts import Receipt
    from measures.models.updates import Update

SOON = 7  # working days
RETURNED = Q(returned=True, status__in=OPEN_STATUSES)
# Items that a unit could work on, but none leads.
UNLED = Q(owner=None, status__in=OPEN_STATUSES)


def unanswered_about(until: datetime | None = None) -> ChasedQuerySet:
    """For each item of an outer query, where the chasers name it that wait for an answer."""
    chased: type[ChasedItem] = apps.get_model("measures.ChasedItem")
    return chased.objects.filter(item=OuterRef("pk")).unanswered(until)


def owes_answer(until: datetime | None = None) -> Exists:
    """Items about which a chaser waits for an answer."""
    return Exists(unanswered_about(until))


def unconfirmed(until: datetime | None = None) -> Q:
    """Items whose lead unit has not confirmed receipt since it became their lead unit.

    An item that was handed over before its checklist had receipts needs none, nor does one that has ended.
    """
    updates: type[Update] = apps.get_model("measures.Update")
    receipts: type[Receipt] = apps.get_model("measures.Receipt")
    written, given = updates.objects.all(), receipts.objects.all()
    if until is not None:
        written, given = written.filter(at__lt=until), given.filter(at__lt=until)
    same = written.filter(item=OuterRef("item"))
    before = same.filter(pk__lt=OuterRef("pk")).order_by("-pk").values("owner")[:1]
    to_others = same.filter(pk__gt=OuterRef("pk")).exclude(owner=OuterRef("owner"))
    since = Q(item__checklist__receipts_from=None) | Q(at__gte=F("item__checklist__receipts_from"))
    handed = written.filter(since, item=OuterRef("pk"), owner=OuterRef("owner")).annotate(
        owner_before=Subquery(before)
    )
    newly = handed.filter(Q(owner_before=None) | ~Q(owner_before=F("owner"))).filter(~Exists(to_others))
    confirmed = given.filter(item=OuterRef("item"), unit=OuterRef("owner"), at__gte=OuterRef("at"))
    return Q(Exists(newly.filter(~Exists(confirmed))), owner__isnull=False) & ~Q(status__in=ENDED)


def falls_due(first: date, last: date) -> Q:
    """Unfinished items that are due on one of these days."""
    return Q(due__gte=first, due__lte=last, status__in=OPEN_STATUSES)


def milestone_due(last: date) -> Q:
    """Unfinished items with an open milestone that is due by this day, or was missed."""
    return Q(next_milestone__lte=last, status__in=OPEN_STATUSES)


def milestone_returned(until: datetime | None = None) -> Q:
    """Items that go on, with a milestone that the office returned, about which the unit has done nothing."""
    steps: type[MilestoneStep] = apps.get_model("measures.MilestoneStep")
    last = steps.objects.filter(milestone__item=OuterRef("pk")).last_steps(until)
    return Q(Exists(last.filter(act__in=SENT_BACK))) & ~Q(status__in=MISSING_NOTHING)


class Silences(NamedTuple):
    """The thresholds of silence of some checklists on a day, side by side.

    `heard_from` is the first moment that is recent enough.
    """

    days: list[int]
    are_working_days: list[bool]
    heard_from: list[datetime]

    @classmethod
    def of(cls, units: Iterable[Thresholds], on: date) -> Self:
        known = sorted(
            {(one.silence, one.working_days is not None, start_of_day(one.heard_from(on))) for one in units}
        )
        return cls([one[0] for one in known], [one[1] for one in known], [one[2] for one in known])


def silent(days: list[int], are_working_days: list[bool], heard_from: list[datetime]) -> Q:
    """Running items about which no unit has reported for so long that it warns.

    The lists are those of `Silences`; each item is judged by the thresholds of its checklist.
    """
    found = Q(pk__in=[])
    for many, working, since in zip(days, are_working_days, heard_from, strict=True):
        found |= Q(
            checklist__silence_days=many, checklist__counts_working_days=working, silent_since__lt=since
        )
    return found & Q(status__in=RUNNING_STATUSES)


def in_present_period(on: date) -> Q:
    """Items whose lead unit owes an entry for the reporting period of this day, given or not."""
    periods: type[Period] = apps.get_model("measures.Period")
    present = periods.objects.filter(checklist=OuterRef("checklist"), starts__lte=on, ends__gte=on)
    return Q(Exists(present), status__in=OWING_STATUSES, owner__isnull=False)


def given_in_period(on: date, until: datetime | None = None) -> Exists:
    """Items about which the entry for the reporting period of this day was given."""
    entries: type[Entry] = apps.get_model("measures.Entry")
    period = "item__checklist__periods"
    counting = {
        f"{period}__starts__lte": F("counts_on"),
        f"{period}__ends__gte": F("counts_on"),
    }
    around = {f"{period}__starts__lte": on, f"{period}__ends__gte": on}
    given = entries.objects.filter(Q(**counting), Q(**around), item=OuterRef("pk"))
    if until is not None:
        given = given.filter(at__lt=until)
    return Exists(given.exclude(side=Side.COOPERATING).not_withdrawn(until))


def owes_entry(on: date, until: datetime | None = None) -> Q:
    """Items about which the entry for the reporting period of this day is still to be given."""
    return in_present_period(on) & ~Q(given_in_period(on, until))
