"""Triggers with which the database refuses cycles in the tree of checklists.

`Checklist.move` checks first, with a message for the user; the triggers stop code that bypasses it.
A migration that changes the table wraps its operations in `keeping_triggers`
(measures/migrations/_engines.py).
"""

from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from measures.database.locks import LEDGER

TABLE = "measures_checklist"
EVENTS = {"insert": "INSERT", "update": "UPDATE OF parent_id"}
ABOVE = (
    f"WITH RECURSIVE above(id) AS (SELECT NEW.parent_id UNION "  # noqa: S608 - no value in it is anybody's
    f"SELECT one.parent_id FROM {TABLE} one JOIN above ON one.id = above.id) "
    "SELECT 1 FROM above WHERE id = NEW.id"
)
ON_POSTGRESQL = [
    # Two concurrent moves do not see each other's half of a cycle, so one waits before it locks a row.
    f"CREATE OR REPLACE FUNCTION {TABLE}_one_at_a_time() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
    f"PERFORM pg_advisory_xact_lock({LEDGER}); RETURN NULL; END $$",
    f"CREATE TRIGGER {TABLE}_one_at_a_time BEFORE INSERT OR UPDATE OF parent_id ON {TABLE} "
    f"FOR EACH STATEMENT EXECUTE FUNCTION {TABLE}_one_at_a_time()",
    f"CREATE OR REPLACE FUNCTION {TABLE}_no_circle() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
    f"IF EXISTS ({ABOVE}) THEN "
    f"RAISE EXCEPTION '{TABLE} goes in a circle' USING ERRCODE = 'integrity_constraint_violation'; "
    "END IF; RETURN NEW; END $$",
    f"CREATE TRIGGER {TABLE}_no_circle AFTER INSERT OR UPDATE OF parent_id ON {TABLE} "
    f"FOR EACH ROW WHEN (NEW.parent_id IS NOT NULL) EXECUTE FUNCTION {TABLE}_no_circle()",
]
ON_SQLITE = [
    f"CREATE TRIGGER {TABLE}_no_circle_{name} AFTER {event} ON {TABLE} WHEN NEW.parent_id IS NOT NULL "
    f"BEGIN SELECT RAISE(ABORT, '{TABLE} goes in a circle') WHERE EXISTS ({ABOVE}); END"
    for name, event in EVENTS.items()
]


def install(apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Put the triggers in place, also over older ones. schema/guards.py calls this to repair."""
    remove(apps, schema_editor)
    for statement in ON_SQLITE if schema_editor.connection.vendor == "sqlite" else ON_POSTGRESQL:
        schema_editor.execute(statement)


def remove(apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Remove the triggers, if there are any."""
    if schema_editor.connection.vendor == "sqlite":
        for name in EVENTS:
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {TABLE}_no_circle_{name}")
    else:
        for name in ("one_at_a_time", "no_circle"):
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {TABLE}_{name} ON {TABLE}")
            schema_editor.execute(f"DROP FUNCTION IF EXISTS {TABLE}_{name}()")
