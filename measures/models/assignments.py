"""Measures that a parent hands down with a due date and a text, and what each unit below answers."""

from collections.abc import Iterable
from datetime import date, datetime

from django.contrib.auth.models import User
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from measures.choices import AssignmentState, Audited, Via
from measures.database.locks import audited_transaction
from measures.loop.rules import ActKind
from measures.models.audit import audit
from measures.models.catalogue import Measure
from measures.models.checklists import Checklist
from measures.models.frozen import RemarkRequired
from measures.models.only_added import AppendOnly
from measures.models.people import person_name
from measures.querysets.append_only import AppendOnlyQuerySet, AssignmentStepQuerySet
from measures.texts import REASON_LIMIT

TEXT_LIMIT = 1_000  # characters


class AnsweredAlready(Exception):
    """Somebody else of the same unit answered first; `step` is their answer."""

    def __init__(self, step: "AssignmentStep") -> None:
        super().__init__(str(step))
        self.step = step


class Assignment(AppendOnly):
    """One measure handed down from a checklist to some directly below it. Append-only."""

    checklist = models.ForeignKey(
        Checklist, models.PROTECT, related_name="assignments", verbose_name=_("checklist")
    )
    measure = models.ForeignKey(
        Measure, models.PROTECT, related_name="assignments", verbose_name=_("measure")
    )
    due = models.DateField(_("due"))
    text = models.CharField(_("what is asked"), max_length=TEXT_LIMIT)
    at = models.DateTimeField(_("at"))

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.measure} {self.due:%Y-%m-%d}"

    def get_absolute_url(self) -> str:
        return reverse("assignment", args=[self.checklist.slug, self.pk])

    @classmethod
    @audited_transaction()
    def hand_down(
        cls,
        checklist: Checklist,
        measure: Measure,
        to: Iterable[Checklist],
        *,
        due: date,
        text: str,
        by: User,
        at: datetime,
    ) -> "Assignment":
        """Ask these checklists, which are directly below, for this measure by that day."""
        made = cls.objects.create(
            checklist=checklist, measure=measure, due=due, text=text, by=by, by_name=person_name(by), at=at
        )
        to = list(to)
        if any(one.parent_id != checklist.pk for one in to):
            raise ValueError("A measure is handed down to checklists directly below.")
        AssignmentStep.objects.bulk_create(
            AssignmentStep(
                assignment=made,
                checklist=one,
                state=AssignmentState.GIVEN,
                by=by,
                by_name=made.by_name,
                at=at,
            )
            for one in to
        )
        after = {"due": due, "text": text, "checklists": [one.slug for one in to]}
        audit(Audited.HANDED_DOWN, by=by, at=at, checklist=checklist, about=measure, after=after)
        return made

    @audited_transaction()
    def accept(self, checklist: Checklist, *, by: User, at: datetime) -> None:
        """Take it on: the item here is due on the day that was asked for. Raises AnsweredAlready."""
        self._answer(checklist, AssignmentState.ACCEPTED, by=by, at=at)
        item = checklist.items.get(measure=self.measure_id)
        reason = now_("Assigned by %(name)s: %(text)s") % {"name": self.checklist.name, "text": self.text}
        item.change(
            {"due": self.due},
            version=item.version,
            by=by,
            at=at,
            via=Via.PAGE,
            reason=reason[:REASON_LIMIT],
            act=ActKind.ABOVE,
        )

    @audited_transaction()
    def send_back(self, checklist: Checklist, *, by: User, at: datetime, reason: str) -> None:
        """Return it, saying why; the item stays as it is. Raises RemarkRequired and AnsweredAlready."""
        if not reason:
            raise RemarkRequired(str(self))
        self._answer(checklist, AssignmentState.RETURNED, by=by, at=at, reason=reason)

    def _answer(
        self, checklist: Checklist, state: AssignmentState, *, by: User, at: datetime, reason: str = ""
    ) -> None:
        newest = self.steps.filter(checklist=checklist).order_by("-pk")[0]
        if newest.state != AssignmentState.GIVEN:
            raise AnsweredAlready(newest)
        self.steps.create(
            checklist=checklist, state=state, reason=reason, by=by, by_name=person_name(by), at=at
        )
        after = {"state": state, "due": self.due} | ({"reason": reason} if reason else {})
        audit(Audited.ANSWERED, by=by, at=at, checklist=checklist, about=self.measure, after=after)


class AssignmentStep(AppendOnly):
    """What became of an assignment in one checklist: given, then accepted or returned. Append-only."""

    assignment = models.ForeignKey(
        Assignment, models.PROTECT, related_name="steps", verbose_name=_("assignment")
    )
    checklist = models.ForeignKey(
        Checklist, models.PROTECT, related_name="assignment_steps", verbose_name=_("checklist")
    )
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
                fields=["assignment", "checklist"],
                condition=Q(state=AssignmentState.GIVEN),
                name="assignment_given_once",
                violation_error_message=_("This measure is already assigned to this checklist."),
            ),
            models.UniqueConstraint(
                fields=["assignment", "checklist"],
                condition=~Q(state=AssignmentState.GIVEN),
                name="assignment_answered_once",
                violation_error_message=_("This checklist has already answered."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=AssignmentState.values),
                name="assignment_step_state_known",
                violation_error_message=_("Choose one of the listed states."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.checklist} {self.get_state_display()}"
