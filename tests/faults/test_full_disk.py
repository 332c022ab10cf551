"""The disk is full: 503 in plain words with what was typed, nothing half, and all well once there is room."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.conftest import ENGINE, Say, fill
from tests.faults.ledger import codes, hold_to, rows
from tests.faults.people import LIST, Answer, Notebook, Person
from tests.serving import Site, make_site

PAGES_LEFT = 60
LONG_NOTES = "进展 " * 3_000  # 27 KB

pytestmark = pytest.mark.skipif(ENGINE != "sqlite", reason="PostgreSQL's disk is its server's")


def fill_up(site: Site, notebook: Notebook) -> tuple[Person, Answer, str, int]:
    """Save until there is no room."""
    site.start()
    person = Person(site, "person0").sign_in()
    for number, code in enumerate(codes(site)):
        words = f"{number} {LONG_NOTES}".strip()
        answer = person.save(code, 1, words)
        notebook.note(code, words, answer)
        if answer.status != 302:
            return person, answer, code, number
    raise AssertionError("There was always room.")


def look_at(site: Site, notebook: Notebook, found: tuple[Person, Answer, str, int]) -> str:
    """What a full disk must look like; the words that are still to be saved."""
    person, answer, code, number = found
    words = f"{number} {LONG_NOTES}".strip()
    assert answer.status == 503
    assert "数据库正忙、已满" in answer.body
    assert words in answer.body
    assert "disk" not in answer.body
    assert person.ask("GET", LIST).status == 200
    assert person.save(code, 1, words).status == 503
    hold_to(site, notebook)
    return words


@pytest.fixture
def small(tmp_path: Path) -> Iterator[tuple[Site, Path]]:
    """A site on a tmpfs of 4 MB; the file that takes room away there."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(disk)], check=False, capture_output=True
    )
    if mounted.returncode:
        pytest.skip("Only root may mount a small disk.")
    site = make_site(tmp_path, f"sqlite:///{disk}/db.sqlite3")
    try:
        fill(site)
        ballast = disk / "ballast"
        ballast.write_bytes(b"x" * 1_000_000)
        yield site, ballast
        site.stop()
    finally:
        if site.server and site.server.poll() is None:
            site.kill()
        subprocess.run(["umount", "-l", str(disk)], check=True)


def test_a_full_disk_refuses_in_words_and_recovers_by_itself(small: tuple[Site, Path], say: Say) -> None:
    site, ballast = small
    notebook = Notebook()
    found = fill_up(site, notebook)
    words = look_at(site, notebook, found)

    ballast.unlink()

    notebook.note(found[2], words, found[0].save(found[2], 1, words))
    assert len(notebook.acknowledged) == found[3] + 1
    hold_to(site, notebook)
    say(f"{found[3]} saves fitted, the next was refused with its words; saved once there was room")


def test_a_full_quota_refuses_in_words_and_recovers_by_itself(site: Site, say: Say) -> None:
    used = rows(site, "PRAGMA page_count")[0][0]
    quota = site.folder / "pages"
    quota.write_text(str(used + PAGES_LEFT))
    site.environment["DJANGO_SETTINGS_MODULE"] = "tests.faults.small_disk"
    notebook = Notebook()
    found = fill_up(site, notebook)
    words = look_at(site, notebook, found)

    quota.write_text(str(used + 10 * PAGES_LEFT))

    notebook.note(found[2], words, found[0].save(found[2], 1, words))
    assert len(notebook.acknowledged) == found[3] + 1
    hold_to(site, notebook)
    say(f"{found[3]} saves fitted, the next was refused with its words; saved once there was room")
