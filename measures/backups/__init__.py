"""Backups: one file with the whole database, and a manifest that says what must be in it.

`take` copies while people work; `put_back` checks everything first and keeps what it replaces.
"""

import hashlib
import json
import os
import tempfile
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from measures import release
from measures.backups import on_postgresql, on_sqlite
from measures.backups.contents import Contents, differences

FORMAT = 1
DATABASE, MANIFEST = "database", "manifest.json"
ENGINES = {"sqlite": on_sqlite, "postgresql": on_postgresql}
SECRET_KEY_NOTE = "Not in here. Keep the file secret_key, or what SECRET_KEY holds, in another place."  # noqa: S105


class BackupError(Exception):
    """Why a backup cannot be taken or put back, in words for the operator."""


def take(target: Path, *, at: datetime) -> dict[str, Any]:
    """Write a backup to this file; its manifest. It appears whole or not at all, for its owner alone."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.exists():
        raise BackupError(f"{target} is there already.")
    with tempfile.TemporaryDirectory(prefix=".backup-", dir=target.parent) as name:
        copy, packed = Path(name) / DATABASE, Path(name) / target.name
        held = ENGINES[connection.vendor].take(copy)
        manifest = {
            "format": FORMAT,
            "at": at.isoformat(),
            "engine": connection.vendor,
            "migrations": sorted(MigrationRecorder(connection).applied_migrations()),
            "sha256": sha256_of(copy),
            "tables": held,
            "secret_key": SECRET_KEY_NOTE,
        }
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(MANIFEST, json.dumps(manifest, indent=1))
            archive.write(copy, DATABASE)
        packed.chmod(0o600)
        with packed.open("rb") as written:
            os.fsync(written.fileno())
        packed.replace(target)
    return manifest


def put_back(source: Path, *, at: datetime) -> str:
    """Replace the database by this backup; where the old one is kept. The site must not be running.

    Raises BackupError where the file is not whole or not of this site; then nothing is changed.
    """
    engine = ENGINES[connection.vendor]
    folder = Path(settings.DATA_DIR)
    with tempfile.TemporaryDirectory(prefix=".restore-", dir=folder) as name:
        copy = Path(name) / DATABASE
        manifest = unpacked(source, copy)
        stamp = f"{at:%Y%m%d-%H%M%S}"
        if connection.vendor == "postgresql":
            kept = folder / "backups" / f"before-restore-{stamp}.zip"
            take(kept, at=at)
            engine.put_back(copy)
        else:
            kept = on_sqlite.database_file().with_name(f"{on_sqlite.database_file().name}.before-{stamp}")
            held_by(manifest, on_sqlite.read(copy))
            engine.put_back(copy, kept)
    held_by(manifest, engine.read_live(), f" What was there before is kept in {kept}.")
    return str(kept)


def unpacked(source: Path, copy: Path) -> dict[str, Any]:
    """The manifest, after all that can be checked before anything is touched; the database goes to `copy`."""
    try:
        with zipfile.ZipFile(source) as archive:
            manifest = json.loads(archive.read(MANIFEST))
            with archive.open(DATABASE) as packed, copy.open("wb") as out:
                while block := packed.read(1 << 20):
                    out.write(block)
    except (OSError, KeyError, ValueError, EOFError, zipfile.BadZipFile) as error:
        raise BackupError(f"{source} is not a whole backup of Taizhang: {error}") from error
    if manifest.get("format") != FORMAT:
        raise BackupError(f"{source} is of another format: a newer release made it. Install that one.")
    if manifest["engine"] != connection.vendor:
        raise BackupError(
            f"{source} holds a {manifest['engine']} database; this site runs on {connection.vendor}."
        )
    newer = release.unknown([(app, name) for app, name in manifest["migrations"]])
    if newer:
        raise BackupError(
            f"A newer release made {source}: this one does not know {', '.join(newer)}. Install that one."
        )
    if sha256_of(copy) != manifest["sha256"]:
        raise BackupError(f"{source} is damaged: its checksum is not the one in its manifest.")
    return manifest


def held_by(manifest: dict[str, Any], found: Contents, advice: str = "") -> None:
    if wrong := differences(manifest["tables"], found):
        raise BackupError(f"The rows are not those of the manifest: {'; '.join(wrong)}.{advice}")


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
