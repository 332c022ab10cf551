"""The second factor: a code from the user's phone at sign-in, and the pages to set it up."""

from collections.abc import Mapping
from io import BytesIO

import segno
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_POST
from django_otp import verify_token
from django_otp.plugins.otp_totp.models import TOTPDevice

from measures.accounts.second_factor import device_of, takes
from measures.accounts.sessions import present_key
from measures.choices import Audited
from measures.database.locks import audited_transaction
from measures.forms.second_factor import CodeForm, FirstCodeForm
from measures.models import RecoveryCode, Session, audit, forget_second_factor
from measures.views.access import SignedInRequest
from measures.views.guesses import count_wrong, takes_a_secret


@require_GET
def two_factor(request: SignedInRequest) -> HttpResponse:
    """Show whether two-factor sign-in is on, with buttons to turn it on or off."""
    return _page(request)


def _page(request: SignedInRequest, form: CodeForm | None = None, status: int = 200) -> HttpResponse:
    pending = device_of(request.user, confirmed=False)
    if form is None:
        form = FirstCodeForm(user=request.user) if pending else CodeForm()
    context = {
        "device": device_of(request.user),
        "pending": pending,
        "key": _in_groups(pending) if pending else "",
        "codes_left": RecoveryCode.objects.filter(user=request.user).count(),
        "form": form,
    }
    return render(request, "accounts/two_factor.html", context, status=status)


def _in_groups(device: TOTPDevice) -> str:
    """The key for typing into a phone without a camera."""
    key = device.config_url.partition("secret=")[2].partition("&")[0]
    return " ".join(key[start : start + 4] for start in range(0, len(key), 4))


@require_POST
def begin(request: SignedInRequest) -> HttpResponse:
    """A new key, to be confirmed by a first code."""
    if device_of(request.user) is None:
        with transaction.atomic():
            TOTPDevice.objects.filter(user=request.user).delete()
            TOTPDevice.objects.create(user=request.user, name="TOTP", confirmed=False)
    return redirect("two-factor")


@require_GET
def picture(request: SignedInRequest) -> HttpResponse:
    """The key as a picture for a phone's camera; 404 but while it is being set up."""
    device = device_of(request.user, confirmed=False)
    if device is None:
        raise Http404
    out = BytesIO()
    segno.make(device.config_url, micro=False).save(out, kind="svg", scale=4, border=3, light="white")
    return HttpResponse(out.getvalue(), content_type="image/svg+xml")


@sensitive_post_parameters("code", "password")
@require_POST
@takes_a_secret
def confirm(request: SignedInRequest) -> HttpResponse:
    """Accept the first code: from then on every sign-in asks for one. Shows the recovery codes once."""
    form = FirstCodeForm(request.POST, user=request.user)
    device = device_of(request.user, confirmed=False)
    if device is None:
        return redirect("two-factor")
    if not form.is_valid() or verify_token(request.user, device.persistent_id, form.sent) is None:
        return _wrong(request, form)
    with audited_transaction():
        _audit(request, before={"is_active": False}, after={"is_active": True})
        TOTPDevice.objects.filter(pk=device.pk).update(confirmed=True)
        # Those sessions began with only a password.
        Session.objects.of(request.user, at=timezone.now()).exclude(pk=present_key(request)).delete()
    return _codes(request)


@sensitive_post_parameters("code")
@require_POST
@takes_a_secret
def new_codes(request: SignedInRequest) -> HttpResponse:
    """Replace the recovery codes with ten new ones; requires a current code."""
    form = CodeForm(request.POST)
    if not form.is_valid() or not takes(request.user, form.sent):
        return _wrong(request, form)
    with audited_transaction():
        _audit(request, after={"recovery_codes": RecoveryCode.COUNT})
        return _codes(request)


@sensitive_post_parameters("code")
@require_POST
@takes_a_secret
def end(request: SignedInRequest) -> HttpResponse:
    """No second factor any more, for a code of the moment."""
    form = CodeForm(request.POST)
    if not form.is_valid() or not takes(request.user, form.sent):
        return _wrong(request, form)
    with audited_transaction():
        _audit(request, before={"is_active": True}, after={"is_active": False})
        forget_second_factor(request.user)
    messages.success(request, _("From now on, signing in asks only for your password."))
    return redirect("two-factor")


def _audit(
    request: SignedInRequest,
    *,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
) -> None:
    about = request.user.get_username()
    audit(Audited.SECOND_FACTOR, by=request.user, at=timezone.now(), about=about, before=before, after=after)


def _codes(request: SignedInRequest) -> HttpResponse:
    return render(request, "accounts/recovery_codes.html", {"codes": RecoveryCode.renew(request.user)})


def _wrong(request: SignedInRequest, form: CodeForm) -> HttpResponse:
    form.refuse()
    count_wrong(request, form)
    return _page(request, form, status=422)
