"""Due dates, milestones and the ends of periods as an iCalendar file (RFC 5545), without notes."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.models import User
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from icalendar import Calendar, Event, Timezone, TimezoneStandard

from measures.choices import OPEN_STATUSES, ChecklistStatus, PeriodState
from measures.loop.milestones import OPEN
from measures.models import Checklist, Item, MilestoneStep, Period
from measures.querysets.catalogue import in_language
from measures.querysets.ledger import ItemQuerySet
from measures.reminders.gather import parts_of

EVENTS = 1_000  # of due dates, and as many of milestones, the next first
PERIODS = 100
BACK = timedelta(days=60)  # so long ago may a date be that is shown


@dataclass(frozen=True)
class DayShown:
    """One event: `name` is the same whenever the calendar is read."""

    name: str
    day: date
    words: str
    path: str


def items_of(user: User) -> ItemQuerySet:
    """The items that are the user's to see to: of their unit, or of the checklist that they administer."""
    parts = parts_of([user]).get(user.pk, [])
    units = [part.unit for _checklist, part in parts if part.unit is not None]
    offices = [checklist.pk for checklist, part in parts if part.is_office]
    return Item.objects.filter(Q(owner__in=units) | Q(checklist__in=offices))


def due_days(items: ItemQuerySet, *, on: date) -> list[DayShown]:
    """When open items of open checklists are due."""
    shown = items.filter(status__in=OPEN_STATUSES, due__gte=on - BACK, checklist__status=ChecklistStatus.OPEN)
    rows = shown.order_by("due", "pk").values_list(
        "pk", "due", "measure__code", in_language("measure__title"), "checklist__slug", "checklist__name"
    )
    return [
        DayShown(
            f"item-{key}",
            due,
            _("Due: %(item)s (%(checklist)s)") % {"item": f"{code} {title}", "checklist": name},
            reverse("item", args=[slug, code]),
        )
        for key, due, code, title, slug, name in rows[:EVENTS]
    ]


def milestone_days(items: ItemQuerySet, *, on: date) -> list[DayShown]:
    """When open milestones of open items are due, in open checklists. Their text is not said."""
    shown = items.filter(status__in=OPEN_STATUSES, checklist__status=ChecklistStatus.OPEN)
    last = MilestoneStep.objects.filter(milestone__item__in=shown.order_by().values("pk")).last_steps()
    rows = (
        last.filter(act__in=OPEN, due__gte=on - BACK)
        .order_by("due", "milestone")
        .values_list(
            *("milestone", "due", "milestone__item__measure__code"),
            in_language("milestone__item__measure__title"),
            *("milestone__item__checklist__slug", "milestone__item__checklist__name"),
        )
    )
    return [
        DayShown(
            f"milestone-{key}",
            due,
            _("Milestone: %(item)s (%(checklist)s)") % {"item": f"{code} {title}", "checklist": name},
            f"{reverse('item', args=[slug, code])}#milestone-{key}",
        )
        for key, due, code, title, slug, name in rows[:EVENTS]
    ]


def period_days(checklists: Iterable[Checklist], *, on: date) -> list[DayShown]:
    """When the periods of open checklists end for which no report was submitted."""
    waiting = Period.objects.filter(
        checklist__in=[one.pk for one in checklists if one.is_open],
        state__in=(PeriodState.OPEN, PeriodState.RETURNED),
        ends__gte=on - BACK,
    )
    return [
        DayShown(
            f"period-{period.pk}",
            period.ends,
            _("Period ends: %(period)s (%(checklist)s)")
            % {"period": period, "checklist": period.checklist.name},
            period.get_absolute_url(),
        )
        for period in waiting.select_related("checklist").order_by("ends", "pk")[:PERIODS]
    ]


def calendar_file(name: str, days: Iterable[DayShown], *, at: datetime) -> bytes:
    """The file: an event for each of these days."""
    calendar = Calendar()
    calendar.add("prodid", f"-//Taizhang//{settings.VERSION}//")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", name)
    # A calendar must have a part, also on a day without events.
    calendar.add_component(_time_zone())
    host = urlsplit(settings.SITE_ADDRESS).hostname or "localhost"
    for one in days:
        event = Event()
        event.add("uid", f"{one.name}@{host}")
        event.add("dtstamp", at)
        event.add("dtstart", one.day)
        event.add("summary", one.words)
        event.add("transp", "TRANSPARENT")
        event.add("url", f"{settings.SITE_ADDRESS}{one.path}")
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def _time_zone() -> Timezone:
    zone, standard = Timezone(), TimezoneStandard()
    zone.add("tzid", settings.TIME_ZONE)
    standard.add("dtstart", datetime(1970, 1, 1))
    standard.add("tzoffsetfrom", timedelta(hours=8))
    standard.add("tzoffsetto", timedelta(hours=8))
    zone.add_component(standard)
    return zone
