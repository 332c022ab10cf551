"""Signing in with a second factor: both steps, wrong codes, and nothing in between."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from measures.models import Checklist, Session
from tests.make import code_of
from tests.two_factor_make import PAGE, first_step, half_way

pytestmark = pytest.mark.usefixtures("clock")


def test_signing_in_takes_both_steps_and_leads_on(codes: list[str], administrator: User) -> None:
    client = Client()
    response = first_step(client, next=PAGE)
    assert response.headers["Location"] == f"/sign-in/code/?next={PAGE.replace('/', '%2F')}"

    response = client.post("/sign-in/code/", {"code": code_of(administrator), "next": PAGE})

    assert response.headers["Location"] == PAGE
    assert client.get(PAGE).status_code == 200


def test_no_address_opens_after_the_first_step_only(codes: list[str], checklist: Checklist) -> None:
    from tests.test_access import SIGN_IN, TABLE

    client = half_way()
    for name, expected in TABLE.items():
        address = reverse(name, args=expected.arguments)
        wanted = expected.get["anonymous"]
        # Half-way in one may type the code, and nothing else that a stranger may not.
        assert client.get(address).status_code == (200 if name == "second-step" else wanted), address
        if wanted == SIGN_IN and name != "second-step":
            assert "/sign-in/" in client.get(address).headers["Location"], address
    assert "_auth_user_id" not in client.session


def test_a_code_works_once(codes: list[str], administrator: User) -> None:
    code = code_of(administrator)
    assert half_way().post("/sign-in/code/", {"code": code}).status_code == 302

    again = half_way().post("/sign-in/code/", {"code": code})

    assert again.status_code == 422
    assert "wrong, or has been used" in again.content.decode()


@pytest.mark.parametrize(
    "code", ["", "000000", "abcde-fghjk", "abcde-" * 5, "1" * 41, "１２３４５６", "a\x00b"]
)
def test_a_wrong_code_is_refused_in_words(codes: list[str], code: str) -> None:
    page = half_way().post("/sign-in/code/", {"code": code})

    assert page.status_code == 422
    assert page.context["form"].errors["code"]
    assert "_auth_user_id" not in page.client.session


def test_five_wrong_codes_lock_the_account_out(
    codes: list[str], administrator: User, settings: Settings, clock: Any
) -> None:
    settings.AXES_ENABLED = True
    client = half_way()
    for _ in range(4):
        assert client.post("/sign-in/code/", {"code": "000000"}).status_code == 422
        clock.shift(timedelta(seconds=40))

    assert client.post("/sign-in/code/", {"code": "000000"}).status_code == 429
    clock.shift(timedelta(seconds=40))
    assert client.post("/sign-in/code/", {"code": code_of(administrator)}).status_code == 429
    assert first_step(Client()).status_code == 429


def test_wrong_codes_slow_down_the_right_one(codes: list[str], administrator: User, clock: Any) -> None:
    client = half_way()
    for _ in range(3):
        client.post("/sign-in/code/", {"code": "000000"})

    assert client.post("/sign-in/code/", {"code": code_of(administrator)}).status_code == 422
    clock.shift(timedelta(seconds=30))
    assert client.post("/sign-in/code/", {"code": code_of(administrator)}).status_code == 302


def test_the_code_must_follow_within_five_minutes(codes: list[str], administrator: User, clock: Any) -> None:
    client = half_way()
    clock.shift(timedelta(minutes=5))

    response = client.post("/sign-in/code/", {"code": code_of(administrator)})

    assert response.headers["Location"] == "/sign-in/"


def test_a_new_password_or_a_disabled_account_ends_the_way_in(codes: list[str], administrator: User) -> None:
    clients = [half_way(), half_way()]
    User.objects.update(is_active=False)
    assert clients[0].post("/sign-in/code/", {"code": codes[0]}).headers["Location"] == "/sign-in/"
    administrator.refresh_from_db()
    administrator.is_active = True
    administrator.set_password("zai-ban-shi-xiang-26")
    administrator.save()

    assert clients[1].post("/sign-in/code/", {"code": codes[0]}).headers["Location"] == "/sign-in/"


def test_signing_in_with_a_code_never_leads_to_another_site(codes: list[str]) -> None:
    sent = {"code": codes[0], "next": "https://elsewhere.example/"}

    assert half_way().post("/sign-in/code/", sent).headers["Location"] == "/"


def test_sessions_of_the_half_way_belong_to_nobody(codes: list[str], administrator: User) -> None:
    Session.objects.all().delete()

    half_way()

    assert [session.user for session in Session.objects.all()] == [None]
