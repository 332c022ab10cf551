"""What belongs to the site as a whole: its health, the reader's language and theme."""

import sys
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST
from django.views.defaults import server_error
from django.views.i18n import set_language

from measures import release
from measures.context_processors import THEMES
from measures.unavailable import is_behind, is_passing, unavailable

YEAR = 365 * 24 * 3600  # seconds


# A load balancer asks without an account; the answer holds no data.
@login_not_required
@never_cache
@require_GET
def healthz(request: HttpRequest) -> JsonResponse:
    """200 where the database answers and is of this release, else 503 and what is not so."""
    answer: dict[str, Any] = {"database": "ok", "migrations": "ok"}
    try:
        found = release.match()
        if found.waiting:
            answer["migrations"] = f"{len(found.waiting)} not applied"
        elif found.unknown:
            answer["migrations"] = "of a newer release"
    except (DatabaseError, InterfaceError):
        answer = {"database": "does not answer", "migrations": "unknown"}
    healthy = set(answer.values()) == {"ok"}
    return JsonResponse(answer, status=200 if healthy else 503)


def broken(request: HttpRequest) -> HttpResponse:
    """What Django asks when something failed: 503 where it was the database and passes, else 500."""
    error = sys.exception()
    if is_behind(error):
        return unavailable(request, "behind")
    return unavailable(request) if is_passing(error) else server_error(request)


# The sign-in page has the switch as well.
language = login_not_required(require_POST(set_language))


# The sign-in page has the switch as well.
@login_not_required
@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Keeps light or dark in a cookie; any other word goes back to the system's own."""
    back = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure()):
        back = "/"
    response = HttpResponseRedirect(back)
    chosen = request.POST.get("theme", "")
    if chosen in THEMES:
        response.set_cookie(
            "theme",
            chosen,
            max_age=YEAR,
            samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
        )
    else:
        response.delete_cookie("theme")
    return response
