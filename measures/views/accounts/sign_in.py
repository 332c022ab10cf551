"""Signing in: a name and a password, then a code where there is a second factor; and being locked out."""

from collections.abc import Mapping
from math import ceil
from threading import BoundedSemaphore
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, user_login_failed
from django.contrib.auth import views as auth_views
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from measures.accounts.backend import BACKEND
from measures.accounts.lockout import Lock, lock_on
from measures.accounts.second_factor import device_of, takes
from measures.audit.sign_ins import record_lock
from measures.forms.accounts import SignInForm
from measures.forms.second_factor import CodeForm
from measures.models import RecoveryCode, Session
from measures.models.accounts import NAME_LENGTH
from measures.origin import client_address, safe_return
from measures.views.guesses import locked_page

# The session key of users who gave their password but not yet a code. They are not signed in.
HALF_WAY = "half_way"
MINUTES_FOR_CODE = 5
OLD_CODES = gettext_lazy(
    "Your recovery codes are of an older kind. Make ten new ones under “Second factor”; they replace these."
)
# So many sign-ins hash a password at the same time in each process. Its other threads go on serving pages.
HASHING = BoundedSemaphore(2)
BUSY_SECONDS = 5


class SignIn(auth_views.LoginView):
    authentication_form = SignInForm
    template_name = "accounts/sign_in.html"
    redirect_authenticated_user = True

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not HASHING.acquire(blocking=False):
            return busy(request)
        try:
            return super().post(request, *args, **kwargs)
        finally:
            HASHING.release()

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        # Nobody else clears away what has ended.
        Session.objects.filter(expire_date__lt=timezone.now()).delete()
        user = form.get_user()
        if device_of(user) is None:
            return super().form_valid(form)
        self.request.session[HALF_WAY] = {
            "user": user.pk,
            "hash": user.get_session_auth_hash(),
            "at": timezone.now().timestamp(),
        }
        return redirect(f"{reverse('second-step')}?{urlencode({'next': self.get_redirect_url()})}")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        ended = self.request.method != "POST" and self.request.GET.get("ended")
        return super().get_context_data(ended=ended, **kwargs)

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)


sign_in = SignIn.as_view()


def busy(request: HttpRequest) -> HttpResponse:
    """The sign-in page, with the name, while too many sign in at the same time: 429, and nothing counts."""
    name = request.POST.get("username", "")[:NAME_LENGTH]
    context = {"form": SignInForm(request, initial={"username": name}), "next": _next(request), "busy": True}
    response = render(request, "accounts/sign_in.html", context, status=429)
    response["Retry-After"] = str(BUSY_SECONDS)
    return response


# For users who gave their password; others are redirected to the first step.
@login_not_required
@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
def second_step(request: HttpRequest) -> HttpResponse:
    """The code after the password. Only with it is the user signed in at all."""
    user = _half_way(request)
    if user is None:
        return redirect("sign-in")
    credentials = {"username": user.get_username()}
    form = CodeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        if lock_on(request, user.get_username()):
            return locked_out(request, None, credentials)
        if form.is_valid():
            if takes(user, form.sent):
                del request.session[HALF_WAY]
                login(request, user, BACKEND)
                if RecoveryCode.old_ones_of(user).exists():
                    messages.warning(request, OLD_CODES)
                return redirect(_next(request))
            # Counted against the account like a wrong password.
            user_login_failed.send(sender=__name__, credentials=credentials, request=request)
            form.refuse()
    context = {"form": form, "next": _next(request)}
    return render(request, "accounts/second_step.html", context, status=422 if form.errors else 200)


def _half_way(request: HttpRequest) -> User | None:
    """Who gave their password here a moment ago, if it is still theirs."""
    owed = request.session.get(HALF_WAY)
    if not owed or not 0 <= timezone.now().timestamp() - owed["at"] < MINUTES_FOR_CODE * 60:
        return None
    user = User.objects.filter(pk=owed["user"], is_active=True).first()
    return user if user and constant_time_compare(owed["hash"], user.get_session_auth_hash()) else None


def _next(request: HttpRequest) -> str:
    wanted = request.POST.get("next", request.GET.get("next", ""))
    return safe_return(request, wanted, otherwise=reverse(settings.LOGIN_REDIRECT_URL))


def locked_out(
    request: HttpRequest, answer: HttpResponse | None, credentials: Mapping[str, str]
) -> HttpResponse:
    """The sign-in page after too many failures: 429, with the time to wait. axes calls it.

    It says the same for existing and unknown names.
    """
    name = credentials.get("username") or ""
    now = timezone.now()
    lock = lock_on(request, name) or Lock(now + settings.AXES_COOLOFF_TIME)
    if request.user.is_authenticated:
        return locked_page(request, lock)
    record_lock(name, client_address(request), of_address=lock.of_address, opens=lock.opens)
    seconds = max(1, ceil((lock.opens - now).total_seconds()))
    context = {
        "form": SignInForm(request, initial={"username": name}),
        "next": _next(request),
        "lock": lock,
        "minutes": ceil(seconds / 60),
    }
    response = render(request, "accounts/sign_in.html", context, status=429)
    response["Retry-After"] = str(seconds)
    return response
