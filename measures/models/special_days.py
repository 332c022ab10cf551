"""The site's calendar: which days are worked although it is a weekend, and which are not.

Every other day from Monday to Friday is worked. The days come from a package that follows the arrangements of
the State Council; superusers correct them in the admin.
"""

import time
from datetime import date, datetime
from functools import lru_cache

import chinese_calendar
from django.db import models
from django.utils.translation import gettext_lazy as _

from measures.choices import Audited
from measures.database.locks import audited_transaction
from measures.lights import SATURDAY, Thresholds, WorkingDays
from measures.models.audit import audit

KEPT_FOR = 60  # seconds


class SpecialDayQuerySet(models.QuerySet["SpecialDay"]):
    def calendar(self) -> WorkingDays:
        """The working days that these rows describe. One query."""
        found = list(self.values_list("day", "is_worked"))
        return WorkingDays(
            frozenset(day for day, is_worked in found if not is_worked),
            frozenset(day for day, is_worked in found if is_worked),
        )


class SpecialDay(models.Model):
    """One day that differs from its weekday: a holiday, or a weekend day on which people work."""

    day = models.DateField(_("day"), unique=True)
    is_worked = models.BooleanField(_("working day"), default=False)
    name = models.CharField(_("name"), max_length=100, blank=True)

    objects = SpecialDayQuerySet.as_manager()

    class Meta:
        verbose_name = _("holiday or working day")
        verbose_name_plural = _("holidays and working days")
        ordering = ["-day"]

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d} {self.name}".strip()

    @staticmethod
    @audited_transaction()
    def add_known(*, at: datetime) -> int:
        """Add the package's days from last year on, for each year of which none is there; return how many."""
        years = {day.year for day in SpecialDay.objects.values_list("day", flat=True)}
        made = [
            SpecialDay(day=day, is_worked=is_worked, name=chinese_calendar.Holiday(name).chinese)
            for known, is_worked in ((chinese_calendar.holidays, False), (chinese_calendar.workdays, True))
            for day, name in known.items()
            if day.year >= at.year - 1 and day.year not in years and differs(day, is_worked)
        ]
        SpecialDay.objects.bulk_create(made)
        if made:
            years = {one.day.year for one in made}
            said = {"years": sorted(years), "days": len(made)}
            audit(Audited.DAY_CHANGED, at=at, after=said)
        return len(made)


def differs(day: date, is_worked: bool) -> bool:
    """Whether this is not what its weekday says."""
    return is_worked == (day.weekday() >= SATURDAY)


@lru_cache(maxsize=1)
def _kept(now: int) -> WorkingDays:
    return SpecialDay.objects.calendar()


def thresholds_of(due_soon: int, silence: int, counts_working_days: bool) -> Thresholds:
    """A checklist's thresholds. The calendar is read once a minute: lists ask for it in every row."""
    days = working_days() if counts_working_days else None
    return Thresholds(due_soon, silence, days)


def working_days() -> WorkingDays:
    """The site's calendar, read once a minute."""
    return _kept(int(time.monotonic() // KEPT_FOR))
