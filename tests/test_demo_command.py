"""`make demo`: when its command fills the database, and what it says."""

import pickle
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError
from django.test import Client

from measures.models import Checklist, Update
from tests.databases import undone
from tests.make import PASSWORD
from tests.once import once
from tests.test_demo import STORY, run, told, write_story

pytestmark = [pytest.mark.slow, pytest.mark.django_db]


@pytest.fixture
def demo(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Runs the command with PASSWORD; answers what it says."""
    monkeypatch.setenv("DEMO_PASSWORD", PASSWORD)
    return run


def test_it_refuses_a_database_that_somebody_uses(checklist: Checklist, demo: Any) -> None:
    with pytest.raises(CommandError, match="in use"):
        demo()

    assert not Update.objects.exists()


@pytest.fixture(scope="module")
def story(shared_database: None, run_folder: Path) -> Any:
    """What another run of the command has told, in this process or in another one."""

    def make(path: Path) -> None:
        with undone():
            run()
            write_story(path)

    return pickle.loads(once(run_folder / STORY, make).read_bytes())


@pytest.fixture(scope="module")
def said(story: Any) -> Iterator[str]:
    """What the command says where no password is set. The demo is there."""
    with pytest.MonkeyPatch.context() as monkeypatch, undone():
        monkeypatch.delenv("DEMO_PASSWORD", raising=False)
        yield run()


def test_the_same_again_is_the_same(said: str, story: Any) -> None:
    assert told() == story
    assert len(story) > 500


def test_without_a_password_one_is_shown_that_works(said: str, client: Client) -> None:
    shown = re.search(r"Password: (\S+) \(not shown again\)", said)
    assert shown
    assert client.post("/sign-in/", {"username": "viewer", "password": shown[1]}).status_code == 302
