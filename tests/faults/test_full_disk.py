"""The disk is full: 503 in plain words with what was typed, nothing half, and all well once there is room."""

import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest

from tests.faults.conftest import ENGINE, fill
from tests.faults.disks import LONG_NOTES, fill_up, look_at, small_disk, take_room
from tests.faults.ledger import codes, hold_to, rows
from tests.faults.people import LIST, Answer, Notebook, Person
from tests.figures import Say
from tests.postgres import Server
from tests.serving import Site, make_site

PAGES_LEFT = 60
ROOM = 3_000_000  # bytes left on PostgreSQL's small disk
SEGMENT = 16 * 1024 * 1024  # bytes of its log that it takes at a time
FITTING = 10  # saves before its log grows

on_sqlite = pytest.mark.skipif(ENGINE != "sqlite", reason="SQLite's own")
on_postgresql = pytest.mark.skipif(ENGINE != "postgresql", reason="PostgreSQL's own")


def recover(site: Site, notebook: Notebook, found: tuple[Person, Answer, str, int], words: str) -> None:
    """There is room again: the same words are saved, by nothing but sending them again."""
    person, _answer, code, number = found
    notebook.note(code, words, person.save(code, 1, words))
    assert len(notebook.acknowledged) == number + 1
    hold_to(site, notebook)


@pytest.fixture
def small(tmp_path: Path, run_folder: Path) -> Iterator[tuple[Site, Path]]:
    """A site on SQLite on a tmpfs of 4 MB; the file that takes room away there."""
    with small_disk(tmp_path / "disk", 4) as disk:
        site = make_site(tmp_path, f"sqlite:///{disk}/db.sqlite3")
        fill(site, run_folder)
        ballast = disk / "ballast"
        ballast.write_bytes(b"x" * 1_000_000)
        yield site, ballast
        if site.server and site.server.poll() is None:
            site.kill()


@on_sqlite
def test_a_full_disk_refuses_in_words_and_recovers_by_itself(small: tuple[Site, Path], say: Say) -> None:
    site, ballast = small
    notebook = Notebook()
    found = fill_up(site, notebook)
    words = look_at(site, notebook, found)

    ballast.unlink()

    recover(site, notebook, found, words)
    say(
        f"{found[3]} saves fitted, the next was refused with its words; saved once there was room",
        full_disks=1,
    )


@on_sqlite
def test_a_full_quota_refuses_in_words_and_recovers_by_itself(site: Site, say: Say) -> None:
    used = rows(site, "PRAGMA page_count")[0][0]
    quota = site.folder / "pages"
    quota.write_text(str(used + PAGES_LEFT))
    site.environment["DJANGO_SETTINGS_MODULE"] = "tests.faults.small_disk"
    notebook = Notebook()
    found = fill_up(site, notebook)
    words = look_at(site, notebook, found)

    quota.write_text(str(used + 10 * PAGES_LEFT))

    recover(site, notebook, found, words)
    say(
        f"{found[3]} saves fitted, the next was refused with its words; saved once there was room",
        full_disks=1,
    )


@on_postgresql
def test_a_full_disk_of_postgresqls_tables_refuses_in_words_and_recovers_by_itself(
    postgres: Server, tmp_path: Path, run_folder: Path, say: Say
) -> None:
    # Its own user must get there.
    with small_disk(postgres.folder / "disk", 64) as disk:
        tables = disk / "tables"
        tables.mkdir()
        postgres.give(tables)
        with psycopg.connect(postgres.address("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE TABLESPACE small LOCATION '{tables}'")
            connection.execute("CREATE DATABASE taizhang TABLESPACE small")
        site = make_site(tmp_path, postgres.address())
        fill(site, run_folder)
        ballast = take_room(disk, leaving=ROOM)
        notebook = Notebook()
        try:
            found = fill_up(site, notebook)
            words = look_at(site, notebook, found)

            ballast.unlink()

            recover(site, notebook, found, words)
        finally:
            site.kill()
            postgres.stop()
    say(
        f"{found[3]} saves fitted, the next was refused with its words; saved once there was room",
        full_disks=1,
    )


@on_postgresql
def test_a_full_disk_of_postgresqls_log_stops_it_and_loses_nothing(
    site: Site, postgres: Server, say: Say
) -> None:
    """Without room for its log PostgreSQL ends; whatever starts it again is all that is needed."""
    log = postgres.folder / "data" / "pg_wal"
    postgres.stop()
    log.rename(postgres.folder / "old_log")
    with small_disk(log, 80) as disk:
        subprocess.run(["cp", "-a", f"{postgres.folder}/old_log/.", str(disk)], check=True)
        postgres.give(disk)
        postgres.start()
        ballast = take_room(disk, leaving=SEGMENT // 2)
        notebook, every = Notebook(), codes(site)
        site.start()
        person = Person(site, "person0").sign_in()
        try:
            for number, code in enumerate(every):
                if number >= FITTING:
                    with suppress(psycopg.Error):
                        rows(site, "SELECT pg_switch_wal()")
                words = f"{code} {LONG_NOTES}"
                notebook.note(code, words, answer := person.save(code, 1, words))
                if answer.status != 302:
                    break
            assert answer.status == 503
            assert words in answer.body
            assert len(notebook.acknowledged) >= FITTING
            health = site.get("/healthz")[0].status

            ballast.unlink()
            postgres.stop()
            postgres.start()

            back = time.monotonic()
            while person.ask("GET", LIST).status != 200:
                assert time.monotonic() - back < 60
            recovered = time.monotonic() - back
            saved = len(notebook.acknowledged)
            notebook.note(code, words, person.save(code, 1, words))
            assert len(notebook.acknowledged) == saved + 1
            hold_to(site, notebook)
        finally:
            site.kill()
            postgres.stop()
    say(
        f"{saved} saves fitted; then /healthz {health}; well {recovered:.1f} s after its start with room",
        full_disks=1,
        seconds_after_restart=recovered,
    )
