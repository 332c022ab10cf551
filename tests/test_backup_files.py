"""Backups take the files of evidence along: each copied once, and every hash compared."""

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import connection
from pytest_django import Settings

from measures.choices import Role, Side
from measures.database.backups import BackupError, put_back, take
from measures.models import Evidence, EvidenceRemoval, Item, NewFile, Owner, add_evidence
from tests.evidence_make import HASH, PDF, stored
from tests.make import NOW, change, find_item, make_checklist, make_user

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def item(settings: Settings, tmp_path: Path, evidence_folder: Path) -> Iterator[Item]:
    """With one file of evidence; the data folder is a temporary one."""
    settings.DATA_DIR = tmp_path
    checklist = make_checklist()
    administrator = make_user("administrator", checklist, Role.ADMINISTRATOR)
    found = find_item(checklist)
    change(found, by=administrator, owner=Owner.objects.create(checklist=checklist, name="甲"))
    source = tmp_path / "source"
    source.write_bytes(PDF)
    with source.open("rb") as content:
        new = NewFile("纪要.pdf", "application/pdf", len(PDF), HASH, content)
        add_evidence(found, new, side=Side.OFFICE, by=administrator, at=NOW)
    yield found
    if connection.vendor == "sqlite":
        live = Path(str(connection.settings_dict["NAME"]))
        for left in live.parent.glob(f"{live.name}.*"):
            left.unlink()


def test_a_restore_brings_back_what_is_missing_and_refuses_what_is_whole_nowhere(
    item: Item, tmp_path: Path, evidence_folder: Path
) -> None:
    backup, live = tmp_path / "kept" / "backup.zip", evidence_folder / HASH[:2] / HASH
    copy = tmp_path / "kept" / "evidence" / HASH[:2] / HASH
    taken = take(backup, at=NOW)
    assert taken.manifest["evidence"]["files"] == 1
    assert copy.read_bytes() == PDF
    assert copy.stat().st_mode & 0o077 == 0

    live.write_bytes(b"changed")
    put_back(backup, at=NOW)
    assert live.read_bytes() == PDF
    assert Evidence.objects.get().name == "纪要.pdf"

    live.unlink()
    copy.write_bytes(b"changed")
    with pytest.raises(BackupError, match=r"1 of 1 files of evidence .*--without-files"):
        put_back(backup, at=NOW.replace(hour=11))
    assert not live.exists()
    assert list(put_back(backup, at=NOW.replace(hour=12), without_files=True).missing) == [HASH]


def test_a_list_that_is_not_the_manifests_is_refused(item: Item, tmp_path: Path) -> None:
    backup, spoilt = tmp_path / "backup.zip", tmp_path / "spoilt.zip"
    take(backup, at=NOW)
    for text in (b"", b"0" * 64 + b" 1\n", None):
        with zipfile.ZipFile(backup) as old, zipfile.ZipFile(spoilt, "w") as new:
            for name in ("manifest.json", "database"):
                new.writestr(name, old.read(name))
            if text is not None:
                new.writestr("evidence", text)

        with pytest.raises(BackupError, match="not a whole backup"):
            put_back(spoilt, at=NOW)


def test_the_second_backup_copies_nothing_again_and_mends_its_own_copy(item: Item, tmp_path: Path) -> None:
    target = tmp_path / "kept"
    copy = target / "evidence" / HASH[:2] / HASH
    take(target / "1.zip", at=NOW)
    first = copy.stat().st_mtime_ns
    with mock.patch("measures.database.backups.files._copied", side_effect=AssertionError):
        take(target / "2.zip", at=NOW)
    assert copy.stat().st_mtime_ns == first

    copy.write_bytes(b"changed")
    assert not take(target / "3.zip", at=NOW).missing

    assert copy.read_bytes() == PDF
    assert stored(target / "evidence") == [HASH]


def test_a_backup_is_written_though_a_file_is_missing_and_the_command_fails(
    item: Item, tmp_path: Path, evidence_folder: Path
) -> None:
    (evidence_folder / HASH[:2] / HASH).unlink()

    with pytest.raises(CommandError, match="The backup is written, but 1 files"):
        call_command("backup", str(tmp_path / "kept"), verbosity=0)

    (backup,) = (tmp_path / "kept").glob("*.zip")
    with zipfile.ZipFile(backup) as archive:
        assert json.loads(archive.read("manifest.json"))["evidence"]["files"] == 1
    assert stored(tmp_path / "kept" / "evidence") == []


def test_what_was_destroyed_goes_from_the_copies_too(item: Item, tmp_path: Path) -> None:
    take(tmp_path / "kept" / "1.zip", at=NOW)
    EvidenceRemoval.remove(HASH, names=["纪要.pdf"], at=NOW, reason="x")

    taken = take(tmp_path / "kept" / "2.zip", at=NOW)

    assert stored(tmp_path / "kept" / "evidence") == []
    assert (taken.missing, taken.manifest.get("evidence")) == ([], None)
    assert User.objects.exists()
