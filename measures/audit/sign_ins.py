"""Sign-ins, sign-outs and wrong secrets for the audit trail, by Django's signals, the only ones we listen to.

Nobody outside fills the trail: what a lock refuses and what a proxy's header says in vain is recorded once
within the time for which a lock holds, not once per try.
"""

from collections.abc import Mapping
from datetime import datetime

from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db import transaction
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone

from measures.choices import Audited
from measures.database.locks import hold_the_chain
from measures.models import AuditRecord, audit
from measures.models.accounts import NAME_LENGTH
from measures.models.audit import one_line


@receiver(user_logged_in)
def signed_in(sender: object, user: User, **more: object) -> None:
    audit(Audited.SIGNED_IN, by=user, at=timezone.now())


@receiver(user_logged_out)
def signed_out(sender: object, request: HttpRequest | None, user: User | None, **more: object) -> None:
    if user:
        audit(Audited.SIGNED_OUT, by=user, at=timezone.now())
    if request is not None:
        request.signed_out = True  # type: ignore[attr-defined]  # measures/middleware.py has the browser drop what it kept


@receiver(user_login_failed)
def secret_refused(
    sender: object, credentials: dict[str, object], request: HttpRequest | None = None, **more: object
) -> None:
    """A failed sign-in, or a wrong password or code of somebody who is signed in already."""
    if getattr(request, "axes_locked_out", False):
        return  # nothing was tried: record_lock
    if "remote_user" in credentials:
        name, account = _typed(credentials["remote_user"])
        record_once(Audited.SIGN_IN_FAILED, by=account, by_name=name, about="", at=timezone.now())
        return
    user = getattr(request, "user", None)
    if request is not None and isinstance(user, User) and user.is_authenticated:
        audit(Audited.WRONG_SECRET, by=user, at=timezone.now(), about=f"{request.method} {request.path}")
        return
    name, account = _typed(credentials.get("username"))
    audit(Audited.SIGN_IN_FAILED, by=account, by_name=name, at=timezone.now())


def _typed(name: object) -> tuple[str, User | None]:
    """The name as typed, in one line that fits, and the account of this name where there is one.

    The same statements either way: an answer's time says nothing about which names there are.
    """
    typed = str(name or "").strip()[:NAME_LENGTH]
    account = User.objects.filter(username=typed.replace("\0", "")).first()
    return one_line(typed, NAME_LENGTH) or "–", account


def record_lock(name: str, address: str, *, of_address: bool, opens: datetime) -> None:
    """Add one record per lock, regardless of the number of attempts that it refuses."""
    now, after = timezone.now(), {"until": opens}
    if of_address:
        record_once(Audited.LOCKED_OUT, by=None, by_name="–", about=address, at=now, after=after)
    else:
        typed, account = _typed(name)
        record_once(Audited.LOCKED_OUT, by=account, by_name=typed, about=typed, at=now, after=after)


def record_once(
    action: Audited,
    *,
    by: User | None,
    by_name: str,
    about: str,
    at: datetime,
    after: Mapping[str, object] | None = None,
) -> None:
    """Add a record unless there is one of this action, name and object from within AXES_COOLOFF_TIME."""
    since = at - settings.AXES_COOLOFF_TIME
    same = AuditRecord.objects.filter(action=action, by_name=by_name, about=about, at__gt=since)
    if same.exists():  # most tries end here, without keeping anybody else from recording
        return
    with transaction.atomic():
        hold_the_chain()
        if not same.exists():
            audit(action, by=by, by_name=by_name, at=at, about=about, after=after)
