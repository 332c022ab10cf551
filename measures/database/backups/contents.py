"""The content of a database in a form that can be compared: the rows of each table, and their hash."""

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Iterator
from typing import TypedDict

from django.db.backends.utils import CursorWrapper


class TableContents(TypedDict):
    rows: int
    sha256: str


type Contents = dict[str, TableContents]


def digest(rows: Iterable[tuple[object, ...]]) -> TableContents:
    """The count and the hash of rows, independent of their order."""
    # Databases sort text differently; hashes sort the same everywhere.
    hashes = sorted(hashlib.sha256(json.dumps(row, ensure_ascii=False).encode()).digest() for row in rows)
    return {"rows": len(hashes), "sha256": hashlib.sha256(b"".join(hashes)).hexdigest()}


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
