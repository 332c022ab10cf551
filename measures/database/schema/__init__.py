"""Whether a database is as this release makes it: tables, constraints, indexes, triggers, functions.

`sqlite.json` and `postgresql.json` hold what the migrations make of an empty database. `make schema` writes
them anew after a new migration; a test compares them with the database that it has just migrated.
"""

import json
from functools import cache
from pathlib import Path
from types import ModuleType

from django.db import connections
from django.db.migrations.recorder import MigrationRecorder

from measures.database.schema import on_postgresql, on_sqlite
from measures.database.schema.things import Definitions, SchemaDifference, compared, from_json

ENGINES: dict[str, ModuleType] = {"sqlite": on_sqlite, "postgresql": on_postgresql}


@cache
def written_down(vendor: str) -> tuple[set[tuple[str, str]], Definitions]:
    """The migrations of this release, and what they make of an empty database."""
    text = (Path(__file__).parent / f"{vendor}.json").read_text(encoding="utf-8")
    held = json.loads(text)
    return {(app, name) for app, name in held["migrations"]}, from_json(held["definitions"])


def is_of_this_release(alias: str) -> bool:
    """Whether the database has every migration that was written down and no other of those apps."""
    migrations, _definitions = written_down(connections[alias].vendor)
    apps = {app for app, _name in migrations}
    applied = MigrationRecorder(connections[alias]).applied_migrations()
    return {key for key in applied if key[0] in apps} == migrations


def found_in(alias: str) -> Definitions:
    """What the database consists of."""
    with connections[alias].cursor() as cursor:
        found: Definitions = ENGINES[connections[alias].vendor].read(cursor)
    return found


def expected_in(alias: str, found: Definitions) -> Definitions:
    """What it should consist of."""
    vendor = connections[alias].vendor
    _migrations, expected = written_down(vendor)
    return on_sqlite.without_what_may_be_missing(expected, found) if vendor == "sqlite" else expected


def schema_differences(alias: str) -> list[SchemaDifference]:
    """How a database of this release differs from what this release makes; empty where it does not."""
    found = found_in(alias)
    return compared(expected_in(alias, found), found)
