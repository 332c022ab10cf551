"""What one user may do with an item's milestones."""

from measures.choices import MilestoneAct, Side
from measures.loop.milestones import milestone_acts
from measures.models import Item, MilestoneStep
from measures.models.milestones import DECIDING
from measures.rights.roles import Action, Rights


def milestone_side(rights: Rights, item: Item) -> Side | None:
    """The side as which the user sets or proposes milestones of this item; None if they may not."""
    checklist = item.checklist
    if not checklist.is_open:
        return None
    if rights.may(Action.SET_MILESTONES, checklist):
        return Side.OFFICE
    return Side.LEAD if rights.may_as(item.owner_id, Action.PROPOSE_MILESTONES, checklist) else None


def acts_after(step: MilestoneStep, item: Item, rights: Rights) -> frozenset[MilestoneAct]:
    """What the user may do with the milestone whose last step this is.

    Nobody decides on what they asked for if another can; who asked alone takes it back.
    """
    side = milestone_side(rights, item)
    if side is None:
        return frozenset()
    allowed = milestone_acts(MilestoneAct(step.act), side, item.checklist.rules)
    if step.by_id != rights.user.pk:
        return allowed - {MilestoneAct.MOVE_TAKEN_BACK}
    if allowed & DECIDING and (item.checklist.two_persons or not rights.alone_decides(item.checklist)):
        return allowed - DECIDING
    return allowed
