"""What stands between a signed-in user and every page."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from measures.models import Account

Answer = Callable[[HttpRequest], HttpResponse]
# Open to whoever must change their password first: that page, the way out, and what draws the page.
STILL_OPEN = {"password", "sign-out", "language", "theme", "healthz"}


class PasswordAge:
    """Leads whoever has an old or a given password to the page that changes it, from everywhere."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        name = request.resolver_match.view_name if request.resolver_match else ""
        if name in STILL_OPEN or not isinstance(request.user, User) or not request.user.has_usable_password():
            return None
        account = Account.of(request.user)
        old = account.is_password_old(at=timezone.now(), days=settings.PASSWORD_DAYS)
        return redirect("password") if old or account.must_change_password else None
