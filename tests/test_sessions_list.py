"""The list of the user's sessions, and ending them from there."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from measures.models import Session
from measures.origin import browser_words
from tests.make import SignIn
from tests.sessions_make import EDGE, PAGE, key_of, sign_in_through_the_page


@pytest.fixture
def client(clock: Any, sessions_touched: None, administrator: User) -> Client:
    return sign_in_through_the_page()


def test_the_list_shows_ones_own_sessions_and_no_keys(
    client: Client, administrator: User, viewer: User, sign_in: SignIn
) -> None:
    sign_in(viewer)
    sign_in(administrator)

    page = client.get("/account/sessions/")

    text = page.content.decode()
    shown = page.context["sessions"]
    assert [session.user for session in shown] == [administrator, administrator]
    assert shown[0].pk == key_of(client)
    assert "Edge · Windows" in text
    assert "10.0.0.1" in text
    assert "2026-11-24 09:30" in text
    assert not any(session.pk in text for session in shown)
    assert client.cookies["sessionid"].value not in text


def test_signing_out_there(client: Client, administrator: User, sign_in: SignIn) -> None:
    other = sign_in(administrator)
    there = Session.objects.get(pk=key_of(other))

    client.post(f"/account/sessions/{there.public_id}/end/")

    assert other.get(PAGE).status_code == 302
    assert client.get(PAGE).status_code == 200


def test_nobody_ends_the_session_of_somebody_else(client: Client, viewer: User, sign_in: SignIn) -> None:
    other = sign_in(viewer)
    there = Session.objects.get(pk=key_of(other))

    assert client.post(f"/account/sessions/{there.public_id}/end/").status_code == 404
    assert other.get(PAGE).status_code == 200


def test_ending_the_session_at_hand_leads_to_sign_in(client: Client) -> None:
    here = Session.objects.get(pk=key_of(client))

    response = client.post(f"/account/sessions/{here.public_id}/end/")

    assert response.headers["Location"] == "/sign-in/"
    assert client.get(PAGE).status_code == 302


def test_signing_out_everywhere_else(
    client: Client, administrator: User, viewer: User, sign_in: SignIn
) -> None:
    others, somebody = [sign_in(administrator) for _ in range(2)], sign_in(viewer)

    client.post("/account/sessions/end-others/")

    assert [other.get(PAGE).status_code for other in others] == [302, 302]
    assert somebody.get(PAGE).status_code == 200
    assert client.get(PAGE).status_code == 200


def test_the_list_costs_the_same_for_2_and_20_sessions(
    client: Client, administrator: User, sign_in: SignIn
) -> None:
    costs = []
    for more in (1, 18):
        for _ in range(more):
            sign_in(administrator)
        with CaptureQueriesContext(connection) as caught:
            client.get("/account/sessions/")
        costs.append(len(caught))

    assert costs[0] == costs[1]


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (EDGE, "Edge · Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1", "Safari · iOS"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox · Linux"),
        ("Mozilla/5.0 (Linux; Android 15) Chrome/140.0 MicroMessenger/8.0", "WeChat · Android"),
        ("curl/8.0", ""),
    ],
)
def test_a_browser_is_told_in_words(agent: str, words: str) -> None:
    assert browser_words(agent) == words
