"""Backups: what is put back is what was there, row for row; what is not whole or not ours is refused."""

import fcntl
import json
import shutil
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from pytest_django import Settings

from measures.choices import Audited, Role, Status, Via
from measures.database.backups import BackupError, put_back, signing, take
from measures.database.release import Match
from measures.models import AuditRecord, Item, Update
from tests.make import NOW, change, find_item, make_checklist, make_user

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

Spoil = Callable[[dict[str, Any]], None]


@pytest.fixture
def item(settings: Settings, tmp_path: Path) -> Iterator[Item]:
    """An item with one update; the data folder is a temporary one."""
    settings.DATA_DIR = tmp_path
    checklist = make_checklist()
    found = find_item(checklist)
    change(
        found, by=make_user("editor", checklist, Role.ADMINISTRATOR), status=Status.DONE, notes="已办，100%"
    )
    yield found
    if connection.vendor == "sqlite":
        live = Path(str(connection.settings_dict["NAME"]))
        for left in live.parent.glob(f"{live.name}.*"):
            left.unlink()


@pytest.fixture
def backup(item: Item, tmp_path: Path) -> Path:
    target = tmp_path / "backup.zip"
    take(target, at=NOW)
    return target


def respelt(backup: Path, spoil: Spoil) -> Path:
    """The same backup with another manifest, signed by us: as another `take` could have written it."""
    spoilt = backup.with_name("spoilt.zip")
    with zipfile.ZipFile(backup) as old, zipfile.ZipFile(spoilt, "w") as new:
        manifest = json.loads(old.read("manifest.json"))
        del manifest["signature"]
        spoil(manifest)
        new.writestr("manifest.json", json.dumps(signing.with_signature(manifest)))
        new.writestr("database", old.read("database"))
    return spoilt


def test_a_backup_says_what_is_in_it(backup: Path) -> None:
    manifest = json.loads(zipfile.ZipFile(backup).read("manifest.json"))

    assert manifest["engine"] == connection.vendor
    assert manifest["tables"]["measures_update"]["rows"] == 1
    assert manifest["tables"]["measures_item"]["rows"] == 12
    assert ["measures", "0001_first"] in manifest["migrations"]
    assert "secret_key" in manifest["secret_key"]
    assert backup.stat().st_mode & 0o077 == 0


def test_what_was_changed_since_is_gone_after_a_restore_and_kept_aside(item: Item, backup: Path) -> None:
    change(item, by=item.updated_by, notes="后来写的")  # type: ignore[arg-type]

    kept = put_back(backup, at=NOW).kept

    found = Item.objects.get(pk=item.pk)
    assert (found.status, found.notes, found.version) == (Status.DONE, "已办，100%", 2)
    assert Update.objects.count() == 1
    assert Path(kept).exists()
    if connection.vendor == "postgresql":
        assert not put_back(Path(kept), at=NOW.replace(hour=11)).distrust  # signed as well
    else:
        connection.close()
        shutil.copy(kept, str(connection.settings_dict["NAME"]))
    assert Item.objects.get(pk=item.pk).notes == "后来写的"


def test_two_restores_within_a_second_keep_both_databases(item: Item, backup: Path) -> None:
    first = Path(put_back(backup, at=NOW).kept)
    kept = first.read_bytes()

    second = Path(put_back(backup, at=NOW).kept)

    assert second.exists()
    assert second != first
    assert first.read_bytes() == kept


def test_the_restored_journal_is_still_append_only(item: Item, backup: Path) -> None:
    put_back(backup, at=NOW)

    with pytest.raises(Exception, match="append-only"), connection.cursor() as cursor:
        cursor.execute("UPDATE measures_update SET notes = ''")


def test_a_restored_site_goes_on_counting(item: Item, backup: Path) -> None:
    put_back(backup, at=NOW)

    change(find_item(item.checklist), by=item.updated_by, notes="接着写")  # type: ignore[arg-type]
    assert Update.objects.count() == 2


def newer(manifest: dict[str, Any]) -> None:
    manifest["migrations"].append(["measures", "0999_from_the_future"])


def other_engine(manifest: dict[str, Any]) -> None:
    manifest["engine"] = "oracle"


def other_format(manifest: dict[str, Any]) -> None:
    manifest["format"] = 3


def other_checksum(manifest: dict[str, Any]) -> None:
    manifest["sha256"] = "0" * 64


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (newer, r"does not know measures\.0999_from_the_future"),
        (other_engine, "holds a oracle database"),
        (other_format, "another format"),
        (other_checksum, "damaged"),
    ],
)
def test_what_does_not_fit_is_refused_in_words_and_changes_nothing(
    item: Item, backup: Path, spoil: Spoil, said: str
) -> None:
    change(item, by=item.updated_by, notes="后来写的")  # type: ignore[arg-type]

    with pytest.raises(CommandError, match=said):
        call_command("restore", respelt(backup, spoil))

    assert Item.objects.get(pk=item.pk).notes == "后来写的"


@pytest.mark.parametrize("share", [0.0, 0.5, 0.999])
def test_half_a_backup_is_refused(item: Item, backup: Path, share: float) -> None:
    whole = backup.read_bytes()
    backup.write_bytes(whole[: int(len(whole) * share)])

    with pytest.raises(BackupError, match="not a whole backup"):
        put_back(backup, at=NOW)

    assert Update.objects.count() == 1


def test_a_backup_is_never_written_over(backup: Path) -> None:
    with pytest.raises(BackupError, match="is there already"):
        take(backup, at=NOW)


def test_rows_that_are_not_the_manifests_are_named(item: Item, backup: Path) -> None:
    def one_more(manifest: dict[str, Any]) -> None:
        manifest["tables"]["measures_update"]["rows"] = 2

    with pytest.raises(BackupError, match="measures_update holds 1 rows"):
        put_back(respelt(backup, one_more), at=NOW)


def test_nothing_is_restored_below_a_running_site(item: Item, backup: Path, tmp_path: Path) -> None:
    with (tmp_path / "serving.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_SH)

        with pytest.raises(CommandError, match="The site is running"):
            call_command("restore", backup)


def test_the_command_names_the_file_that_it_wrote(item: Item, tmp_path: Path, capsys: Any) -> None:
    call_command("backup")

    (written,) = (tmp_path / "backups").glob("taizhang-*.zip")
    said = capsys.readouterr().out
    assert str(written) in said
    assert f"Signed with SECRET_KEY (fingerprint {signing.fingerprint()})" in said


def test_the_trail_tells_of_a_backup_and_of_what_was_put_back(item: Item, tmp_path: Path) -> None:
    call_command("backup")
    (written,) = (tmp_path / "backups").glob("taizhang-*.zip")
    made = AuditRecord.objects.latest("pk")
    change(item, by=item.updated_by, notes="后来写的")  # type: ignore[arg-type]

    call_command("restore", written)

    newest = AuditRecord.objects.latest("pk")
    assert (made.action, made.via, made.about) == (Audited.BACKED_UP, Via.COMMAND, written.name)
    assert (
        json.loads(made.after)["sha256"]
        == json.loads(zipfile.ZipFile(written).read("manifest.json"))["sha256"]
    )
    assert (newest.action, newest.about) == (Audited.RESTORED, written.name)
    assert Path(json.loads(newest.after)["kept"]).exists()
    # The backup was made before its own record was.
    assert not AuditRecord.objects.filter(action=Audited.BACKED_UP).exists()
    call_command("verify_audit")


def test_a_backup_of_other_tables_is_made_all_the_same(
    item: Item, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    monkeypatch.setattr(
        "measures.database.release.match", lambda: Match(["measures.0999_from_the_future"], [])
    )

    call_command("backup")

    assert list((tmp_path / "backups").glob("taizhang-*.zip"))
    assert "The audit trail does not say so" in capsys.readouterr().err
    assert not AuditRecord.objects.filter(action=Audited.BACKED_UP).exists()


def more_members(new: zipfile.ZipFile, manifest: bytes, database: bytes) -> None:
    new.writestr("manifest.json", manifest)
    new.writestr("database", database)
    new.writestr("more", "")


def turned_round(new: zipfile.ZipFile, manifest: bytes, database: bytes) -> None:
    new.writestr("database", database)
    new.writestr("manifest.json", manifest)


def twice(new: zipfile.ZipFile, manifest: bytes, database: bytes) -> None:
    new.writestr("manifest.json", manifest)
    new.writestr("database", database)
    new.writestr("database", database)


def commented(new: zipfile.ZipFile, manifest: bytes, database: bytes) -> None:
    new.writestr("manifest.json", manifest)
    new.writestr("database", database)
    new.comment = b"more"


def without_the_database(new: zipfile.ZipFile, manifest: bytes, database: bytes) -> None:
    new.writestr("manifest.json", manifest)


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("packed", [more_members, turned_round, twice, commented, without_the_database])
@pytest.mark.parametrize("unsigned", [False, True])
def test_a_file_of_other_parts_is_refused(
    backup: Path, tmp_path: Path, packed: Callable[[zipfile.ZipFile, bytes, bytes], None], unsigned: bool
) -> None:
    other = tmp_path / "other.zip"
    with zipfile.ZipFile(backup) as old, zipfile.ZipFile(other, "w") as new:
        packed(new, old.read("manifest.json"), old.read("database"))

    with pytest.raises(CommandError, match="not a whole backup"):
        call_command("restore", other, unsigned=unsigned)


def test_another_database_under_the_same_manifest_is_refused(backup: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.zip"
    with zipfile.ZipFile(backup) as old, zipfile.ZipFile(other, "w") as new:
        new.writestr("manifest.json", old.read("manifest.json"))
        new.writestr("database", old.read("database") + b"more")

    for unsigned in (False, True):
        with pytest.raises(CommandError, match="damaged"):
            call_command("restore", other, unsigned=unsigned)


@pytest.mark.parametrize(
    "manifest", ["[]", "null", "[" * 200_000, '{"format": 2}', '{"format": {}}', " " * (1 << 21)]
)
@pytest.mark.parametrize("unsigned", [False, True])
def test_a_manifest_of_anything_else_is_refused_in_words(
    item: Item, tmp_path: Path, manifest: str, unsigned: bool
) -> None:
    other = tmp_path / "other.zip"
    with zipfile.ZipFile(other, "w", zipfile.ZIP_DEFLATED) as new:
        new.writestr("manifest.json", manifest)
        new.writestr("database", "")

    with pytest.raises(CommandError, match=r"not a whole backup|another format|has no signature"):
        call_command("restore", other, unsigned=unsigned)
