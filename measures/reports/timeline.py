"""The counts of statuses month by month, up to the day of a report."""

from collections import Counter
from datetime import date, timedelta

from django.utils import timezone

from measures.choices import Status
from measures.lights import end_of_day
from measures.models import Checklist
from measures.querysets.ledger import ItemQuerySet
from measures.reports.model import TimePoint

POINTS = 12


def build_timeline(
    items: ItemQuerySet, *, checklist: Checklist, as_of: date, since: date | None, whole: bool = False
) -> tuple[TimePoint, ...]:
    """These items at the end of each month since `since`, or since the checklist opened. One query.

    `whole`: they are all that the checklist has. A day of a former edition then counts all that it had then,
    with a query for each such day.
    """
    days = month_ends(since or timezone.localdate(checklist.opened_at), as_of)
    counted = [Counter(statuses) for statuses in zip(*items.statuses_at(days), strict=True)]
    counts_on = dict(zip(days, counted or [Counter[Status]()] * len(days), strict=True))
    if whole and checklist.upgraded_at and checklist.upgraded_at < end_of_day(as_of):
        for day in days:
            if end_of_day(day) <= checklist.upgraded_at:
                then = checklist.items.as_of(day).there_by(day).order_by()
                counts_on[day] = Counter(Status(status) for status in then.values_list("status", flat=True))
    return tuple(
        TimePoint(day, {status: counts[status] for status in Status}) for day, counts in counts_on.items()
    )


def month_ends(start: date, end: date) -> list[date]:
    """The first day, the last day of each month between, and the end itself: the newest twelve of them."""
    days = [end]
    day = last_of_month_before(end)
    while day > start and len(days) < POINTS:
        days.append(day)
        day = last_of_month_before(day)
    if start < end and len(days) < POINTS:
        days.append(start)
    return days[::-1]


def last_of_month_before(day: date) -> date:
    return day.replace(day=1) - timedelta(days=1)
