"""kill -9 amid saves, bulk edits, imports and loads of the catalogue: nothing lost, nothing half done."""

import json
import random
import subprocess
import sys
import threading
import time
from pathlib import Path

from tests.faults.conftest import crowd
from tests.faults.ledger import codes, hold_to, is_written_to, rows, versions
from tests.faults.people import GONE, Notebook, Person, keep_saving
from tests.figures import Say
from tests.proofs import SOAK, share
from tests.serving import ROOT, Site
from tests.threads import at_work

KILLS = share(200, least=6)
LOADS = share(40, least=3)
PATIENCE = 60  # seconds, within which even a crowded machine acknowledges one act of each kind
TOGETHER = 12  # items of one bulk edit
BROUGHT = TOGETHER + 20  # up to this one, items of one sheet


def editing_many(
    person: Person, mine: list[str], notebook: Notebook, stop: threading.Event, chance: random.Random
) -> None:
    while not stop.is_set():
        words = f"b{chance.getrandbits(24):x}"
        try:
            answer = person.edit_many(mine, words)
        except GONE:
            notebook.cut["bulk edits"] += 1
            return
        if answer and answer.status == 302:
            notebook.batches.append(words)


def bringing_back(
    person: Person, mine: list[str], notebook: Notebook, stop: threading.Event, chance: random.Random
) -> None:
    """One sheet, at a random moment: one person may upload thirty in five minutes."""
    time.sleep(chance.uniform(0.0, 0.5))
    words = f"i{chance.getrandbits(24):x}"
    try:
        answer = person.bring_back(mine, words)
    except GONE:
        notebook.cut["imports"] += 1
        return
    with notebook.lock:
        notebook.imports[answer.status if answer else 0] += 1
        if answer and answer.status == 302:
            notebook.batches.append(words)


def acknowledged(notebook: Notebook) -> tuple[int, int, int]:
    """How many saves, bulk edits and imports."""
    imports = notebook.imports[302]
    return len(notebook.acknowledged), len(notebook.batches) - imports, imports


def sees_one_more(notebook: Notebook, kind: int) -> bool:
    """Whether one more of a kind, by its place in `acknowledged`, is acknowledged within PATIENCE."""
    before, until = acknowledged(notebook)[kind], time.monotonic() + PATIENCE
    while acknowledged(notebook)[kind] == before and time.monotonic() < until:
        time.sleep(0.01)
    return acknowledged(notebook)[kind] > before


def test_killed_servers_lose_nothing_and_leave_nothing_half_done(
    site: Site, say: Say, chance: random.Random
) -> None:
    every = codes(site)
    together, sheet, single = every[:TOGETHER], every[TOGETHER:BROUGHT], every[BROUGHT:]
    shares = [single[n::4] for n in range(4)]
    notebook = Notebook()
    people: list[Person] = []
    began = time.monotonic()
    ready: list[float] = []
    for kill in range(KILLS):
        started = time.monotonic()
        site.start()
        ready.append(time.monotonic() - started)
        people = people or crowd(site)
        # What was not acknowledged may have been written.
        notebook.versions = versions(site)
        stop = threading.Event()
        work = [(keep_saving, person, mine) for person, mine in zip(people, shares, strict=False)]
        work.append((editing_many, people[4], together))
        work.append((bringing_back, people[5 + kill % 3], sheet))
        threads = [
            threading.Thread(target=do, args=(person, mine, notebook, stop, random.Random(chance.random())))
            for do, person, mine in work
        ]
        with at_work(threads, stop):
            # The kinds take turns. The kill comes amid the work that follows, however slow the machine is.
            if sees_one_more(notebook, kill % 3):
                time.sleep(chance.uniform(0, 2) * notebook.slowest(0.5))
            site.kill()
        hold_to(site, notebook, {"bulk": TOGETHER, "import": BROUGHT - TOGETHER})

    saves, edits, imports = acknowledged(notebook)
    say(
        f"{KILLS} kills, {saves} saves, {edits} bulk edits of {TOGETHER} and {imports} imports of "
        f"{BROUGHT - TOGETHER} acknowledged, 0 lost, 0 half; cut off by a kill: "
        f"{dict(notebook.cut)}; {time.monotonic() - began:.0f} s; {dict(notebook.answers)}",
        kills=KILLS,
        seconds_after_kill=max(ready[1:]),
    )
    assert saves > KILLS
    assert edits
    assert imports
    if SOAK:
        assert min(notebook.cut[kind] for kind in ("saves", "bulk edits", "imports")) > KILLS / 10


def test_a_killed_load_of_the_catalogue_leaves_the_old_wording_or_the_new(
    site: Site, tmp_path: Path, say: Say, chance: random.Random
) -> None:
    whole = load(site, catalogue(tmp_path, "0"))
    lasts = -until_it_writes(site, whole)
    whole.wait()
    lasts += time.monotonic()
    annotated = rows(site, "SELECT * FROM measures_item ORDER BY id")
    finished = 0
    for number in range(1, LOADS + 1):
        loading = load(site, catalogue(tmp_path, str(number)))
        until_it_writes(site, loading)
        time.sleep(chance.uniform(0.0, 0.9) * lasts)
        loading.kill()
        loading.wait()

        titles = rows(site, "SELECT DISTINCT title_en FROM measures_measure")
        assert len(titles) == 1, f"half a catalogue: {titles}"
        if titles == [(f"Wording {number}",)]:
            finished += 1
            lasts *= 0.9  # the first took longer than they do
        assert rows(site, "SELECT * FROM measures_item ORDER BY id") == annotated
    say(
        f"{LOADS} loads killed while they wrote, of which {finished} had just finished; 0 half",
        loads_killed=LOADS - finished,
    )
    if SOAK:
        assert finished < LOADS / 2


def until_it_writes(site: Site, loading: "subprocess.Popen[bytes]") -> float:
    """When it began to write."""
    while not is_written_to(site):
        assert loading.poll() is None, "It was over before anybody saw it write."
        time.sleep(0.005)
    return time.monotonic()


def catalogue(folder: Path, wording: str) -> Path:
    """The catalogue with one title for every measure, so that half a load can be seen."""
    entries = json.loads((ROOT / "fixtures" / "catalogue.json").read_text(encoding="utf-8"))
    for entry in entries:
        if entry["model"] == "measures.measure":
            entry["fields"]["title_en"] = f"Wording {wording}"
    path = folder / f"wording{wording}.json"
    path.write_text(json.dumps(entries, ensure_ascii=False), encoding="utf-8")
    return path


def load(site: Site, path: Path) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "manage.py", "loaddata", str(path), "--verbosity", "0"]
    return subprocess.Popen(command, cwd=ROOT, env=site.environment)
