"""For who has forgotten their password: whom to ask or, where mail is set up, a link by mail."""

from math import ceil

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods

from measures.accounts.lockout import Lock, count_forgotten, forgotten_lock
from measures.forms.accounts import ForgottenForm
from measures.views.accounts.mailed_link import mail_link_soon, mails_links


# Who has forgotten their password cannot sign in.
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def forgot_password(request: HttpRequest) -> HttpResponse:
    """Says whom to ask, or asks for a user name. The answer is the same for every name."""
    if not mails_links():
        return render(request, "accounts/forgotten.html")
    form = ForgottenForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        name = form.cleaned_data["username"]
        if lock := forgotten_lock(request, name):
            return locked(request, lock)
        count_forgotten(request, name)
        mail_link_soon(name, get_language() or "")
        return redirect(f"{reverse('forgot-password')}?asked=1")
    context = {"form": form, "asked": request.method != "POST" and request.GET.get("asked")}
    return render(request, "accounts/forgotten.html", context, status=422 if form.errors else 200)


def locked(request: HttpRequest, lock: Lock) -> HttpResponse:
    """The page after too many requests for a name or from an address: 429, with the time to wait."""
    seconds = max(1, ceil((lock.opens - timezone.now()).total_seconds()))
    context = {"lock": lock, "minutes": ceil(seconds / 60)}
    response = render(request, "accounts/forgotten.html", context, status=429)
    response["Retry-After"] = str(seconds)
    return response
