"""Signing out, changing the password, and the admin's sign-in: Django's views with the site's templates."""

from datetime import timedelta
from typing import Any, cast

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import views as auth_views
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import PasswordChangeForm
from django.contrib.auth.models import User
from django.contrib.auth.tokens import default_token_generator
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.http import urlsafe_base64_decode
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from measures.choices import Audited
from measures.database.locks import audited_transaction
from measures.forms.accounts import FirstPasswordForm, PasswordForm
from measures.models import Account, Session, audit
from measures.origin import safe_return
from measures.views.guesses import count_wrong, takes_a_secret, too_many_tries
from measures.views.limits import at_most

sign_out = auth_views.LogoutView.as_view(http_method_names=["post", "options"])


# Strangers come here on their way in, so it asks for no account.
@login_not_required
def admin_sign_in(request: HttpRequest) -> HttpResponse:
    """The site's only sign-in page. Signed-in users who are sent here may not use the admin: 403."""
    if request.user.is_authenticated:
        raise PermissionDenied(_("Your account does not use the administration."))
    wanted = request.GET.get("next", "")
    return redirect_to_login(safe_return(request, wanted, otherwise=reverse("admin:index")))


class PasswordChange(auth_views.PasswordChangeView):
    """Redirects to the start page with a message; Django's own shows another page."""

    form_class = PasswordForm
    template_name = "accounts/password.html"
    success_url = reverse_lazy("home")

    def get_context_data(self, **kwargs: Any) -> dict[str, object]:
        account = Account.of(cast(User, self.request.user))
        old = account.is_password_old(at=timezone.now(), days=settings.PASSWORD_DAYS)
        given = account.must_change_password
        days = settings.PASSWORD_DAYS
        return super().get_context_data(given=given, old=old, days=days, **kwargs)

    def form_invalid(self, form: PasswordChangeForm) -> HttpResponse:
        count_wrong(self.request, form)
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def form_valid(self, form: PasswordChangeForm) -> HttpResponse:
        messages.success(self.request, _("Your password has been changed."))
        user, now = form.user, timezone.now()
        with audited_transaction():
            audit(Audited.PASSWORD_CHANGED, by=user, at=now, about=user.get_username())
            if elsewhere := Session.objects.of(user, at=now).count() - 1:
                ended = {"rows": elsewhere}
                audit(Audited.SESSIONS_ENDED, by=user, at=now, about=user.get_username(), after=ended)
            return super().form_valid(form)


def sends_a_password(request: HttpRequest) -> bool:
    return bool(request.POST.get("old_password"))


# Each try hashes up to seven passwords: the old one, and the new one against earlier ones.
password = takes_a_secret(
    at_most(30, within=timedelta(minutes=5), action="password", when=sends_a_password, refuse=too_many_tries)(
        PasswordChange.as_view()
    )
)


# The link replaces its holder's password.
@login_not_required
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def first_password(request: HttpRequest, key: str, token: str) -> HttpResponse:
    """Set a first password with a one-time link; 404, with an explanation, for a used, old or invalid one."""
    user = _holder(key, token)
    if user is None:
        days = settings.PASSWORD_RESET_TIMEOUT // (24 * 3600)
        return render(request, "accounts/link_gone.html", {"days": days}, status=404)
    form = FirstPasswordForm(user, request.POST) if request.method == "POST" else FirstPasswordForm(user)
    if form.is_bound and form.is_valid():
        with audited_transaction():
            audit(Audited.PASSWORD_CHANGED, by=user, at=timezone.now(), about=user.get_username())
            form.save()
        messages.success(request, _("Your password has been set. Sign in with it."))
        return redirect("sign-in")
    context = {"form": form, "holder": user}
    return render(request, "accounts/first_password.html", context, status=422 if form.errors else 200)


def _holder(key: str, token: str) -> User | None:
    try:
        found = User.objects.filter(pk=int(urlsafe_base64_decode(key)), is_active=True).first()
    except (ValueError, OverflowError):
        return None
    return found if default_token_generator.check_token(found, token) else None
