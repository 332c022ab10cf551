"""Eight people write and eight read at once: nobody is refused, nobody's words are lost, sums fit."""

import os
import random
import threading
import time

from tests.faults.conftest import busy, crowd
from tests.faults.ledger import codes, hold_to, rows, versions
from tests.faults.people import GONE, LIST, Notebook, Person
from tests.faults.world import PEOPLE
from tests.figures import Say
from tests.proofs import SOAK
from tests.serving import Site

SECONDS = 60 if SOAK else 6
# Of all eight together. Two quick cores do it, with the writers on them too; slow ones: WRITES_A_SECOND=20.
USUAL = 80 if SOAK else min(80, 10 * (os.cpu_count() or 1))
WRITES_A_SECOND = int(os.environ.get("WRITES_A_SECOND") or USUAL)
READS_A_SECOND = 1  # of each of eight
HOT = 20  # one save in so many goes for the same item as everybody's
P99 = 0.5  # seconds, on a machine that is ours alone
PAGES = [
    "/checklists/henan/",
    LIST,
    f"{LIST}?status=in_progress&sort=-updated",
    f"{LIST}1.1.1/",
    "/checklists/henan/report/",
]


def writing(
    person: Person, every: list[str], notebook: Notebook, until: float, chance: random.Random
) -> None:
    pause = PEOPLE / WRITES_A_SECOND
    due = time.monotonic() + pause * chance.random()  # people do not press their buttons in step
    while (now := time.monotonic()) < until:
        time.sleep(max(0, due - now))
        due += pause
        code = every[0] if chance.randrange(HOT) == 0 else chance.choice(every)
        words = f"{person.name}-{chance.getrandbits(40):x}"
        with notebook.lock:
            version = notebook.versions[code]
        try:
            notebook.note(code, words, person.save(code, version, words), version)
        except GONE as error:
            notebook.answers[type(error).__name__] += 1


def reading(person: Person, seen: Notebook, until: float, chance: random.Random) -> None:
    time.sleep(chance.random() / READS_A_SECOND)
    while time.monotonic() < until:
        try:
            seen.note("", "", person.ask("GET", chance.choice(PAGES)))
        except GONE as error:
            seen.answers[type(error).__name__] += 1
        time.sleep(1 / READS_A_SECOND)


def test_eight_write_and_eight_read_and_nothing_is_refused_or_lost(
    site: Site, say: Say, chance: random.Random
) -> None:
    calm = not busy()
    site.start()
    every, people = codes(site), crowd(site)
    written, read = Notebook(versions=versions(site)), Notebook()
    until = time.monotonic() + SECONDS
    threads = []
    for person in people:
        reader = Person(site, person.name)
        reader.cookies = dict(person.cookies)
        threads += [
            threading.Thread(
                target=writing, args=(person, every, written, until, random.Random(chance.random()))
            ),
            threading.Thread(target=reading, args=(reader, read, until, random.Random(chance.random()))),
        ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    site.stop()

    saved = len(written.acknowledged)
    say(
        f"{SECONDS} s: {saved / SECONDS:.0f} of {WRITES_A_SECOND} writes a second acknowledged, "
        f"{written.conflicts} conflicts, "
        f"p50 {written.slowest(0.5) * 1000:.0f} ms, p99 {written.slowest(0.99) * 1000:.0f} ms, "
        f"worst {written.slowest(1) * 1000:.0f} ms; {sum(read.answers.values())} reads, "
        f"p99 {read.slowest(0.99) * 1000:.0f} ms; {'calm' if calm else 'busy'} machine",
        writes_a_second=saved / SECONDS,
        conflicts=written.conflicts,
        seconds_p99=written.slowest(0.99),
    )
    assert set(written.answers) <= {302, 409}, f"refused: {written.answers}"
    assert set(read.answers) == {200}, f"refused: {read.answers}"
    assert not written.said + read.said
    assert "database is locked" not in site.log()
    hold_to(site, written)
    assert rows(site, "SELECT count(*) FROM measures_update") == [(saved,)]
    assert rows(site, "SELECT sum(version - 1) FROM measures_item")[0][0] == saved
    assert saved > SECONDS
    if SOAK:
        assert written.conflicts, "nobody met anybody: the test shows nothing of conflicts"
        assert not calm or written.slowest(0.99) < P99
        assert not calm or saved + written.conflicts > 0.9 * WRITES_A_SECOND * SECONDS
