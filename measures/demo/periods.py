"""The demo's reporting periods: two months that are closed, and an open one."""

from datetime import date, timedelta

from django.contrib.auth.models import User
from django.utils import timezone

from measures.choices import PeriodKind, PeriodState
from measures.demo.plots import Days
from measures.models import Checklist, Period, spans
from measures.models.people import person_name
from measures.reports.freeze import freeze

CLOSED = 2
# Submitted this many days after the last day, accepted two days later.
LATER, ACCEPTED = 3, 2


def open_months(checklist: Checklist, days: Days) -> list[Period]:
    """The last two months that ended a week before the demo's day, and the open one after them."""
    begun = [
        month
        for year in (days.until.year - 1, days.until.year)
        for month in spans(PeriodKind.MONTH, year)
        if month[0] < days.until - timedelta(days=7)
    ]
    return Period.make(checklist, PeriodKind.MONTH, begun[-CLOSED - 1 :], at=timezone.now())


def close_until(number: int, periods: list[Period], days: Days, *, by: User) -> None:
    """Close those that are not closed yet and were accepted before the day of this number."""
    for period in periods[:CLOSED]:
        if period.state == PeriodState.OPEN and _number(period.ends, days) + LATER + ACCEPTED < number:
            _close(period, days, by=by)


def _close(period: Period, days: Days, *, by: User) -> None:
    submitted = days.moment(_number(period.ends, days) + LATER, 60)
    submission = freeze(period, made_at=submitted, made_by=person_name(by))
    remark = "部分事项尚在分办" if submission.missing else ""
    period.submit(submission, step=period.step, by=by, at=submitted, remark=remark)
    accepted = days.moment(_number(period.ends, days) + LATER + ACCEPTED, 90)
    period.accept(step=period.step, by=by, at=accepted, remark="已审阅")


def _number(day: date, days: Days) -> int:
    return (day - days.until).days
