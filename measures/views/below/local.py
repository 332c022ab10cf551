"""Measures that a unit has added for itself, and the form for another one."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from measures.choices import Cadence
from measures.forms.tree import LocalMeasureForm
from measures.models import Checklist, NoCodeLeft, add_measure
from measures.rights.roles import Action, rights_of
from measures.views.access import SignedInRequest, readable_checklist


@require_GET
def local_measures(request: SignedInRequest, slug: str) -> HttpResponse:
    """The unit's own measures with the state of each."""
    return local_page(request, readable_checklist(request, slug))


def local_page(request: SignedInRequest, checklist: Checklist, form: Form | None = None) -> HttpResponse:
    """The page, with a form on it that was not right."""
    today = timezone.localdate()
    found = checklist.items.filter(measure__checklist=checklist).for_list().in_order()
    context = {
        "checklist": checklist,
        "tab": "items",
        "rows": [(item, item.lit(today)) for item in found],
        "adds": checklist.is_open and rights_of(request).may(Action.ADD_MEASURES, checklist),
        "form": form or LocalMeasureForm(checklist=checklist),
    }
    return render(request, "local/page.html", context, status=422 if form else 200)


@require_POST
def add_local_measure(request: SignedInRequest, slug: str) -> HttpResponse:
    """Add a local measure to this checklist only."""
    checklist = readable_checklist(request, slug)
    if not rights_of(request).may(Action.ADD_MEASURES, checklist):
        raise PermissionDenied(_("Only an administrator of the checklist can add measures to it."))
    if not checklist.is_open:
        raise PermissionDenied(_("This checklist is closed."))
    form = LocalMeasureForm(request.POST, checklist=checklist)
    if not form.is_valid():
        return local_page(request, checklist, form)
    asked = form.cleaned_data
    try:
        item = add_measure(
            checklist,
            asked["section"],
            title=asked["title"],
            detail=asked["detail"],
            cadence=Cadence(asked["cadence"]),
            at=timezone.now(),
            by=request.user,
        )
    except NoCodeLeft:
        form.add_error("section", _("This section has no numbers left for local measures."))
        return local_page(request, checklist, form)
    messages.success(request, _("%(code)s has been added.") % {"code": item.measure.code})
    return redirect("local-measures", slug)
