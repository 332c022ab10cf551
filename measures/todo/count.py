"""The number in the header of every page: how many acts somebody else waits for."""

from django.db.models import Model, QuerySet

from measures.choices import AssignmentState
from measures.database.prepared import prepared
from measures.models import Application, AssignmentStep, Invitation, Item, MilestoneStep
from measures.querysets.waiting import RETURNED, owes_answer
from measures.todo.acting import Acting


def count_waiting(acting: Acting) -> int:
    """Items chased or returned, milestones returned, assignments to answer, what to decide, accounts to make.

    These are the kinds of `model.COUNTED_IN_HEADER`. One query; none for those who only read.
    """
    offices = [checklist.pk for checklist in acting.offices]
    # Nobody hands anything down to the top of a tree.
    below = [checklist.pk for checklist in acting.offices if checklist.parent_id]
    if not acting.units and not offices and not acting.makes_accounts:
        return 0
    return _waiting.count(acting.units, offices, below, acting.makes_accounts)


@prepared
def _waiting(
    units: list[int], offices: list[int], below: list[int], makes_accounts: bool
) -> QuerySet[Model, tuple[int]]:
    parts: list[QuerySet[Model, tuple[int]]] = []
    if units:
        asked = Item.objects.filter(owner__pk__in=units).filter(owes_answer() | RETURNED)
        parts.append(asked.order_by().values_list("pk"))
        returned = MilestoneStep.objects.filter(milestone__item__owner__pk__in=units).returned()
        parts.append(returned.order_by().values_list("pk"))
    if offices:
        to_decide = Application.objects.filter(item__checklist__pk__in=offices).pending()
        parts.append(to_decide.order_by().values_list("pk"))
        proposed = MilestoneStep.objects.filter(milestone__item__checklist__pk__in=offices).to_decide()
        parts.append(proposed.order_by().values_list("pk"))
    if below:
        given = AssignmentStep.objects.filter(checklist__pk__in=below, state=AssignmentState.GIVEN)
        parts.append(given.newest().order_by().values_list("pk"))
    if makes_accounts:
        parts.append(Invitation.objects.asked_for().order_by().values_list("pk"))
    first, *others = parts
    return first.union(*others, all=True) if others else first
