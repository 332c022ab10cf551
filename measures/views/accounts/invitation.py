"""The page behind an invitation's link, where a person sets their first password."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from measures.choices import Audited
from measures.database.locks import audited_transaction
from measures.forms.accounts import FirstPasswordForm
from measures.models import Invitation, audit
from measures.models.invitations import LINK_DAYS


# The person has no password yet.
@login_not_required
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Set the first password of an invited person; 404, with an explanation, once the link does not work."""
    found = Invitation.of_token(token, at=timezone.now())
    if found is None or found.user is None:
        return render(request, "accounts/link_gone.html", {"days": LINK_DAYS}, status=404)
    user = found.user
    form = FirstPasswordForm(user, request.POST) if request.method == "POST" else FirstPasswordForm(user)
    if form.is_bound and form.is_valid():
        with audited_transaction():
            if not found.use():
                return render(request, "accounts/link_gone.html", {"days": LINK_DAYS}, status=404)
            audit(Audited.PASSWORD_CHANGED, by=user, at=timezone.now(), about=user.get_username())
            form.save()
        messages.success(request, _("Your password has been set. Sign in with it."))
        return redirect("sign-in")
    context = {"form": form, "holder": user, "invited_to": found.checklist}
    return render(request, "accounts/first_password.html", context, status=422 if form.errors else 200)
