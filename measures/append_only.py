"""The trigger by which the database itself refuses to change or delete an update.

A migration that rebuilds the table on SQLite loses the trigger and must install it again: call `install`
at its end. A test tries raw SQL against the migrated database.
"""

from typing import Any

TABLE = "measures_update"

INSTALL = {
    "sqlite": [
        f"CREATE TRIGGER {TABLE}_no_change BEFORE UPDATE ON {TABLE} "
        "BEGIN SELECT RAISE(ABORT, 'updates are append-only'); END",
        f"CREATE TRIGGER {TABLE}_no_delete BEFORE DELETE ON {TABLE} "
        "BEGIN SELECT RAISE(ABORT, 'updates are append-only'); END",
    ],
    "postgresql": [
        f"CREATE OR REPLACE FUNCTION {TABLE}_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "RAISE EXCEPTION 'updates are append-only' USING ERRCODE = 'integrity_constraint_violation'; END $$",
        f"CREATE TRIGGER {TABLE}_no_change BEFORE UPDATE OR DELETE ON {TABLE} "
        f"FOR EACH ROW EXECUTE FUNCTION {TABLE}_refuse()",
    ],
}
REMOVE = {
    "sqlite": [
        f"DROP TRIGGER IF EXISTS {TABLE}_no_change",
        f"DROP TRIGGER IF EXISTS {TABLE}_no_delete",
    ],
    "postgresql": [
        f"DROP TRIGGER IF EXISTS {TABLE}_no_change ON {TABLE}",
        f"DROP FUNCTION IF EXISTS {TABLE}_refuse()",
    ],
}


def install(apps: Any, schema_editor: Any) -> None:
    """For a migration's RunPython: put the trigger in place, also over an older one."""
    for statement in [*REMOVE[schema_editor.connection.vendor], *INSTALL[schema_editor.connection.vendor]]:
        schema_editor.execute(statement)


def remove(apps: Any, schema_editor: Any) -> None:
    """For a migration's way back."""
    for statement in REMOVE[schema_editor.connection.vendor]:
        schema_editor.execute(statement)
