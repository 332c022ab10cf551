"""The number in the header of every page: how many acts somebody else waits for."""

from django.db.models import Model, QuerySet

from measures.choices import AssignmentState
from measures.models import Application, AssignmentStep, Invitation, Item, MilestoneStep
from measures.querysets.waiting import RETURNED, owes_answer
from measures.todo.acting import Acting


def count_waiting(acting: Acting) -> int:
    """Items chased or returned, milestones returned, assignments to answer, what to decide, accounts to make.

    These are the kinds of `model.COUNTED_IN_HEADER`. One query; none for those who only read.
    """
    parts: list[QuerySet[Model, tuple[int]]] = []
    if acting.units:
        asked = Item.objects.filter(owner__in=acting.units).filter(owes_answer() | RETURNED)
        parts.append(asked.order_by().values_list("pk"))
        returned = MilestoneStep.objects.filter(milestone__item__owner__in=acting.units).returned()
        parts.append(returned.order_by().values_list("pk"))
    if acting.offices:
        to_decide = Application.objects.filter(item__checklist__in=acting.offices).pending()
        parts.append(to_decide.order_by().values_list("pk"))
        proposed = MilestoneStep.objects.filter(milestone__item__checklist__in=acting.offices).to_decide()
        parts.append(proposed.order_by().values_list("pk"))
    # Nobody hands anything down to the top of a tree.
    if below := [checklist for checklist in acting.offices if checklist.parent_id]:
        given = AssignmentStep.objects.filter(checklist__in=below, state=AssignmentState.GIVEN)
        parts.append(given.newest().order_by().values_list("pk"))
    if acting.makes_accounts:
        parts.append(Invitation.objects.asked_for().order_by().values_list("pk"))
    if not parts:
        return 0
    first, *others = parts
    return first.union(*others, all=True).count() if others else first.count()
