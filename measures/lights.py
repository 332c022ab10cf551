"""The light of an item on a given day, and why: from status, due date and silence. Stored nowhere.

`light_of` answers for one item in words; `light_case` is the same rule for the database, so that lists
filter, sort and count by it. A test compares the two over every combination.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Case, CharField, Q, Value, When
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from measures.choices import OPEN_STATUSES, RUNNING_STATUSES, Light, Status


@dataclass(frozen=True)
class Thresholds:
    """How many days ahead a due date warns, and after how many without an update a running item does."""

    due_soon: int = 14
    silence: int = 60


@dataclass(frozen=True)
class Lit:
    """A light and its reason in words; no words where there is nothing to explain."""

    light: Light
    reason: str = ""


def light_of(
    status: Status,
    due: date | None,
    updated_on: date | None,
    *,
    on: date,
    thresholds: Thresholds,
) -> Lit:
    """The light on the day `on` of an item in this state, last updated on a day in the site's time zone."""
    left = (due - on).days if due is not None and status in OPEN_STATUSES else None
    if left is not None and left < 0:
        late = ngettext("overdue by %(days)d day", "overdue by %(days)d days", -left) % {"days": -left}
        return Lit(Light.RED, _("blocked, %(late)s") % {"late": late} if status == Status.BLOCKED else late)
    if status == Status.BLOCKED:
        return Lit(Light.RED, _("blocked"))
    if left is not None and left <= thresholds.due_soon:
        ahead = ngettext("due in %(days)d day", "due in %(days)d days", left) % {"days": left}
        return Lit(Light.AMBER, ahead if left else _("due today"))
    silent = (on - updated_on).days if updated_on is not None and status in RUNNING_STATUSES else 0
    if silent >= thresholds.silence:
        words = ngettext("no update for %(days)d day", "no update for %(days)d days", silent)
        return Lit(Light.AMBER, words % {"days": silent})
    if status in (Status.NOT_STARTED, Status.DROPPED):
        return Lit(Light.GREY)
    return Lit(Light.GREEN)


def lit_of(
    status: Status,
    due: date | None,
    updated_at: datetime | None,
    *,
    on: date,
    thresholds: Thresholds,
) -> Lit:
    """`light_of` an item that was last updated at a moment; its day is asked for only where it matters."""
    updated_on = None
    if updated_at is not None and status in RUNNING_STATUSES:
        # The site has one zone; the active one would be looked up for every row.
        updated_on = updated_at.astimezone(timezone.get_default_timezone()).date()
    return light_of(status, due, updated_on, on=on, thresholds=thresholds)


def light_case(*, on: date, thresholds: Thresholds) -> Case:
    """The same for a queryset of items: an expression whose value is the light's."""
    is_open = Q(status__in=OPEN_STATUSES)
    soon = on + timedelta(days=thresholds.due_soon)
    heard_from = start_of_day(on - timedelta(days=thresholds.silence - 1))
    return Case(
        When(is_open & Q(due__lt=on), then=Value(Light.RED)),
        When(status=Status.BLOCKED, then=Value(Light.RED)),
        When(is_open & Q(due__lte=soon), then=Value(Light.AMBER)),
        When(status__in=RUNNING_STATUSES, updated_at__lt=heard_from, then=Value(Light.AMBER)),
        When(status__in=(Status.NOT_STARTED, Status.DROPPED), then=Value(Light.GREY)),
        default=Value(Light.GREEN),
        output_field=CharField(),
    )


def start_of_day(day: date) -> datetime:
    """The moment at which a day begins in the site's time zone."""
    return timezone.make_aware(datetime.combine(day, time.min))


def end_of_day(day: date) -> datetime:
    """The moment at which a day is over: the first that no longer belongs to it."""
    return start_of_day(day + timedelta(days=1))
