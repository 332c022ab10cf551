"""One-time links to print and hand out: one slip for each person, shown once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from measures.models import Checklist, Enrolment, Invitation

MAILED_AT_ONCE = 200  # as many as one list makes


@dataclass(frozen=True)
class Slip:
    """What one person gets. `address` is where to mail it, as typed, and `error` what is wrong with that."""

    invitation: Invitation
    link: str
    token: str
    until: datetime | None
    address: str = ""
    error: str = ""
    is_sent: bool = False

    @classmethod
    def of(cls, request: HttpRequest, invitation: Invitation, token: str) -> "Slip":
        link = request.build_absolute_uri(reverse("invitation", args=[token]))
        return cls(invitation, link, token, invitation.expires_at)


def slips_page(
    request: HttpRequest,
    slips: Sequence[Slip],
    *,
    checklist: Checklist | None = None,
    enrolment: Enrolment | None = None,
    notes: Sequence[str] = (),
    status: int = 200,
) -> HttpResponse:
    """The slips. The database keeps only hashes of their links, so no page shows them again."""
    context = {
        "checklist": checklist,
        "tab": "overview",
        "slips": slips,
        "enrolment": enrolment,
        "notes": notes,
        "mails": settings.SENDS_MAIL and len(slips) <= MAILED_AT_ONCE,
        "sent": sum(slip.is_sent for slip in slips),
        "wrong": any(slip.error for slip in slips),
    }
    return render(request, "people/slips.html", context, status=status)
