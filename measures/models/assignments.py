"""Measures that a parent hands down with a due date and a text, and what each unit below answers.

Only ever added. A correction makes a new version of what is asked, and each unit is asked again.
"""

from collections.abc import Iterable
from datetime import date, datetime

from django.contrib.auth.models import User
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from measures.choices import AssignmentState, Audited, Via
from measures.database.locks import audited_transaction
from measures.loop.rules import ActKind
from measures.models.assignment_steps import (
    TEXT_LIMIT,
    AnsweredAlready,
    AssignmentCorrection,
    AssignmentStep,
    Terms,
)
from measures.models.audit import audit, only_differing
from measures.models.catalogue import Measure
from measures.models.checklists import Checklist
from measures.models.entries import WithdrawnAlready
from measures.models.frozen import RemarkRequired
from measures.models.local_measures import CorrectedMeanwhile
from measures.models.only_added import AppendOnly
from measures.models.people import person_name
from measures.querysets.append_only import AppendOnlyQuerySet
from measures.texts import REASON_LIMIT


class Assignment(AppendOnly):
    """One measure handed down from a checklist to some directly below it. Append-only.

    `due` and `text` are those of the first version; `terms` are the newest.
    """

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

    @property
    def versions(self) -> list[Terms]:
        """Every version, oldest first. One query, unless `corrections` are prefetched."""
        first = Terms(1, self.due, self.text, self.by_name, self.at)
        return [first, *(correction.terms for correction in self.corrections.all())]

    @property
    def terms(self) -> Terms:
        return self.versions[-1]

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
        made._step(to, AssignmentState.GIVEN, by=by, at=at)
        after = {"due": due, "text": text, "checklists": [one.slug for one in to]}
        audit(Audited.HANDED_DOWN, by=by, at=at, checklist=checklist, about=measure, after=after)
        return made

    @audited_transaction()
    def correct(
        self, *, due: date, text: str, reason: str, version: int, by: User, at: datetime
    ) -> "AssignmentCorrection":
        """Ask for this instead, saying why; every unit from which it is not withdrawn is asked again.

        `version` is the one that the user has read. Raises CorrectedMeanwhile, WithdrawnAlready if no unit is
        left, and RemarkRequired.
        """
        if not reason:
            raise RemarkRequired(str(self))
        old = Assignment.objects.get(pk=self.pk).terms
        if old.version != version:
            raise CorrectedMeanwhile(str(self))
        if (old.due, old.text) == (due, text):
            raise ValueError("A correction changes the due date or the text.")
        asked = [step.checklist for step in self.steps.in_force().select_related("checklist")]
        if not asked:
            raise WithdrawnAlready(str(self))
        made = self.corrections.create(
            version=version + 1, due=due, text=text, reason=reason, by=by, by_name=person_name(by), at=at
        )
        self._step(asked, AssignmentState.GIVEN, version=made.version, by=by, at=at)
        before, after = only_differing({"due": old.due, "text": old.text}, {"due": due, "text": text})
        audit(
            Audited.ASSIGNMENT_CORRECTED,
            by=by,
            at=at,
            checklist=self.checklist,
            about=self.measure,
            before=before,
            after=after | {"reason": reason, "checklists": [one.slug for one in asked]},
        )
        return made

    @audited_transaction()
    def withdraw(self, of: Iterable[Checklist], *, reason: str, by: User, at: datetime) -> None:
        """Take it back from these units, saying why; their items stay as they are.

        Raises WithdrawnAlready if it is withdrawn from one of them, and RemarkRequired.
        """
        if not reason:
            raise RemarkRequired(str(self))
        of = list(of)
        versions = dict(self.steps.in_force().values_list("checklist", "version"))
        if any(one.pk not in versions for one in of):
            raise WithdrawnAlready(str(self))
        for version in sorted(set(versions.values())):
            ours = [one for one in of if versions[one.pk] == version]
            self._step(ours, AssignmentState.WITHDRAWN, version=version, reason=reason, by=by, at=at)
        after = {"reason": reason, "checklists": [one.slug for one in of]}
        audit(
            Audited.ASSIGNMENT_WITHDRAWN,
            by=by,
            at=at,
            checklist=self.checklist,
            about=self.measure,
            after=after,
        )

    @audited_transaction()
    def accept(self, checklist: Checklist, *, version: int, by: User, at: datetime) -> bool:
        """Take it on: the item here is due on the day that was asked for. Return whether that changes it.

        Where the unit had accepted the same day before, its due date may have been moved since, and stays.
        `version` is the one that the user has read. Raises AnsweredAlready and CorrectedMeanwhile.
        """
        accepted = self.steps.filter(checklist=checklist, state=AssignmentState.ACCEPTED).first()
        terms = self._answer(checklist, AssignmentState.ACCEPTED, version=version, by=by, at=at)
        if accepted and accepted.terms.due == terms.due:
            return False
        item = checklist.items.that_answers(self.measure_id)
        if item is None:
            return False
        reason = gettext("Assigned by %(name)s: %(text)s") % {"name": self.checklist.name, "text": terms.text}
        update = item.change(
            {"due": terms.due},
            version=item.version,
            by=by,
            at=at,
            via=Via.PAGE,
            reason=reason[:REASON_LIMIT],
            act=ActKind.ABOVE,
        )
        return update is not None

    @audited_transaction()
    def send_back(self, checklist: Checklist, *, version: int, by: User, at: datetime, reason: str) -> None:
        """Return it, saying why; the item stays as it is.

        Raises RemarkRequired, AnsweredAlready and CorrectedMeanwhile.
        """
        if not reason:
            raise RemarkRequired(str(self))
        self._answer(checklist, AssignmentState.RETURNED, version=version, by=by, at=at, reason=reason)

    def _answer(
        self,
        checklist: Checklist,
        state: AssignmentState,
        *,
        version: int,
        by: User,
        at: datetime,
        reason: str = "",
    ) -> Terms:
        newest = self.steps.filter(checklist=checklist).order_by("-pk")[0]
        if newest.state != AssignmentState.GIVEN:
            raise AnsweredAlready(newest)
        if newest.version != version:
            raise CorrectedMeanwhile(str(self))
        self._step([checklist], state, version=version, reason=reason, by=by, at=at)
        after = {"state": state, "due": newest.terms.due} | ({"reason": reason} if reason else {})
        audit(Audited.ANSWERED, by=by, at=at, checklist=checklist, about=self.measure, after=after)
        return newest.terms

    def _step(
        self,
        checklists: Iterable[Checklist],
        state: AssignmentState,
        *,
        by: User,
        at: datetime,
        version: int = 1,
        reason: str = "",
    ) -> None:
        who = {"by": by, "by_name": person_name(by), "at": at}
        AssignmentStep.objects.bulk_create(
            AssignmentStep(assignment=self, checklist=one, state=state, version=version, reason=reason, **who)
            for one in checklists
        )
