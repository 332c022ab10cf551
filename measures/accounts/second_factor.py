"""The second factor of an account: a phone that makes codes, and recovery codes."""

from django.contrib.auth.models import User
from django_otp import verify_token
from django_otp.plugins.otp_totp.models import TOTPDevice

from measures.models import RecoveryCode


def device_of(user: User, *, confirmed: bool = True) -> TOTPDevice | None:
    """The phone that makes the user's codes; with `confirmed=False` one that is being set up."""
    return TOTPDevice.objects.filter(user=user, confirmed=confirmed).first()


def takes(user: User, code: str) -> bool:
    """Whether this is the user's code of the moment, or a recovery code. Either works once."""
    device = device_of(user)
    if device and code.isdecimal():
        return verify_token(user, device.persistent_id, code) is not None
    return RecoveryCode.use(user, code)
