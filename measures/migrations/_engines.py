"""Run literal SQL in a migration: each engine has statements of its own.

Migrations keep the SQL that they ran, so a later change to a trigger does not change what an older migration
does. Do not edit this module once it is released.
"""

from typing import Any

from django.db import migrations

type Statements = dict[str, list[str]]  # by the connection's vendor: "sqlite", "postgresql"


def run_sql(forwards: Statements, backwards: Statements) -> migrations.RunPython:
    """An operation that runs the engine's statements, as they are written."""
    return migrations.RunPython(_runner(forwards), _runner(backwards))


def _runner(statements: Statements) -> Any:
    def run(apps: Any, schema_editor: Any) -> None:
        for statement in statements[schema_editor.connection.vendor]:
            schema_editor.execute(statement, params=None)

    return run
