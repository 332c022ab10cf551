"""Too many failed sign-ins from one address: when it is locked for all names, and whose address counts."""

from datetime import timedelta
from math import comb
from typing import Any
from unittest import mock

import pytest
from axes.models import AccessFailureLog
from django.contrib.auth import hashers
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import RequestFactory
from django.utils import timezone
from pytest_django import Settings

from measures.choices import Audited
from measures.models import AuditRecord
from measures.origin import client_address
from tests.lockout_make import refusals, try_to_sign_in
from tests.make import PASSWORD

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("lockout")]


def fail_under_many_names(times: int, address: str = "10.0.0.1") -> None:
    """That many failures at the address just now, each with a different name."""
    at = timezone.now()
    logs = (AccessFailureLog(username=f"name {n}", ip_address=address) for n in range(times))
    AccessFailureLog.objects.bulk_create(logs)
    AccessFailureLog.objects.update(attempt_time=at)


def test_an_address_is_locked_for_all_names_after_150_failures_in_half_an_hour(
    administrator: User, clock: Any
) -> None:
    fail_under_many_names(149)
    assert try_to_sign_in(name="viewer").status_code == 422

    page = try_to_sign_in(password=PASSWORD)

    assert page.status_code == 429
    assert page.headers["Retry-After"] == "1800"
    assert "from this network address" in page.content.decode()
    assert try_to_sign_in(password=PASSWORD, address="10.0.0.2").status_code == 302
    clock.shift(timedelta(minutes=30, seconds=1))
    assert try_to_sign_in(password=PASSWORD).status_code == 302


def test_300_people_behind_one_address_get_in_however_badly_they_type(settings: Settings) -> None:
    """One try in four fails. How many fail before 300 have succeeded follows the negative binomial."""
    people, failing = 300, 0.25
    below = sum(
        comb(people - 1 + wrong, wrong) * (1 - failing) ** people * failing**wrong
        for wrong in range(settings.ADDRESS_FAILURE_LIMIT)
    )

    assert 1 - below < 1 / 10_000


def test_successes_are_never_counted_against_an_address(administrator: User) -> None:
    fail_under_many_names(149)

    assert [try_to_sign_in(password=PASSWORD).status_code for _ in range(3)] == [302] * 3


def test_one_password_tried_under_many_names_locks_the_address(settings: Settings, db: None) -> None:
    settings.ADDRESS_FAILURE_LIMIT = 12

    answers = [try_to_sign_in(name=f"name {number}").status_code for number in range(15)]

    assert answers == [422] * 12 + [429] * 3


def test_the_operator_opens_an_address_by_a_command(administrator: User) -> None:
    fail_under_many_names(150)
    assert try_to_sign_in(password=PASSWORD).status_code == 429

    call_command("axes_reset_ip", "10.0.0.1", verbosity=0)

    assert try_to_sign_in(password=PASSWORD).status_code == 302


def test_a_locked_address_is_recorded_once_under_however_many_names(
    settings: Settings, clock: Any, db: None
) -> None:
    settings.ADDRESS_FAILURE_LIMIT = 3

    for number in range(20):
        try_to_sign_in(name=f"name {number}")

    assert AuditRecord.objects.filter(action=Audited.SIGN_IN_FAILED).count() == 3
    assert [(name, about) for name, about, _until in refusals()] == [("–", "10.0.0.1")]


def test_no_password_is_hashed_for_a_locked_address(administrator: User) -> None:
    fail_under_many_names(150)
    with mock.patch.object(type(hashers.get_hasher()), "encode") as encode:
        for number in range(3):
            try_to_sign_in(name=f"name {number}")

    assert not encode.called


@pytest.mark.parametrize(
    ("behind", "forwarded", "address"),
    [
        (False, "203.0.113.9", "10.0.0.1"),
        (True, "203.0.113.9", "203.0.113.9"),
        (True, "1.2.3.4, 203.0.113.9", "203.0.113.9"),
        (True, "", "10.0.0.1"),
        (True, "rubbish\n", "10.0.0.1"),
        (True, "2001:DB8::1", "2001:db8::1"),
    ],
)
def test_a_forwarded_address_counts_only_behind_a_proxy_and_only_its_own(
    settings: Settings, behind: bool, forwarded: str, address: str
) -> None:
    settings.BEHIND_PROXY = behind

    request = RequestFactory().get("/", REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR=forwarded)

    assert client_address(request) == address
