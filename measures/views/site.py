"""What belongs to the site as a whole: its health, the reader's language and theme."""

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST
from django.views.i18n import set_language

from measures.context_processors import THEMES
from measures.typed import typed_texts

YEAR = 365 * 24 * 3600  # seconds


# A load balancer asks without an account; the answer holds no data.
@login_not_required
@never_cache
@require_GET
def healthz(request: HttpRequest) -> JsonResponse:
    """200 where the database answers and every migration is applied, else 503 and which is not so."""
    answer: dict[str, Any] = {"database": "ok", "migrations": "ok"}
    try:
        executor = MigrationExecutor(connection)
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
        if waiting:
            answer["migrations"] = f"{len(waiting)} not applied"
    except DatabaseError:
        answer = {"database": "does not answer", "migrations": "unknown"}
    healthy = set(answer.values()) == {"ok"}
    return JsonResponse(answer, status=200 if healthy else 503)


# The sign-in page has the switch as well.
language = login_not_required(require_POST(set_language))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The page for a form whose token is too old or not ours. Django asks for it."""
    back = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure()):
        back = reverse("home")
    return render(request, "403_csrf.html", {"typed": typed_texts(request.POST), "back": back}, status=403)


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
