"""The demo's reporting periods: two months are closed, one of them after it was returned, and one is open."""

from datetime import date, datetime, time, timedelta

from django.contrib.auth.models import User
from django.utils import timezone

from measures.choices import PeriodKind
from measures.models import Checklist, Period
from measures.models.periods import spans
from measures.names import person_name
from measures.reports.freeze import freeze

DAY = timedelta(days=1)
# All steps of a month are taken in the days after it, and none after the demo's half year.
LATEST_STEP = 4 * DAY
REMARK = "未更新的事项均已逐项核实，责任单位和期限待下次调度会明确。"


def make_periods(checklist: Checklist, office: User, *, until: date) -> None:
    """Two closed months and the open one after them, by the supervision office."""
    now = until - LATEST_STEP - DAY
    known = [span for year in (now.year - 1, now.year) for span in spans(PeriodKind.MONTH, year)]
    begun = [span for span in known if span[0] <= now]
    returned, accepted, _still_open = Period.make(checklist, PeriodKind.MONTH, begun[-3:])

    _submit(returned, office, after=1)
    returned.send_back(
        step=returned.step,
        by=office,
        at=_moment(returned, 2, 15),
        reason="受阻事项未写明下一步措施，请补充后重报。",
    )
    _submit(returned, office, after=3)
    returned.accept(step=returned.step, by=office, at=_moment(returned, 4, 16))

    _submit(accepted, office, after=1)
    accepted.accept(step=accepted.step, by=office, at=_moment(accepted, 2, 16))


def _submit(period: Period, by: User, *, after: int) -> None:
    at = _moment(period, after, 10)
    submission = freeze(period, made_at=at, made_by=person_name(by))
    period.submit(submission, step=period.step, by=by, at=at, remark=REMARK)


def _moment(period: Period, days: int, hour: int) -> datetime:
    """An hour of the day so many days after the period's end."""
    return timezone.make_aware(datetime.combine(period.ends + days * DAY, time(hour)))
