"""The content of a database in a form that can be compared: the rows of each table, and their hash."""

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from tempfile import SpooledTemporaryFile
from typing import TypedDict

from django.db.backends.utils import CursorWrapper


class TableContents(TypedDict):
    rows: int
    sha256: str


type Contents = dict[str, TableContents]


LENGTH = hashlib.sha256().digest_size
KEPT_IN_MEMORY = 1 << 16  # bytes of hashes that begin alike; more of them go to a file


def digest(rows: Iterable[tuple[object, ...]]) -> TableContents:
    """The count and the hash of rows, independent of their order: the hash of the sorted hashes of all rows.

    A table may have more rows than fit into memory, so hashes are sorted by their first byte as they come.
    """
    whole, count = hashlib.sha256(), 0
    with ExitStack() as opened:
        parts = [opened.enter_context(SpooledTemporaryFile(KEPT_IN_MEMORY)) for _byte in range(256)]
        # Databases sort text differently; hashes sort the same everywhere.
        for row in rows:
            one = hashlib.sha256(json.dumps(row, ensure_ascii=False).encode()).digest()
            parts[one[0]].write(one)
            count += 1
        for part in parts:
            part.seek(0)
            alike = part.read()
            hashes = (alike[place : place + LENGTH] for place in range(0, len(alike), LENGTH))
            whole.update(b"".join(sorted(hashes)))
    return {"rows": count, "sha256": whole.hexdigest()}


def contents(cursor: CursorWrapper | sqlite3.Cursor, columns: dict[str, list[str]]) -> Contents:
    """What the tables hold. All values as text, which both engines write the same way before and after."""
    found: Contents = {}
    for table, names in sorted(columns.items()):
        texts = ", ".join(f'CAST("{name}" AS text)' for name in sorted(names))
        cursor.execute(f'SELECT {texts} FROM "{table}"')  # noqa: S608 - names from the database's own catalogue
        found[table] = digest(in_blocks(cursor))
    return found


def in_blocks(cursor: CursorWrapper | sqlite3.Cursor) -> Iterator[tuple[object, ...]]:
    while rows := cursor.fetchmany(1_000):
        yield from rows


def differing_tables(expected: Contents, found: Contents) -> list[str]:
    """Describe the differences from what was expected, table by table."""
    said = []
    for table in sorted({*expected, *found}):
        if table not in found:
            said.append(f"{table} is missing")
        elif table not in expected:
            said.append(f"{table} should not be there")
        elif expected[table] != found[table]:
            said.append(f"{table} holds {found[table]['rows']} rows, not the same {expected[table]['rows']}")
    return said
