"""Moving a whole site from one engine to the other and back: every row, key, hash and trigger."""

import fcntl
import os
from pathlib import Path
from typing import Any
from unittest import mock

import psycopg
import pytest
from django.contrib.auth.models import Group
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, connections
from pytest_django import Settings

from config.databases import database_at
from measures.choices import Audited, Role
from measures.database import moving, schema
from measures.database.backups.contents import Contents
from measures.management.commands.move_database import TARGET, reachable
from measures.models import AuditRecord
from measures.models.audit import verify_chain
from tests import postgres
from tests.demos import ready_demo
from tests.make import change, find_item, make_checklist, make_user

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def data_folder(settings: Settings, tmp_path: Path) -> Path:
    settings.DATA_DIR = tmp_path
    return tmp_path


@pytest.fixture(scope="module")
def server() -> str:
    """The address of a PostgreSQL server's database postgres."""
    if os.environ.get("TAIZHANG_TEST_ENGINE") == "postgresql":
        address = os.environ["DATABASE_URL"]
    else:
        try:
            address = postgres.start()
        except postgres.NoPostgresError as error:
            pytest.skip(str(error))
    return address.rpartition("/")[0] + "/postgres"


@pytest.fixture
def on_postgresql(server: str) -> str:
    """The address of an empty database on it."""
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute("DROP DATABASE IF EXISTS moved WITH (FORCE)")
        admin.execute("CREATE DATABASE moved ENCODING 'UTF8' TEMPLATE template0")
    return server.removesuffix("postgres") + "moved"


@pytest.fixture
def there(on_postgresql: str, tmp_path: Path) -> str:
    """The address of an empty database of the other engine than the tests'."""
    return on_postgresql if connection.vendor == "sqlite" else f"sqlite:///{tmp_path}/moved.sqlite3"


def look_into(address: str, look: Any) -> Any:
    """What `look` finds in the database at this address, given its alias."""
    with reachable(database_at("there", address)):
        return look(TARGET)


def move_between(source: str, target: str) -> None:
    """Move from one address to another; the command moves from the site's own database."""
    with reachable(database_at("source", source)):
        connections["source"] = connections[TARGET]
        connections["source"].alias = "source"
        with reachable(database_at("target", target)):
            moving.move("source", TARGET)
        connections[TARGET] = connections["source"]
        del connections["source"]


def without_trail(contents: Contents) -> Contents:
    """All but the audit trail, to which a move adds a record."""
    return {table: found for table, found in contents.items() if table != "measures_auditrecord"}


@pytest.mark.skipif(connection.vendor != "sqlite", reason="there and back is the same from the other side")
def test_the_demo_moves_to_the_other_engine_and_back(there: str, run_folder: Path, tmp_path: Path) -> None:
    ready_demo(run_folder)
    before: Contents = moving.contents_of("default")
    head = verify_chain().head

    call_command("move_database", to=there)

    assert before == moving.contents_of("default")
    assert without_trail(look_into(there, moving.contents_of)) == without_trail(before)
    assert before["measures_update"]["rows"] > 100
    record = look_into(there, lambda alias: AuditRecord.objects.using(alias).latest("pk"))
    assert (record.action, record.about, record.previous) == (
        Audited.RESTORED,
        "move_database: sqlite → postgresql",
        head,
    )
    back = f"sqlite:///{tmp_path}/back.sqlite3"
    move_between(there, back)
    assert look_into(back, moving.contents_of) == look_into(there, moving.contents_of)


def test_the_moved_database_guards_its_journal_and_goes_on_counting(there: str) -> None:
    checklist = make_checklist()
    change(find_item(checklist), by=make_user("editor", checklist, Role.ADMINISTRATOR), notes="已办")
    last = [Group.objects.create(name=name).pk for name in ("a", "b")][-1]

    call_command("move_database", to=there)

    def go_on(alias: str) -> None:
        with pytest.raises(DatabaseError, match="append-only"), connections[alias].cursor() as cursor:
            cursor.execute("DELETE FROM measures_update")
        assert Group.objects.using(alias).create(name="c").pk == last + 1
        assert schema.schema_differences(alias) == []

    look_into(there, go_on)


def test_a_move_that_was_broken_off_leaves_nothing_and_can_be_started_again(there: str) -> None:
    make_checklist()
    before = moving.contents_of("default")
    real, seen = moving.stored, []

    def fail_half_way(*arguments: Any) -> list[Any]:
        seen.append(1)
        if len(seen) > 15:
            raise OSError("the power failed")
        return real(*arguments)

    with mock.patch("measures.database.moving.stored", fail_half_way), pytest.raises(CommandError):
        call_command("move_database", to=there)
    assert moving.contents_of("default") == before

    call_command("move_database", to=there)

    assert without_trail(look_into(there, moving.contents_of)) == without_trail(before)


def test_nothing_is_moved_over_another_database(there: str, tmp_path: Path) -> None:
    if connection.vendor == "sqlite":
        look_into(there, lambda alias: connections[alias].cursor().execute("CREATE TABLE somebodys (id int)"))
    else:
        (tmp_path / "moved.sqlite3").touch()

    with pytest.raises(CommandError, match=r"is not empty|is there already"):
        call_command("move_database", to=there)


def test_nothing_is_moved_below_a_running_site(there: str, tmp_path: Path) -> None:
    with (tmp_path / "serving.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_SH)

        with pytest.raises(CommandError, match="The site is running"):
            call_command("move_database", to=there)


def test_an_address_that_is_none_is_refused_without_its_password() -> None:
    with pytest.raises(CommandError, match="--to: Write sqlite") as refused:
        call_command("move_database", to="postgres://u:sec#ret@h/n")

    assert "ret@h" not in str(refused.value)


def test_the_tables_of_somebody_else_are_named_and_left() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # on SQLite, this makes a table of statistics that is nobody's
        cursor.execute("CREATE TABLE of_a_report (id integer)")
        try:
            assert moving.left_out("default") == ["of_a_report"]
        finally:
            cursor.execute("DROP TABLE of_a_report")
