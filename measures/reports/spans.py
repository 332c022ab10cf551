"""The days that reports are mostly made for."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext_lazy as _

from measures.models import Checklist
from measures.reports.timeline import last_of_month_before
from measures.texts import Label


@dataclass(frozen=True)
class UsualSpan:
    """A report's day, and the earlier day to compare it with; None if there is no earlier one."""

    label: Label
    as_of: date
    since: date | None


def usual_spans(*, opened: date, today: date) -> Iterator[UsualSpan]:
    """This month and this year so far, and the last month and quarter where the checklist was open then."""
    month = last_of_month_before(today)
    quarter = last_of_month_before(today.replace(month=today.month - (today.month - 1) % 3, day=1))
    for label, as_of, since in (
        (_("This month"), today, month),
        (_("Last month"), month, last_of_month_before(month)),
        (_("Last quarter"), quarter, _three_months_before(quarter)),
        (_("This year"), today, date(today.year, 1, 1) - timedelta(days=1)),
    ):
        if as_of >= opened:
            yield UsualSpan(label, as_of, max(since, opened) if as_of > opened else None)


def usual_since(checklist: Checklist, as_of: date, *, opened: date) -> date | None:
    """With which day a report is compared unless told: that before its period, or a month before.

    None if the checklist was not open by then. One query.
    """
    if as_of <= opened:
        return None
    period = checklist.periods.overlapping(as_of, as_of).order_by("-starts").first()
    day = period.starts - timedelta(1) if period else month_before(as_of)
    return max(day, opened)


def month_before(day: date) -> date:
    """The same day a month earlier, at most its last; the end of a month gives that of the one before."""
    last = last_of_month_before(day)
    is_end = (day + timedelta(1)).month != day.month
    return last if is_end else last.replace(day=min(day.day, last.day))


def _three_months_before(day: date) -> date:
    """The last day of a quarter → that of the quarter before."""
    for _month in range(3):
        day = last_of_month_before(day)
    return day
