"""Takes the steps of a period through its pages."""

from typing import Any

from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from measures.models import FrozenReport, Period
from measures.reports.freeze import freeze

ENGLISH = {"Accept-Language": "en"}
ADDRESS = "/checklists/henan/periods/"


def post(client: Client, period: Period, verb: str, **fields: Any) -> Any:
    sent = {"step": Period.objects.get(pk=period.pk).step} | fields
    return client.post(reverse(f"{verb}-period", args=["henan", period.pk]), sent, headers=ENGLISH)


def hand_in(period: Period, by: User) -> FrozenReport:
    at = timezone.now()
    submission = freeze(period, made_at=at, made_by=str(by))
    return period.submit(submission, step=period.step, by=by, at=at, remark="如期报送")


def state(period: Period) -> tuple[str, int]:
    now = Period.objects.get(pk=period.pk)
    return now.state, now.revision


def text_of(response: Any) -> str:
    return str(response.content.decode())
