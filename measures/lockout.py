"""When too many sign-ins have failed: django-axes counts by account and address, we by account alone."""

from datetime import datetime
from typing import Any

from axes.attempts import get_cool_off_threshold
from axes.handlers.database import AxesDatabaseHandler
from axes.helpers import get_client_username
from axes.models import AccessAttempt
from django.conf import settings
from django.db.models import QuerySet, Sum
from django.http import HttpRequest

from measures.addresses import client_address


def address_for_axes(request: HttpRequest) -> str | None:
    """What axes keeps in a column for addresses, which takes no empty text."""
    return client_address(request) or None


def failed(attempts: "QuerySet[AccessAttempt]") -> int:
    return attempts.aggregate(sum=Sum("failures_since_start"))["sum"] or 0


class Handler(AxesDatabaseHandler):
    """Locks an account at an address, and everywhere once it has failed often enough from anywhere."""

    def get_failures(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> int:
        here = super().get_failures(request, credentials)
        threshold = get_cool_off_threshold(request)
        name = get_client_username(request, credentials)
        anywhere = failed(AccessAttempt.objects.filter(username=name, attempt_time__gte=threshold))
        # On the scale of the limit, against which axes compares: 20 from anywhere count as 5 from here.
        return max(here, anywhere * settings.AXES_FAILURE_LIMIT // settings.ACCOUNT_FAILURE_LIMIT)


def opens_at(request: HttpRequest, name: str) -> datetime | None:
    """When this account may be tried again from this address; None where nothing is counted against it."""
    anywhere = AccessAttempt.objects.filter(username=name)
    here = anywhere.filter(ip_address=address_for_axes(request))
    counted = here if failed(here) >= settings.AXES_FAILURE_LIMIT else anywhere
    newest = counted.order_by("-attempt_time").first()
    return newest.attempt_time + settings.AXES_COOLOFF_TIME if newest else None
