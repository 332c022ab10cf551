"""The light of an item on a given day, and why: from status, due date and silence. Stored nowhere.

`judge` is the rule and `light_of` says it in words; `light_case` is the same rule for the database, so that
lists filter, sort and count by it. In the same way, `days_late` and `late` say what is overdue. Tests compare
each pair over every combination.
"""

from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from django.db.models import Case, CharField, Q, Value, When
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from measures.choices import OPEN_STATUSES, RUNNING_STATUSES, ChaserLevel, Light, Status

# An item with one of these has nothing left to miss.
MISSING_NOTHING = (Status.DONE, Status.DROPPED)
SATURDAY = 5  # as `date.weekday` counts
ONE_DAY = timedelta(1)


@dataclass(frozen=True)
class WorkingDays:
    """Which days are worked: Monday to Friday, except holidays, and weekend days that are worked instead."""

    holidays: frozenset[date] = frozenset()
    worked: frozenset[date] = frozenset()

    def has(self, day: date) -> bool:
        return day in self.worked or (day.weekday() < SATURDAY and day not in self.holidays)

    def between(self, first: date, last: date) -> int:
        """How many working days there are after the day `first`, up to `last`."""
        return sum(self.has(first + timedelta(days)) for days in range(1, (last - first).days + 1))

    def away(self, day: date, count: int) -> date:
        """The day that is so many working days after this one; before it for a negative number."""
        step = timedelta(1 if count > 0 else -1)
        for _one in range(abs(count)):
            day += step
            while not self.has(day):
                day += step
        return day


@dataclass(frozen=True)
class Thresholds:
    """How many days ahead a due date warns, and after how many without an entry a running item does.

    They count the days of `working_days`, or every day if it is None.
    """

    due_soon: int = 14
    silence: int = 60
    working_days: WorkingDays | None = None

    def warned_until(self, on: date) -> date:
        """The last due date that warns on a day."""
        return _edges(self, on)[0] if self.working_days else on + timedelta(self.due_soon)

    def heard_from(self, on: date) -> date:
        """The first day that is recent enough: what is silent since then, or later, does not warn on `on`."""
        return _edges(self, on)[1] if self.working_days else on - timedelta(self.silence - 1)


@lru_cache
def _edges(thresholds: Thresholds, on: date) -> tuple[date, date]:
    """Both days of thresholds that count working days: each row of a list asks for them."""
    days = thresholds.working_days or WorkingDays()
    over = days.away(on, thresholds.due_soon + 1)
    return over - ONE_DAY, days.away(on + ONE_DAY, -thresholds.silence)


@dataclass(frozen=True)
class Lit:
    """A light and its reason in words; an empty reason if there is nothing to explain."""

    light: Light
    reason: str = ""


# What a light is explained by: words for a number of days.
type Cause = Callable[[int], str]


def _late(days: int) -> str:
    return ngettext("overdue by %(days)d day", "overdue by %(days)d days", days) % {"days": days}


def _late_and_blocked(days: int) -> str:
    return _("blocked, %(late)s") % {"late": _late(days)}


def _blocked(days: int) -> str:
    return _("blocked")


def _due(days: int) -> str:
    ahead = ngettext("due in %(days)d day", "due in %(days)d days", days) % {"days": days}
    return ahead if days else _("due today")


def _asked(days: int) -> str:
    return _("an application waits")


def _late_and_returned(days: int) -> str:
    return _("%(late)s, application returned") % {"late": _late(days)}


def _silent(days: int) -> str:
    return ngettext("no entry for %(days)d day", "no entry for %(days)d days", days) % {"days": days}


def days_late(status: str, due: date | None, on: date, *, asked: bool = False) -> int:
    """For how many days something has been owed after its due date on the day `on`; 0 if it is not late.

    While an application that was `asked` in time waits for its decision, the clock rests.
    """
    return max(0, (on - due).days) if due is not None and status in OPEN_STATUSES and not asked else 0


def days_late_when_done(done_on: date | None, due: date | None) -> int:
    """How many days after its due date something was done; 0 for in time, and for what is not done."""
    return max(0, (done_on - due).days) if done_on and due else 0


def late(on: date, prefix: str = "") -> Q:
    """The same for a queryset: what is late on the day `on`. `prefix` leads to the items, as in `items__`."""
    return Q(
        **{f"{prefix}due__lt": on, f"{prefix}status__in": OPEN_STATUSES, f"{prefix}asked_in_time": False}
    )


def late_at_first(on: date) -> Q:
    """What is unfinished on the day `on`, after the first due date that it had."""
    return Q(first_due__lt=on, status__in=OPEN_STATUSES)


def is_missed(milestone: date | None, status: str, on: date) -> bool:
    """Whether an open milestone with this date is missed on the day `on`, while its item has this status."""
    return milestone is not None and milestone < on and status not in MISSING_NOTHING


def missed_milestone(on: date) -> Q:
    """The same for a queryset of items: what has missed a milestone by the day `on`."""
    return Q(next_milestone__lt=on) & ~Q(status__in=MISSING_NOTHING)


def judge(
    status: str,
    due: date | None,
    silent_from: date | None,
    *,
    on: date,
    thresholds: Thresholds,
    asked: bool = False,
    returned: bool = False,
) -> tuple[Light, Cause | None, int]:
    """Apply the rule: return the light, and its cause and number of days if it needs explaining."""
    if days := days_late(status, due, on, asked=asked):
        plainly = _late_and_returned if returned else _late
        return Light.RED, _late_and_blocked if status == Status.BLOCKED else plainly, days
    if status == Status.BLOCKED:
        return Light.RED, _blocked, 0
    if asked and due is not None and due < on and status in OPEN_STATUSES:
        return Light.AMBER, _asked, 0
    if due is not None and status in OPEN_STATUSES and due <= thresholds.warned_until(on):
        return Light.AMBER, _due, (due - on).days
    if silent_from is not None and status in RUNNING_STATUSES and silent_from < thresholds.heard_from(on):
        return Light.AMBER, _silent, (on - silent_from).days
    return Light.GREY if status in (Status.NOT_STARTED, Status.DROPPED) else Light.GREEN, None, 0


def light_of(
    status: Status,
    due: date | None,
    silent_from: date | None,
    *,
    on: date,
    thresholds: Thresholds,
    asked: bool = False,
    returned: bool = False,
    milestone: date | None = None,
) -> Lit:
    """The light on the day `on` of an item in this state, from whose unit nothing has come since a day.

    `milestone` is the date of its earliest open one. A missed one is named in the reason alone.
    """
    light, cause, days = judge(
        status, due, silent_from, on=on, thresholds=thresholds, asked=asked, returned=returned
    )
    lit = Lit(light, cause(days) if cause else "")
    return lit_with_milestone(lit, milestone) if milestone and is_missed(milestone, status, on) else lit


def lit_of(
    status: Status,
    due: date | None,
    silent_since: datetime | None,
    *,
    on: date,
    thresholds: Thresholds,
    asked: bool = False,
    returned: bool = False,
    milestone: date | None = None,
) -> Lit:
    """`light_of` an item that is silent since a moment; its day is asked for only where it matters."""
    silent_from = day_that_matters(status, silent_since)
    return light_of(
        *(status, due, silent_from),
        on=on,
        thresholds=thresholds,
        asked=asked,
        returned=returned,
        milestone=milestone,
    )


def lit_with_milestone(lit: Lit, milestone: date) -> Lit:
    """The same light; its reason says as well that the milestone of this day is missed."""
    said = _("milestone of %(day)s missed") % {"day": _short(milestone)}
    return Lit(lit.light, _together(lit.reason, said))


def _short(day: date) -> str:
    return date_format(day, pgettext("format of a day without its year", "F j"))


def _together(reason: str, more: str) -> str:
    return f"{reason}{pgettext('between facts', '; ')}{more}" if reason else more


def lit_while_chased(lit: Lit, level: ChaserLevel, answer_by: date, on: date) -> Lit:
    """The same light; its reason says as well that a chaser of this level waits for an answer."""
    words = _("%(chaser)s to be answered by %(day)s")
    if answer_by < on:
        words = _("%(chaser)s not answered by %(day)s")
    said = words % {"chaser": level.label, "day": _short(answer_by)}
    return Lit(lit.light, _together(lit.reason, said))


def day_that_matters(status: str, silent_since: datetime | None) -> date | None:
    """The day since when it is silent, if the light depends on it: finding it takes long for many rows."""
    return local_day(silent_since) if silent_since and status in RUNNING_STATUSES else None


def light_case(*, on: date, soon: date, heard_from: datetime) -> Case:
    """The same for a queryset of items: an expression whose value is the light's.

    The last two say when it warns, as `edges` has them.
    """
    return Case(
        When(late(on), then=Value(Light.RED)),
        When(status=Status.BLOCKED, then=Value(Light.RED)),
        When(status__in=OPEN_STATUSES, due__lte=soon, then=Value(Light.AMBER)),
        When(status__in=RUNNING_STATUSES, silent_since__lt=heard_from, then=Value(Light.AMBER)),
        When(status__in=(Status.NOT_STARTED, Status.DROPPED), then=Value(Light.GREY)),
        default=Value(Light.GREEN),
        output_field=CharField(),
    )


def local_day(moment: datetime) -> date:
    """The day of a moment by the site's clock: it has one zone, where the active one takes longer to find."""
    return moment.astimezone(timezone.get_default_timezone()).date()


def start_of_day(day: date) -> datetime:
    """The moment at which a day begins in the site's time zone."""
    return timezone.make_aware(datetime.combine(day, time.min))


def end_of_day(day: date) -> datetime:
    """The moment at which a day is over: the first that no longer belongs to it."""
    return start_of_day(day + timedelta(days=1))


def spans_months(starts: date, ends: date, months: int) -> bool:
    """Whether these are all days of as many months, in one year."""
    last = starts.month + months - 1
    if last > 12 or starts.day > 1:
        return False
    return ends == date(starts.year, last, monthrange(starts.year, last)[1])
