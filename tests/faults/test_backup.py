"""A backup taken while people save, and put back: row for row, with all that was acknowledged before it."""

import json
import random
import subprocess
import sys
import threading
import time
import zipfile
from pathlib import Path

import pytest
from django.test import override_settings

from measures.database.backups import signing
from tests.faults.conftest import ENGINE, crowd
from tests.faults.ledger import codes, hold_to, rows, versions
from tests.faults.people import Notebook, Person, keep_saving
from tests.figures import Say
from tests.proofs import SOAK
from tests.serving import ROOT, SECRET_KEY, Site
from tests.threads import at_work

BACKUPS = 6 if SOAK else 2


def restored(site: Site, file: Path) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "manage.py", "restore", str(file)]
    return subprocess.run(
        command, cwd=ROOT, env=site.environment, capture_output=True, text=True, check=False
    )


def test_a_backup_under_load_holds_all_that_was_acknowledged_before_it(
    site: Site, say: Say, chance: random.Random, tmp_path: Path
) -> None:
    site.start()
    people, every = crowd(site), codes(site)
    notebook, stop = Notebook(versions=versions(site)), threading.Event()
    threads = [
        threading.Thread(
            target=keep_saving, args=(person, every[n::4], notebook, stop, random.Random(chance.random()))
        )
        for n, person in enumerate(people[:4])
    ]
    with at_work(threads, stop):
        time.sleep(1)
        told: list[list[tuple[str, str]]] = []
        took = []
        for number in range(BACKUPS):
            told.append(list(notebook.acknowledged))
            began = time.monotonic()
            site.manage("backup", str(tmp_path / f"backup{number}"))
            took.append(time.monotonic() - began)
    assert set(notebook.answers) <= {302, 409}, f"refused while a backup ran: {notebook.answers}"

    files = [next((tmp_path / f"backup{number}").glob("*.zip")) for number in range(BACKUPS)]
    refused = restored(site, files[0])
    assert refused.returncode
    assert "The site is running" in refused.stderr
    site.stop()
    hold_to(site, notebook)
    for file, acknowledged in zip(files, told, strict=True):
        done = restored(site, file)
        assert done.returncode == 0, done.stderr
        tables = json.loads(zipfile.ZipFile(file).read("manifest.json"))["tables"]
        counted = rows(site, "SELECT count(*) FROM measures_update")[0][0]
        assert counted == tables["measures_update"]["rows"] >= len(acknowledged)
        hold_to(site, Notebook(acknowledged=acknowledged))
    site.start()
    assert people[0].ask("GET", "/checklists/henan/").status == 200
    say(
        f"{BACKUPS} backups under load, each {max(took):.1f} s at most with the start of its command; "
        f"{len(notebook.acknowledged)} saves acknowledged meanwhile, none refused; all equal after restore",
        backups=BACKUPS,
    )


@pytest.mark.parametrize("share", [0.3, 0.9])
def test_half_a_backup_leaves_the_site_as_it_was(site: Site, share: float, tmp_path: Path) -> None:
    site.manage("backup", str(tmp_path / "backup"))
    (file,) = (tmp_path / "backup").glob("*.zip")
    whole = file.read_bytes()
    file.write_bytes(whole[: int(len(whole) * share)])
    before = rows(site, "SELECT * FROM measures_item ORDER BY id")

    refused = restored(site, file)

    assert refused.returncode
    assert "not a whole backup" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert rows(site, "SELECT * FROM measures_item ORDER BY id") == before


def test_a_restore_keeps_what_was_there_and_says_where(site: Site, tmp_path: Path) -> None:
    site.manage("backup", str(tmp_path / "backup"))
    (file,) = (tmp_path / "backup").glob("*.zip")
    site.start()
    assert Person(site, "person0").sign_in().save("1.1.1", 1, "后来写的").status == 302
    site.stop()
    later = rows(site, "SELECT * FROM measures_item ORDER BY id")

    done = restored(site, file)

    assert done.returncode == 0, done.stderr
    assert rows(site, "SELECT count(*) FROM measures_update") == [(0,)]
    kept = Path(done.stdout.partition("is kept in ")[2].partition("\n")[0].rstrip("."))
    if ENGINE == "postgresql":
        assert restored(site, kept).returncode == 0
    else:
        kept.replace(site.folder / "db.sqlite3")
    assert rows(site, "SELECT * FROM measures_item ORDER BY id") == later
    hold_to(site, Notebook(acknowledged=[("1.1.1", "后来写的")]))


def test_a_backup_of_a_newer_release_is_refused_in_words(site: Site, tmp_path: Path) -> None:
    site.manage("backup", str(tmp_path / "backup"))
    (file,) = (tmp_path / "backup").glob("*.zip")
    newer = tmp_path / "newer.zip"
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(newer, "w") as new:
        manifest = json.loads(old.read("manifest.json"))
        manifest["migrations"].append(["measures", "0999_from_the_future"])
        del manifest["signature"]
        with override_settings(SECRET_KEY=SECRET_KEY):
            manifest = signing.with_signature(manifest)
        new.writestr("manifest.json", json.dumps(manifest))
        new.writestr("database", old.read("database"))
    before = rows(site, "SELECT * FROM measures_item ORDER BY id")

    refused = restored(site, newer)

    assert refused.returncode
    assert "A newer release made" in refused.stderr
    assert "measures.0999_from_the_future" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert rows(site, "SELECT * FROM measures_item ORDER BY id") == before
