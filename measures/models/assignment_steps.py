"""What became of an assignment: the corrections of what it asks, and the steps of each unit."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from measures.choices import AssignmentState
from measures.models.checklists import Checklist
from measures.models.only_added import AppendOnly
from measures.querysets.append_only import AppendOnlyQuerySet, AssignmentStepQuerySet
from measures.texts import REASON_LIMIT

TEXT_LIMIT = 1_000  # characters
ANSWERS = (AssignmentState.ACCEPTED, AssignmentState.RETURNED)


class AnsweredAlready(Exception):
    """Nothing is left to answer: `step` is the unit's answer, or it is withdrawn."""

    def __init__(self, step: "AssignmentStep") -> None:
        super().__init__(str(step))
        self.step = step


@dataclass(frozen=True)
class Terms:
    """One version of what is asked, and by when; who set it, and why they corrected the one before."""

    version: int
    due: date
    text: str
    by_name: str
    at: datetime
    reason: str = ""


class AssignmentCorrection(AppendOnly):
    """A later version of what an assignment asks, with the reason. Append-only."""

    assignment = models.ForeignKey(
        "measures.Assignment", models.PROTECT, related_name="corrections", verbose_name=_("assignment")
    )
    version = models.PositiveSmallIntegerField(_("version"))
    due = models.DateField(_("due"))
    text = models.CharField(_("what is asked"), max_length=TEXT_LIMIT)
    reason = models.CharField(pgettext_lazy("correction", "reason"), max_length=REASON_LIMIT)
    at = models.DateTimeField(_("at"))

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        verbose_name = _("correction of an assignment")
        verbose_name_plural = _("corrections of assignments")
        ordering = ["assignment", "version"]
        constraints = [
            models.UniqueConstraint(
                fields=["assignment", "version"],
                name="assignment_correction_once",
                violation_error_message=_("Somebody else has corrected this assignment."),
            ),
            models.CheckConstraint(
                condition=Q(version__gte=2),
                name="assignment_correction_after_first",
                violation_error_message=_("The first version is the assignment itself."),
            ),
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="assignment_correction_has_reason",
                violation_error_message=_("Say why the assignment is corrected."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.assignment} {self.version}"

    @property
    def terms(self) -> Terms:
        return Terms(self.version, self.due, self.text, self.by_name, self.at, self.reason)


class AssignmentStep(AppendOnly):
    """What became of an assignment in one checklist: given, then accepted, returned or withdrawn.

    `version` is that of the terms which it is about. Append-only.
    """

    assignment = models.ForeignKey(
        "measures.Assignment", models.PROTECT, related_name="steps", verbose_name=_("assignment")
    )
    checklist = models.ForeignKey(
        Checklist, models.PROTECT, related_name="assignment_steps", verbose_name=_("checklist")
    )
    # With a default in the database: an older release may still write here during an upgrade.
    version = models.PositiveSmallIntegerField(_("version"), default=1, db_default=1)
    state = models.CharField(pgettext_lazy("assignment", "state"), max_length=16, choices=AssignmentState)
    reason = models.CharField(pgettext_lazy("assignment", "reason"), max_length=REASON_LIMIT, blank=True)
    at = models.DateTimeField(_("at"))

    objects = AssignmentStepQuerySet.as_manager()

    class Meta:
        verbose_name = _("step of an assignment")
        verbose_name_plural = _("steps of an assignment")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["assignment", "checklist", "version"],
                condition=Q(state=AssignmentState.GIVEN),
                name="assignment_given_once",
                violation_error_message=_("This measure is already assigned to this checklist."),
            ),
            models.UniqueConstraint(
                fields=["assignment", "checklist", "version"],
                condition=Q(state__in=ANSWERS),
                name="assignment_answered_once",
                violation_error_message=_("This checklist has already answered."),
            ),
            models.UniqueConstraint(
                fields=["assignment", "checklist"],
                condition=Q(state=AssignmentState.WITHDRAWN),
                name="assignment_withdrawn_once",
                violation_error_message=_("It is already withdrawn from this checklist."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=AssignmentState.values),
                name="assignment_step_state_known",
                violation_error_message=_("Choose one of the listed states."),
            ),
            models.CheckConstraint(
                condition=~Q(state=AssignmentState.WITHDRAWN, reason=""),
                name="assignment_withdrawn_with_reason",
                violation_error_message=_("Say why the assignment is withdrawn."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.checklist} {self.get_state_display()}"

    @property
    def is_withdrawn(self) -> bool:
        return self.state == AssignmentState.WITHDRAWN

    @property
    def terms(self) -> Terms:
        """What the unit was asked in this step."""
        return self.assignment.versions[self.version - 1]
