"""What belongs to the site as a whole: its health, the reader's language and theme."""

import sys

from django.conf import settings
from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import User
from django.core.exceptions import BadRequest
from django.db import DatabaseError, InterfaceError
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
    JsonResponse,
    UnreadablePostError,
)
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST
from django.views.defaults import permission_denied
from django.views.i18n import set_language

from measures.audit.refusals import record_refusal
from measures.context_processors import THEMES
from measures.database import release
from measures.errors.problems import bad_request, server_error
from measures.errors.typed import typed_texts
from measures.errors.unavailable import is_behind, is_passing, unavailable
from measures.origin import safe_return
from measures.rights.separation import separation_problems

YEAR = 365 * 24 * 3600  # seconds


@never_cache
@require_GET
def alive(request: HttpRequest) -> HttpResponse:
    """Answer with nothing. A page asks while somebody types, which keeps their session alive."""
    return HttpResponse(status=204)


# A load balancer asks without an account; the answer holds no data.
@login_not_required
@never_cache
@require_GET
def healthz(request: HttpRequest) -> JsonResponse:
    """Return 200 if the database answers, can be written and is of this release, else 503 and why.

    The answer names the release.
    """
    answer = {"database": "ok", "migrations": "ok"}
    try:
        if why := release.unwritable():
            answer["database"] = why
        found = release.match()
        if found.waiting:
            answer["migrations"] = f"{len(found.waiting)} not applied"
        elif found.unknown:
            answer["migrations"] = "of a newer release"
    except (DatabaseError, InterfaceError):
        answer = {"database": "does not answer", "migrations": "unknown"}
    healthy = set(answer.values()) == {"ok"}
    return JsonResponse({**answer, "version": settings.VERSION}, status=200 if healthy else 503)


def broken(request: HttpRequest) -> HttpResponse:
    """The page for a failure: 503 if it was the database and passes, 400 for a body cut off, else 500."""
    error = sys.exception()
    if isinstance(error, UnreadablePostError):
        return bad_request(request, error)
    if is_behind(error):
        return unavailable(request, "behind")
    return unavailable(request) if is_passing(error) else server_error(request)


# The sign-in page has the switch as well.
@login_not_required
@require_POST
def language(request: HttpRequest) -> HttpResponseBase:
    """Django's own, but 400 instead of 500 for an Accept header that it cannot parse."""
    try:
        return set_language(request)
    except ValueError as error:
        raise BadRequest("The Accept header is too long.") from error


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The page for a form with an old or foreign CSRF token. Django calls it."""
    back = safe_return(request, request.headers.get("Referer", ""), otherwise=reverse("home"))
    record_refusal(request, reason)
    return render(request, "403_csrf.html", {"typed": typed_texts(request.POST), "back": back}, status=403)


# The sign-in page has the switch as well.
@login_not_required
@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Keeps light or dark in a cookie; any other word goes back to the system's own."""
    response = HttpResponseRedirect(safe_return(request, request.POST.get("next", ""), otherwise="/"))
    chosen = request.POST.get("theme", "")
    if chosen in THEMES:
        response.set_cookie(
            settings.THEME_COOKIE_NAME,
            chosen,
            max_age=YEAR,
            samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
        )
    else:
        response.delete_cookie(settings.THEME_COOKIE_NAME)
    return response


@admin.site.admin_view
def admin_home(request: HttpRequest) -> HttpResponse:
    """Django's own; superusers see what keeps the three administrators from being separate."""
    is_superuser = isinstance(request.user, User) and request.user.is_superuser
    return admin.site.index(request, {"problems": separation_problems() if is_superuser else []})


def nowhere(request: HttpRequest, key: str) -> HttpResponse:
    """Replaces the admin's redirect from any key to a page, which would reveal URLs."""
    raise Http404


def denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """The page for an action that the user's role does not allow; the audit trail records the attempt."""
    record_refusal(request, str(exception or ""))
    return permission_denied(request, exception or Exception())
