"""A changed backup is refused; restored anyway, it brings no foreign code, and every guard is reinstalled."""

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from pytest_django import Settings

from measures.choices import Audited
from measures.database import append_only, schema
from measures.database.backups import put_back, signing, take
from measures.models import AuditRecord, Checklist
from tests.make import NOW, make_checklist

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

ON_SQLITE = connection.vendor == "sqlite"
OTHER_KEY = "another key, and longer than the fifty characters that it needs"
GUARDED = append_only.AUDIT
EVIL = {
    "sqlite": [
        "CREATE TRIGGER evil AFTER INSERT ON measures_auditrecord "
        "BEGIN UPDATE auth_user SET is_superuser = 1; END",
    ],
    "postgresql": [
        "CREATE FUNCTION evil() RETURNS trigger LANGUAGE plpgsql AS "
        "'BEGIN UPDATE auth_user SET is_superuser = true; RETURN NULL; END'",
        "CREATE TRIGGER evil AFTER INSERT ON measures_auditrecord FOR EACH ROW EXECUTE FUNCTION evil()",
        "CREATE RULE evil AS ON DELETE TO auth_user DO INSTEAD NOTHING",
    ],
}
SUPERUSER = (
    "INSERT INTO auth_user (username, password, is_superuser, is_staff, is_active, first_name, last_name, "
    "email, date_joined) VALUES ('mallory', '', {true}, {true}, {true}, '', '', '', '2026-01-01')"
)


@pytest.fixture
def checklist(settings: Settings, tmp_path: Path) -> Iterator[Checklist]:
    settings.DATA_DIR = tmp_path
    yield make_checklist()
    if ON_SQLITE:
        live = Path(str(connection.settings_dict["NAME"]))
        for left in live.parent.glob(f"{live.name}.*"):
            left.unlink()


@pytest.fixture
def backup(checklist: Checklist, tmp_path: Path) -> Path:
    target = tmp_path / "backup.zip"
    take(target, at=NOW)
    return target


def attack() -> list[str]:
    """What the attacker does: adds a superuser and code, and drops the guards of what is only added to."""
    vendor = connection.vendor
    removed = [sql for table in append_only.TABLES for sql in append_only.remove_statements(vendor, table)]
    return [*removed, SUPERUSER.format(true="1" if ON_SQLITE else "true"), *EVIL[vendor]]


@pytest.fixture
def tampered(checklist: Checklist, tmp_path: Path) -> Iterator[Path]:
    """A backup of an attacked database, signed with the key; our database is unchanged afterwards."""
    pristine, target = tmp_path / "pristine.zip", tmp_path / "tampered.zip"
    take(pristine, at=NOW)
    with connection.cursor() as cursor:
        for statement in attack():
            cursor.execute(statement)
    take(target, at=NOW)
    put_back(pristine, at=NOW)
    yield target
    if schema.schema_differences("default"):
        put_back(pristine, at=NOW.replace(hour=1))


def forged(backup: Path, **manifest: Any) -> Path:
    """The backup with another manifest, and the signature that it had."""
    target = backup.with_name("forged.zip")
    with zipfile.ZipFile(backup) as old, zipfile.ZipFile(target, "w") as new:
        changed = {**json.loads(old.read("manifest.json")), **manifest}
        new.writestr(
            "manifest.json", json.dumps({name: one for name, one in changed.items() if one is not None})
        )
        new.writestr("database", old.read("database"))
    return target


def guards_refuse() -> bool:
    """Whether the trail can again not be changed."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE {GUARDED} SET about = 'forged'")
    except DatabaseError as error:
        return "append-only" in str(error)
    return False


def test_a_backup_whose_manifest_was_made_anew_is_refused(tampered: Path) -> None:
    file = forged(tampered, at="2026-11-28T00:00:00+08:00")

    with pytest.raises(CommandError, match="was changed after it was made"):
        call_command("restore", file)

    assert not AuditRecord.objects.filter(action=Audited.RESTORED).exists()
    assert guards_refuse() or not AuditRecord.objects.exists()
    assert not schema.schema_differences("default")


def test_restored_unsigned_it_keeps_no_foreign_code_and_every_guard(tampered: Path, capsys: Any) -> None:
    call_command("restore", forged(tampered, at="2026-11-28T00:00:00+08:00"), unsigned=True)

    said = capsys.readouterr().err
    assert "Restored unsigned: the backup was changed after it was made" in said
    assert "Its superusers: mallory." in said
    assert "removed: trigger evil on measures_auditrecord." in said
    assert f"reinstalled: trigger {GUARDED}_no_change on {GUARDED}." in said
    assert not schema.schema_differences("default")
    assert guards_refuse()
    record = json.loads(AuditRecord.objects.get(action=Audited.RESTORED).after)
    assert "was changed" in record["unsigned"]
    assert "trigger evil on measures_auditrecord" in record["removed"]
    call_command("verify_audit")


def test_a_backup_that_is_signed_keeps_no_foreign_code_either(tampered: Path, capsys: Any) -> None:
    call_command("restore", tampered)

    said = capsys.readouterr().err
    assert "unsigned" not in said
    assert "removed: trigger evil on measures_auditrecord." in said
    assert not schema.schema_differences("default")
    assert guards_refuse()
    assert "unsigned" not in json.loads(AuditRecord.objects.get(action=Audited.RESTORED).after)


def test_what_a_restore_cannot_repair_stops_it_with_its_name(
    backup: Path, tmp_path: Path, capsys: Any
) -> None:
    odd = tmp_path / "odd.zip"
    drop = (
        "DROP INDEX audit_at" if ON_SQLITE else "ALTER TABLE auth_user DROP CONSTRAINT auth_user_username_key"
    )
    with connection.cursor() as cursor:
        cursor.execute("CREATE UNIQUE INDEX extra ON auth_user (email)")
        cursor.execute(drop)
    take(odd, at=NOW)

    try:
        with pytest.raises(CommandError, match="Do not start the site before you know why"):
            call_command("restore", odd)
        said = capsys.readouterr().err
    finally:
        # The tests that follow share this database.
        put_back(backup, at=NOW)

    assert "Left as it was: index extra on auth_user is not of this release." in said
    assert "is missing." in said
    assert not schema.schema_differences("default")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"signature": None}, "has no signature"),
        ({"signature": {"setting": "SECRET_KEY", "fingerprint": "\x1b[2J", "hmac": "0"}}, "has no signature"),
        ({"signature": None, "format": 1}, "has no signature"),
        ({"sha256": "0" * 64}, "was changed after it was made"),
        ({"tables": {}}, "was changed after it was made"),
        ({"bytes": 1}, "was changed after it was made"),
        ({"engine": "oracle"}, "was changed after it was made"),
        ({"more": 1}, "was changed after it was made"),
    ],
)
def test_a_changed_or_unsigned_manifest_is_refused(backup: Path, changed: dict[str, Any], said: str) -> None:
    with pytest.raises(CommandError, match=said) as refused:
        call_command("restore", forged(backup, **changed))

    assert "--unsigned" in str(refused.value)
    assert "\x1b" not in str(refused.value)


def test_each_entry_of_a_manifest_is_signed(checklist: Checklist, backup: Path) -> None:
    manifest = json.loads(zipfile.ZipFile(backup).read("manifest.json"))
    assert not signing.distrust(manifest)

    for name in set(manifest) - {"signature"}:
        assert signing.distrust({**manifest, name: "other"}), name
        assert signing.distrust({key: value for key, value in manifest.items() if key != name}), name
    for name in manifest["signature"]:
        other = {**manifest["signature"], name: "BACKUP_KEY" if name == "setting" else "0" * 64}
        assert signing.distrust({**manifest, "signature": other}), name


def test_an_older_backup_without_a_signature_is_restored_only_unsigned(backup: Path) -> None:
    older = forged(backup, signature=None, format=1, bytes=None)

    with pytest.raises(CommandError, match="has no signature"):
        call_command("restore", older)

    call_command("restore", older, unsigned=True)
    assert "has no signature" in json.loads(AuditRecord.objects.latest("pk").after)["unsigned"]


def test_another_site_needs_the_key_of_the_one_that_made_the_backup(
    settings: Settings, backup: Path, capsys: Any
) -> None:
    first = signing.fingerprint()
    ours = settings.SECRET_KEY
    settings.SECRET_KEY = OTHER_KEY

    with pytest.raises(CommandError) as refused:
        call_command("restore", backup)

    assert f"another key (SECRET_KEY, fingerprint {first})" in str(refused.value)
    assert f"fingerprint {signing.fingerprint()}" in str(refused.value)
    assert "Set BACKUP_KEY to the key that signed it" in str(refused.value)
    settings.BACKUP_KEY = ours
    call_command("restore", backup)
    assert "unsigned" not in capsys.readouterr().err


def test_a_backup_key_signs_in_place_of_the_secret_key(
    settings: Settings, checklist: Checklist, tmp_path: Path, capsys: Any
) -> None:
    settings.BACKUP_KEY = OTHER_KEY
    call_command("backup", tmp_path)
    (written,) = tmp_path.glob("taizhang-*.zip")

    assert f"Signed with BACKUP_KEY (fingerprint {signing.fingerprint()})" in capsys.readouterr().out
    settings.SECRET_KEY = "a new one after that: sessions end, and backups stay what they were"
    call_command("restore", written)
    settings.BACKUP_KEY = ""
    with pytest.raises(CommandError, match="another key \\(BACKUP_KEY"):
        call_command("restore", written)


@pytest.mark.skipif(ON_SQLITE, reason="SQLite has no roles")
def test_a_role_that_serves_the_site_keeps_its_rights_and_gets_none_on_the_trail(backup: Path) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE ROLE serving")
        cursor.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO serving")
        cursor.execute("GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO serving")
        cursor.execute(f"REVOKE DELETE ON {GUARDED} FROM serving")
    try:
        call_command("restore", backup)

        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT privilege FROM unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) AS privilege "
                f"WHERE has_table_privilege('serving', '{GUARDED}', privilege)"
            )
            assert cursor.fetchall() == [("SELECT",), ("INSERT",)]
            cursor.execute(
                "SELECT has_table_privilege('serving', 'auth_user', 'DELETE'), "
                "has_sequence_privilege('serving', 'auth_user_id_seq', 'USAGE')"
            )
            assert cursor.fetchall() == [(True, True)]
    finally:
        connection.cursor().execute("DROP OWNED BY serving; DROP ROLE serving")
