"""Sign-ins and sign-outs for the audit trail: Django's own signals, the only ones that we listen to."""

from typing import Any

from django.contrib.auth.models import User
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver
from django.utils import timezone

from measures.choices import Audited
from measures.models import audit


@receiver(user_logged_in)
def signed_in(sender: Any, user: User, **more: Any) -> None:
    audit(Audited.SIGNED_IN, by=user, at=timezone.now())


@receiver(user_logged_out)
def signed_out(sender: Any, user: User | None, **more: Any) -> None:
    if user:
        audit(Audited.SIGNED_OUT, by=user, at=timezone.now())


@receiver(user_login_failed)
def sign_in_failed(sender: Any, credentials: dict[str, Any], **more: Any) -> None:
    """The name as typed, never the password. The account's key too where there is one of this name.

    The same statements either way: an answer's time says nothing about which names there are.
    """
    typed = str(credentials.get("username") or "").strip()[:150]
    account = User.objects.filter(username=typed.replace("\0", "")).first()
    audit(Audited.SIGN_IN_FAILED, by=account, by_name=typed or "–", at=timezone.now())
