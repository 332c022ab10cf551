"""`make demo`: when its command fills the database, and what it says."""

import pickle
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError
from django.test import Client
from django.utils import timezone

from measures.choices import Audited, Status
from measures.editions.shipped import NEWEST
from measures.models import AuditRecord, Checklist, ChecklistEdition, Update
from tests.databases import undone
from tests.make import PASSWORD
from tests.once import once
from tests.test_demo import STORY, UNTIL, run, told, write_story

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


def test_all_move_to_the_second_edition_and_two_items_wait_for_a_unit(said: str) -> None:
    top = Checklist.objects.get(slug="henan")
    tree = Checklist.objects.tree(top)

    assert set(tree.values_list("catalogue__slug", flat=True)) == {NEWEST}
    moved = ChecklistEdition.objects.filter(mapping__isnull=False)
    assert moved.count() == tree.count()
    assert {timezone.localdate(one.at) < UNTIL for one in moved} == {True}
    waiting = top.items.filter(to_confirm=True).order_by("measure__position")
    assert list(waiting.values_list("measure__code", flat=True)) == ["1.3.7", "3.1.13"]
    assert AuditRecord.objects.filter(action=Audited.WORDING_CONFIRMED).count() == 4
    assert not top.items.filter(measure__code__in=["1.1.1", "1.1.2", "1.3.9"], owner=None).exists()


def test_a_works_beside_them_follows_rules_of_another_field(said: str) -> None:
    works = Checklist.objects.get(slug="works")

    assert works.parent is None
    assert [str(one) for one in works.catalogue.level_names] == ["章", "节", "条"]
    assert works.items.count() == 24
    assert set(works.items.values_list("status", flat=True)) == set(Status.values) - {Status.DROPPED}
    assert works.items.overdue(on=UNTIL).exists()
