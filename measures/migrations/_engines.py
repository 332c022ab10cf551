"""Run literal SQL in a migration, where each engine has statements of its own; and keep triggers.

Migrations keep the SQL that they ran, so a later change to a trigger does not change what an older migration
does. Do not edit this module once it is released.
"""

from collections.abc import Callable
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps
from typing import Any

from django.db import migrations
from django.db.migrations.operations.base import Operation

type Statements = dict[str, list[str]]  # by the connection's vendor: "sqlite", "postgresql"


def run_sql(forwards: Statements, backwards: Statements) -> migrations.RunPython:
    """An operation that runs the engine's statements, as they are written."""
    return migrations.RunPython(_runner(forwards), _runner(backwards))


def _runner(statements: Statements) -> Callable[[StateApps, BaseDatabaseSchemaEditor], None]:
    def run(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
        for statement in statements[schema_editor.connection.vendor]:
            schema_editor.execute(statement, params=None)

    return run


def append_only(table: str) -> tuple[Statements, Statements]:
    """The statements that refuse every change of a table's rows, and those that take the guard away."""
    refusal = f"'{table} is append-only'"
    unguard = {
        "sqlite": [
            f"DROP TRIGGER IF EXISTS {table}_no_change",
            f"DROP TRIGGER IF EXISTS {table}_no_delete",
        ],
        "postgresql": [
            f"DROP TRIGGER IF EXISTS {table}_no_change ON {table}",
            f"DROP TRIGGER IF EXISTS {table}_no_truncate ON {table}",
            f"DROP FUNCTION IF EXISTS {table}_refuse()",
        ],
    }
    made = {
        "sqlite": [
            f"CREATE TRIGGER {table}_no_{name} BEFORE {event} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, {refusal}); END"
            for name, event in (("change", "UPDATE"), ("delete", "DELETE"))
        ],
        "postgresql": [
            f"CREATE OR REPLACE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"RAISE EXCEPTION {refusal} USING ERRCODE = 'integrity_constraint_violation'; END $$",
            f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION {table}_refuse()",
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_refuse()",
        ],
    }
    return {vendor: unguard[vendor] + made[vendor] for vendor in made}, unguard


def keeping_triggers(*operations: Operation) -> list[Operation]:
    """These operations on tables, after which the database has the triggers that it had before.

    Django changes a table on SQLite by building it anew. The new table lacks the old one's triggers, and the
    change fails if a trigger of another table names this one. So every trigger is dropped before the operations
    and created again, from the database's own text, after them. PostgreSQL keeps its triggers by itself.

    Do not change rows in between: no trigger would see it.
    """
    kept: list[str] = []

    def drop(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
        if schema_editor.connection.vendor != "sqlite":
            return
        with schema_editor.connection.cursor() as cursor:
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY rowid")
            found = cursor.fetchall()
        kept[:] = [sql for _name, sql in found]
        for name, _sql in found:
            schema_editor.execute(f"DROP TRIGGER {schema_editor.quote_name(name)}", params=None)

    def create(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
        for sql in kept:
            schema_editor.execute(sql, params=None)
        kept.clear()

    return [migrations.RunPython(drop, create), *operations, migrations.RunPython(create, drop)]
