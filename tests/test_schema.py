"""The schema written down is the one that the migrations make, and whatever differs from it is named."""

import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.migrations.recorder import MigrationRecorder

from measures.database import schema, text_index
from measures.database.schema import on_sqlite
from measures.database.schema.on_postgresql import without_moving_casts
from measures.database.schema.things import Definitions, Thing, compared, definitions_as_json, quoted

pytestmark = pytest.mark.django_db
ON_SQLITE = connection.vendor == "sqlite"
on_postgresql_only = pytest.mark.skipif(ON_SQLITE, reason="SQLite has none")
NOTHING = "AS 'BEGIN RETURN NULL; END'"
WRITTEN = Path(schema.__file__).parent / f"{connection.vendor}.json"


def test_the_schema_written_down_is_what_the_migrations_make() -> None:
    made: dict[str, Any] = {
        "migrations": sorted(MigrationRecorder(connection).applied_migrations()),
        "definitions": definitions_as_json(schema.found_in("default")),
    }
    if os.environ.get("WRITE_SCHEMA"):
        parts = [
            f'"{name}": [\n' + ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows) + "\n]"
            for name, rows in made.items()
        ]
        WRITTEN.write_text("{\n" + ",\n".join(parts) + "\n}\n", encoding="utf-8")

    said = json.loads(WRITTEN.read_text(encoding="utf-8"))
    assert said == json.loads(json.dumps(made)), "Run `make schema` after a new migration; read its diff."


class Undone(Exception):
    """Ends a block whose changes are to be rolled back."""


@contextmanager
def altered(*statements: str) -> Iterator[dict[str, str]]:
    """How each thing differs after these statements, by its name; undone afterwards.

    On SQLite they run on a copy in memory, which nothing needs to undo.
    """
    if not ON_SQLITE:
        try:
            with transaction.atomic():
                for statement in statements:
                    connection.cursor().execute(statement)
                yield {str(one.thing): one.how for one in schema.schema_differences("default")}
                raise Undone
        except Undone:
            return
    file = str(connection.settings_dict["NAME"])
    with closing(sqlite3.connect(file)) as original, closing(sqlite3.connect(":memory:")) as copy:
        original.backup(copy)
        for statement in statements:
            copy.execute(statement)
        found = on_sqlite.read(copy.cursor())
        yield {str(one.thing): one.how for one in compared(schema.expected_in("default", found), found)}


def written(*kinds: str) -> Definitions:
    _migrations, expected = schema.written_down(connection.vendor)
    return {thing: definition for thing, definition in expected.items() if thing.kind in kinds}


def dropping(thing: Thing) -> str:
    """A statement that drops a thing, and whatever hangs on it."""
    name, table = quoted(thing.name), quoted(thing.table)
    if ON_SQLITE:
        return f"DROP {thing.kind} {name}"
    if thing.kind == "index" and Thing("constraint", thing.name, thing.table) in written("constraint"):
        return f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {name} CASCADE"
    return {
        "constraint": f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {name} CASCADE",
        "trigger": f"DROP TRIGGER IF EXISTS {name} ON {table}",
        "function": f"DROP FUNCTION IF EXISTS {thing.name} CASCADE",
        "index": f"DROP INDEX IF EXISTS {name} CASCADE",
        "column": f"ALTER TABLE {table} DROP COLUMN IF EXISTS {name} CASCADE",
    }[thing.kind]


def test_a_database_as_it_should_be_has_no_differences() -> None:
    with altered() as differences:
        assert not differences


@pytest.mark.parametrize(
    "kind", ["trigger", "index"] if ON_SQLITE else ["trigger", "index", "constraint", "function", "column"]
)
def test_each_thing_that_is_dropped_is_named(kind: str) -> None:
    things = written(kind)
    assert len(things) > 5

    with altered(*map(dropping, things)) as differences:
        assert {str(thing) for thing in things} <= set(differences)
        assert {differences[str(thing)] for thing in things} == {"missing"}


@pytest.mark.skipif(not ON_SQLITE, reason="there, constraints are separate objects")
def test_each_table_of_sqlite_that_is_rebuilt_without_its_constraints_is_named() -> None:
    tables = [thing for thing in written("table") if not thing.name.startswith(text_index.PAIRS)]
    assert len(tables) > 30
    statements = [
        statement
        for thing in tables
        for statement in (
            f"CREATE TABLE bare AS SELECT * FROM {thing.name}",
            f"DROP TABLE {thing.name}",
            f"ALTER TABLE bare RENAME TO {thing.name}",
        )
    ]

    with altered("PRAGMA foreign_keys=OFF", "PRAGMA legacy_alter_table=ON", *statements) as differences:
        assert {differences.get(str(thing)) for thing in tables} == {"changed"}


def test_each_guard_whose_action_is_changed_is_named() -> None:
    triggers = written("trigger")
    if ON_SQLITE:
        statements = [
            "PRAGMA writable_schema=ON",
            "UPDATE sqlite_master SET sql = replace(sql, ' BEGIN ', ' WHEN 0 BEGIN ') WHERE type = 'trigger'",
        ]
    else:
        statements = [
            f"CREATE OR REPLACE FUNCTION {thing.name} RETURNS trigger LANGUAGE plpgsql {NOTHING}"
            for thing, definition in written("function").items()
            if "RETURNS trigger" in definition
        ]

    with altered(*statements) as differences:
        assert {differences.get(str(thing)) for thing in triggers} == {"changed"}


@on_postgresql_only
@pytest.mark.parametrize("state", ["DISABLE", "ENABLE REPLICA", "ENABLE ALWAYS"])
def test_each_trigger_that_is_switched_is_named(state: str) -> None:
    triggers = written("trigger")
    statements = [f"ALTER TABLE {thing.table} {state} TRIGGER {thing.name}" for thing in triggers]

    with altered(*statements) as differences:
        assert {differences.get(str(thing)) for thing in triggers} == {"changed"}


@on_postgresql_only
def test_each_foreign_key_whose_triggers_are_disabled_is_named() -> None:
    keys = {thing for thing, text in written("constraint").items() if text.startswith("FOREIGN KEY")}
    statements = [f"ALTER TABLE {table} DISABLE TRIGGER ALL" for table in sorted({key.table for key in keys})]

    with altered(*statements) as differences:
        assert {differences.get(str(thing)) for thing in keys} == {"changed"}


EVERYWHERE = [
    ("CREATE VIEW extra AS SELECT * FROM auth_user", "view extra"),
    ("CREATE TABLE extra (id integer)", "table extra"),
    ("CREATE INDEX extra ON auth_user (email)", "index extra on auth_user"),
]
ADDED = [
    *EVERYWHERE,
    ("CREATE TRIGGER extra AFTER INSERT ON auth_user BEGIN SELECT 1; END", "trigger extra on auth_user"),
    (
        'CREATE TRIGGER "extra\x1b[2J" AFTER INSERT ON auth_user BEGIN SELECT 1; END',
        "trigger extra�[2J on auth_user",
    ),
]
DOES_NOTHING = f"CREATE FUNCTION extra() RETURNS trigger LANGUAGE plpgsql {NOTHING}"
ADDED_TO_POSTGRESQL = [
    *EVERYWHERE,
    (DOES_NOTHING, "function extra()"),
    (
        f"{DOES_NOTHING}; CREATE TRIGGER extra AFTER INSERT ON auth_user EXECUTE FUNCTION extra()",
        "trigger extra on auth_user",
    ),
    (
        f"CREATE SCHEMA other; CREATE FUNCTION other.extra() RETURNS trigger LANGUAGE plpgsql {NOTHING}; "
        "CREATE TRIGGER extra AFTER INSERT ON auth_user EXECUTE FUNCTION other.extra()",
        "trigger extra on auth_user",
    ),
    ("CREATE RULE extra AS ON DELETE TO auth_user DO INSTEAD NOTHING", "rule extra on auth_user"),
    ("CREATE POLICY extra ON auth_user USING (true)", "policy extra on auth_user"),
    ("ALTER TABLE auth_user ENABLE ROW LEVEL SECURITY", "table auth_user"),
    ("ALTER TABLE measures_auditrecord SET UNLOGGED", "table measures_auditrecord"),
    ("CREATE SCHEMA other; CREATE TABLE other.more () INHERITS (auth_user)", "table auth_user"),
    ("ALTER TABLE auth_user ADD COLUMN extra text", "column extra on auth_user"),
    ("ALTER TABLE auth_user ALTER COLUMN is_superuser SET DEFAULT true", "column is_superuser on auth_user"),
    ("ALTER TABLE auth_user ADD CONSTRAINT extra CHECK (true)", "constraint extra on auth_user"),
    ("CREATE MATERIALIZED VIEW extra AS SELECT * FROM auth_user", "materialized view extra"),
    ("CREATE SEQUENCE extra", "sequence extra"),
    ("CREATE TYPE extra AS ENUM ('a')", "type extra"),
    ("CREATE DOMAIN extra AS text", "type extra"),
    (
        "CREATE OPERATOR === (FUNCTION = texteq, LEFTARG = text, RIGHTARG = text)",
        "operator ===(text,text)",
    ),
    ("CREATE AGGREGATE extra (integer) (SFUNC = int4pl, STYPE = integer)", "function extra(integer)"),
    (
        "CREATE FUNCTION extra() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'; "
        "CREATE EVENT TRIGGER extra ON ddl_command_start EXECUTE FUNCTION extra()",
        "event trigger extra",
    ),
]


@pytest.mark.parametrize(("statement", "name"), ADDED if ON_SQLITE else ADDED_TO_POSTGRESQL)
def test_each_kind_of_thing_that_is_added_is_named(statement: str, name: str) -> None:
    with altered(statement) as differences:
        assert name in differences


def test_a_constraint_is_the_same_after_a_backup_has_moved_its_casts() -> None:
    made = (
        "CHECK (((status)::text = ANY ((ARRAY['a'::character varying, 'it''s'::character varying])::text[])))"
    )
    put_back = (
        "CHECK (((status)::text = ANY "
        "(ARRAY[('a'::character varying)::text, ('it''s'::character varying)::text])))"
    )

    assert without_moving_casts(made) == without_moving_casts(put_back) != made


def test_names_are_quoted_whatever_is_in_them() -> None:
    assert quoted('"a"') == '"""a"""'
