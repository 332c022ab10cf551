"""A unit at work and a mail server, for the tests of reminders."""

import io
from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from pytest_django import Settings

from measures.choices import ChaserLevel, Status
from measures.models import (
    Chaser,
    Checklist,
    Owner,
)
from tests.make import (
    NOW,
    TODAY,
    change,
    find_item,
)

LOCMEM = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}


@pytest.fixture
def a_mail_server(settings: Settings, tmp_path: Any, clock: Any) -> None:
    settings.MAILERS, settings.SENDS_MAIL = LOCMEM, True
    settings.SITE_ADDRESS, settings.DEFAULT_FROM_EMAIL = "https://ledger.example.org", "ledger@example.org"
    settings.DATA_DIR = tmp_path
    settings.LANGUAGE_CODE = "en"


@pytest.fixture
def people(administrator: User, editor: User, viewer: User) -> dict[str, User]:
    found = {"administrator": administrator, "editor": editor, "viewer": viewer}
    for name, user in found.items():
        user.email = f"{name}@example.org"
        user.save()
    return found


@pytest.fixture
def at_work(checklist: Checklist, owner: Owner, people: dict[str, User]) -> None:
    """The editor's unit leads six items, of which each is in another state; 1.2.3 is nobody's."""
    days = {"1.1.1": -3, "1.1.2": 5, "1.1.3": None, "1.2.1": -9, "1.2.2": None, "1.2.3": None}
    for code, due in days.items():
        values: dict[str, Any] = {"owner": None if code == "1.2.3" else owner, "status": Status.IN_PROGRESS}
        values["due"] = None if due is None else TODAY + timedelta(due)
        at = NOW - timedelta(90 if code == "1.2.2" else 10)
        change(find_item(checklist, code), by=people["administrator"], at=at, **values)
    change(find_item(checklist, "1.2.1"), by=people["administrator"], status=Status.DONE, at=NOW)
    send_chaser(checklist, "1.1.3", people["administrator"])


def send_chaser(
    checklist: Checklist, code: str, by: User, answer_by: date = TODAY, days_ago: int = 1
) -> None:
    at = NOW - timedelta(days_ago)
    item = find_item(checklist, code).pk
    Chaser.send([item], level=ChaserLevel.BLUE, text="请报送", answer_by=answer_by, by=by, at=at)


def remind() -> str:
    said = io.StringIO()
    call_command("remind", stdout=said)
    return said.getvalue()
