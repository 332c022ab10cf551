"""What a schema consists of, and how two of them differ."""

import sqlite3
from typing import Literal, NamedTuple

from django.db.backends.utils import CursorWrapper


class Thing(NamedTuple):
    """A table, column, constraint, index, trigger, function… by its name."""

    kind: str
    name: str
    table: str = ""  # of what belongs to one

    def __str__(self) -> str:
        said = f"{self.kind} {self.name} on {self.table}" if self.table else f"{self.kind} {self.name}"
        # Its creator chose the name, and a terminal prints it.
        return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in said)


type Definitions = dict[Thing, str]

# What runs by itself when somebody reads or writes a table, or hides rows of it.
RUNNING = {"trigger", "rule", "policy"}
# What changes nothing about the tables of this release.
BESIDE = {"table", "view", "materialized view", "foreign table", "partitioned table", "sequence", "type"}
BESIDE |= {"function", "operator", "cast", "event trigger", "index"}


class SchemaDifference(NamedTuple):
    """One thing that is not as this release makes it."""

    thing: Thing
    how: Literal["missing", "changed", "foreign"]
    serious: bool  # whether the site may lose a guard, refuse what it should take, or run somebody's code

    def __str__(self) -> str:
        return f"{self.thing} {HOW[self.how]}"


HOW = {
    "missing": "is missing",
    "changed": "is not as this release makes it",
    "foreign": "is not of this release",
}


def compared(expected: Definitions, found: Definitions) -> list[SchemaDifference]:
    """How the found schema differs from the expected one."""
    differences = [
        SchemaDifference(
            thing, "changed" if thing in found else "missing", not is_slow_at_worst(expected[thing], thing)
        )
        for thing in expected
        if expected[thing] != found.get(thing)
    ]
    differences += [
        SchemaDifference(thing, "foreign", thing.kind not in BESIDE or is_unique(definition))
        for thing, definition in found.items()
        if thing not in expected
    ]
    return sorted(differences)


def is_slow_at_worst(definition: str, thing: Thing) -> bool:
    """Whether the site still works correctly without this, only slower."""
    return thing.kind == "index" and not is_unique(definition)


def is_unique(definition: str) -> bool:
    return definition.startswith("CREATE UNIQUE INDEX")


def definitions_as_json(definitions: Definitions) -> list[list[str]]:
    return [[*thing, definition] for thing, definition in sorted(definitions.items())]


def from_json(rows: list[list[str]]) -> Definitions:
    return {Thing(kind, name, table): definition for kind, name, table, definition in rows}


def quoted(name: str) -> str:
    """The name as SQL takes it. Django's own quote_name leaves a name that has quotes as it is."""
    return '"' + name.replace('"', '""') + '"'


def read_all(cursor: CursorWrapper | sqlite3.Cursor, queries: list[str]) -> Definitions:
    """What the queries find: kind, name, table and definition in each row."""
    found: Definitions = {}
    for query in queries:
        cursor.execute(query)
        for kind, name, table, definition in cursor.fetchall():
            found[Thing(kind, name, table or "")] = definition or ""
    return found
