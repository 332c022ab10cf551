"""The operator's commands."""

import io
import re
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django import DjangoCaptureOnCommitCallbacks

from measures.choices import ChecklistStatus, Role, Status
from measures.models import Checklist, Item, Measure, Membership
from tests.make import make_catalogue, make_checklist

pytestmark = [pytest.mark.slow, pytest.mark.django_db]


def run(name: str, *arguments: str, **options: Any) -> str:
    """What the command says."""
    said = io.StringIO()
    call_command(name, *arguments, stdout=said, **options)
    return said.getvalue()


@pytest.fixture
def set_up(django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks) -> Any:
    """Runs the command as if outside the test's own transaction."""

    def running() -> str:
        with django_capture_on_commit_callbacks(execute=True):
            said = io.StringIO()
            call_command("set_up", stdout=said)
        return said.getvalue()

    return running


def everything() -> dict[str, list[dict[str, Any]]]:
    return {
        model.__name__: list(model._default_manager.order_by("pk").values())
        for model in apps.get_models()
        if model._meta.app_label in ("measures", "auth")
    }


def test_set_up_opens_one_checklist_with_every_measure_not_started(set_up: Any) -> None:
    set_up()

    checklist = Checklist.objects.get()
    assert (checklist.slug, checklist.name, checklist.status) == ("henan", "河南", ChecklistStatus.OPEN)
    assert Item.objects.count() == Measure.objects.count() > 90
    assert set(Item.objects.values_list("status", flat=True)) == {Status.NOT_STARTED}


def test_set_up_twice_changes_nothing(set_up: Any) -> None:
    set_up()
    before = everything()

    said = set_up()

    assert everything() == before
    assert said == ""


def test_set_up_keeps_what_people_made(set_up: Any) -> None:
    make_checklist("kaifeng", "开封", make_catalogue())
    User.objects.create_superuser("root", password="x")

    set_up()

    assert [checklist.slug for checklist in Checklist.objects.all()] == ["kaifeng"]
    assert [user.username for user in User.objects.all()] == ["root"]


def test_admin_signs_in_with_the_password_from_the_environment(
    set_up: Any, monkeypatch: pytest.MonkeyPatch, client: Client
) -> None:
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "The-operators-own-1")

    said = set_up()

    assert "The-operators-own-1" not in said
    answer = client.post("/sign-in/", {"username": "admin", "password": "The-operators-own-1"})
    assert answer.status_code == 302
    admin = User.objects.get()
    assert admin.is_superuser
    assert admin.is_staff
    membership = Membership.objects.get()
    assert (membership.user, membership.role) == (admin, Role.ADMINISTRATOR)
    assert client.get("/checklists/henan/").status_code == 200


def test_set_up_refuses_a_weak_password_for_admin_by_the_settings_name(
    set_up: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "weak-one")

    with pytest.raises(CommandError, match="DJANGO_SUPERUSER_PASSWORD") as refused:
        set_up()

    assert "weak-one" not in str(refused.value)
    assert not User.objects.exists()
    assert not Checklist.objects.exists()


def test_a_random_password_is_shown_once_and_works(
    set_up: Any, monkeypatch: pytest.MonkeyPatch, client: Client
) -> None:
    monkeypatch.delenv("DJANGO_SUPERUSER_PASSWORD", raising=False)

    said, again = set_up(), set_up()

    found = re.search(r"Password: (\S+)", said)
    assert found
    assert client.login(username="admin", password=found[1])
    assert said.isascii()
    assert found[1] not in again


def test_a_password_that_is_not_saved_is_not_shown(
    monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    monkeypatch.delenv("DJANGO_SUPERUSER_PASSWORD", raising=False)

    with django_capture_on_commit_callbacks(execute=False):
        assert run("set_up") == ""


def test_open_checklist_opens_one_under_its_parent(checklist: Checklist) -> None:
    said = run("open_checklist", "zhengzhou", "--name", "郑州", "--parent", "henan", "--period", "2026")

    opened = Checklist.objects.get(slug="zhengzhou")
    assert (opened.parent, opened.catalogue, opened.period) == (checklist, checklist.catalogue, "2026")
    assert opened.items.count() == 12
    assert "12 items" in said


def test_open_checklist_takes_the_edition_of_the_parent(checklist: Checklist) -> None:
    make_catalogue(slug="second")

    run("open_checklist", "zhengzhou", "--name", "郑州", "--parent", "henan")

    assert Checklist.objects.get(slug="zhengzhou").catalogue == checklist.catalogue


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["kaifeng", "--parent", "nowhere"], "nowhere"),
        (["kaifeng", "--catalogue", "nowhere"], "--catalogue: test"),
        (["henan"], "slug"),
        (["Kai Feng"], "slug"),
    ],
)
def test_open_checklist_says_what_is_wrong(checklist: Checklist, arguments: list[str], reason: str) -> None:
    with pytest.raises(CommandError, match=reason):
        run("open_checklist", *arguments, "--name", "开封")

    assert Checklist.objects.count() == 1


def test_open_checklist_asks_which_of_two_catalogues(checklist: Checklist) -> None:
    make_catalogue(slug="second")

    with pytest.raises(CommandError, match="second, test"):
        run("open_checklist", "kaifeng", "--name", "开封")


def test_open_checklist_needs_a_catalogue() -> None:
    with pytest.raises(CommandError, match="loaddata"):
        run("open_checklist", "kaifeng", "--name", "开封")
