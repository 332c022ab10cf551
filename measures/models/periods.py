"""Reporting periods: submitted, returned or accepted, and the reports that were frozen on the way.

Every step locks the period, compares what its user saw, writes the state and adds an event: one transaction.
"""

from calendar import monthrange
from collections.abc import Iterable
from datetime import date, datetime

from django.contrib.auth.models import User
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, pgettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from measures.choices import Audited, PeriodKind, PeriodState
from measures.database.locks import audited_transaction
from measures.lights import spans_months
from measures.models.audit import audit
from measures.models.checklists import Checklist
from measures.models.frozen import FrozenReport, PeriodEvent, RemarkRequired, Submission
from measures.models.people import person_name
from measures.querysets.checklists import PeriodQuerySet

Span = tuple[date, date]


def spans(kind: PeriodKind, year: int) -> list[Span]:
    """The first and last days of the months, or of the quarters, of a year."""
    months = {PeriodKind.MONTH: 1, PeriodKind.QUARTER: 3}[kind]
    return [
        (date(year, first, 1), date(year, last, monthrange(year, last)[1]))
        for first in range(1, 13, months)
        for last in [first + months - 1]
    ]


class PeriodsOverlap(Exception):
    """A new period would overlap with an existing one, `period`."""

    def __init__(self, period: "Period") -> None:
        super().__init__(str(period))
        self.period = period


class PeriodMoved(Exception):
    """The period is not where its user saw it; `period` is the period as it is now."""

    def __init__(self, period: "Period") -> None:
        super().__init__(f"{period.pk} is {period.state} at step {period.step}")
        self.period = period


class NotEnded(Exception):
    """The period's last day is not over."""


class Period(models.Model):
    """A month, a quarter or other days that a checklist reports on; both ends are days of the period."""

    checklist = models.ForeignKey(
        Checklist, models.PROTECT, related_name="periods", verbose_name=_("checklist")
    )
    kind = models.CharField(_("kind"), max_length=16, choices=PeriodKind)
    starts = models.DateField(_("first day"))
    ends = models.DateField(_("last day"))
    state = models.CharField(
        pgettext_lazy("reporting", "state"), max_length=16, choices=PeriodState, default=PeriodState.OPEN
    )
    revision = models.PositiveSmallIntegerField(_("revision"), default=1)
    # The number of steps taken: each action names the number that its user saw.
    step = models.PositiveIntegerField(default=0, editable=False)

    # As PeriodQuerySet.for_list found.
    last_at: datetime | None
    last_by: str | None
    well: int | None
    in_force: int | None

    objects = PeriodQuerySet.as_manager()

    class Meta:
        verbose_name = _("reporting period")
        verbose_name_plural = _("reporting periods")
        ordering = ["checklist", "starts"]
        constraints = [
            models.CheckConstraint(
                condition=Q(starts__lte=F("ends")),
                name="period_starts_before_it_ends",
                violation_error_message=_("The last day is before the first day. Change one of them."),
            ),
            models.UniqueConstraint(
                fields=["checklist", "starts", "ends"],
                name="period_once_in_checklist",
                violation_error_message=_("This checklist already has a period with these days."),
            ),
            models.CheckConstraint(
                condition=Q(kind__in=PeriodKind.values),
                name="period_kind_known",
                violation_error_message=_("Choose one of the listed kinds."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=PeriodState.values),
                name="period_state_known",
                violation_error_message=_("Choose one of the listed states."),
            ),
            models.CheckConstraint(
                condition=Q(revision__gte=1),
                name="period_revision_from_one",
                violation_error_message=_("Revisions count from 1."),
            ),
        ]

    def __str__(self) -> str:
        if spans_months(self.starts, self.ends, 1):
            return date_format(self.starts, "YEAR_MONTH_FORMAT")
        if self.starts.month % 3 == 1 and spans_months(self.starts, self.ends, 3):
            names = [
                gettext("First quarter of %(year)s"),
                gettext("Second quarter of %(year)s"),
                gettext("Third quarter of %(year)s"),
                gettext("Fourth quarter of %(year)s"),
            ]
            return names[(self.starts.month - 1) // 3] % {"year": self.starts.year}
        days = {"first": self.starts.isoformat(), "last": self.ends.isoformat()}
        return pgettext("days", "%(first)s to %(last)s") % days

    def get_absolute_url(self) -> str:
        return reverse("period", args=[self.checklist.slug, self.pk])

    @classmethod
    @audited_transaction()
    def make(
        cls,
        checklist: Checklist,
        kind: PeriodKind,
        wanted: Iterable[Span],
        *,
        at: datetime,
        by: User | None = None,
    ) -> list["Period"]:
        """New open periods of these days; spans that the checklist has already are passed over.

        Raises PeriodsOverlap, and makes none, where a span shares days with another period. The checklist's
        row is locked meanwhile, since no constraint that both engines have can tell.
        """
        Checklist.objects.select_for_update().get(pk=checklist.pk)
        made: list[Period] = []
        for starts, ends in wanted:
            there = checklist.periods.overlapping(starts, ends).first()
            if there is None:
                made.append(cls.objects.create(checklist=checklist, kind=kind, starts=starts, ends=ends))
            elif (there.starts, there.ends) != (starts, ends):
                raise PeriodsOverlap(there)
        if made:
            audit(
                Audited.PERIOD_STEP,
                by=by,
                at=at,
                checklist=checklist,
                about=f"{made[0].starts} – {made[-1].ends}",
                after={"state": PeriodState.OPEN, "kind": kind, "rows": len(made)},
            )
        return made

    @classmethod
    def make_year(
        cls, checklist: Checklist, kind: PeriodKind, year: int, *, at: datetime, by: User | None = None
    ) -> list["Period"]:
        """The months or quarters of a year, but for those that ended before the checklist was opened."""
        opened = timezone.localdate(checklist.opened_at)
        return cls.make(
            checklist, kind, [span for span in spans(kind, year) if span[1] >= opened], at=at, by=by
        )

    @audited_transaction()
    def remove(self, *, at: datetime, by: User | None = None) -> bool:
        """Delete this period if it never took a step; return whether it was deleted."""
        there = Period.objects.select_for_update().filter(pk=self.pk, step=0).first()
        if there is None:
            return False
        audit(
            Audited.PERIOD_STEP,
            by=by,
            at=at,
            checklist=there.checklist,
            about=there,
            before={"state": there.state, "kind": there.kind},
        )
        there.delete()
        return True

    def has_ended(self, *, on: date) -> bool:
        """Whether its last day is over."""
        return self.ends < on

    @audited_transaction()
    def submit(
        self, submission: Submission, *, step: int, by: User, at: datetime, remark: str = ""
    ) -> FrozenReport:
        """Submit a report for this period; it is kept unchanged, whatever the decision.

        Raises NotEnded, PeriodMoved, and RemarkRequired where something is missing and nothing is said of it.
        """
        if not self.has_ended(on=timezone.localdate(at)):
            raise NotEnded(str(self))
        if submission.missing and not remark:
            raise RemarkRequired(str(self))
        period = self._locked(step, PeriodState.OPEN, PeriodState.RETURNED)
        report = FrozenReport.objects.create(
            period=period,
            revision=period.revision,
            submission=period.reports.filter(revision=period.revision).count() + 1,
            made_at=at,
            by=by,
            by_name=person_name(by),
            **vars(submission),
        )
        period._go(PeriodState.SUBMITTED, by=by, at=at, remark=remark, report=report)
        self._follow(period)
        return report

    @audited_transaction()
    def send_back(self, *, step: int, by: User, at: datetime, reason: str) -> None:
        """Return what was submitted. Raises RemarkRequired and PeriodMoved."""
        if not reason:
            raise RemarkRequired(str(self))
        period = self._locked(step, PeriodState.SUBMITTED)
        period._go(PeriodState.RETURNED, by=by, at=at, remark=reason)
        self._follow(period)

    @audited_transaction()
    def accept(self, *, step: int, by: User, at: datetime, remark: str = "") -> None:
        """Close the period with what was submitted last. Raises PeriodMoved."""
        period = self._locked(step, PeriodState.SUBMITTED)
        period._go(PeriodState.ACCEPTED, by=by, at=at, remark=remark)
        self._follow(period)

    @audited_transaction()
    def reopen(self, *, step: int, by: User, at: datetime, reason: str) -> None:
        """Begin the next revision of a closed period. Raises RemarkRequired and PeriodMoved."""
        if not reason:
            raise RemarkRequired(str(self))
        period = self._locked(step, PeriodState.ACCEPTED)
        period.revision += 1
        period._go(PeriodState.OPEN, by=by, at=at, remark=reason)
        self._follow(period)

    def _locked(self, step: int, *states: PeriodState) -> "Period":
        period = Period.objects.select_for_update(of=("self",)).select_related("checklist").get(pk=self.pk)
        if period.step != step or period.state not in states:
            raise PeriodMoved(period)
        return period

    def _go(
        self,
        state: PeriodState,
        *,
        by: User,
        at: datetime,
        remark: str,
        report: FrozenReport | None = None,
    ) -> None:
        judged = self.state == PeriodState.SUBMITTED
        submitted = self.reports.light().first() if judged else None
        PeriodEvent.objects.create(
            period=self,
            revision=self.revision,
            before=self.state,
            after=state,
            by=by,
            by_name=person_name(by),
            at=at,
            remark=remark,
            report=report,
            without_superior=judged and self.checklist.parent_id is None,
            by_submitter=submitted is not None and submitted.by_id == by.pk,
        )
        after = {"state": state, "revision": self.revision} | ({"reason": remark} if remark else {})
        audit(
            Audited.PERIOD_STEP,
            by=by,
            at=at,
            checklist=self.checklist,
            about=self,
            before={"state": self.state},
            after=after,
        )
        self.state = state
        self.step += 1
        self.save(update_fields=["state", "revision", "step"])

    def _follow(self, period: "Period") -> None:
        """Keep the caller's object true as well."""
        self.state, self.revision, self.step = period.state, period.revision, period.step
