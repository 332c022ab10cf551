"""All items of one owner to another, in one batch: a unit was dissolved, or its people have left."""

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from measures.choices import Via
from measures.forms.units import HandOverForm
from measures.ledger.plans import Plan, carry_out, plan_bulk
from measures.models import Checklist, Item, Owner
from measures.models.state import StateValue
from measures.rights.roles import Action, SecondFactorNeeded, rights_of
from measures.views.access import SignedInRequest, readable_checklist
from measures.views.previews import back_to_list, kept_from, say_outcome


@require_http_methods(["GET", "HEAD", "POST"])
def hand_over(request: SignedInRequest, slug: str) -> HttpResponse:
    """Choose two owners, see what would change, then change it as one batch, which can be undone."""
    checklist = readable_checklist(request, slug)
    rights = rights_of(request)
    if rights.lacks_second_factor(checklist):
        raise SecondFactorNeeded
    if not rights.may(Action.HAND_OVER, checklist):
        raise PermissionDenied(_("Only an administrator of the checklist can give an item to another owner."))
    asked = request.method == "POST"
    form = HandOverForm(request.POST if asked else None, checklist=checklist)
    plan = None
    if asked and form.is_valid():
        giver, taker = form.cleaned_data["giver"], form.cleaned_data["taker"]
        items = checklist.items.involving(giver.pk).for_list().in_order()
        plan = plan_bulk(items, lambda item: _handed_over(item, giver, taker), "", rights)
        # What was seen is what is done: where it has changed since, it is shown once more.
        if request.POST.get("apply") == plan.fingerprint:
            return _apply(request, checklist, form, plan)
    context = {"checklist": checklist, "tab": "batches", "form": form, "plan": plan}
    return render(request, "batches/hand_over.html", context, status=422 if form.errors else 200)


def _handed_over(item: Item, giver: Owner, taker: Owner) -> dict[str, StateValue]:
    """The taker in place of the giver: as the one who leads, or among those who cooperate."""
    if item.owner == giver:
        return {"owner": taker}
    return {"cooperating": tuple(taker if unit == giver else unit for unit in item.cooperating)}


def _apply(request: SignedInRequest, checklist: Checklist, form: HandOverForm, plan: Plan) -> HttpResponse:
    batch, outcome = carry_out(
        [planned.change for planned in plan.planned],
        checklist=checklist,
        by=request.user,
        at=timezone.now(),
        via=Via.BULK,
        reason=form.cleaned_data["reason"],
    )
    say_outcome(request, outcome, kept_from(outcome), batch)
    # The forms of this page keep its address, and with it the list from which one came.
    return back_to_list(checklist, request.GET.get("back", f"unit={form.cleaned_data['taker'].pk}"))
