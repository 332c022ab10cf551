"""Sessions: when they end, what people are told who come back, and what is kept of them."""

from datetime import timedelta
from typing import Any, cast
from unittest import mock
from urllib.parse import urlencode

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.backends.base import UpdateError
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from measures.accounts.sessions import SessionStore, stored_key
from measures.models import Checklist, Session
from tests.make import NOW, PASSWORD, SignIn, find_item
from tests.sessions_make import PAGE, key_of, sign_in_through_the_page

NEW = "zai-ban-shi-xiang-26"


@pytest.fixture
def client(clock: Any, sessions_touched: None, administrator: User) -> Client:
    return sign_in_through_the_page()


def test_a_session_ends_after_15_idle_minutes(client: Client, clock: Any) -> None:
    clock.shift(timedelta(minutes=14, seconds=59))
    assert client.get(PAGE).status_code == 200
    clock.shift(timedelta(minutes=15, seconds=1))

    response = client.get(PAGE + "?a=1")

    assert response.headers["Location"] == f"/sign-in/?ended=1&{urlencode({'next': PAGE + '?a=1'})}"
    page = client.get(response.headers["Location"])
    assert "Your session has ended" in page.content.decode()


def test_whoever_signs_in_again_goes_on_where_they_were(client: Client, clock: Any) -> None:
    clock.shift(timedelta(minutes=16))
    page = client.get(PAGE, follow=True)

    sent = {"username": "administrator", "password": PASSWORD, "next": page.context["next"]}

    assert client.post("/sign-in/", sent).headers["Location"] == PAGE


def test_a_busy_session_ends_after_8_hours(client: Client, clock: Any) -> None:
    for _ in range(48):
        clock.shift(timedelta(minutes=10))
        last = client.get(PAGE).status_code
    assert last == 302

    assert client.get(PAGE).status_code == 302


def test_a_busy_session_lasts_for_nearly_8_hours(client: Client, clock: Any) -> None:
    for _ in range(47):
        clock.shift(timedelta(minutes=10))
        assert client.get(PAGE).status_code == 200


def test_the_first_sight_of_a_page_does_not_say_that_a_session_ended(checklist: Checklist) -> None:
    assert "ended" not in Client().get(PAGE).headers["Location"]


def writes(client: Client) -> list[str]:
    """The SQL that a look at PAGE writes with."""
    with CaptureQueriesContext(connection) as caught:
        client.get(PAGE)
    return [one["sql"] for one in caught if one["sql"].startswith(("UPDATE", "INSERT", "DELETE"))]


def test_activity_is_written_down_once_a_minute_and_nothing_else_is(client: Client, clock: Any) -> None:
    clock.shift(timedelta(seconds=59))
    assert writes(client) == []
    clock.shift(timedelta(seconds=1))
    [write] = writes(client)
    assert write.startswith('UPDATE "measures_session"')
    assert writes(client) == []


def test_no_other_test_counts_a_query_for_activity(administrator: User, sign_in: SignIn) -> None:
    """However long it takes: only the tests here ask for sessions_touched."""
    client = sign_in(administrator)
    Session.objects.update(seen_at=timezone.now() - timedelta(minutes=14))

    assert writes(client) == []


def test_reading_goes_on_where_activity_cannot_be_written(client: Client, clock: Any) -> None:
    clock.shift(timedelta(minutes=2))

    with mock.patch(
        "measures.accounts.sessions.SessionStore.touch", side_effect=DatabaseError("disk is full")
    ):
        assert client.get(PAGE).status_code == 200


def test_what_was_typed_is_shown_where_the_session_has_ended(
    client: Client, clock: Any, checklist: Checklist
) -> None:
    clock.shift(timedelta(minutes=16))
    sent = {"notes": "已印发<通知>", "reason": "上级要求", "version": "1", "status": "done"}

    response = client.post(PAGE, sent, headers={"Referer": f"http://testserver{PAGE}"})

    text = response.content.decode()
    assert response.status_code == 403
    assert response.headers["X-Session"] == "ended"
    assert "已印发&lt;通知&gt;" in text
    assert "上级要求" in text
    assert f"/sign-in/?next=http%3A%2F%2Ftestserver{PAGE.replace('/', '%2F')}" in text
    assert find_item(checklist).version == 1


def test_what_was_typed_is_shown_where_the_token_is_too_old(administrator: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(administrator)

    response = client.post(PAGE, {"notes": "已印发通知"}, headers={"Referer": "https://elsewhere.example/"})

    assert response.status_code == 403
    assert "已印发通知" in response.content.decode()
    assert response.context["back"] == "/"


def test_a_disabled_users_next_request_leads_to_sign_in(client: Client) -> None:
    User.objects.update(is_active=False)

    assert client.get(PAGE).status_code == 302
    assert client.post("/sign-in/", {"username": "administrator", "password": PASSWORD}).status_code == 422


def test_the_user_is_whom_the_data_of_the_session_name(
    client: Client, administrator: User, superuser: User
) -> None:
    """The row names them as well, so that sessions can be listed and ended."""
    assert client.get(PAGE).context["user"] == administrator
    Session.objects.update(user=superuser)

    assert client.get(PAGE).context["user"] == administrator


def test_a_new_password_ends_all_sessions_but_the_one_at_hand(
    client: Client, administrator: User, sign_in: SignIn
) -> None:
    other = sign_in(administrator)
    other.get(PAGE)

    client.post("/password/", {"old_password": PASSWORD, "new_password1": NEW, "new_password2": NEW})

    assert client.get(PAGE).status_code == 200
    assert other.get(PAGE).status_code == 302
    assert Session.objects.filter(user=administrator).count() == 1


def test_a_password_set_by_a_command_ends_all_sessions(client: Client, administrator: User) -> None:
    administrator.set_password(NEW)
    administrator.save()

    assert not Session.objects.filter(user=administrator).exists()
    assert client.get(PAGE).status_code == 302


def test_an_old_cookie_is_worthless_after_signing_out(client: Client) -> None:
    thief = Client()
    thief.cookies["sessionid"] = client.cookies["sessionid"].value
    client.post("/sign-out/")

    assert thief.get(PAGE).status_code == 302


def test_ended_sessions_are_cleared_away_at_the_next_sign_in(client: Client, clock: Any) -> None:
    clock.shift(timedelta(days=30))
    fresh = Client()

    fresh.post("/sign-in/", {"username": "administrator", "password": PASSWORD})

    assert [session.pk for session in Session.objects.all()] == [key_of(fresh)]


def test_djangos_command_clears_them_too(client: Client, clock: Any) -> None:
    clock.shift(timedelta(minutes=16))

    call_command("clearsessions")

    assert not Session.objects.exists()


def test_an_ended_session_stays_ended(client: Client, clock: Any) -> None:
    """A request that was under way when somebody ended its session doesn't bring it back."""
    store = SessionStore(cast(str, client.session.session_key))
    store.load()
    Session.objects.all().delete()

    store.touch(at=NOW + timedelta(minutes=2))

    assert not Session.objects.exists()


def test_no_cookie_can_be_made_from_what_the_database_holds(client: Client) -> None:
    cookie = client.cookies["sessionid"].value
    rows = str(list(Session.objects.values()))
    [row] = Session.objects.all()
    thief = Client()
    thief.cookies["sessionid"] = row.pk

    assert cookie not in rows
    assert row.pk == stored_key(cookie)
    assert len(row.pk) == 40
    assert thief.get(PAGE).status_code == 302
    assert client.get(PAGE).status_code == 200


def test_a_new_secret_key_ends_every_session(client: Client, settings: Settings) -> None:
    settings.SECRET_KEY = "another key that is long enough to pass all the checks 0123456789"

    assert client.get(PAGE).status_code == 302


def test_the_store_finds_saves_and_deletes_by_the_key_that_the_cookie_holds(db: None, clock: Any) -> None:
    store = SessionStore()
    store["said"] = "hello"
    store.create()
    first = cast(str, store.session_key)

    store["said"] = "hello again"
    store.save()
    assert SessionStore(first)["said"] == "hello again"
    store.cycle_key()
    second = cast(str, store.session_key)
    assert (store.exists(first), store.exists(second)) == (False, True)
    assert not store.exists(stored_key(second))
    store.delete(second)
    store.delete(second)
    assert not Session.objects.exists()
    with pytest.raises(UpdateError):
        store.save()
