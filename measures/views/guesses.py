"""Pages that ask signed-in users for a password or a code: wrong ones count like failed sign-ins.

They count on all pages together, in the tables of django-axes. While the account is locked, a right one is
refused as well, before anything is hashed.
"""

from datetime import timedelta
from functools import wraps
from math import ceil
from typing import Any

from django import forms
from django.contrib.auth.signals import user_login_failed
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone

from measures.accounts.lockout import Lock, lock_on
from measures.audit.sign_ins import record_lock
from measures.origin import client_address
from measures.views.limits import View

# The codes of form errors that say: this is not the secret.
WRONG = {"password_incorrect", "code_incorrect"}


def takes_a_secret(view: View) -> View:
    """A view for those who are signed in that refuses every POST with 429 while their account is locked."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method == "POST" and (lock := lock_on(request, request.user.get_username())):
            return locked_page(request, lock)
        return view(request, *args, **kwargs)

    return guarded


def count_wrong(request: HttpRequest, form: forms.Form) -> None:
    """Count and record a wrong password or code in this form; one that is missing or too long is no guess."""
    codes = {error.code for errors in form.errors.as_data().values() for error in errors}
    if codes & WRONG:
        credentials = {"username": request.user.get_username()}
        user_login_failed.send(sender=__name__, credentials=credentials, request=request)


def locked_page(request: HttpRequest, lock: Lock) -> HttpResponse:
    """429 with the moment from which on passwords and codes are taken again; the lock is recorded."""
    name = request.user.get_username()
    record_lock(name, client_address(request), of_address=lock.of_address, opens=lock.opens)
    return too_many_tries(request, lock.opens - timezone.now())


def too_many_tries(request: HttpRequest, wait: timedelta) -> HttpResponse:
    """The page that says how long no password and no code is taken."""
    seconds = max(1, ceil(wait.total_seconds()))
    context = {"opens": timezone.now() + wait, "minutes": ceil(seconds / 60)}
    response = render(request, "accounts/too_many_tries.html", context, status=429)
    response["Retry-After"] = str(seconds)
    return response
