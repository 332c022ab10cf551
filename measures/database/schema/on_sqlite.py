"""SQLite: the text of each table, index, trigger and view, as the database itself keeps it."""

import sqlite3

from django.db.backends.utils import CursorWrapper

from measures.database.schema.things import Definitions, Thing, quoted, read_all
from measures.database.text_index import PAIRS

# SQLite's own tables hold statistics and the newest keys; an index without text belongs to its table's text.
SCHEMA = (
    "SELECT type, name, CASE WHEN type IN ('index', 'trigger') THEN tbl_name END, sql FROM sqlite_master "
    "WHERE NOT (type = 'table' AND (name = 'sqlite_sequence' OR name GLOB 'sqlite_stat[0-9]')) "
    "AND NOT (type = 'index' AND sql IS NULL)"
)


def read(cursor: CursorWrapper | sqlite3.Cursor) -> Definitions:
    return read_all(cursor, [SCHEMA])


def without_what_may_be_missing(expected: Definitions, found: Definitions) -> Definitions:
    """The expected definitions, less the index of words where there is nothing of it: a warning says so."""
    if any(is_of_text_index(thing) for thing in found):
        return expected
    return {thing: definition for thing, definition in expected.items() if not is_of_text_index(thing)}


def is_of_text_index(thing: Thing) -> bool:
    return thing.name.startswith(PAIRS)


def drop_statement(thing: Thing) -> str:
    """The SQL that takes away a trigger."""
    return f"DROP TRIGGER {quoted(thing.name)}"
