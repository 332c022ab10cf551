"""Middleware for every request: release checks, ended sessions, old passwords."""

import logging
from collections.abc import Callable
from typing import Any, cast

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.models import User
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from measures.accounts.sessions import SessionStore
from measures.database import release
from measures.errors.typed import typed_texts
from measures.errors.unavailable import unavailable
from measures.models import Account
from measures.origin import browser_words, client_address, safe_return
from measures.rights.roles import SecondFactorNeeded

type Answer = Callable[[HttpRequest], HttpResponseBase]
# Open to users who must change their password: that page, signing out, and what the page needs.
STILL_OPEN = {"password", "sign-out", "language", "theme", "healthz"}
SAFE = ("GET", "HEAD", "OPTIONS")

log = logging.getLogger(__name__)


def same_origin_only(get_response: Answer) -> Answer:
    """No other site embeds a page, a picture or a static file of this one."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        return response

    return answer


def keep_nothing(get_response: Answer) -> Answer:
    """No browser and no proxy keeps a page: after signing out, going back shows nothing."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        response.headers.setdefault("Cache-Control", "no-store, private")
        if getattr(request, "signed_out", False):  # by measures/audit/sign_ins.py, however it happened
            response.headers["Clear-Site-Data"] = '"cache"'
        return response

    return answer


def refuse_trace(get_response: Answer) -> Answer:
    """Nothing answers TRACE. The views of Django's admin would take it for a GET."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        if request.method == "TRACE":
            return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
        return get_response(request)

    return answer


def note_activity(get_response: Answer) -> Answer:
    """Tells the session where it is used from, and keeps it alive while it is used.

    This is the one write that a GET does: a session that reading does not keep alive would end in the middle
    of somebody's reading. It changes when the session ends, and nothing that people see.
    """

    def answer(request: HttpRequest) -> HttpResponseBase:
        session = cast(SessionStore, request.session)
        session.address = client_address(request)
        session.browser = browser_words(request.headers.get("User-Agent", ""))
        response = get_response(request)
        try:
            session.touch(at=timezone.now())
        except DatabaseError:
            # A full disk must not keep people from reading.
            log.exception("The activity of a session could not be written down.")
        return response

    return answer


class SignInRequired(LoginRequiredMiddleware):
    """Like Django's, but tells users that their session has ended and shows what they typed."""

    def handle_no_permission(self, request: HttpRequest, view_func: Callable[..., HttpResponseBase]) -> Any:
        typed = [] if request.method in SAFE else typed_texts(request.POST)
        # Signing out in another tab takes the cookie away from under a form.
        if settings.SESSION_COOKIE_NAME not in request.COOKIES and not typed:
            return super().handle_no_permission(request, view_func)
        if request.method in SAFE:
            query = urlencode({"ended": "1", "next": request.get_full_path()}, doseq=False)
            return redirect(f"{reverse('sign-in')}?{query}")
        back = safe_return(request, request.headers.get("Referer", ""), otherwise=reverse("home"))
        context = {"typed": typed, "next": back, "minutes": settings.SESSION_IDLE_MINUTES}
        response = render(request, "accounts/session_ended.html", context, status=403)
        response["X-Session"] = "ended"  # for the script that sends a row
        return response


class ViewMiddleware:
    """Middleware that hooks only into views or their exceptions."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)


class SecondFactorFirst(ViewMiddleware):
    """Redirects users who need a second factor to the page where they can set one up."""

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, SecondFactorNeeded):
            return None
        messages.warning(request, _("This checklist requires a second factor from its administrators."))
        return redirect("two-factor")


class PasswordAge(ViewMiddleware):
    """Redirects users with an expired or temporary password to the page that changes it."""

    def process_view(
        self, request: HttpRequest, view: object, args: object, kwargs: object
    ) -> HttpResponse | None:
        name = request.resolver_match.view_name if request.resolver_match else ""
        if name in STILL_OPEN or not isinstance(request.user, User) or not request.user.has_usable_password():
            return None
        # The session's row was fetched with the user's account: no extra query.
        row = cast(SessionStore, request.session).row
        account = Account.of(row.user if row and row.user else request.user)
        old = account.is_password_old(at=timezone.now(), days=settings.PASSWORD_DAYS)
        return redirect("password") if old or account.must_change_password else None


class MatchingDatabase(ViewMiddleware):
    """Serves nothing but /healthz until the database is of this release, and then never asks again.

    A page may happen to work on older tables, and write what the newer ones would refuse.
    """

    matches = False  # in this process

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if MatchingDatabase.matches or request.path == reverse("healthz"):
            return self.get_response(request)
        found = release.match()
        MatchingDatabase.matches = bool(found)
        if found:
            return self.get_response(request)
        return unavailable(request, "behind" if found.waiting else "newer")
