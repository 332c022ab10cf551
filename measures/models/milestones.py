"""Milestones: the dated steps of an item, and what was done with each.

Both tables are only ever added to. A step holds all that its milestone is after it, so the last step up to a
moment says what the milestone was then. `loop/milestones.py` says who may do what.
"""

from dataclasses import dataclass
from datetime import date, datetime

from django.contrib.auth.models import User
from django.db import models
from django.db.models import Q
from django.db.models.functions import Length
from django.db.models.lookups import LessThanOrEqual
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from measures.choices import Audited, MilestoneAct, Side
from measures.database.locks import audited_transaction
from measures.loop.milestones import IN_FORCE, WAITING, milestone_acts
from measures.models.application_rules import OwnApplication
from measures.models.audit import audit
from measures.models.changes import RuleRefused
from measures.models.only_added import AppendOnly
from measures.models.people import person_name
from measures.models.tracking import Item
from measures.querysets.append_only import AppendOnlyQuerySet
from measures.querysets.loop import DERIVED_FROM_MILESTONES
from measures.querysets.milestones import MilestoneStepQuerySet
from measures.texts import REASON_LIMIT

MILESTONE_LIMIT = 200  # characters of its text
MILESTONES_LIMIT = 50  # of one item, in force or proposed
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2100, 12, 31)
DECIDING = frozenset(
    {
        MilestoneAct.ACCEPTED,
        MilestoneAct.RETURNED,
        MilestoneAct.MOVE_GRANTED,
        MilestoneAct.MOVE_RETURNED,
    }
)
NEED_REASON = (
    *(MilestoneAct.RETURNED, MilestoneAct.MOVE_RETURNED, MilestoneAct.MOVE_ASKED, MilestoneAct.MOVED),
    *(MilestoneAct.REOPENED, MilestoneAct.WITHDRAWN),
)


class TooManyMilestones(Exception):
    """The item has MILESTONES_LIMIT of them."""


class NoMilestoneNeeded(Exception):
    """The item has ended."""


class MilestoneMoved(Exception):
    """Somebody did something else with it meanwhile."""


@dataclass(frozen=True)
class NewStep:
    """What somebody wants to do with a milestone.

    `seen`: the number of the step that they saw as the last one. `day`: the new date, or the day on which it
    was done. `text`: that of a changed proposal.
    """

    act: MilestoneAct
    seen: int
    day: date | None = None
    text: str = ""
    reason: str = ""


class Milestone(AppendOnly):
    """One milestone of an item. `side` set or proposed it; `steps` are what was done with it."""

    item = models.ForeignKey(Item, models.PROTECT, related_name="milestones", verbose_name=_("item"))
    side = models.CharField(_("set by"), max_length=16, choices=Side)
    at = models.DateTimeField(_("at"))

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        verbose_name = _("milestone")
        verbose_name_plural = _("milestones")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(side__in=(Side.OFFICE, Side.LEAD)),
                name="milestone_side_known",
                violation_error_message=_("Choose one of the listed sides."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.by_name} {self.at:%Y-%m-%d %H:%M}"

    @classmethod
    @audited_transaction()
    def add(cls, item: Item, *, text: str, due: date, side: Side, by: User, at: datetime) -> "MilestoneStep":
        """Set a milestone as the office, or propose one as the lead unit; return its first step.

        Raises TooManyMilestones and NoMilestoneNeeded.
        """
        locked = _locked(item.pk)
        if not locked.takes_milestones:
            raise NoMilestoneNeeded(str(locked))
        last = MilestoneStep.objects.filter(milestone__item=locked).last_steps()
        if last.filter(act__in=IN_FORCE | WAITING).count() >= MILESTONES_LIMIT:
            raise TooManyMilestones(str(locked))
        act = MilestoneAct.SET if side == Side.OFFICE else MilestoneAct.PROPOSED
        who = {"side": side, "at": at, "by": by, "by_name": person_name(by)}
        made = cls.objects.create(item=locked, **who)
        return _write(
            None, MilestoneStep(milestone=made, number=1, act=act, text=text, due=due, **who), locked
        )

    @audited_transaction()
    def take(
        self, new: NewStep, *, side: Side, by: User, at: datetime, only_one: bool = False
    ) -> "MilestoneStep":
        """Do something with the milestone.

        Raises MilestoneMoved if `new.seen` is no longer its last step, RuleRefused if the rules don't allow
        it, and OwnApplication for a decision on what `by` asked for, unless `by` is the `only_one` who can
        decide here and the rules don't require two persons.
        """
        item = _locked(self.item_id)
        last = MilestoneStep.objects.filter(milestone=self).order_by("number").last()
        if last is None or last.number != new.seen:
            raise MilestoneMoved(str(self))
        if new.act in NEED_REASON and not new.reason.strip():
            raise ValueError("This step needs a reason.")
        rules = item.checklist.rules
        if new.act not in milestone_acts(MilestoneAct(last.act), side, rules):
            raise RuleRefused(str(item.pk))
        own = last.by_id == by.pk
        if new.act == MilestoneAct.MOVE_TAKEN_BACK and not own:
            raise RuleRefused(str(item.pk))
        alone = own and new.act in DECIDING
        if alone and (rules.two_persons or not only_one):
            raise OwnApplication(str(self))
        return _write(last, last.followed_by(new, side=side, by=by, at=at, by_one_hand=alone), item)


class MilestoneStep(AppendOnly):
    """What was done with a milestone, and all that it is afterwards.

    `due` is its date, `wanted` the later one that was asked for and not yet decided on, `done_on` the day on
    which it was done.
    """

    milestone = models.ForeignKey(
        Milestone, models.PROTECT, related_name="steps", verbose_name=_("milestone"), db_index=False
    )
    number = models.PositiveSmallIntegerField(_("number"))
    act = models.CharField(pgettext_lazy("milestone", "act"), max_length=16, choices=MilestoneAct)
    side = models.CharField(_("side"), max_length=16, choices=Side)
    text = models.CharField(_("text"), max_length=MILESTONE_LIMIT)
    due = models.DateField(_("date"))
    wanted = models.DateField(_("date asked for"), null=True, blank=True)
    done_on = models.DateField(_("done on"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=REASON_LIMIT, blank=True)
    by_one_hand = models.BooleanField(_("asked and granted by one hand"), default=False)
    at = models.DateTimeField(_("at"))

    objects = MilestoneStepQuerySet.as_manager()

    class Meta:
        verbose_name = _("step of a milestone")
        verbose_name_plural = _("steps of milestones")
        ordering = ["milestone", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["milestone", "number"],
                name="milestone_step_once",
                violation_error_message=_("Somebody else did something with this milestone first."),
            ),
            models.CheckConstraint(
                condition=Q(act__in=MilestoneAct.values),
                name="milestone_act_known",
                violation_error_message=_("Choose one of the listed acts."),
            ),
            models.CheckConstraint(
                condition=Q(side__in=(Side.OFFICE, Side.LEAD)),
                name="milestone_step_side_known",
                violation_error_message=_("Choose one of the listed sides."),
            ),
            models.CheckConstraint(
                condition=~Q(text="") & Q(LessThanOrEqual(Length("text"), MILESTONE_LIMIT)),
                name="milestone_text_within_limit",
                violation_error_message=_("Say what will be reached, in up to 200 characters."),
            ),
            models.CheckConstraint(
                condition=Q(due__range=(FIRST_DAY, LAST_DAY)),
                name="milestone_date_plausible",
                violation_error_message=_("This date is not plausible."),
            ),
            models.CheckConstraint(
                condition=Q(
                    act=MilestoneAct.MOVE_ASKED, wanted__isnull=False, wanted__range=(FIRST_DAY, LAST_DAY)
                )
                | (~Q(act=MilestoneAct.MOVE_ASKED) & Q(wanted=None)),
                name="milestone_wanted_while_asked",
                violation_error_message=_("A request to move needs a new date; other steps have none."),
            ),
            models.CheckConstraint(
                condition=Q(
                    act=MilestoneAct.DONE, done_on__isnull=False, done_on__range=(FIRST_DAY, LAST_DAY)
                )
                | (~Q(act=MilestoneAct.DONE) & Q(done_on=None)),
                name="milestone_done_on_while_done",
                violation_error_message=_("Say on which day it was done."),
            ),
            models.CheckConstraint(
                condition=~Q(act__in=NEED_REASON, reason=""),
                name="milestone_step_has_reason",
                violation_error_message=_("Say why."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_act_display()} {self.at:%Y-%m-%d %H:%M}"

    def followed_by(
        self, new: NewStep, *, side: Side, by: User, at: datetime, by_one_hand: bool
    ) -> "MilestoneStep":
        """The step that this makes of it, not saved. What was asked for is answered by any other act."""
        moves = new.act in (MilestoneAct.MOVED, MilestoneAct.PROPOSED)
        due = self.wanted if new.act == MilestoneAct.MOVE_GRANTED else new.day if moves else None
        return MilestoneStep(
            milestone=self.milestone,
            number=self.number + 1,
            act=new.act,
            side=side,
            text=new.text or self.text,
            due=due or self.due,
            wanted=new.day if new.act == MilestoneAct.MOVE_ASKED else None,
            done_on=new.day if new.act == MilestoneAct.DONE else None,
            reason=new.reason,
            by_one_hand=by_one_hand,
            at=max(at, self.at),
            by=by,
            by_name=person_name(by),
        )

    @property
    def said(self) -> dict[str, object]:
        """What it is, as the audit trail holds it."""
        said: dict[str, object] = {"milestone": self.text, "due": self.due}
        optional = {"new_due": self.wanted, "done_on": self.done_on, "reason": self.reason}
        said |= {name: value for name, value in optional.items() if value}
        return said | ({"by_one_hand": True} if self.by_one_hand else {})


def _locked(pk: int) -> Item:
    return Item.objects.locked("checklist", "measure").get(pk=pk)


def _write(last: MilestoneStep | None, step: MilestoneStep, item: Item) -> MilestoneStep:
    """Save a step of a milestone of a locked item, and record it."""
    step.save()
    Item.objects.filter(pk=item.pk).derive(DERIVED_FROM_MILESTONES)
    audit(
        Audited.MILESTONE_CHANGED if last else Audited.MILESTONE_ADDED,
        by=step.by,
        at=step.at,
        checklist=item.checklist,
        about=item.measure,
        before=last.said if last else {},
        after={"act": step.act} | step.said,
    )
    return step
