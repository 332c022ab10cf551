"""The milestones of an item for people to read, now or at the end of a past day."""

from dataclasses import dataclass, field
from datetime import date

from django.db.models import QuerySet

from measures.choices import MilestoneAct, MilestoneState
from measures.database.prepared import prepared
from measures.ledger.about import has
from measures.lights import days_late_when_done, end_of_day, is_missed
from measures.loop.milestones import IN_FORCE, WAITING, milestone_state
from measures.models import Item, MilestoneStep
from measures.rights.milestones import acts_after
from measures.rights.roles import Rights

GONE_SHOWN = 50


@dataclass(frozen=True)
class ShownMilestone:
    """A milestone by its last step, what it is on the day, all its steps, and what its reader may do."""

    last: MilestoneStep
    state: MilestoneState
    steps: list[MilestoneStep]
    allowed: frozenset[MilestoneAct] = frozenset()

    @property
    def in_force(self) -> bool:
        return self.last.act in IN_FORCE

    @property
    def waits(self) -> bool:
        """Whether the office has yet to decide on it."""
        return self.last.act in WAITING

    @property
    def is_moved(self) -> bool:
        return self.first_due != self.last.due

    @property
    def first_due(self) -> date:
        """The date that it had when it was first in force; its present one if it never was."""
        begun = next((one for one in self.steps if one.act in IN_FORCE), self.last)
        return begun.due

    @property
    def days_late_when_done(self) -> int:
        return days_late_when_done(self.last.done_on, self.last.due)


@dataclass(frozen=True)
class ShownMilestones:
    """The milestones of an item by date. `gone` are those withdrawn, the newest first."""

    present: list[ShownMilestone] = field(default_factory=list)
    gone: list[ShownMilestone] = field(default_factory=list)

    @property
    def in_force(self) -> int:
        return sum(one.in_force for one in self.present)

    @property
    def done(self) -> int:
        return sum(one.state == MilestoneState.DONE for one in self.present)


def milestones_of(
    item: Item, *, on: date, as_of: date | None = None, rights: Rights | None = None
) -> ShownMilestones:
    """The item's milestones now or, with `as_of`, as they were at the end of that day. One query at most.

    `rights` are those of a reader who may do something now.
    """
    made = _steps_of(item.pk) if has(item, "milestones") else []
    if as_of:
        made = [step for step in made if step.at < end_of_day(as_of)]
    by_milestone: dict[int, list[MilestoneStep]] = {}
    for step in made:
        by_milestone.setdefault(step.milestone_id, []).append(step)
    shown = [_shown(steps, item, on, rights) for steps in by_milestone.values()]
    present = [one for one in shown if one.state != MilestoneState.WITHDRAWN]
    gone = [one for one in shown if one.state == MilestoneState.WITHDRAWN]
    return ShownMilestones(
        sorted(present, key=lambda one: (one.last.due, one.last.milestone_id)),
        sorted(gone, key=lambda one: one.last.at, reverse=True)[:GONE_SHOWN],
    )


@prepared
def _steps_of(item: int) -> QuerySet[MilestoneStep]:
    steps = MilestoneStep.objects.filter(milestone__item=item).select_related("milestone")
    return steps.order_by("milestone", "number")


def _shown(steps: list[MilestoneStep], item: Item, on: date, rights: Rights | None) -> ShownMilestone:
    last = steps[-1]
    state = milestone_state(MilestoneAct(last.act), missed=is_missed(last.due, item.status, on))
    allowed = acts_after(last, item, rights) if rights else frozenset()
    return ShownMilestone(last, state, steps, allowed)
