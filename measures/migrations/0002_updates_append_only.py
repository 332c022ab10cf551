from django.db import migrations

from measures.migrations._engines import run_sql


GUARD_JOURNAL = {
    "sqlite": [
        "DROP TRIGGER IF EXISTS measures_update_no_change",
        "DROP TRIGGER IF EXISTS measures_update_no_delete",
        (
            "CREATE TRIGGER measures_update_no_change BEFORE UPDATE ON measures_update BEGIN "
            "SELECT RAISE(ABORT, 'measures_update is append-only'); END"
        ),
        (
            "CREATE TRIGGER measures_update_no_delete BEFORE DELETE ON measures_update BEGIN "
            "SELECT RAISE(ABORT, 'measures_update is append-only'); END"
        ),
    ],
    "postgresql": [
        "DROP TRIGGER IF EXISTS measures_update_no_change ON measures_update",
        "DROP TRIGGER IF EXISTS measures_update_no_truncate ON measures_update",
        "DROP FUNCTION IF EXISTS measures_update_refuse()",
        (
            "CREATE OR REPLACE FUNCTION measures_update_refuse() RETURNS trigger LANGUAGE "
            "plpgsql AS $$ BEGIN RAISE EXCEPTION 'measures_update is append-only' USING ERRCODE "
            "= 'integrity_constraint_violation'; END $$"
        ),
        (
            "CREATE TRIGGER measures_update_no_change BEFORE UPDATE OR DELETE ON measures_update "
            "FOR EACH ROW EXECUTE FUNCTION measures_update_refuse()"
        ),
        (
            "CREATE TRIGGER measures_update_no_truncate BEFORE TRUNCATE ON measures_update FOR "
            "EACH STATEMENT EXECUTE FUNCTION measures_update_refuse()"
        ),
    ],
}
UNGUARD_JOURNAL = {
    "sqlite": [
        "DROP TRIGGER IF EXISTS measures_update_no_change",
        "DROP TRIGGER IF EXISTS measures_update_no_delete",
    ],
    "postgresql": [
        "DROP TRIGGER IF EXISTS measures_update_no_change ON measures_update",
        "DROP TRIGGER IF EXISTS measures_update_no_truncate ON measures_update",
        "DROP FUNCTION IF EXISTS measures_update_refuse()",
    ],
}


class Migration(migrations.Migration):
    dependencies = [("measures", "0001_first")]

    operations = [
        run_sql(GUARD_JOURNAL, UNGUARD_JOURNAL)
    ]
