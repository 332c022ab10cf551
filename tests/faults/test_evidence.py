"""Evidence where the disk is full or the server is killed: no row without its file, no file half there."""

import hashlib
import os
import random
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.conftest import crowd
from tests.faults.disks import small_disk, take_room
from tests.faults.ledger import codes, hold_to, rows
from tests.faults.people import GONE, LIST, Answer, Notebook, Person
from tests.faults.test_kill_loop import PREPARE
from tests.figures import Say
from tests.proofs import share
from tests.serving import Site
from tests.threads import at_work

KILLS = share(40, least=2)
SIZE = 1_000_000  # bytes of a file
LONG_AGO = 3 * 24 * 3600  # seconds: what no row names is then deleted


def send(person: Person, code: str, content: bytes, **fields: str) -> Answer:
    file = ("情况说明.txt", "text/plain", content)
    return person.ask("POST", f"{LIST}{code}/evidence/", fields, files={"file": file})


def some_text(chance: random.Random, size: int = SIZE) -> bytes:
    return (f"{chance.getrandbits(60):x} " * (size // 16 + 1)).encode()[:size]


def stored(folder: Path) -> dict[str, Path]:
    return {path.name: path for path in folder.rglob("*") if path.is_file()}


def hold_evidence_to(site: Site, folder: Path, acknowledged: set[str]) -> None:
    """Every row has its file, whole, and every upload that was acknowledged has its row."""
    hold_to(site, Notebook())
    named = {sha256 for (sha256,) in rows(site, "SELECT sha256 FROM measures_evidence")}
    there = stored(folder)
    assert acknowledged <= named
    assert named <= set(there)
    for name, path in there.items():
        if not name.endswith(".part"):
            assert hashlib.sha256(path.read_bytes()).hexdigest() == name


@pytest.fixture
def evidence_disk(site: Site, tmp_path: Path) -> Iterator[Path]:
    """Where the site keeps evidence: a disk of 4 MB."""
    with small_disk(tmp_path / "small", 4) as disk:
        site.environment["EVIDENCE_DIR"] = str(disk)
        site.manage("shell", "--no-imports", "-c", PREPARE)
        yield disk
        if site.is_running:
            site.kill()


def test_a_full_disk_refuses_evidence_in_words_and_keeps_what_was_typed(
    site: Site, evidence_disk: Path, chance: random.Random
) -> None:
    site.start()
    person, code, content = Person(site, "person0").sign_in(), codes(site)[0], some_text(chance)
    ballast = take_room(evidence_disk, leaving=SIZE // 2)

    answer = send(person, code, content)

    assert answer.status == 503
    assert "磁盘已满" in answer.body
    assert rows(site, "SELECT id FROM measures_evidence") == []
    assert set(stored(evidence_disk)) == {"ballast"}
    # A link needs no room; what was typed with a file that finds none is in the form again.
    sent = send(person, code, content, link="")
    assert sent.status == 503
    entry = {"entry-progress": "盘满时照常填报"}
    assert person.ask("POST", f"{LIST}{code}/entries/", entry).status == 302
    ((key,),) = rows(site, "SELECT id FROM measures_entry")
    answer = send(person, code, content, entry=str(key))
    assert f'<option value="{key}" selected>' in answer.body

    ballast.unlink()

    assert send(person, code, content, entry=str(key)).status == 302
    hold_evidence_to(site, evidence_disk, {hashlib.sha256(content).hexdigest()})


def test_killed_servers_leave_no_evidence_half_stored(
    site: Site, say: Say, chance: random.Random, tmp_path: Path
) -> None:
    folder = tmp_path / "evidence"
    site.environment["EVIDENCE_DIR"] = str(folder)
    site.manage("shell", "--no-imports", "-c", PREPARE)
    every, people, cut = codes(site), list[Person](), 0
    acknowledged: set[str] = set()

    def keep_sending(person: Person, chance: random.Random, stop: threading.Event) -> None:
        nonlocal cut
        while not stop.is_set():
            content = some_text(chance)
            try:
                answer = send(person, chance.choice(every), content)
            except GONE as error:
                cut += not isinstance(error, ConnectionRefusedError)
                time.sleep(0.02)
                continue
            assert answer.status in (302, 422, 429), answer.status
            if answer.status == 302:
                acknowledged.add(hashlib.sha256(content).hexdigest())

    for _kill in range(KILLS):
        # Each person may send thirty files in five minutes.
        rows(site, "DELETE FROM measures_use RETURNING id")
        site.start()
        people = people or crowd(site)[:4]
        stop, before = threading.Event(), len(acknowledged)
        threads = [
            threading.Thread(target=keep_sending, args=(person, random.Random(chance.random()), stop))
            for person in people
        ]
        with at_work(threads, stop):
            until = time.monotonic() + 60
            while len(acknowledged) == before and time.monotonic() < until:
                time.sleep(0.01)
            time.sleep(chance.uniform(0.0, 0.2))
            site.kill()
        hold_evidence_to(site, folder, acknowledged)

    left = set(stored(folder))
    for path in stored(folder).values():
        os.utime(path, (time.time() - LONG_AGO, time.time() - LONG_AGO))
    site.manage("clean_evidence")

    named = {sha256 for (sha256,) in rows(site, "SELECT sha256 FROM measures_evidence")}
    assert set(stored(folder)) == named
    say(
        f"{KILLS} kills amid uploads of {SIZE // 1_000_000} MB: {len(acknowledged)} acknowledged, 0 lost;"
        f" {cut} cut off; {len(left - named)} files without a row, all deleted by clean_evidence"
    )
