"""Refusals for the audit trail: who was kept from what, and why."""

from django.http import HttpRequest
from django.utils import timezone

from measures.choices import Audited
from measures.models import Checklist, audit


def record_refusal(request: HttpRequest, why: str) -> None:
    """Add a record, unless nobody is signed in: then there is nobody to name, and no end of records."""
    if not request.user.is_authenticated:
        return
    found = request.resolver_match.kwargs if request.resolver_match else {}
    audit(
        Audited.DENIED,
        by=request.user,
        at=timezone.now(),
        checklist=Checklist.objects.filter(slug=found.get("slug", "")).first(),
        about=f"{request.method} {request.path}",
        after={"why": why},
    )
