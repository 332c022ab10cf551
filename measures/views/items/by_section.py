"""Hands out a checklist's items section by section: a lead unit and a due date for those without."""

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from measures.choices import Via
from measures.forms.by_section import BySectionForm, sections_to_hand_out
from measures.forms.units import named_once
from measures.ledger.plans import carry_out, plan_bulk
from measures.models import Checklist, Item
from measures.rights.roles import Action, SecondFactorNeeded, rights_of
from measures.views.access import SignedInRequest, readable_checklist
from measures.views.previews import kept_from, say_outcome


@require_http_methods(["GET", "HEAD", "POST"])
def by_section(request: SignedInRequest, slug: str) -> HttpResponse:
    """Fills in lead units and due dates as one batch, which can be undone. It replaces nothing."""
    checklist = readable_checklist(request, slug)
    rights = rights_of(request)
    if rights.lacks_second_factor(checklist):
        raise SecondFactorNeeded
    if not rights.may(Action.HAND_OVER, checklist):
        raise PermissionDenied(_("Only an administrator of the checklist can give an item to another owner."))
    if not checklist.is_open:
        raise PermissionDenied(_("This checklist is closed."))
    items = list(checklist.items.for_list().in_order())
    named, today = named_once(checklist), timezone.localdate()
    form = BySectionForm(
        request.POST if request.method == "POST" else None,
        sections=sections_to_hand_out(items),
        named=named,
        today=today,
    )
    if form.is_valid():
        return _hand_out(request, checklist, items, form)
    context = {"checklist": checklist, "tab": "items", "form": form, "has_units": bool(named())}
    return render(request, "items/by_section.html", context, status=422 if form.errors else 200)


def _hand_out(
    request: SignedInRequest, checklist: Checklist, items: list[Item], form: BySectionForm
) -> HttpResponse:
    units = {str(unit.pk): unit for unit in checklist.owners.all()}
    plan = plan_bulk(items, lambda item: form.values_for(item, units), "", rights_of(request))
    batch, outcome = carry_out(
        [planned.change for planned in plan.planned],
        checklist=checklist,
        by=request.user,
        at=timezone.now(),
        via=Via.BULK,
        reason=_("Handed out together."),
    )
    left = [(item.measure.code, why) for item, why in plan.refused]
    say_outcome(request, outcome, left + kept_from(outcome), batch)
    return redirect("overview", checklist.slug)
