"""Settings: a bad value stops the start and names itself, and each engine is opened as it must be."""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import ConnectionHandler

from config.databases import journal_mode, with_engine_options
from config.env import env_bool, env_choice, env_database, env_int, env_list, env_secret

ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize(("written", "meant"), [("1", True), ("off", False), (" Yes ", True), ("", True)])
def test_a_switch_is_read(monkeypatch: pytest.MonkeyPatch, written: str, meant: bool) -> None:
    monkeypatch.setenv("HTTPS", written)

    assert env_bool("HTTPS", True) is meant


@pytest.mark.parametrize(
    ("read", "bad"),
    [
        (lambda: env_bool("SETTING", False), "maybe"),
        (lambda: env_int("SETTING", 8), "eight"),
        (lambda: env_int("SETTING", 8), "-1"),
        (lambda: env_int("SETTING", 8, least=1), "0"),
        (lambda: env_choice("SETTING", "zh-hans", ["zh-hans", "en"]), "fr"),
        (lambda: env_database("SETTING", "sqlite:///x"), "mysql://root@localhost/x"),
        (lambda: env_database("SETTING", "sqlite:///x"), "nonsense://x"),
    ],
)
def test_a_bad_value_is_refused_by_name(
    monkeypatch: pytest.MonkeyPatch, read: Callable[[], Any], bad: str
) -> None:
    monkeypatch.setenv("SETTING", bad)

    with pytest.raises(ImproperlyConfigured, match="SETTING"):
        read()


def test_a_list_drops_what_is_empty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALLOWED_HOSTS", " a.example , ,b.example,")

    assert env_list("ALLOWED_HOSTS", []) == ["a.example", "b.example"]


def test_a_secret_comes_from_the_environment_or_a_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    default, named = tmp_path / "default", tmp_path / "named"
    assert env_secret("KEY", default) == ""
    default.write_text("d" * 50)
    assert env_secret("KEY", default) == "d" * 50
    named.write_text("n" * 50 + "\n")
    monkeypatch.setenv("KEY_FILE", str(named))
    assert env_secret("KEY", default) == "n" * 50
    monkeypatch.setenv("KEY", "e" * 50)
    assert env_secret("KEY", default) == "e" * 50


@pytest.mark.parametrize(
    "short",
    ["guess", "guess-" * 8, "guess" + " " * 60, " " * 60],
    ids=["one word", "48 characters", "padded", "blank"],
)
@pytest.mark.parametrize("source", ["KEY", "KEY_FILE", "default"])
def test_a_short_secret_is_refused_by_name_and_never_shown(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, source: str, short: str
) -> None:
    (tmp_path / "key").write_text(short)
    given = {"KEY": short, "KEY_FILE": str(tmp_path / "key")}
    if source in given:
        monkeypatch.setenv(source, given[source])

    with pytest.raises(ImproperlyConfigured, match=r"KEY.* are too few\. Write 50 random") as refused:
        env_secret("KEY", tmp_path / "key")

    assert "guess" not in str(refused.value)
    assert source == "default" or source in str(refused.value)


@pytest.mark.parametrize("content", [None, b"\xff" * 60], ids=["missing", "not text"])
def test_a_secret_file_that_cannot_be_read_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: bytes | None
) -> None:
    if content:
        (tmp_path / "unreadable").write_bytes(content)
    monkeypatch.setenv("KEY_FILE", str(tmp_path / "unreadable"))

    with pytest.raises(ImproperlyConfigured, match=r"KEY_FILE=.*unreadable"):
        env_secret("KEY", tmp_path / "default")


def start_with(folder: Path, **environment: str) -> str:
    """What a start with these settings says before it fails; an AssertionError where it doesn't fail."""
    given = {"DATABASE_URL": f"sqlite:///{folder}/db.sqlite3"} | environment
    done = start(folder, {name: value for name, value in given.items() if value})
    assert done.returncode != 0
    return done.stderr


def start(folder: Path, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "import config.settings"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "DATA_DIR": str(folder)} | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_no_start_without_a_secret_key(tmp_path: Path) -> None:
    assert "SECRET_KEY is not set" in start_with(tmp_path)


def test_no_start_with_a_short_secret_key(tmp_path: Path) -> None:
    said = start_with(tmp_path, SECRET_KEY="k" * 49)

    assert "SECRET_KEY: 49 characters are too few" in said
    assert "k" * 49 not in said


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("AUDIT_DAYS", "182"),
        ("BACKUP_KEY", "x" * 49),
        ("DEBUG", "maybe"),
        ("METRICS_ALLOW", "10.0.0.7/24"),
        ("HSTS_SECONDS", "a year"),
        ("LANGUAGE_CODE", "fr"),
        ("DATABASE_URL", "oracle://x"),
    ],
)
def test_no_start_with_a_bad_setting(tmp_path: Path, name: str, value: str) -> None:
    said = start_with(tmp_path, SECRET_KEY="x" * 60, **{name: value})

    assert "ImproperlyConfigured" in said
    assert name in said


def test_production_never_starts_with_a_new_database_that_nobody_named(tmp_path: Path) -> None:
    said = start_with(tmp_path, SECRET_KEY="x" * 60, DATABASE_URL="")

    assert f"DATABASE_URL is not set, and there is no {tmp_path / 'db.sqlite3'}" in said
    assert not list(tmp_path.iterdir())


def test_a_database_in_the_data_folder_needs_no_setting(tmp_path: Path) -> None:
    (tmp_path / "db.sqlite3").touch()

    assert start(tmp_path, {"SECRET_KEY": "x" * 60}).returncode == 0


@pytest.mark.parametrize(
    "url",
    [
        "postgres://taizhang:se#cret@host/name",
        "postgres://taizhang:se?cret@host/name",
        "postgres://taizhang:se/cret@host/name",
        "postgres://taizhang:secret@host/",
        "sqlite:////var/lib/tai#zhang/db.sqlite3",
        "sqlite://db.sqlite3",
    ],
)
def test_an_address_that_was_cut_off_is_refused_in_words(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("DATABASE_URL", url)

    with pytest.raises(ImproperlyConfigured, match=r"DATABASE_URL.* write # as %23") as refused:
        env_database("DATABASE_URL", "")

    assert "cret" not in str(refused.value)


@pytest.mark.parametrize("password", ["a&b", "a$b", "a=b c", "a%23b%3Fc%2Fd%40e%25"])
def test_a_password_with_odd_characters_works(monkeypatch: pytest.MonkeyPatch, password: str) -> None:
    monkeypatch.setenv("DATABASE_URL", f"postgres://taizhang:{password}@host/name")

    read = env_database("DATABASE_URL", "")

    assert (read["PASSWORD"], read["HOST"]) == (unquote(password), "host")


@pytest.mark.parametrize(
    ("version", "mode"),
    [
        ((3, 40, 1), "DELETE"),
        ((3, 44, 5), "DELETE"),
        ((3, 44, 6), "WAL"),
        ((3, 45, 0), "DELETE"),
        ((3, 50, 6), "DELETE"),
        ((3, 50, 7), "WAL"),
        ((3, 51, 2), "DELETE"),
        ((3, 51, 3), "WAL"),
        ((3, 52, 0), "WAL"),
        ((4, 0, 0), "WAL"),
    ],
)
def test_wal_only_where_its_reset_defect_is_repaired(version: tuple[int, ...], mode: str) -> None:
    assert journal_mode(version) == mode


@pytest.fixture
def sqlite(tmp_path: Path, db: None) -> BaseDatabaseWrapper:
    """A connection to a separate file, opened as the app does, whichever engine the tests use."""
    parsed = with_engine_options(env_database("NOT_SET", f"sqlite:///{tmp_path}/db.sqlite3"))
    connection = ConnectionHandler({"default": parsed})["default"]
    connection.ensure_connection()
    return connection


def pragma(connection: BaseDatabaseWrapper, name: str) -> Any:
    with connection.cursor() as cursor:
        return cursor.execute(f"PRAGMA {name}").fetchone()[0]


def test_sqlite_is_opened_so_that_no_write_is_lost(sqlite: BaseDatabaseWrapper) -> None:
    full, milliseconds = 2, 20_000

    assert pragma(sqlite, "synchronous") == full
    assert pragma(sqlite, "journal_mode").upper() == journal_mode()
    assert pragma(sqlite, "foreign_keys") == 1
    assert pragma(sqlite, "busy_timeout") == milliseconds
    sqlite.close()


def test_a_transaction_on_sqlite_locks_out_other_writers_from_its_start(
    sqlite: BaseDatabaseWrapper, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = sqlite3.connect(sqlite.settings_dict["NAME"], timeout=0, isolation_level=None)
    sqlite.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)

    with pytest.raises(sqlite3.OperationalError, match="locked"):
        other.execute("BEGIN IMMEDIATE")

    sqlite.rollback()
    other.execute("BEGIN IMMEDIATE")
    other.close()
    sqlite.close()


def test_postgresql_has_a_pool_and_django_keeps_no_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_POOL_SIZE", "3")

    parsed = with_engine_options(env_database("NOT_SET", "postgres://user@host/name"))

    assert parsed["OPTIONS"]["pool"]["max_size"] == 3
    assert parsed["CONN_MAX_AGE"] == 0


@pytest.mark.parametrize(
    ("asked", "wanted"),
    [("", "-c jit=off"), ("?options=-c%20jit%3Don", "-c jit=off -c jit=on")],
)
def test_postgresql_compiles_no_query_unless_its_address_says_so(
    monkeypatch: pytest.MonkeyPatch, asked: str, wanted: str
) -> None:
    """Compiling the query of a report takes seconds, and running it a moment."""
    monkeypatch.setenv("DATABASE_URL", f"postgres://user@host/name{asked}")

    parsed = with_engine_options(env_database("DATABASE_URL", ""))

    assert parsed["OPTIONS"]["options"] == wanted
