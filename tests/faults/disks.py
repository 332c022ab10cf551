"""Small disks, people who fill them, and what a full one must look like."""

import os
import random
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.faults.ledger import codes, hold_to
from tests.faults.people import LIST, Answer, Notebook, Person
from tests.serving import Site

# 27 KB that nothing compresses: PostgreSQL would keep a repetition in a few bytes.
LONG_NOTES = "".join(map(chr, random.Random(1).choices(range(0x4E00, 0x9FA5), k=9_000)))


@contextmanager
def small_disk(at: Path, megabytes: int) -> Iterator[Path]:
    """A tmpfs at this place, which is made; the test is skipped where that is not allowed."""
    at.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(at)]
    if subprocess.run(command, check=False, capture_output=True).returncode:
        pytest.skip("Only root may mount a small disk.")
    try:
        yield at
    finally:
        subprocess.run(["umount", "-l", str(at)], check=True)


def take_room(disk: Path, leaving: int) -> Path:
    """A file that takes all the room of the disk but so many bytes."""
    free = os.statvfs(disk)
    ballast = disk / "ballast"
    ballast.write_bytes(b"x" * (free.f_bavail * free.f_frsize - leaving))
    return ballast


def fill_up(site: Site, notebook: Notebook) -> tuple[Person, Answer, str, int]:
    """Save until there is no room."""
    site.start()
    person = Person(site, "person0").sign_in()
    for number, code in enumerate(codes(site)):
        words = f"{number} {LONG_NOTES}"
        answer = person.save(code, 1, words)
        notebook.note(code, words, answer)
        if answer.status != 302:
            return person, answer, code, number
    raise AssertionError("There was always room.")


def look_at(site: Site, notebook: Notebook, found: tuple[Person, Answer, str, int]) -> str:
    """What a full disk must look like; the words that are still to be saved."""
    person, answer, code, number = found
    words = f"{number} {LONG_NOTES}"
    assert answer.status == 503
    assert "数据库正忙、已满" in answer.body
    assert words in answer.body
    assert "disk" not in answer.body
    assert person.ask("GET", LIST).status == 200
    assert person.save(code, 1, words).status == 503
    hold_to(site, notebook)
    return words
