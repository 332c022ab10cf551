"""Signing in by the header that an office's own proxy sets."""

from pathlib import Path

from axes.models import AccessAttempt, AccessFailureLog
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import Settings

from measures.choices import Audited
from measures.models import AuditRecord
from tests.test_settings import start_with

PAGE = "/checklists/henan/items/"


def as_named(name: str) -> Client:
    return Client(headers={"X-Remote-User": name})


def test_whom_the_proxy_names_is_signed_in(behind_a_proxy: None, administrator: User) -> None:
    assert as_named("administrator").get(PAGE).status_code == 200


def test_whom_nobody_knows_is_not_made(behind_a_proxy: None, administrator: User) -> None:
    assert as_named("nobody").get(PAGE).status_code == 302
    assert not User.objects.filter(username="nobody").exists()


def test_who_is_disabled_stays_outside(behind_a_proxy: None, administrator: User) -> None:
    User.objects.update(is_active=False)

    assert as_named("administrator").get(PAGE).status_code == 302


def test_without_the_header_the_session_ends(behind_a_proxy: None, administrator: User) -> None:
    client = as_named("administrator")
    client.get(PAGE)

    # A later header of the same name replaces the client's own.
    assert client.get(PAGE, headers={"X-Remote-User": "nobody"}).status_code == 302
    del client.defaults["HTTP_X_REMOTE_USER"]
    assert client.get(PAGE).status_code == 302


def test_a_user_without_a_password_is_not_asked_to_change_it(
    behind_a_proxy: None, administrator: User, settings: Settings
) -> None:
    settings.PASSWORD_DAYS = 90
    administrator.set_unusable_password()
    administrator.save()
    User.objects.update(date_joined="2020-01-01T00:00:00Z")

    assert as_named("administrator").get(PAGE).status_code == 200


def failures() -> list[tuple[str, int | None]]:
    """The records of failed sign-ins: the name, and whose account it is."""
    return list(AuditRecord.objects.filter(action=Audited.SIGN_IN_FAILED).values_list("by_name", "by"))


def test_reloading_under_an_unknown_name_locks_nobody_and_is_recorded_once(
    behind_a_proxy: None, administrator: User, settings: Settings
) -> None:
    settings.AXES_ENABLED = True

    for _ in range(60):
        assert as_named("nobody").get(PAGE).status_code == 302

    assert as_named("administrator").get(PAGE).status_code == 200
    assert not AccessAttempt.objects.exists()
    assert not AccessFailureLog.objects.exists()
    assert failures() == [("nobody", None)]


def test_a_lock_of_passwords_keeps_nobody_from_signing_in_by_header(
    behind_a_proxy: None, administrator: User, settings: Settings
) -> None:
    settings.AXES_ENABLED = True
    guess = {"username": "administrator", "password": "a guess"}
    assert [Client().post("/sign-in/", guess).status_code for _try in range(6)][-1] == 429

    assert as_named("administrator").get(PAGE).status_code == 200


def test_whoever_is_disabled_is_recorded_by_name_and_account(
    behind_a_proxy: None, administrator: User
) -> None:
    User.objects.update(is_active=False)

    as_named("administrator").get(PAGE)

    assert failures() == [("administrator", administrator.pk)]


def test_the_name_in_a_header_is_kept_in_one_short_line(behind_a_proxy: None, administrator: User) -> None:
    as_named("no\r\nbody" + "x" * 1_000).get(PAGE)

    [(name, _account)] = failures()
    assert name == "no\N{REPLACEMENT CHARACTER}\N{REPLACEMENT CHARACTER}body" + "x" * 142


def test_it_is_off_by_default(administrator: User) -> None:
    assert as_named("administrator").get(PAGE).status_code == 302


def test_there_is_no_start_with_it_but_behind_a_proxy(tmp_path: Path) -> None:
    said = start_with(tmp_path, SECRET_KEY="x" * 60, REMOTE_USER_HEADER="X-Remote-User")

    assert "REMOTE_USER_HEADER needs BEHIND_PROXY" in said
