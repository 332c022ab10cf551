"""Milestones: what each act makes of one, and who may do it, as plain values."""

from collections.abc import Mapping
from datetime import date

from django.utils.translation import gettext as _

from measures.choices import MilestoneAct, MilestoneState, Side
from measures.loop.rules import Actor, Rules, may_move_due

# By its last act. An open milestone is in force and not done.
OPEN = frozenset(
    {
        MilestoneAct.SET,
        MilestoneAct.ACCEPTED,
        MilestoneAct.REOPENED,
        MilestoneAct.MOVED,
        MilestoneAct.MOVE_ASKED,
        MilestoneAct.MOVE_GRANTED,
        MilestoneAct.MOVE_RETURNED,
        MilestoneAct.MOVE_TAKEN_BACK,
    }
)
IN_FORCE = OPEN | {MilestoneAct.DONE}
# The office decides on these.
WAITING = frozenset({MilestoneAct.PROPOSED, MilestoneAct.MOVE_ASKED})
# The unit proposes again, asks again or takes note.
SENT_BACK = frozenset({MilestoneAct.RETURNED, MilestoneAct.MOVE_RETURNED})
TURNED_DOWN = frozenset({MilestoneAct.PROPOSED, MilestoneAct.RETURNED})

# The last act, and what each side may do next. Moving is added by `milestone_acts`, as the rules say.
OFFICE_NEXT: Mapping[MilestoneAct, frozenset[MilestoneAct]] = {
    **dict.fromkeys(OPEN, frozenset({MilestoneAct.DONE, MilestoneAct.WITHDRAWN})),
    MilestoneAct.MOVE_ASKED: frozenset(
        {
            MilestoneAct.MOVE_GRANTED,
            MilestoneAct.MOVE_RETURNED,
            MilestoneAct.MOVE_TAKEN_BACK,
            MilestoneAct.DONE,
            MilestoneAct.WITHDRAWN,
        }
    ),
    MilestoneAct.PROPOSED: frozenset({MilestoneAct.ACCEPTED, MilestoneAct.RETURNED, MilestoneAct.WITHDRAWN}),
    MilestoneAct.RETURNED: frozenset({MilestoneAct.WITHDRAWN}),
    MilestoneAct.DONE: frozenset({MilestoneAct.REOPENED, MilestoneAct.WITHDRAWN}),
    MilestoneAct.WITHDRAWN: frozenset(),
}
UNIT_NEXT: Mapping[MilestoneAct, frozenset[MilestoneAct]] = {
    **dict.fromkeys(OPEN, frozenset({MilestoneAct.DONE})),
    MilestoneAct.MOVE_ASKED: frozenset({MilestoneAct.MOVE_TAKEN_BACK, MilestoneAct.DONE}),
    **dict.fromkeys(TURNED_DOWN, frozenset({MilestoneAct.PROPOSED, MilestoneAct.WITHDRAWN})),
    MilestoneAct.DONE: frozenset({MilestoneAct.REOPENED}),
    MilestoneAct.WITHDRAWN: frozenset(),
}


def milestone_acts(last: MilestoneAct, side: Side, rules: Rules) -> frozenset[MilestoneAct]:
    """What the office or the lead unit may do after this act. A cooperating unit may do nothing."""
    if side == Side.COOPERATING:
        return frozenset()
    office = side == Side.OFFICE
    allowed = (OFFICE_NEXT if office else UNIT_NEXT)[last]
    if last not in OPEN:
        return allowed
    # Whether there is a due date decides, not which one.
    if may_move_due(date.max, Actor.OFFICE if office else Actor.UNIT, rules):
        return allowed | {MilestoneAct.MOVED}
    return allowed if last == MilestoneAct.MOVE_ASKED else allowed | {MilestoneAct.MOVE_ASKED}


def milestone_state(last: MilestoneAct, *, missed: bool) -> MilestoneState:
    """What a milestone is; `missed` says whether its date has passed while its item went on."""
    if last not in OPEN:
        return MilestoneState(last.value)
    return MilestoneState.MISSED if missed else MilestoneState.OPEN


def done_of(done: int, count: int) -> str:
    """How many milestones are done of those in force, in words; empty without any."""
    return _("%(done)d of %(all)d done") % {"done": done, "all": count} if count else ""
