"""The database is away, busy, full or of another release: 503 in plain words, with what was typed."""

import sqlite3
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from django.contrib.auth.models import User
from django.core.handlers.wsgi import WSGIRequest
from django.db import InterfaceError, OperationalError, ProgrammingError, connection
from django.test import Client, RequestFactory

from measures.database import release
from measures.errors.unavailable import is_behind, is_passing, unavailable
from measures.middleware import MatchingDatabase
from measures.models import Checklist, Item
from tests.make import PASSWORD, SignIn

ADDRESS = "/checklists/henan/items/1.1.1/"
TYPED = {
    "status": "done",
    "notes": "第一行\n<b>第二行</b>",
    "version": "1",
    "reason": "",
    "due": "2026-12-01",
}


def failed(outer: type[Exception], cause: Exception) -> Exception:
    """An error of Django's with the driver's own behind it."""
    error = outer(str(cause))
    error.__cause__ = cause
    return error


def of_sqlite(code: int, text: str) -> Exception:
    cause = sqlite3.OperationalError(text)
    cause.sqlite_errorcode = code
    return failed(OperationalError, cause)


LOCKED = of_sqlite(sqlite3.SQLITE_BUSY, "database is locked")
FULL = of_sqlite(sqlite3.SQLITE_FULL, "database or disk is full")
STOPPED = failed(OperationalError, psycopg.errors.AdminShutdown("terminating connection"))
CLOSED = failed(InterfaceError, psycopg.InterfaceError("the connection is closed"))
MISTAKE = of_sqlite(sqlite3.SQLITE_ERROR, "too many SQL variables")
NO_TABLE = of_sqlite(sqlite3.SQLITE_ERROR, "no such table: measures_item")
UNDEFINED = failed(ProgrammingError, psycopg.errors.UndefinedColumn("column x does not exist"))


@pytest.mark.parametrize("error", [LOCKED, FULL, STOPPED, CLOSED])
def test_what_passes_is_told_from_a_mistake(error: Exception) -> None:
    assert is_passing(error)
    assert not is_behind(error)


@pytest.mark.parametrize("error", [MISTAKE, ValueError("x"), None])
def test_a_mistake_is_not_called_passing(error: Exception | None) -> None:
    assert not is_passing(error)
    assert not is_behind(error)


@pytest.mark.parametrize("error", [NO_TABLE, UNDEFINED])
def test_a_missing_table_or_column_is_known_as_such(error: Exception) -> None:
    assert is_behind(error)


@pytest.fixture
def break_saving(monkeypatch: pytest.MonkeyPatch) -> Callable[[Exception], None]:
    """Every change of an item fails with this error."""

    def breaking(error: Exception) -> None:
        def fail(*args: Any, **kwargs: Any) -> None:
            raise error

        monkeypatch.setattr(Item, "change", fail)

    return breaking


def client_of(user: User, sign_in: SignIn) -> Client:
    client = sign_in(user)
    client.raise_request_exception = False
    return client


@pytest.mark.parametrize("error", [LOCKED, FULL, STOPPED, CLOSED])
def test_what_was_typed_stands_on_the_page_and_can_be_sent_again(
    error: Exception, break_saving: Callable[[Exception], None], administrator: User, sign_in: SignIn
) -> None:
    break_saving(error)

    response = client_of(administrator, sign_in).post(ADDRESS, TYPED)

    page = response.content.decode()
    assert response.status_code == 503
    assert response["Retry-After"] == "5"
    assert "数据库正忙" in page
    assert "第一行\n&lt;b&gt;第二行&lt;/b&gt;</textarea>" in page
    assert '<input type="hidden" name="status" value="done">' in page
    assert f'action="{ADDRESS}"' in page
    assert "locked" not in page
    assert response["Content-Security-Policy"]


def test_sending_again_from_the_page_saves(
    administrator: User, checklist: Checklist, sign_in: SignIn
) -> None:
    client = client_of(administrator, sign_in)
    with pytest.MonkeyPatch.context() as broken:
        broken.setattr(Item, "change", lambda *args, **kwargs: (_ for _ in ()).throw(LOCKED))
        assert client.post(ADDRESS, TYPED).status_code == 503

    assert client.post(ADDRESS, TYPED).status_code == 302
    assert checklist.items.get(measure__code="1.1.1").notes == TYPED["notes"]


def test_a_mistake_of_ours_stays_a_500(
    break_saving: Callable[[Exception], None], administrator: User, sign_in: SignIn
) -> None:
    break_saving(MISTAKE)

    assert client_of(administrator, sign_in).post(ADDRESS, TYPED).status_code == 500


def test_a_page_that_cannot_be_read_offers_to_try_again(
    administrator: User, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = client_of(administrator, sign_in)

    with connection.execute_wrapper(lambda *args: (_ for _ in ()).throw(STOPPED)):
        response = client.get("/checklists/henan/")

    assert response.status_code == 503
    assert "重试" in response.content.decode()
    assert "<form" not in response.content.decode()


@pytest.mark.django_db
def test_a_password_is_never_given_back() -> None:
    client = Client(raise_request_exception=False)

    with connection.execute_wrapper(lambda *args: (_ for _ in ()).throw(STOPPED)):
        response = client.post("/sign-in/", {"username": "somebody", "password": PASSWORD})

    assert response.status_code == 503
    assert PASSWORD not in response.content.decode()
    assert "密码和文件不会留在此页" in response.content.decode()


@pytest.mark.parametrize("name", ["new_password1", "otp_token", "csrfmiddlewaretoken", "client_secret"])
def test_secrets_are_known_by_their_names(rf: RequestFactory, name: str) -> None:
    page = unavailable(rf.post("/anywhere/", {name: "never to be seen", "notes": "有字"})).content.decode()

    assert "never to be seen" not in page
    assert "有字" in page
    assert ("再次提交" in page) is (name == "csrfmiddlewaretoken"), "half a form must not be sent again"


@pytest.fixture
def asking_again() -> Iterator[None]:
    MatchingDatabase.matches = False
    yield
    MatchingDatabase.matches = True


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (release.Match(["measures.0009_more"], []), "尚未升级到本版本"),
        (release.Match([], ["measures.0099_later"]), "属于更新的版本"),
    ],
)
def test_no_page_is_served_on_a_database_of_another_release(
    found: release.Match, said: str, asking_again: None, monkeypatch: pytest.MonkeyPatch, client: Client
) -> None:
    monkeypatch.setattr(release, "match", lambda: found)

    response = client.get("/sign-in/")

    assert response.status_code == 503
    assert said in response.content.decode()


@pytest.mark.django_db
def test_once_it_matches_it_is_not_asked_again(
    asking_again: None, monkeypatch: pytest.MonkeyPatch, client: Client
) -> None:
    assert client.get("/sign-in/").status_code == 200

    monkeypatch.setattr(release, "match", lambda: pytest.fail("asked again"))
    assert client.get("/sign-in/").status_code == 200


@pytest.mark.django_db
def test_a_migration_that_this_release_does_not_know_is_named() -> None:
    assert release.unknown([("measures", "0001_first"), ("measures", "0099_later"), ("gone", "0001_x")]) == [
        "measures.0099_later"
    ]


def test_health_says_that_a_newer_release_made_the_database(
    db: None, monkeypatch: pytest.MonkeyPatch, client: Client
) -> None:
    monkeypatch.setattr(release, "match", lambda: release.Match([], ["measures.0099_later"]))

    response = client.get("/healthz")

    assert response.status_code == 503
    assert response.json()["migrations"] == "of a newer release"


def test_the_page_speaks_the_readers_language(rf: RequestFactory) -> None:
    request = rf.get("/", headers={"Accept-Language": "zh-Hant"})

    assert "數據庫正忙" in unavailable(request).content.decode()


def test_the_page_asks_nothing_of_the_database(rf: RequestFactory) -> None:
    request: WSGIRequest = rf.post("/checklists/henan/items/1.1.1/", {"notes": "已 办"})

    # No database is allowed in this test: a query would fail it.
    assert unavailable(request).status_code == 503


def test_healthz_says_that_the_database_cannot_be_written(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    if connection.vendor == "sqlite":
        monkeypatch.setattr("os.access", lambda path, mode: False)
    else:
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION READ ONLY")

    response = Client().get("/healthz")

    assert response.status_code == 503
    assert response.json()["database"].startswith("cannot be written")
