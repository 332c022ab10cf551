"""The database of the first release, with its annotations, under the newest code; and not yet migrated."""

import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from django.db.backends.sqlite3._functions import register

from tests.faults.conftest import ENGINE, empty_site, static_files
from tests.faults.ledger import hold_to, rows
from tests.faults.people import Notebook
from tests.figures import Say
from tests.serving import ROOT, Site

DUMP = ROOT / "tests" / "data" / f"first_release.{ENGINE}.sql"
TABLES = {
    "measures_item": "id, checklist_id, measure_id, version, status, owner_id, due, notes, updated_at",
    "measures_update": "id, item_id, status, owner_id, due, notes, reason, by_id, by_name, at, via, batch_id",
    "measures_batch": "id, checklist_id, via, by_id, by_name, at, reason, undoes_id",
    "measures_owner": "id, checklist_id, name",
    "measures_membership": "id, user_id, checklist_id, role, owner_id",
    "measures_checklist": "id, slug, name, path, parent_id, due_soon_days, silence_days",
}

OLD_CODE = "argon2$argon2id$v=19$m=102400,t=2,p=8$c2FsdA$aGFzaA"


@pytest.fixture
def first_release(tmp_path: Path, run_folder: Path, request: pytest.FixtureRequest) -> Iterator[Site]:
    """A site whose database the first release left: nine updates, a batch among them."""
    site = empty_site(tmp_path, request)
    (site.folder / "static").symlink_to(static_files(run_folder))
    script = DUMP.read_text(encoding="utf-8")
    address = site.environment["DATABASE_URL"]
    if ENGINE == "postgresql":
        with psycopg.connect(address) as database:
            database.execute(script)
    else:
        with closing(sqlite3.connect(address.removeprefix("sqlite:///"))) as database:
            register(database)
            database.executescript(script)
    yield site
    site.stop()


def everything(site: Site) -> dict[str, list[Any]]:
    return {table: rows(site, f"SELECT {names} FROM {table} ORDER BY id") for table, names in TABLES.items()}


def leave_secrets(site: Site) -> None:
    """A session and a recovery code, as they were kept before 0017."""
    [(user,)] = rows(site, "SELECT min(id) FROM auth_user")
    names = (
        "session_key, session_data, expire_date, public_id, user_id, started_at, seen_at, address, browser"
    )
    day = "'2099-01-01 00:00:00'"
    values = f"'a-raw-key', '', {day}, '{uuid4().hex}', {user}, {day}, {day}, '', ''"
    rows(site, f"INSERT INTO measures_session ({names}) VALUES ({values}) RETURNING session_key")
    code = f"INSERT INTO measures_recoverycode (user_id, code) VALUES ({user}, '{OLD_CODE}') RETURNING id"
    rows(site, code)


def released() -> list[str]:
    """The tag of each release that this code comes from, the oldest first; none outside a repository."""
    if not shutil.which("git"):
        return []
    command = ["git", "tag", "--list", "v*", "--merged", "HEAD", "--sort", "creatordate"]
    return subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True).stdout.split()


@pytest.mark.parametrize("tag", released())
def test_an_upgrade_from_each_release_keeps_what_it_held(
    tag: str, tmp_path: Path, run_folder: Path, request: pytest.FixtureRequest
) -> None:
    code = tmp_path / "code"
    code.mkdir()
    archive = subprocess.run(["git", "archive", tag], cwd=ROOT, check=True, capture_output=True).stdout
    subprocess.run(["tar", "--extract"], cwd=code, input=archive, check=True)
    site = empty_site(tmp_path, request)
    (site.folder / "static").symlink_to(static_files(run_folder))
    for command in ("migrate", "set_up"):
        subprocess.run([sys.executable, "manage.py", command], cwd=code, env=site.environment, check=True)
    before = everything(site)

    site.manage("migrate")

    assert before["measures_item"]
    assert everything(site) == before
    assert said_of_the_schema(site) == []


def test_an_upgrade_keeps_every_annotation_of_the_first_release(first_release: Site, say: Say) -> None:
    before = everything(first_release)
    assert said_of_the_schema(first_release) == []
    first_release.manage("migrate", "measures", "0016")
    leave_secrets(first_release)

    first_release.manage("migrate")

    # An upgraded database is what a fresh one is.
    assert said_of_the_schema(first_release) == []
    assert everything(first_release) == before
    assert len(before["measures_update"]) == 9
    assert rows(first_release, "SELECT session_key FROM measures_session") == []
    assert [code for (code,) in rows(first_release, "SELECT code FROM measures_recoverycode")] == [OLD_CODE]
    rules = rows(first_release, "SELECT DISTINCT signs_off, extends_by_request FROM measures_checklist")
    assert [tuple(map(bool, kept)) for kept in rules] == [(False, False)]
    hold_to(first_release, Notebook(), {"bulk": 3})
    assert "郑州：=1+1" in {row[7] for row in before["measures_item"]}
    with pytest.raises((sqlite3.DatabaseError, psycopg.DatabaseError), match="append-only"):
        rows(first_release, "DELETE FROM measures_update")
    first_release.start()
    assert first_release.get("/healthz")[0].status == 200
    say(f"{len(before['measures_update'])} updates of {len(before['measures_item'])} items kept")


def said_of_the_schema(site: Site) -> list[str]:
    """What the check of the database says of its schema; nothing before it is migrated."""
    done = subprocess.run(
        [sys.executable, "manage.py", "check", "--database", "default"],
        cwd=ROOT,
        env=site.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    return [line for line in done.stderr.splitlines() if re.search(r"measures\.[EW]01\d", line)]


def test_until_it_is_migrated_every_page_says_so_and_serves_nothing(first_release: Site) -> None:
    first_release.start()

    health, said = first_release.get("/healthz")
    answer, page = first_release.get("/sign-in/", X_Forwarded_Proto="https")

    assert (health.status, answer.status) == (503, 503)
    assert "not applied" in said
    assert "数据库尚未升级到本版本" in page
    assert "manage.py migrate" in page

    first_release.manage("migrate")
    assert first_release.get("/sign-in/", X_Forwarded_Proto="https")[0].status == 200
