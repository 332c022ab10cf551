"""Where the files are: in the storage `evidence` of the settings, each content once, under its SHA-256.

A file is written whole or not at all, and never replaced. Every storage of Django works; the default is
a folder.
"""

import hashlib
import os
import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import IO

from django.core.files import File
from django.core.files.storage import FileSystemStorage, Storage, storages

ALIAS = "evidence"
FOLDERS = tuple(f"{number:02x}" for number in range(256))
BLOCK = 1024 * 1024


class Damaged(Exception):
    """The storage holds something else under this hash."""


class EvidenceStorage(FileSystemStorage):
    """A folder. What it holds survives a crash, and belongs to its owner alone."""

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        """The same name: it is the hash of what it holds."""
        return name

    def _save(self, name: str, content: "File[bytes]") -> str:
        target = Path(self.path(name))
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # In the same folder, so that the move is one step.
        number, part = tempfile.mkstemp(prefix=f"{target.name}.", suffix=".part", dir=target.parent)
        try:
            with os.fdopen(number, "wb") as out:
                content.seek(0)
                while block := content.read(BLOCK):
                    out.write(block)
                out.flush()
                os.fsync(out.fileno())
            Path(part).replace(target)
        except BaseException:
            Path(part).unlink(missing_ok=True)
            raise
        _sync(target.parent)
        return name


def _sync(folder: Path) -> None:
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def storage() -> Storage:
    return storages[ALIAS]


def name_of(sha256: str) -> str:
    """The file's name in the storage."""
    return f"{sha256[:2]}/{sha256}"


def keep(sha256: str, content: IO[bytes]) -> None:
    """Store the content, unless it is there already. Raises Damaged, and OSError for a full disk."""
    name = name_of(sha256)
    if not storage().exists(name):
        content.seek(0)
        storage().save(name, File(content))
    elif hash_of(sha256) != sha256:
        raise Damaged(sha256)


def read(sha256: str) -> "File[bytes]":
    """The file, open. Raises FileNotFoundError."""
    return storage().open(name_of(sha256), "rb")


def read_unchanged(sha256: str) -> "File[bytes] | None":
    """The file, open, if it still is what was added; None if it is missing or damaged."""
    try:
        file = read(sha256)
        if content_hash(file) == sha256:
            file.seek(0)
            return file
        file.close()
    except OSError:
        pass
    return None


def is_stored(sha256: str) -> bool:
    return storage().exists(name_of(sha256))


def destroy(name: str) -> None:
    """Delete a file by its name in the storage; one that is not there is no error."""
    storage().delete(name)


def hash_of(sha256: str) -> str:
    """The true hash of what is stored under this one; empty if nothing is. Needs little memory."""
    try:
        with read(sha256) as file:
            return content_hash(file)
    except FileNotFoundError:
        return ""


def content_hash(file: "IO[bytes] | File[bytes]") -> str:
    """The SHA-256 of all that the file holds."""
    found = hashlib.sha256()
    file.seek(0)
    while block := file.read(BLOCK):
        found.update(block)
    return found.hexdigest()


def stored_in(folder: str) -> list[str]:
    """The names of the files in one of FOLDERS, unfinished ones too."""
    try:
        _folders, files = storage().listdir(folder)
    except FileNotFoundError:
        return []
    return sorted(files)


def outside() -> Iterator[str]:
    """What lies beside FOLDERS, where nothing should be."""
    try:
        folders, files = storage().listdir("")
    except FileNotFoundError:
        return
    yield from sorted(files)
    yield from (f"{folder}/" for folder in sorted(folders) if folder not in FOLDERS)


def written_at(name: str) -> datetime:
    return storage().get_modified_time(name)
