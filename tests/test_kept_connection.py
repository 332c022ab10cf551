"""On SQLite a connection is kept from one request to the next, unless that could do harm."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest
from django.db import OperationalError, close_old_connections, connection
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse

from measures.database.kept import keep_connection

pytestmark = [pytest.mark.any_engine, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def no_connection_before(no_request_before: None) -> None:
    connection.close()


def answer(response: HttpResponseBase, statement: str = "SELECT 1") -> object:
    """Serve a request that sends this statement; return the connection that it used."""

    def get_response(request: HttpRequest) -> HttpResponseBase:
        with suppress(OperationalError), connection.cursor() as cursor:
            cursor.execute(statement)
        return response

    keep_connection(get_response)(HttpRequest())
    used = connection.connection
    close_old_connections()  # as Django does when the answer has been sent
    return used


def test_the_next_request_uses_the_same_connection() -> None:
    assert answer(HttpResponse()) is answer(HttpResponse(status=404)) is connection.connection


@pytest.mark.parametrize("response", [HttpResponse(status=500), StreamingHttpResponse(iter(()))])
def test_what_may_have_left_a_query_unfinished_closes_it(response: HttpResponseBase) -> None:
    answer(response)

    assert connection.connection is None


def test_an_error_of_the_database_closes_it_though_the_page_was_shown() -> None:
    answer(HttpResponse(), "SELECT 1 FROM there_is_no_such_table")

    assert connection.connection is None


@pytest.fixture
def database() -> Iterator[Path]:
    """The file of the tests, which is put back."""
    live = Path(str(connection.settings_dict["NAME"]))
    aside = live.with_suffix(".aside")
    live.rename(aside)
    shutil.copy(aside, live)
    yield live
    connection.close()
    aside.replace(live)


def test_a_file_put_in_the_place_of_the_database_is_used_at_once(database: Path) -> None:
    answer(HttpResponse())
    other = Path(shutil.copy(database, database.with_suffix(".other")))
    with closing(sqlite3.connect(other)) as changed, changed:
        changed.execute("CREATE TABLE only_in_the_other (id)")

    other.replace(database)
    answer(HttpResponse())

    assert "only_in_the_other" in connection.introspection.table_names()
