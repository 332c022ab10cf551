"""kill -9 amid saves, bulk edits and a load of the catalogue: nothing told is lost, nothing is half."""

import json
import random
import subprocess
import sys
import threading
import time
from pathlib import Path

from tests.faults.conftest import LONG, Say, crowd
from tests.faults.ledger import codes, hold_to, rows, versions
from tests.faults.people import GONE, Notebook, Person, keep_saving
from tests.serving import ROOT, Site

KILLS = 200 if LONG else 6
LOADS = 40 if LONG else 3
TOGETHER = 12  # items of one bulk edit


def editing_many(
    person: Person, mine: list[str], notebook: Notebook, stop: threading.Event, chance: random.Random
) -> None:
    while not stop.is_set():
        words = f"b{chance.getrandbits(24):x}"
        try:
            answer = person.edit_many(mine, words)
        except GONE:
            return
        if answer and answer.status == 302:
            notebook.batches.append(words)


def test_killed_servers_lose_nothing_and_leave_nothing_half_done(
    site: Site, say: Say, chance: random.Random
) -> None:
    every = codes(site)
    together, single = every[:TOGETHER], every[TOGETHER:]
    shares = [single[n::4] for n in range(4)]
    notebook = Notebook()
    people: list[Person] = []
    began = time.monotonic()
    for _kill in range(KILLS):
        site.start()
        people = people or crowd(site)
        # What was not acknowledged may have been written.
        notebook.versions = versions(site)
        stop = threading.Event()
        work = [(keep_saving, person, mine) for person, mine in zip(people, shares, strict=False)]
        work.append((editing_many, people[4], together))
        threads = [
            threading.Thread(target=do, args=(person, mine, notebook, stop, random.Random(chance.random())))
            for do, person, mine in work
        ]
        for thread in threads:
            thread.start()
        time.sleep(chance.uniform(0.1, 1.5))
        site.kill()
        stop.set()
        for thread in threads:
            thread.join()
        hold_to(site, notebook, batch_size=TOGETHER)

    say(
        f"{KILLS} kills, {len(notebook.acknowledged)} saves, {len(notebook.batches)} bulk edits of {TOGETHER}"
        f" acknowledged, 0 lost, 0 half; {time.monotonic() - began:.0f} s; answers {dict(notebook.answers)}"
    )
    assert len(notebook.acknowledged) > KILLS
    assert notebook.batches


def test_a_killed_load_of_the_catalogue_leaves_the_old_wording_or_the_new(
    site: Site, tmp_path: Path, say: Say, chance: random.Random
) -> None:
    began = time.monotonic()
    load(site, catalogue(tmp_path, "0")).wait()
    whole = time.monotonic() - began
    annotated = rows(site, "SELECT * FROM measures_item ORDER BY id")
    finished = 0
    for number in range(1, LOADS + 1):
        loading = load(site, catalogue(tmp_path, str(number)))
        time.sleep(chance.uniform(0.4, 1.1) * whole)
        loading.kill()
        loading.wait()

        titles = rows(site, "SELECT DISTINCT title_en FROM measures_measure")
        assert len(titles) == 1, f"half a catalogue: {titles}"
        finished += titles == [(f"Wording {number}",)]
        assert rows(site, "SELECT * FROM measures_item ORDER BY id") == annotated
    say(f"{LOADS} loads killed, of which {finished} had just finished; 0 half; a whole one: {whole:.1f} s")


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
