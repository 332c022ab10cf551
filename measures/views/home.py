"""Where one lands: one's own checklist, or the choice among several."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from measures.models import Checklist
from measures.roles import Rights
from measures.views.access import SignedInRequest


@require_GET
def home(request: SignedInRequest) -> HttpResponse:
    """Leads to the user's checklist, or to the list of them where there is not just one."""
    own = list(Checklist.objects.visible_to(request.user).values_list("slug", flat=True)[:2])
    return redirect("overview", own[0]) if len(own) == 1 else redirect("checklists")


@require_GET
def checklists(request: SignedInRequest) -> HttpResponse:
    """The checklists that the user may read, each with its role and how far it is."""
    memberships = Rights(request.user).memberships
    shown = Checklist.objects.visible_to(request.user).select_related("catalogue")
    shown = shown.with_progress(on=timezone.localdate())
    rows = [
        {
            "checklist": checklist,
            "depth": checklist.path.count("/") - 2,
            "membership": memberships.get(checklist.pk),
        }
        for checklist in shown.order_by("path")
    ]
    return render(request, "checklists/list.html", {"rows": rows})
