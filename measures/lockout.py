"""When too many sign-ins have failed: django-axes counts by account and address, we by account alone."""

from datetime import datetime, timedelta
from typing import Any

from axes.attempts import get_cool_off_threshold
from axes.handlers.database import AxesDatabaseHandler
from axes.helpers import get_client_username
from axes.models import AccessAttempt, AccessFailureLog
from django.conf import settings
from django.db.models import QuerySet, Sum
from django.http import HttpRequest
from django.utils import timezone

from measures.addresses import client_address
from measures.choices import Audited
from measures.locks import audited_transaction
from measures.models import audit

DAY = timedelta(days=1)


def address_for_axes(request: HttpRequest) -> str | None:
    """What axes keeps in a column for addresses, which takes no empty text."""
    return client_address(request) or None


def failed(attempts: "QuerySet[AccessAttempt]") -> int:
    return attempts.aggregate(sum=Sum("failures_since_start"))["sum"] or 0


def failed_within_a_day(name: str | None, *, at: datetime) -> "QuerySet[AccessFailureLog]":
    """Each failure under this name in the day before, the newest first. A sign-in wipes none of them."""
    return AccessFailureLog.objects.filter(username=name, attempt_time__gt=at - DAY)


class Handler(AxesDatabaseHandler):
    """Locks an account at an address, and everywhere once it has failed often enough from anywhere."""

    def get_failures(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> int:
        here = super().get_failures(request, credentials)
        threshold = get_cool_off_threshold(request)
        name = get_client_username(request, credentials)
        anywhere = failed(AccessAttempt.objects.filter(username=name, attempt_time__gte=threshold))
        today = failed_within_a_day(name, at=timezone.now()).count()
        # On the scale of the limit, against which axes compares: 20 from anywhere count as 5 from here.
        limit = settings.AXES_FAILURE_LIMIT
        return max(
            here,
            anywhere * limit // settings.ACCOUNT_FAILURE_LIMIT,
            today * limit // settings.ACCOUNT_DAY_LIMIT,
        )

    def remove_out_of_limit_failure_logs(self, *, username: str, limit: int | None = None) -> int:
        """Called after each failure: what is older than a day counts no more."""
        return AccessFailureLog.objects.filter(attempt_time__lte=timezone.now() - DAY).delete()[0]

    @audited_transaction()
    def reset_attempts(
        self, *, ip_address: str | None = None, username: str | None = None, ip_or_username: bool = False
    ) -> int:
        """By the operator's commands, for an account: it is opened everywhere, and that is recorded."""
        removed: int = super().reset_attempts(
            ip_address=ip_address, username=username, ip_or_username=ip_or_username
        )
        if ip_address is None:
            days = AccessFailureLog.objects.all()
            removed += (days.filter(username=username) if username else days).delete()[0]
        audit(
            Audited.USER_CHANGED,
            at=timezone.now(),
            about=username or ip_address or "*",
            after={"why": "axes_reset"},
        )
        return removed


def opens_at(request: HttpRequest, name: str) -> datetime | None:
    """When this account may be tried again from this address; None where nothing is counted against it."""
    anywhere = AccessAttempt.objects.filter(username=name)
    here = anywhere.filter(ip_address=address_for_axes(request))
    counted = here if failed(here) >= settings.AXES_FAILURE_LIMIT else anywhere
    newest = counted.order_by("-attempt_time").first()
    # The day's limit is kept to again once so many have grown older than a day.
    todays = failed_within_a_day(name, at=timezone.now())
    last = todays.order_by("-attempt_time")[settings.ACCOUNT_DAY_LIMIT - 1 :].first()
    ends = [newest.attempt_time + settings.AXES_COOLOFF_TIME] if newest else []
    return max([*ends, *([last.attempt_time + DAY] if last else [])], default=None)
