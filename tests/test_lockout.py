"""Too many failed sign-ins: who is locked out, where, for how long, and what they are told."""

import re
from datetime import timedelta
from typing import Any
from unittest import mock

import pytest
from axes.models import AccessFailureLog
from django.contrib.auth import hashers
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client

from measures.choices import Audited
from measures.models import AuditRecord
from measures.views.accounts.sign_in import HASHING
from tests.lockout_make import fail, refusals, try_to_sign_in
from tests.make import NOW, PASSWORD, make_user

pytestmark = [pytest.mark.slow, pytest.mark.django_db, pytest.mark.usefixtures("lockout")]


def test_the_fifth_failure_locks_and_then_the_right_password_does_not_help(
    administrator: User, clock: Any
) -> None:
    assert fail(5) == [422, 422, 422, 422, 429]

    page = try_to_sign_in(password=PASSWORD)

    assert page.status_code == 429
    assert page.headers["Retry-After"] == "1800"
    assert "_auth_user_id" not in page.client.session
    text = page.content.decode()
    assert "Try again in 30 minutes, at 10:00." in text
    assert 'name="username"' in text


def test_another_browser_at_the_same_address_is_locked_as_well(administrator: User) -> None:
    for number in range(5):
        try_to_sign_in(agent=f"browser {number}")

    assert try_to_sign_in(password=PASSWORD, agent="yet another").status_code == 429


def test_a_colleague_at_the_same_address_still_signs_in(administrator: User, viewer: User) -> None:
    fail(6)

    assert try_to_sign_in(name="viewer", password=PASSWORD).status_code == 302


def test_the_same_person_elsewhere_still_signs_in(administrator: User) -> None:
    fail(6)

    assert try_to_sign_in(password=PASSWORD, address="10.0.0.2").status_code == 302


def test_it_opens_again_after_30_minutes_even_if_tried_meanwhile(administrator: User, clock: Any) -> None:
    fail(5)
    clock.shift(timedelta(minutes=29, seconds=59))
    assert try_to_sign_in(password=PASSWORD).status_code == 429

    clock.shift(timedelta(seconds=2))

    assert try_to_sign_in(password=PASSWORD).status_code == 302


def test_a_sign_in_wipes_the_slate(administrator: User) -> None:
    fail(4)
    assert try_to_sign_in(password=PASSWORD).status_code == 302

    assert fail(4) == [422] * 4


def test_twenty_failures_from_anywhere_lock_the_account_everywhere(administrator: User, clock: Any) -> None:
    for number in range(5):
        fail(4, address=f"10.0.1.{number}")

    assert try_to_sign_in(password=PASSWORD, address="10.0.9.9").status_code == 429
    clock.shift(timedelta(minutes=30, seconds=1))
    assert try_to_sign_in(password=PASSWORD, address="10.0.9.9").status_code == 302


def fail_for_a_day(clock: Any, name: str = "administrator") -> None:
    """Fifty failures in two and a half hours, never five from one address nor twenty in half an hour."""
    for number in range(50):
        try_to_sign_in(name=name, address=f"10.0.{number}.1")
        clock.shift(timedelta(minutes=3))


def test_fifty_failures_within_a_day_lock_the_account_until_there_are_fewer(
    administrator: User, clock: Any
) -> None:
    fail_for_a_day(clock)

    page = try_to_sign_in(password=PASSWORD)

    assert page.status_code == 429
    assert "Try again after Nov. 25, 2026, 9:30 a.m." in page.content.decode()
    clock.shift(timedelta(hours=24, minutes=-151))
    assert try_to_sign_in(password=PASSWORD).status_code == 429
    clock.shift(timedelta(minutes=2))
    assert try_to_sign_in(password=PASSWORD).status_code == 302


def test_a_sign_in_meanwhile_does_not_wipe_the_days_count(administrator: User, clock: Any) -> None:
    for number in range(50):
        if number == 40:
            assert try_to_sign_in(password=PASSWORD, address="10.9.9.9").status_code == 302
        try_to_sign_in(address=f"10.0.{number}.1")
        clock.shift(timedelta(minutes=3))

    assert try_to_sign_in(password=PASSWORD).status_code == 429


def test_an_unknown_name_is_locked_for_the_day_in_the_same_words(administrator: User, clock: Any) -> None:
    for name in ("administrator", "nobody"):
        clock.move_to(NOW)
        fail_for_a_day(clock, name)
    known, unknown = try_to_sign_in(), try_to_sign_in(name="nobody")

    assert known.status_code == unknown.status_code == 429
    assert told(known).replace("administrator", "") == told(unknown).replace("nobody", "")


def test_failures_of_the_day_before_are_not_kept(administrator: User, clock: Any) -> None:
    fail(3)
    clock.shift(timedelta(days=1, seconds=1))

    fail(1, name="viewer")

    assert list(AccessFailureLog.objects.values_list("username", flat=True)) == ["viewer"]


def test_a_lock_is_recorded_once_however_often_it_is_tried(administrator: User, clock: Any) -> None:
    fail(40)

    assert AuditRecord.objects.filter(action=Audited.SIGN_IN_FAILED).count() == 5
    assert refusals() == [("administrator", "administrator", '{"until": "2026-11-24T02:00:00+00:00"}')]

    clock.shift(timedelta(minutes=31))
    fail(40)

    assert AuditRecord.objects.filter(action=Audited.SIGN_IN_FAILED).count() == 10
    assert len(refusals()) == 2


def test_a_third_sign_in_at_the_same_time_is_asked_to_wait(administrator: User) -> None:
    with HASHING, HASHING:
        page = try_to_sign_in(password=PASSWORD)

    assert page.status_code == 429
    assert page.headers["Retry-After"] == "5"
    assert "Many people are signing in" in page.content.decode()
    assert 'value="administrator"' in page.content.decode()
    assert not AuditRecord.objects.filter(action=Audited.SIGN_IN_FAILED).exists()
    assert try_to_sign_in(password=PASSWORD).status_code == 302


def told(page: Any) -> str:
    """The page without what differs by request: the token and the name that was typed."""
    text = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", page.content.decode())
    return re.sub(r'(name="username" value=)"[^"]*"', r"\1", text)


def test_an_unknown_name_is_told_the_same_and_locked_the_same(administrator: User, clock: Any) -> None:
    pages = {name: [try_to_sign_in(name=name) for _ in range(6)] for name in ("administrator", "nobody")}

    for known, unknown in zip(*pages.values(), strict=True):
        assert known.status_code == unknown.status_code
        assert told(known).replace("administrator", "") == told(unknown).replace("nobody", "")


@pytest.mark.parametrize("name", ["administrator", "nobody", "disabled", "without"])
def test_every_failure_hashes_a_password_once(administrator: User, name: str) -> None:
    User.objects.filter(pk=make_user("disabled").pk).update(is_active=False)
    User.objects.create_user("without")
    hasher = hashers.get_hasher()
    with mock.patch.object(type(hasher), "encode", autospec=True, side_effect=type(hasher).encode) as encode:
        try_to_sign_in(name=name)

    assert encode.call_count == 1


@pytest.mark.parametrize(
    ("language", "words"),
    [("zh-CN", "已被暂时锁定"), ("zh-TW", "已被暫時鎖定"), ("en", "locked for now")],
)
def test_it_is_said_in_the_readers_language(administrator: User, language: str, words: str) -> None:
    fail(5)

    page = Client(REMOTE_ADDR="10.0.0.1").post(
        "/sign-in/",
        {"username": "administrator", "password": "wrong"},
        headers={"Accept-Language": language},
    )

    assert words in page.content.decode()


def test_the_operator_opens_an_account_by_a_command_and_that_is_recorded(
    administrator: User, clock: Any
) -> None:
    fail_for_a_day(clock)
    assert try_to_sign_in(password=PASSWORD).status_code == 429

    call_command("axes_reset_username", "administrator", verbosity=0)

    record = AuditRecord.objects.get(action=Audited.USER_CHANGED)
    assert (record.about, record.via, record.after) == ("administrator", "command", '{"why": "axes_reset"}')
    assert try_to_sign_in(password=PASSWORD).status_code == 302


def test_no_password_is_kept_of_a_failure(administrator: User) -> None:
    from axes.models import AccessAttempt

    try_to_sign_in(password="nearly-the-right-one")

    kept = AccessAttempt.objects.get()
    assert "nearly-the-right-one" not in kept.post_data
