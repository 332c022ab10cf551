"""SQLite: its own backup API, which copies one consistent state while others read and write."""

import os
import shutil
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from django.db import connection
from django.db.backends.sqlite3._functions import register

from measures.database.backups.contents import Contents, contents
from measures.database.backups.files import NamedFiles, named_in

BESIDE = ("-journal", "-wal", "-shm")


def database_file() -> Path:
    return Path(str(connection.settings_dict["NAME"]))


def take(copy: Path) -> tuple[Contents, NamedFiles]:
    """Copy the live database to this file; return its content, and the files that it names."""
    connection.ensure_connection()
    with closing(sqlite3.connect(copy)) as target:
        connection.connection.backup(target)
        # One file: a copy in WAL mode would leave two more next to it.
        target.execute("PRAGMA journal_mode=DELETE")
    found = read(copy)
    with closing(sqlite3.connect(f"file:{copy}?mode=ro", uri=True)) as database:
        return found, named_in(database.cursor(), set(found))


def read(copy: Path) -> Contents:
    """Return the content of the file; raises sqlite3.DatabaseError if it is damaged."""
    with closing(sqlite3.connect(f"file:{copy}?mode=ro", uri=True)) as database:
        register(database)  # the constraints that integrity_check tries use Django's own functions
        verdict = database.execute("PRAGMA integrity_check").fetchone()[0]
        if verdict != "ok":
            raise sqlite3.DatabaseError(verdict)
        tables = [
            name
            # Skip the search index: it stores no rows itself.
            for (name,) in database.execute("SELECT name FROM pragma_table_list WHERE type = 'table'")
            if not name.startswith("sqlite_")
        ]
        columns = {t: [row[1] for row in database.execute(f'PRAGMA table_info("{t}")')] for t in tables}
        return contents(database.cursor(), columns)


def read_live() -> Contents:
    return read(database_file())


def put_back(copy: Path, kept: Path) -> None:
    """The copy takes the live file's place, which is kept under another name."""
    live = database_file()
    connection.close()
    fresh = live.with_name(f"{live.name}.restoring")
    shutil.copyfile(copy, fresh)
    fresh.chmod(0o600)
    with fresh.open("rb") as written:
        os.fsync(written.fileno())
    # What a crash left half done is finished first. A file too damaged for that is kept as it is.
    with suppress(sqlite3.DatabaseError), closing(sqlite3.connect(live)) as old:
        old.execute("PRAGMA journal_mode=DELETE")
    for suffix in ("", *BESIDE):
        with suppress(FileNotFoundError):
            Path(f"{live}{suffix}").replace(f"{kept}{suffix}")
    fresh.replace(live)
