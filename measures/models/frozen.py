"""The permanent records of a period: the reports submitted for it, and the steps it went through."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from measures.choices import PeriodState
from measures.models.catalogue import ReadableJSON
from measures.models.only_added import AppendOnly
from measures.querysets.append_only import AppendOnlyQuerySet, FrozenReportQuerySet
from measures.texts import REASON_LIMIT


class RemarkRequired(Exception):
    """A step that must say why does not."""


@dataclass(frozen=True)
class Submission:
    """What is handed in: the report as data by language, its edition, and what lists tell of it."""

    data: Mapping[str, object]
    edition: str
    edition_date: date
    well: int
    in_force: int
    missing: int


class FrozenReport(AppendOnly):
    """A report as it was submitted: its dataclasses as data, in every language. Append-only.

    A revision is represented by its newest submission; a closed period by the accepted one.
    """

    period = models.ForeignKey(
        "measures.Period",
        models.PROTECT,
        related_name="reports",
        verbose_name=pgettext_lazy("reporting", "period"),
    )
    revision = models.PositiveSmallIntegerField(_("revision"))
    submission = models.PositiveSmallIntegerField(_("submission"))
    data = models.JSONField(_("report"), encoder=ReadableJSON)
    edition = models.SlugField(_("catalogue"))
    edition_date = models.DateField(_("date of this edition"))
    well = models.PositiveIntegerField(_("done or standing"))
    in_force = models.PositiveIntegerField(_("in force"))
    missing = models.PositiveIntegerField(_("missing"))
    made_at = models.DateTimeField(_("at"))

    objects = FrozenReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("frozen report")
        verbose_name_plural = _("frozen reports")
        ordering = ["period", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["period", "revision", "submission"],
                name="frozen_report_once",
                violation_error_message=_("This submission already exists."),
            ),
        ]

    def __str__(self) -> str:
        words = {"period": self.period, "revision": self.revision, "submission": self.submission}
        if self.submission > 1:
            return gettext("%(period)s, revision %(revision)s, submission %(submission)s") % words
        return gettext("%(period)s, revision %(revision)s") % words

    def get_absolute_url(self) -> str:
        return f"{self.period.get_absolute_url()}?report={self.pk}"


class PeriodEvent(AppendOnly):
    """One step of a period: who took it, when, from which state to which, and why. Append-only."""

    period = models.ForeignKey(
        "measures.Period",
        models.PROTECT,
        related_name="events",
        verbose_name=pgettext_lazy("reporting", "period"),
    )
    revision = models.PositiveSmallIntegerField(_("revision"))
    before = models.CharField(_("before"), max_length=16, choices=PeriodState)
    after = models.CharField(_("after"), max_length=16, choices=PeriodState)
    at = models.DateTimeField(_("at"))
    remark = models.CharField(_("remark"), max_length=REASON_LIMIT, blank=True)
    report = models.ForeignKey(
        FrozenReport, models.PROTECT, related_name="events", verbose_name=_("report"), null=True, blank=True
    )
    without_superior = models.BooleanField(_("judged without a superior"), default=False)
    by_submitter = models.BooleanField(_("judged by who submitted"), default=False)

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        verbose_name = _("event of a period")
        verbose_name_plural = _("events of a period")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(before__in=PeriodState.values, after__in=PeriodState.values),
                name="period_event_states_known",
                violation_error_message=_("Choose one of the listed states."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.by_name} {self.at:%Y-%m-%d %H:%M} {self.get_after_display()}"
