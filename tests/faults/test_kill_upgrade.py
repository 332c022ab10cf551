"""kill -9 amid the move of checklists to another edition, or its undoing: started again, it ends the same."""

import random
import re
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import closing, suppress

import psycopg
import pytest

from tests.faults.conftest import ENGINE
from tests.faults.content import Content, content, without_the_journal
from tests.faults.ledger import is_written_to, rows
from tests.faults.people import GONE, Person
from tests.figures import Say
from tests.proofs import SOAK, share
from tests.serving import ROOT, Site

KILLS = share(30, least=1)
PAGE = "/checklists/henan/upgrade/"
SEEN = re.compile(r'name="seen" value="(\w+)"')
MOVE = [sys.executable, "manage.py", "upgrade_checklists", "henan", "second", "--by", "person0"]
EDITION = (
    "SELECT k.slug FROM measures_checklist c JOIN measures_catalogue k ON k.id = c.catalogue_id "
    "ORDER BY c.path"
)


@pytest.fixture
def prepared(site: Site) -> Site:
    """Three checklists with work in them, and the mapping to a second edition."""
    command = [sys.executable, "-m", "tests.faults.upgrade_world"]
    subprocess.run(command, cwd=ROOT, env=site.environment, check=True)
    return site


def keep(site: Site, name: str) -> None:
    """A copy of the database, to which `put_back` goes back. Nobody uses either meanwhile."""
    copy_database(site, "taizhang", name)


def put_back(site: Site, name: str) -> None:
    copy_database(site, name, "taizhang")


def copy_database(site: Site, source: str, target: str) -> None:
    address = site.environment["DATABASE_URL"]
    if ENGINE == "postgresql":
        server = address.replace("/taizhang", "/postgres")
        with psycopg.connect(server, autocommit=True) as database:
            database.execute(f"DROP DATABASE IF EXISTS {target} WITH (FORCE)".encode())
            database.execute(f"CREATE DATABASE {target} TEMPLATE {source}".encode())
        return
    live = address.removeprefix("sqlite:///")
    paths = [live if name == "taizhang" else f"{live}.{name}" for name in (source, target)]
    with closing(sqlite3.connect(paths[0])) as one, closing(sqlite3.connect(paths[1])) as other:
        one.backup(other)


def until_written_to(site: Site, is_over: "threading.Event | subprocess.Popen[bytes]") -> None:
    def over() -> bool:
        return is_over.is_set() if isinstance(is_over, threading.Event) else is_over.poll() is not None

    while not over() and not is_written_to(site):
        time.sleep(0.002)


def test_a_killed_move_of_a_tree_ends_as_if_nobody_had_killed_it(
    prepared: Site, say: Say, chance: random.Random
) -> None:
    site = prepared
    keep(site, "base")
    base = content(site)
    moving = subprocess.Popen(MOVE, cwd=ROOT, env=site.environment)
    until_written_to(site, moving)
    lasts = -time.monotonic()
    assert moving.wait() == 0
    lasts += time.monotonic()
    wanted = content(site, base)
    assert wanted != base
    ended: Counter[int] = Counter()
    for _kill in range(KILLS):
        put_back(site, "base")
        moving = subprocess.Popen(MOVE, cwd=ROOT, env=site.environment)
        until_written_to(site, moving)
        time.sleep(chance.uniform(0.0, 0.9) * lasts)
        moving.kill()
        moving.wait()
        ended[sum(slug == "second" for (slug,) in rows(site, EDITION))] += 1

        subprocess.run(MOVE, cwd=ROOT, env=site.environment, check=True, stdout=subprocess.DEVNULL)

        compare(content(site, base), wanted)
    say(f"{KILLS} kills amid moving 3 checklists to another edition; moved by then: {dict(ended)}; 0 differ")


def compare(there: Content, wanted: Content) -> None:
    for table, lines in wanted.items():
        pairs = zip(there[table], lines, strict=False)
        differs = next(((one, other) for one, other in pairs if one != other), None)
        assert differs is None, (table, set(differs[0].items()) ^ set(differs[1].items()))
        assert len(there[table]) == len(lines), table


def do(person: Person, act: str) -> None:
    """Move the checklist by its page, or undo the move."""
    page = person.ask("GET", f"{PAGE}?to=second")
    seen = SEEN.search(page.body)
    sent = {"act": act} | ({"to": "second", "seen": seen[1]} if seen else {})
    assert person.ask("POST", PAGE, sent).status == 302


def try_it(person: Person, act: str, done: threading.Event) -> None:
    with suppress(*GONE):
        do(person, act)
    done.set()


@pytest.mark.skipif(not SOAK, reason="starts a server twice for each kill: in `make soak`")
def test_a_killed_server_moves_and_undoes_whole_checklists_or_none(
    prepared: Site, say: Say, chance: random.Random
) -> None:
    site, kept = prepared, {"upgrade": "base", "undo": "moved"}
    site.start()
    person = Person(site, "person0").sign_in()
    site.stop()
    keep(site, "base")
    before = content(site)
    wanted: dict[str, Content] = {}
    lasts: dict[str, float] = {}
    for act, then in (("upgrade", "moved"), ("undo", "undone")):
        site.start()
        began = time.monotonic()
        do(person, act)
        lasts[act] = time.monotonic() - began
        site.stop()
        keep(site, then)
        wanted[act] = content(site, before)
    compare(without_the_journal(wanted["undo"], before), without_the_journal(before, before))
    cut: Counter[str] = Counter()
    for kill in range(KILLS):
        act = ("undo", "upgrade")[kill % 2]
        put_back(site, kept[act])
        site.start()
        done = threading.Event()
        thread = threading.Thread(target=try_it, args=(person, act, done), daemon=True)
        thread.start()
        until_written_to(site, done)
        time.sleep(chance.uniform(0.0, 0.5) * lasts[act])
        site.kill()
        thread.join(timeout=60)
        is_moved = rows(site, EDITION)[0] == ("second",)
        if is_moved == (act == "undo"):
            cut[act] += 1
            site.start()
            do(person, act)
            site.stop()
        compare(content(site, before), wanted[act])
    say(f"{KILLS} kills amid moving a checklist by its page and undoing it: {dict(cut)} cut off; 0 differ")
    assert sum(cut.values()) > KILLS / 4
