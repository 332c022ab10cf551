"""The triggers by which the database itself refuses to change or delete what is only ever added.

A migration that rebuilds one of these tables on SQLite loses its triggers and must install them again: call
`install` (or what `on` gives) at its end. A test tries raw SQL against the migrated database.
"""

from collections.abc import Callable
from typing import Any

TABLE = "measures_update"
# Each with what its refusal calls the rows.
TABLES = {
    TABLE: "updates",
    "measures_periodevent": "the events of a period",
    "measures_frozenreport": "frozen reports",
}


def install_statements(vendor: str, table: str) -> list[str]:
    refusal = f"{TABLES[table]} are append-only"
    if vendor == "sqlite":
        return [
            f"CREATE TRIGGER {table}_no_{word} BEFORE {event} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{refusal}'); END"
            for word, event in (("change", "UPDATE"), ("delete", "DELETE"))
        ]
    return [
        f"CREATE OR REPLACE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"RAISE EXCEPTION '{refusal}' USING ERRCODE = 'integrity_constraint_violation'; END $$",
        f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {table}_refuse()",
    ]


def remove_statements(vendor: str, table: str) -> list[str]:
    if vendor == "sqlite":
        return [f"DROP TRIGGER IF EXISTS {table}_no_{word}" for word in ("change", "delete")]
    return [
        f"DROP TRIGGER IF EXISTS {table}_no_change ON {table}",
        f"DROP FUNCTION IF EXISTS {table}_refuse()",
    ]


def on(*tables: str) -> tuple[Callable[[Any, Any], None], Callable[[Any, Any], None]]:
    """Both ways of a RunPython that puts the triggers of these tables in place, also over older ones."""

    def install(apps: Any, schema_editor: Any) -> None:
        remove(apps, schema_editor)
        for table in tables:
            for statement in install_statements(schema_editor.connection.vendor, table):
                schema_editor.execute(statement)

    def remove(apps: Any, schema_editor: Any) -> None:
        for table in tables:
            for statement in remove_statements(schema_editor.connection.vendor, table):
                schema_editor.execute(statement)

    return install, remove


install, remove = on(TABLE)
