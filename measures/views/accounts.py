"""Sign-in, sign-out and one's own password: Django's views in the site's own look."""

from django.contrib import messages
from django.contrib.auth import views as auth_views
from django.contrib.auth.forms import PasswordChangeForm
from django.http import HttpResponse
from django.urls import reverse_lazy
from django.utils.translation import gettext as _

sign_in = auth_views.LoginView.as_view(
    template_name="accounts/sign_in.html", redirect_authenticated_user=True
)
sign_out = auth_views.LogoutView.as_view(http_method_names=["post", "options"])


class PasswordChange(auth_views.PasswordChangeView):
    """Leads home afterwards with a message; Django's own has one more page."""

    template_name = "accounts/password.html"
    success_url = reverse_lazy("home")

    def form_valid(self, form: PasswordChangeForm) -> HttpResponse:
        messages.success(self.request, _("Your password is changed."))
        return super().form_valid(form)


password = PasswordChange.as_view()
