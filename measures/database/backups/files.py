"""The files of evidence beside a backup: copied once each, and compared with their hashes every time.

A backup names the files that its database names. The files themselves are in the folder `evidence` beside it,
which all backups in a folder share: a file never changes.
"""

import hashlib
import os
import re
import sqlite3
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import mkstemp

from django.db.backends.utils import CursorWrapper

from measures.evidence import store

FOLDER = "evidence"
LIST_LIMIT = 64 << 20  # bytes of the list: 800,000 files
LINE = re.compile(r"([0-9a-f]{64}) (\d{1,12})")
KEPT = (
    "SELECT DISTINCT sha256, size FROM measures_evidence WHERE sha256 <> '' "
    "AND sha256 NOT IN (SELECT sha256 FROM measures_evidenceremoval)"
)
DESTROYED = "SELECT sha256 FROM measures_evidenceremoval"
TABLES = {"measures_evidence", "measures_evidenceremoval"}


@dataclass(frozen=True)
class NamedFiles:
    """The files that a database names, each with its size in bytes, and those whose content was destroyed."""

    kept: dict[str, int] = field(default_factory=dict)
    destroyed: frozenset[str] = frozenset()

    def as_list(self) -> bytes:
        """One line a file: the hash and the size."""
        return "".join(f"{sha256} {size}\n" for sha256, size in sorted(self.kept.items())).encode()


def named_in(cursor: CursorWrapper | sqlite3.Cursor, tables: set[str]) -> NamedFiles:
    """What a database names that has these tables: none before a release with evidence."""
    if not tables >= TABLES:
        return NamedFiles()
    cursor.execute(KEPT)
    kept = dict(cursor.fetchall())
    cursor.execute(DESTROYED)
    return NamedFiles(kept, frozenset(sha256 for (sha256,) in cursor.fetchall()))


def listed(text: bytes) -> dict[str, int]:
    """The files of a backup's list. Raises ValueError."""
    found = [LINE.fullmatch(line) for line in text.decode("ascii").splitlines()]
    if not all(found):
        raise ValueError("its list of evidence cannot be read")
    return {one[1]: int(one[2]) for one in found if one}


def copy_beside(folder: Path, named: NamedFiles) -> list[str]:
    """Copy what the folder lacks, and delete what was destroyed; return the files that are whole nowhere."""
    missing = [
        sha256
        for sha256 in sorted(named.kept)
        if hash_in(folder, sha256) != sha256 and not _copied(sha256, folder / store.name_of(sha256))
    ]
    for sha256 in named.destroyed:
        (folder / store.name_of(sha256)).unlink(missing_ok=True)
    return missing


def missing_from(folder: Path, wanted: dict[str, int]) -> list[str]:
    """The files that are whole neither in the storage nor in this folder."""
    return [one for one in sorted(wanted) if one not in (store.hash_of(one), hash_in(folder, one))]


def bring_back(folder: Path, wanted: dict[str, int]) -> int:
    """Put into the storage what it lacks and this folder has; return how many files these were."""
    brought = 0
    for sha256 in sorted(wanted):
        if store.hash_of(sha256) != sha256 and hash_in(folder, sha256) == sha256:
            # What is there is not what was added: it is set aside for nobody.
            store.destroy(store.name_of(sha256))
            with (folder / store.name_of(sha256)).open("rb") as file:
                store.keep(sha256, file)
            brought += 1
    return brought


def hash_in(folder: Path, sha256: str) -> str:
    """The true hash of the copy in this folder; empty if there is none."""
    try:
        with (folder / store.name_of(sha256)).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        return ""


def _copied(sha256: str, target: Path) -> bool:
    """Copy a file from the storage; whether it was what its hash says."""
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    number, part = mkstemp(prefix=".", suffix=".part", dir=target.parent)
    found = hashlib.sha256()
    try:
        with os.fdopen(number, "wb") as out, store.read(sha256) as file:
            while block := file.read(store.BLOCK):
                found.update(block)
                out.write(block)
            out.flush()
            os.fsync(out.fileno())
        if right := found.hexdigest() == sha256:
            Path(part).replace(target)
    except FileNotFoundError:
        right = False
    finally:
        Path(part).unlink(missing_ok=True)
    return right
