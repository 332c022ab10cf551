"""Triggers with which the database refuses to change or delete rows of append-only tables.

A migration that changes one of these tables wraps its operations in `keeping_triggers`
(measures/migrations/_engines.py). A test tries raw SQL against the migrated database.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import connection, transaction
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

JOURNAL, AUDIT = "measures_update", "measures_auditrecord"
REPORTS, PERIODS = "measures_frozenreport", "measures_periodevent"
PLACES, TURNS = "measures_placement", "measures_turn"
ASSIGNMENTS, ANSWERS = "measures_assignment", "measures_assignmentstep"
CORRECTIONS = "measures_assignmentcorrection"
ENTRIES, WITHDRAWALS = "measures_entry", "measures_withdrawal"
APPLICATIONS, DECISIONS = "measures_application", "measures_decision"
COOPERATIONS = "measures_updatecooperation"
CHASERS, CHASED, READS = "measures_chaser", "measures_chaseditem", "measures_chaserread"
CHASERS_WITHDRAWN = "measures_chaserwithdrawal"
MILESTONES, MILESTONE_STEPS = "measures_milestone", "measures_milestonestep"
RECEIPTS = "measures_receipt"
EVIDENCE = ("measures_evidence", "measures_evidencewithdrawal", "measures_evidenceremoval")
EDITIONS = (
    *("measures_editionmapping", "measures_checklistedition"),
    *("measures_answered", "measures_pastwording"),
)
TABLES = (
    *(JOURNAL, AUDIT, REPORTS, PERIODS, PLACES, TURNS, ASSIGNMENTS, ANSWERS),
    *(ENTRIES, WITHDRAWALS, APPLICATIONS, DECISIONS, COOPERATIONS, CORRECTIONS),
    *(CHASERS, CHASED, READS, CHASERS_WITHDRAWN, RECEIPTS),
    *(MILESTONES, MILESTONE_STEPS),
    *(*EVIDENCE, *EDITIONS),
)


def install_statements(vendor: str, table: str) -> list[str]:
    """The SQL that guards a table on this engine."""
    if vendor == "sqlite":
        return [
            f"CREATE TRIGGER {table}_no_{name} BEFORE {event} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            for name, event in (("change", "UPDATE"), ("delete", "DELETE"))
        ]
    return [
        f"CREATE OR REPLACE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"RAISE EXCEPTION '{table} is append-only' USING ERRCODE = 'integrity_constraint_violation'; END $$",
        f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {table}_refuse()",
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_refuse()",
    ]


def remove_statements(vendor: str, table: str) -> list[str]:
    """Return the SQL that removes the guard; it does nothing if there is none."""
    if vendor == "sqlite":
        return [f"DROP TRIGGER IF EXISTS {table}_no_{name}" for name in ("change", "delete")]
    return [
        f"DROP TRIGGER IF EXISTS {table}_no_change ON {table}",
        f"DROP TRIGGER IF EXISTS {table}_no_truncate ON {table}",
        f"DROP FUNCTION IF EXISTS {table}_refuse()",
    ]


def guard(table: str) -> Callable[[object, BaseDatabaseSchemaEditor], None]:
    """Return what puts the triggers in place, also over older ones. schema/guards.py calls it."""

    def install(apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
        vendor = schema_editor.connection.vendor
        for statement in [*remove_statements(vendor, table), *install_statements(vendor, table)]:
            schema_editor.execute(statement)

    return install


def grant_statements(role: str) -> list[str]:
    """The SQL that lets a PostgreSQL role, given quoted, serve the site and only add to these tables."""
    return [
        f"GRANT USAGE ON SCHEMA public TO {role}",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}",
        f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}",
        f"REVOKE UPDATE, DELETE, TRUNCATE ON {', '.join(TABLES)} FROM {role}",
    ]


@contextmanager
def unguarded(table: str) -> Iterator[None]:
    """Remove the table's guard within one transaction that restores it: only for the operator's purge."""
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in remove_statements(connection.vendor, table):
            cursor.execute(statement)
        yield
        for statement in install_statements(connection.vendor, table):
            cursor.execute(statement)
