"""The way out, one's own password, and the admin's door: Django's views in the site's own look."""

from typing import Any, cast

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import views as auth_views
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import PasswordChangeForm
from django.contrib.auth.models import User
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext as _

from measures.models import Account

sign_out = auth_views.LogoutView.as_view(http_method_names=["post", "options"])


# Strangers come here on their way in, so it asks for no account.
@login_not_required
def admin_sign_in(request: HttpRequest) -> HttpResponse:
    """One door for the whole site. Whoever is signed in and still lands here may not use the admin: 403."""
    if request.user.is_authenticated:
        raise PermissionDenied(_("Your account does not use the administration."))
    return redirect_to_login(request.GET.get("next", reverse("admin:index")))


class PasswordChange(auth_views.PasswordChangeView):
    """Leads home afterwards with a message; Django's own has one more page."""

    template_name = "accounts/password.html"
    success_url = reverse_lazy("home")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        account = Account.of(cast(User, self.request.user))
        old = account.is_password_old(at=timezone.now(), days=settings.PASSWORD_DAYS)
        given = account.must_change_password
        days = settings.PASSWORD_DAYS
        return super().get_context_data(given=given, old=old, days=days, **kwargs)

    def form_invalid(self, form: PasswordChangeForm) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def form_valid(self, form: PasswordChangeForm) -> HttpResponse:
        messages.success(self.request, _("Your password is changed."))
        return super().form_valid(form)


password = PasswordChange.as_view()
