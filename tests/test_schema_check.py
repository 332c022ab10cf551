"""The check of the database's schema: what it names, in how much time, and of which releases."""

import time

import pytest
from django.core.checks import run_checks
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from measures.database import append_only, schema
from measures.rights.checks import the_schema_is_this_releases

pytestmark = pytest.mark.django_db
ON_SQLITE = connection.vendor == "sqlite"
on_postgresql_only = pytest.mark.skipif(ON_SQLITE, reason="SQLite has none")


def said() -> dict[str, str]:
    """The numbers of all messages about the schema and its rights, by their text."""
    found = run_checks(databases=["default"])
    return {message.msg: str(message.id) for message in found if str(message.id)[-3:-1] == "01"}


def test_the_check_of_the_database_names_what_matters_as_an_error_and_the_rest_as_a_warning(
    transactional_db: None,
) -> None:
    table = "" if ON_SQLITE else " ON measures_auditrecord"
    with connection.cursor() as cursor:
        assert not said()
        cursor.execute(f"DROP TRIGGER measures_auditrecord_no_change{table}")
        cursor.execute("CREATE INDEX extra ON auth_user (email)")
        try:
            messages = said()
        finally:
            cursor.execute("DROP INDEX extra")
            for statement in [
                *append_only.remove_statements(connection.vendor, append_only.AUDIT),
                *append_only.install_statements(connection.vendor, append_only.AUDIT),
            ]:
                cursor.execute(statement)

    guard = "trigger measures_auditrecord_no_change on measures_auditrecord"
    assert messages == {
        f"The database “default”: {guard} is missing.": "measures.E010",
        "The database “default”: index extra on auth_user is not of this release.": "measures.W010",
    }
    assert not said()


def test_the_check_takes_less_than_a_second() -> None:
    took = []
    for _try in range(3):
        began = time.perf_counter()
        the_schema_is_this_releases(["default"])
        took.append(time.perf_counter() - began)

    assert min(took) < 1


@pytest.mark.parametrize("app", ["measures", "auth"])
def test_a_database_of_another_release_is_not_compared(app: str) -> None:
    MigrationRecorder(connection).record_applied(app, "0999_from_the_future")
    assert not schema.is_of_this_release("default")

    MigrationRecorder(connection).record_unapplied(app, "0999_from_the_future")
    MigrationRecorder(connection).record_unapplied("measures", "0001_first")
    assert not schema.is_of_this_release("default")


def test_a_migration_of_somebody_elses_does_not_silence_the_check() -> None:
    MigrationRecorder(connection).record_applied("elsewhere", "0001_initial")

    assert schema.is_of_this_release("default")


RIGHTS: list[tuple[str, str, str]] = [
    ("GRANT UPDATE ON measures_auditrecord TO reader", "reader may UPDATE on measures_auditrecord", "W011"),
    (
        "GRANT UPDATE (hash) ON measures_auditrecord TO reader",
        "reader may UPDATE on measures_auditrecord",
        "W011",
    ),
    ("GRANT DELETE, TRUNCATE ON measures_update TO reader", "reader may DELETE, TRUNCATE on", "W011"),
    ("GRANT TRIGGER ON auth_user TO reader", "reader may TRIGGER on auth_user", "W011"),
    ("GRANT SELECT ON auth_user TO PUBLIC", "PUBLIC may SELECT on auth_user", "W011"),
    ("ALTER TABLE auth_user OWNER TO reader", "auth_user belong to the role reader", "E011"),
    ("ALTER ROLE reader SET session_replication_role = replica", "for the role reader", "E011"),
    ("CREATE SCHEMA postgres", "The schema postgres is searched besides public", "W011"),
]


@on_postgresql_only
@pytest.mark.parametrize(("statement", "text", "number"), RIGHTS)
def test_each_right_that_goes_round_the_guards_is_named(statement: str, text: str, number: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE ROLE reader")
        cursor.execute("GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA public TO reader")
        assert not said()
        cursor.execute(statement)

    assert [f"measures.{number}" for message in said() if text in message] == [
        one for message, one in said().items() if text in message
    ]
    assert any(text in message for message in said())
