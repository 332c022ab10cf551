"""One-time links to print and hand out: one slip for each person, shown once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from measures.models import Checklist, Enrolment, Invitation


@dataclass(frozen=True)
class Slip:
    """What one person gets."""

    invitation: Invitation
    link: str
    until: datetime | None

    @classmethod
    def of(cls, request: HttpRequest, invitation: Invitation, token: str) -> "Slip":
        link = request.build_absolute_uri(reverse("invitation", args=[token]))
        return cls(invitation, link, invitation.expires_at)


def slips_page(
    request: HttpRequest,
    slips: Sequence[Slip],
    *,
    checklist: Checklist | None = None,
    enrolment: Enrolment | None = None,
    notes: Sequence[str] = (),
) -> HttpResponse:
    """The slips. The database keeps only hashes of their links, so no page shows them again."""
    context = {
        "checklist": checklist,
        "tab": "overview",
        "slips": slips,
        "enrolment": enrolment,
        "notes": notes,
        "site": request.build_absolute_uri("/"),
    }
    return render(request, "people/slips.html", context)
