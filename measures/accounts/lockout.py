"""When too many sign-ins have failed. django-axes counts them; which counts lock what is decided here.

A name is locked at one address, or everywhere; an address is locked for all names. docs/security.md gives
the figures and the reasons for them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from axes.handlers.database import AxesDatabaseHandler
from axes.handlers.proxy import AxesProxyHandler
from axes.helpers import get_client_username
from axes.models import AccessAttempt, AccessFailureLog
from django.conf import settings
from django.db.models import Q, QuerySet, Sum
from django.http import HttpRequest
from django.utils import timezone

from measures.choices import Audited
from measures.database.locks import audited_transaction
from measures.models import audit
from measures.origin import client_address

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Lock:
    """Until when no sign-in is tried: under one name or, with `of_address`, from one address."""

    opens: datetime
    of_address: bool = False


def address_for_axes(request: HttpRequest) -> str | None:
    """What axes keeps in a column for addresses, which takes no empty text."""
    return client_address(request) or None


def locks(request: HttpRequest, name: str | None, *, at: datetime) -> Iterator[Lock]:
    """Every lock that holds for this name at the request's address.

    Somebody who is signed in is not kept from their own pages by what others fail to do at their address.
    """
    address = address_for_axes(request)
    window = settings.AXES_COOLOFF_TIME
    tries = AccessAttempt.objects.filter(username=name, attempt_time__gt=at - window)
    for counted, limit in (
        (tries.filter(ip_address=address), settings.AXES_FAILURE_LIMIT),
        (tries, settings.ACCOUNT_FAILURE_LIMIT),
    ):
        newest = counted.order_by("-attempt_time").first()
        if newest and failed(counted) >= limit:
            yield Lock(newest.attempt_time + window)
    failures = AccessFailureLog.objects.filter(username=name)
    reached = _nth_newest(failures, settings.ACCOUNT_DAY_LIMIT)
    if reached and reached > at - DAY:
        yield Lock(reached + DAY)
    signed_in = getattr(request, "user", None) and request.user.is_authenticated
    if address and not signed_in:
        failures = AccessFailureLog.objects.filter(ip_address=address)
        reached = _nth_newest(failures, settings.ADDRESS_FAILURE_LIMIT)
        if reached and reached > at - window:
            yield Lock(reached + window, of_address=True)


def failed(attempts: "QuerySet[AccessAttempt]") -> int:
    return attempts.aggregate(sum=Sum("failures_since_start"))["sum"] or 0


def _nth_newest(failures: "QuerySet[AccessFailureLog]", count: int) -> datetime | None:
    """When the oldest of the last `count` failures happened; None if there are fewer."""
    newest = failures.order_by("-attempt_time").values_list("attempt_time", flat=True)
    return next(iter(newest[count - 1 : count]), None)


def lock_on(request: HttpRequest, name: str) -> Lock | None:
    """The lock that holds longest for this name here; None where it may be tried."""
    if not settings.AXES_ENABLED:
        return None
    return max(locks(request, name, at=timezone.now()), key=lambda lock: lock.opens, default=None)


def forgotten_lock(request: HttpRequest, name: str) -> Lock | None:
    """The lock on asking for links for this name here: counted apart from sign-ins, under the same limits."""
    return lock_on(request, _forgotten(name))


def count_forgotten(request: HttpRequest, name: str) -> None:
    """Count that somebody asked for a link for this name. It counts for the address like a failed sign-in."""
    AxesProxyHandler.user_login_failed(__name__, {"username": _forgotten(name)}, request)
    # The last one that is allowed is answered; axes' middleware would refuse it.
    request.axes_locked_out = False  # type: ignore[attr-defined]


def _forgotten(name: str) -> str:
    return f"{name} (forgotten)"  # no account's name has brackets


class Handler(AxesDatabaseHandler):
    """axes' own counting in the database, with the locks of this module."""

    def get_failures(self, request: HttpRequest, credentials: dict[str, object] | None = None) -> int:
        """axes compares this with AXES_FAILURE_LIMIT: exactly that where any lock holds, else nothing."""
        if _by_header(credentials):
            return 0
        name = get_client_username(request, credentials)
        return int(settings.AXES_FAILURE_LIMIT) if any(locks(request, name, at=timezone.now())) else 0

    def user_login_failed(
        self,
        sender: object,
        credentials: dict[str, object],
        request: HttpRequest | None = None,
        **more: object,
    ) -> None:
        if not _by_header(credentials):
            super().user_login_failed(sender, credentials, request, **more)

    def remove_out_of_limit_failure_logs(self, *, username: str, limit: int | None = None) -> int:
        """Called after each failure: failures older than a day no longer count."""
        deleted: int = AccessFailureLog.objects.filter(attempt_time__lte=timezone.now() - DAY).delete()[0]
        return deleted

    @audited_transaction()
    def reset_attempts(
        self, *, ip_address: str | None = None, username: str | None = None, ip_or_username: bool = False
    ) -> int:
        """By the operator's commands: a name, an address or both are opened, and that is recorded."""
        removed: int = super().reset_attempts(
            ip_address=ip_address, username=username, ip_or_username=ip_or_username
        )
        name = Q(username=username) if username else Q()
        address = Q(ip_address=ip_address) if ip_address else Q()
        wanted = name | address if ip_or_username else name & address
        removed += AccessFailureLog.objects.filter(wanted).delete()[0]
        audit(
            Audited.USER_CHANGED,
            at=timezone.now(),
            about=username or ip_address or "*",
            after={"why": "axes_reset"},
        )
        return removed


def _by_header(credentials: dict[str, object] | None) -> bool:
    """Whether an office's proxy named the user: it guards its passwords, and nobody guesses one here."""
    return bool(credentials and "remote_user" in credentials)
