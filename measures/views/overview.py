"""One screen that says how far a checklist is."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from measures.choices import Status
from measures.progress import add_up, progress
from measures.views.access import SignedInRequest, readable_checklist


@require_GET
def overview(request: SignedInRequest, slug: str) -> HttpResponse:
    """Totals by pillar and section with counts by status; each figure leads to the list that it counts."""
    checklist = readable_checklist(request, slug)
    pillars = progress(checklist.items.all(), on=timezone.localdate())
    context = {
        "checklist": checklist,
        "tab": "overview",
        "pillars": pillars,
        "whole": add_up("", "", pillars),
        "statuses": list(Status),
    }
    return render(request, "overview/page.html", context)
