"""One unit below: moved, closed, opened again or merged, once its consequences were seen."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from measures.forms.tree import RearrangeForm
from measures.models import Checklist, NoCodeLeft, PlaceRefused
from measures.tree.rearranging import WITH_ANOTHER, Act, Rearrangement
from measures.views.access import SignedInRequest
from measures.views.below.tending import tended


@require_http_methods(["GET", "HEAD", "POST"])
def rearrange(request: SignedInRequest, slug: str, unit: str) -> HttpResponse:
    """Choose an action, preview its effects, then confirm; none of the actions loses data."""
    checklist = tended(request, slug)
    shown = get_object_or_404(Checklist.objects.below(checklist).select_related("parent"), slug=unit)
    acts = [act for act in Act if act != (Act.REOPEN if shown.is_open else Act.CLOSE)]
    asked = request.method == "POST"
    form = RearrangeForm(
        request.POST if asked else None,
        checklist=checklist,
        acts=[(str(act), act.label) for act in acts],
        with_another=WITH_ANOTHER,
    )
    plan = None
    if asked and form.is_valid():
        plan = Rearrangement(Act(form.cleaned_data["act"]), shown, form.other)
        if refused := plan.refusal():
            form.add_error("to" if form.other else "act", refused)
            plan = None
        else:
            plan.work_out()
            # What was seen is what is done: where it has changed since, it is shown once more.
            if request.POST.get("apply") == " ".join(plan.says) and _done(request, form, plan):
                return redirect("below", slug)
    context = {"checklist": checklist, "tab": "below", "unit": shown, "form": form, "plan": plan}
    context["seen"] = " ".join(plan.says) if plan else ""
    return render(request, "below/unit.html", context, status=422 if form.errors else 200)


def _done(request: SignedInRequest, form: RearrangeForm, plan: Rearrangement) -> bool:
    try:
        plan.carry_out(at=timezone.now(), by=request.user, reason=form.cleaned_data["reason"])
    except PlaceRefused as refused:
        form.add_error("to", str(refused))
        return False
    except NoCodeLeft:
        form.add_error("to", _("It has no numbers left for the local measures of this unit."))
        return False
    messages.success(request, _("Done: %(unit)s.") % {"unit": plan.unit.name})
    return True
