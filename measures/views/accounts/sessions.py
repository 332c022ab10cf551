"""Where one is signed in, and signing out there."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from measures.accounts.sessions import present_key
from measures.choices import Audited
from measures.database.locks import audited_transaction
from measures.models import Session, audit
from measures.views.access import SignedInRequest


@require_GET
def sessions(request: SignedInRequest) -> HttpResponse:
    """The user's sessions, the current one first."""
    found = Session.objects.of(request.user, at=timezone.now())
    here = present_key(request)
    shown = sorted(found, key=lambda session: session.pk != here)
    return render(
        request,
        "accounts/sessions.html",
        {
            "sessions": shown,
            "here": here,
            "minutes": settings.SESSION_IDLE_MINUTES,
            "hours": settings.SESSION_HOURS,
        },
    )


@require_POST
def end_session(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """End one of the user's sessions; 404 for another user's session."""
    session = get_object_or_404(Session.objects.of(request.user, at=timezone.now()), public_id=pk)
    if session.pk == present_key(request):
        logout(request)
        return redirect("sign-in")
    with audited_transaction():
        _audit(request, 1)
        session.delete()
    messages.success(request, _("Signed out there."))
    return redirect("sessions")


@require_POST
def end_other_sessions(request: SignedInRequest) -> HttpResponse:
    """Sign out everywhere but here."""
    others = Session.objects.of(request.user, at=timezone.now()).exclude(pk=present_key(request))
    with audited_transaction():
        count = others.count()
        _audit(request, count)
        others.delete()
    said = ngettext("Signed out in %(count)d other place.", "Signed out in %(count)d other places.", count)
    messages.success(request, said % {"count": count})
    return redirect("sessions")


def _audit(request: SignedInRequest, count: int) -> None:
    about = request.user.get_username()
    audit(Audited.SESSIONS_ENDED, by=request.user, at=timezone.now(), about=about, after={"rows": count})
