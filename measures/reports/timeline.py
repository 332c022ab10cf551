"""The counts of statuses month by month, up to the day of a report."""

from collections import Counter
from datetime import date, timedelta

from django.utils import timezone

from measures.choices import Status
from measures.models import Checklist
from measures.querysets.ledger import ItemQuerySet
from measures.reports.model import TimePoint

POINTS = 12


def build_timeline(
    items: ItemQuerySet, *, checklist: Checklist, as_of: date, since: date | None
) -> tuple[TimePoint, ...]:
    """These items at the end of each month since `since`, or since the checklist opened. One query."""
    days = month_ends(since or timezone.localdate(checklist.opened_at), as_of)
    counted = [Counter(statuses) for statuses in zip(*items.statuses_at(days), strict=True)]
    return tuple(
        TimePoint(day, {status: counts[status] for status in Status})
        for day, counts in zip(days, counted or [Counter[Status]()] * len(days), strict=True)
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
