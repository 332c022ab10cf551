"""Files that are bombs, broken, or not what they say: refused in words, quickly, and in little memory."""

import os
import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from tests.faults import bombs
from tests.faults.conftest import busy, crowd
from tests.faults.ledger import hold_to, rows
from tests.faults.people import TOKEN, UPLOAD, Answer, Notebook, Person
from tests.faults.world import SLUG
from tests.figures import Say
from tests.proofs import share
from tests.serving import Site

TEMPLATES = f"/checklists/{SLUG}/report/templates/"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
SPOILT = share(1_250)
HOLD = 5.0  # seconds that an answer may take
MEMORY = 500  # MB that a process of the server may ever have used; it begins with 120
TYPES = [XLSX, "image/png", "text/html", "application/json", "application/x-msdownload", "nonsense", ""]


class Meter:
    """What the server's processes use, as the machine counts it."""

    def __init__(self, site: Site) -> None:
        self.site, self.slowest, self.slowest_name = site, 0.0, ""
        self.counted: Counter[int] = Counter()
        self.spent = self.seconds()

    def processes(self) -> Iterator[Path]:
        assert self.site.server
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                if int(stat.read_text().rpartition(")")[2].split()[2]) == self.site.server.pid:
                    yield stat.parent
            except (FileNotFoundError, ProcessLookupError):
                continue

    def seconds(self) -> float:
        """Processor time up to now, of all of them and their children."""
        ticks = 0
        for process in self.processes():
            ticks += sum(map(int, (process / "stat").read_text().rpartition(")")[2].split()[11:15]))
        return ticks / os.sysconf("SC_CLK_TCK")

    def peak(self) -> int:
        """The most memory that one of them ever had, in MB."""
        words = [(process / "status").read_text().split() for process in self.processes()]
        return max(int(found[found.index("VmHWM:") + 1]) for found in words) // 1024

    def look(self, name: str, answer: Answer) -> None:
        """No 500, no slow answer. Where others use the machine, the server's own time is what counts."""
        before, self.spent = self.spent, self.seconds()
        took = self.spent - before if busy() else answer.seconds
        self.counted[answer.status] += 1
        if took > self.slowest:
            self.slowest, self.slowest_name = took, name
        assert answer.status < 500, f"{answer.status} for {name}: {self.site.log()[-3000:]}"
        assert took < HOLD, f"{took:.1f} s for {name}"
        assert answer.seconds < 12 * HOLD, f"{answer.seconds:.1f} s for {name}"


def send_all(
    people: list[Person], meter: Meter, files: Iterator[tuple[str, bytes]], field: str, *, apply: bool = False
) -> None:
    """Each file by the next of the people, who may send thirty in five minutes each."""
    address, fields = (UPLOAD, {}) if field == "file" else (TEMPLATES, {"name": "样式"})
    for number, (name, content) in enumerate(files):
        person, kind = people[number % len(people)], TYPES[number % len(TYPES)]
        sent = {field: (f"{number}.xlsx" if field == "file" else f"{number}.docx", kind, content)}
        if "name" in fields:
            fields = {"name": f"样式 {number}"}
        answer = person.ask("POST", address, fields, files=sent)
        meter.look(name, answer)
        if apply and answer.status == 200 and (token := TOKEN.search(answer.body)):
            sent_on = {"apply": "1", "token": token[1], "reason": "试"}
            meter.look(f"{name}, applied", person.ask("POST", UPLOAD, sent_on))


def nobody_counts(site: Site) -> None:
    """Resets the counts of uploads: other tests cover the limits."""
    rows(site, "DELETE FROM measures_use RETURNING id")


def test_no_file_that_is_sent_in_breaks_the_site_or_holds_it_up(
    site: Site, say: Say, chance: random.Random
) -> None:
    site.start()
    people = crowd(site)
    meter = Meter(site)

    send_all(people, meter, bombs.sheets(), "file")
    nobody_counts(site)
    send_all(people, meter, bombs.odd_cells(), "file", apply=True)
    nobody_counts(site)
    for field, make in (("file", bombs.sheet), ("upload", bombs.document)):
        some = bombs.at_random(make, chance, SPOILT)
        while batch := list(zip(range(200), some, strict=False)):
            send_all(people, meter, (file for _number, file in batch), field)
            nobody_counts(site)
    send_all(people, meter, bombs.documents(), "upload")

    assert 429 not in meter.counted
    assert meter.peak() < MEMORY
    hold_to(site, Notebook())
    assert people[0].ask("GET", f"/checklists/{SLUG}/items/").status == 200
    say(
        f"{sum(meter.counted.values())} files and applications of them, "
        f"{dict(sorted(meter.counted.items()))}; slowest {meter.slowest:.2f} s ({meter.slowest_name}); "
        f"at most {meter.peak()} MB in a process of the server",
        files_sent=sum(meter.counted.values()),
    )
