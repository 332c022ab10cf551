"""`make demo`: when its command fills the database, and what it says."""

import re
from typing import Any

import pytest
from django.core.management import CommandError
from django.db import transaction
from django.test import Client

from measures.models import Checklist, Update
from tests.make import PASSWORD
from tests.test_demo import run, told

pytestmark = [pytest.mark.slow, pytest.mark.django_db]


@pytest.fixture
def demo(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Runs the command with PASSWORD; answers what it says."""
    monkeypatch.setenv("DEMO_PASSWORD", PASSWORD)
    return run


def test_the_same_again_is_the_same(demo: Any) -> None:
    with transaction.atomic():
        demo()
        once = told()
        transaction.set_rollback(True)
    assert not Update.objects.exists()

    demo()

    assert told() == once
    assert len(once) > 500


def test_it_refuses_a_database_that_somebody_uses(checklist: Checklist, demo: Any) -> None:
    with pytest.raises(CommandError, match="in use"):
        demo()

    assert not Update.objects.exists()


def test_without_a_password_one_is_shown_that_works(
    demo: Any, monkeypatch: pytest.MonkeyPatch, client: Client
) -> None:
    monkeypatch.delenv("DEMO_PASSWORD")

    said = demo()

    shown = re.search(r"Password: (\S+) \(not shown again\)", said)
    assert shown
    assert client.post("/sign-in/", {"username": "viewer", "password": shown[1]}).status_code == 302
