"""Backups: one file with the whole database, and a manifest that says what must be in it.

`take` copies while people work and signs what it copied; `put_back` checks everything first and keeps what it
replaces.
"""

import hashlib
import json
import os
import re
import tempfile
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, count
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from measures.database import release
from measures.database.backups import files, on_postgresql, on_sqlite, signing
from measures.database.backups.contents import Contents, differing_tables

FORMAT = 2
UNSIGNED_FORMAT = 1  # that of the releases which did not sign
DATABASE, MANIFEST, EVIDENCE = "database", "manifest.json", "evidence"
VERSION = re.compile(r"[0-9A-Za-z.+!-]{1,40}")
MANIFEST_LIMIT = 1 << 20  # bytes; a manifest has some thousands
ENGINES = {"sqlite": on_sqlite, "postgresql": on_postgresql}
SECRET_KEY_NOTE = "Not in here. Keep the file secret_key, or what SECRET_KEY holds, in another place."  # noqa: S105

# What reading a file raises that `take` did not write, or not all of.
NOT_WHOLE = (
    *(OSError, KeyError, TypeError, ValueError, EOFError, RuntimeError),
    *(zlib.error, zipfile.BadZipFile),
)


class BackupError(Exception):
    """A backup cannot be made or restored; the message tells the operator why."""


@dataclass(frozen=True)
class Restored:
    """What `put_back` did."""

    kept: str  # where the database is that was there before
    distrust: str  # why nothing vouches for what was put back; empty where the signature was right
    version: str  # the release that made the backup; empty if it does not say
    missing: Sequence[str] = ()  # the hashes of files of evidence that are whole nowhere


@dataclass(frozen=True)
class Taken:
    """What `take` did."""

    manifest: dict[str, Any]
    missing: Sequence[str] = ()  # the hashes of files of evidence that are whole nowhere


def take(target: Path, *, at: datetime, with_files: bool = True) -> Taken:
    """Write a backup to this file. It appears whole or not at all, for its owner alone.

    The files of evidence go to a folder beside it, unless `with_files` is false.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.exists():
        raise BackupError(f"{target} is there already.")
    with tempfile.TemporaryDirectory(prefix=".backup-", dir=target.parent) as name:
        copy, packed = Path(name) / DATABASE, Path(name) / target.name
        held, named = ENGINES[connection.vendor].take(copy)
        manifest = {
            "format": FORMAT,
            "version": settings.VERSION,
            "at": at.isoformat(),
            "engine": connection.vendor,
            "migrations": sorted(MigrationRecorder(connection).applied_migrations()),
            "sha256": sha256_of(copy),
            "bytes": copy.stat().st_size,
            "tables": held,
            "secret_key": SECRET_KEY_NOTE,
        }
        if named.kept:
            manifest[EVIDENCE] = {
                "files": len(named.kept),
                "bytes": sum(named.kept.values()),
                "sha256": hashlib.sha256(named.as_list()).hexdigest(),
            }
        manifest = signing.with_signature(manifest)
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(MANIFEST, json.dumps(manifest, indent=1))
            archive.write(copy, DATABASE)
            if named.kept:
                archive.writestr(EVIDENCE, named.as_list())
        packed.chmod(0o600)
        with packed.open("rb") as written:
            os.fsync(written.fileno())
        # Before the backup appears: it is whole from the start.
        missing = files.copy_beside(target.parent / files.FOLDER, named) if with_files else []
        packed.replace(target)
    return Taken(manifest, missing)


def put_back(source: Path, *, at: datetime, unsigned: bool = False, without_files: bool = False) -> Restored:
    """Replace the database by this backup. The site must not be running.

    Raises BackupError where the file is not whole or not of this site; then nothing is changed. A signature
    that is missing or wrong is no reason to refuse if `unsigned` says so; nor are files of evidence that are
    missing if `without_files` does.
    """
    engine = ENGINES[connection.vendor]
    folder = Path(settings.DATA_DIR)
    with tempfile.TemporaryDirectory(prefix=".restore-", dir=folder) as name:
        copy = Path(name) / DATABASE
        manifest, distrust, wanted = unpacked(source, copy, unsigned=unsigned)
        missing = files.missing_from(source.parent / files.FOLDER, wanted)
        if missing and not without_files:
            raise BackupError(missing_files(source, wanted, missing))
        files.bring_back(source.parent / files.FOLDER, wanted)
        stamp = f"{at:%Y%m%d-%H%M%S}"
        if connection.vendor == "postgresql":
            kept = unused(folder / "backups", f"before-restore-{stamp}", ".zip")
            take(kept, at=at, with_files=False)
            engine.put_back(copy)
        else:
            live = on_sqlite.database_file()
            kept = unused(live.parent, f"{live.name}.before-{stamp}")
            held_by(manifest, on_sqlite.read(copy))
            engine.put_back(copy, kept)
    held_by(manifest, engine.read_live(), f" What was there before is kept in {kept}.")
    return Restored(str(kept), distrust, release_of(manifest), missing)


def unused(folder: Path, name: str, suffix: str = "") -> Path:
    """Where to keep what is replaced: two restores may begin within the same second."""
    numbers = chain([""], (f"-{number}" for number in count(2)))
    return next(path for number in numbers if not (path := folder / f"{name}{number}{suffix}").exists())


def missing_files(source: Path, wanted: dict[str, int], missing: list[str]) -> str:
    """What to tell the operator about files of evidence that are missing or changed."""
    first = ", ".join(missing[:3])
    return (
        f"{len(missing)} of {len(wanted)} files of evidence are missing or changed, here and in "
        f"{source.parent / files.FOLDER}: {first}{', …' if len(missing) > 3 else ''}. Put that folder beside "
        "the backup, or restore without these files: --without-files."
    )


def unpacked(source: Path, copy: Path, *, unsigned: bool) -> tuple[dict[str, Any], str, dict[str, int]]:
    """The manifest; why not to trust it, if so; and the files of evidence that belong to it.

    All that can be checked before anything is touched has been checked.

    The database goes to `copy`.
    """
    try:
        with zipfile.ZipFile(source) as archive:
            manifest = manifest_of(archive, source)
            distrust = signing.distrust(manifest)
            if distrust and not unsigned:
                raise BackupError(
                    f"{source} {distrust}. If you know where it comes from and trust it all the same, "
                    "restore it with --unsigned (make restore FROM=… UNSIGNED=1)."
                )
            refuse_another_site(source, manifest)
            left = int(manifest.get("bytes", archive.getinfo(DATABASE).file_size))
            with archive.open(DATABASE) as packed, copy.open("wb") as out:
                while left >= 0 and (block := packed.read(1 << 20)):
                    left -= out.write(block)
            wanted = evidence_of_backup(archive, manifest.get(EVIDENCE))
    except NOT_WHOLE as error:
        raise BackupError(f"{source} is not a whole backup of Taizhang: {error}") from error
    if sha256_of(copy) != manifest["sha256"]:
        raise BackupError(f"{source} is damaged: its checksum is not the one in its manifest.")
    return manifest, distrust, wanted


def evidence_of_backup(archive: zipfile.ZipFile, said: dict[str, str] | None) -> dict[str, int]:
    """The files that belong to the backup, as its manifest says. Raises ValueError and KeyError."""
    if said is None:
        return {}
    if archive.getinfo(EVIDENCE).file_size > files.LIST_LIMIT:
        raise ValueError("its list of evidence is too long")
    text = archive.read(EVIDENCE)
    if hashlib.sha256(text).hexdigest() != said["sha256"]:
        raise ValueError("its list of evidence is not the one of its manifest")
    return files.listed(text)


def manifest_of(archive: zipfile.ZipFile, source: Path) -> dict[str, Any]:
    """The manifest of a backup of a format that this release knows."""
    names = [member.filename for member in archive.infolist()]
    if names not in ([MANIFEST, DATABASE], [MANIFEST, DATABASE, EVIDENCE]) or archive.comment:
        raise BackupError(f"{source} is not a whole backup of Taizhang: it holds {names!a}.")
    if archive.getinfo(MANIFEST).file_size > MANIFEST_LIMIT:
        raise BackupError(f"{source} is not a whole backup of Taizhang: its manifest is too long.")
    manifest = json.loads(archive.read(MANIFEST))
    if not isinstance(manifest, dict) or manifest.get("format") not in (FORMAT, UNSIGNED_FORMAT):
        raise BackupError(f"{source} is of another format: a newer release made it. Install that one.")
    return manifest


def release_of(manifest: dict[str, Any]) -> str:
    """Return the release that the manifest names. Empty if it names none, or something that is no version."""
    version = str(manifest.get("version", ""))
    return version if VERSION.fullmatch(version) else ""


def refuse_another_site(source: Path, manifest: dict[str, Any]) -> None:
    """Raises BackupError for a backup of the other engine, or of a newer release."""
    if manifest["engine"] != connection.vendor:
        raise BackupError(
            f"{source} holds a {manifest['engine']} database; this site runs on {connection.vendor}."
        )
    newer = release.unknown([(app, name) for app, name in manifest["migrations"]])
    if newer:
        raise BackupError(
            f"A newer release made {source}: this one does not know {', '.join(newer)}. Install that one."
        )


def held_by(manifest: dict[str, Any], found: Contents, advice: str = "") -> None:
    if wrong := differing_tables(manifest["tables"], found):
        raise BackupError(f"The rows are not those of the manifest: {'; '.join(wrong)}.{advice}")


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
