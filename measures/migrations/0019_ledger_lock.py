from django.db import migrations

from measures.migrations._engines import Statements, run_sql

REFUSE_CIRCLES = {
    "sqlite": [
        "DROP TRIGGER IF EXISTS measures_checklist_no_circle_insert",
        "DROP TRIGGER IF EXISTS measures_checklist_no_circle_update",
        (
            "CREATE TRIGGER measures_checklist_no_circle_insert AFTER INSERT ON "
            "measures_checklist WHEN NEW.parent_id IS NOT NULL BEGIN SELECT RAISE(ABORT, "
            "'measures_checklist goes in a circle') WHERE EXISTS (WITH RECURSIVE above(id) AS "
            "(SELECT NEW.parent_id UNION SELECT one.parent_id FROM measures_checklist one JOIN "
            "above ON one.id = above.id) SELECT 1 FROM above WHERE id = NEW.id); END"
        ),
        (
            "CREATE TRIGGER measures_checklist_no_circle_update AFTER UPDATE OF parent_id ON "
            "measures_checklist WHEN NEW.parent_id IS NOT NULL BEGIN SELECT RAISE(ABORT, "
            "'measures_checklist goes in a circle') WHERE EXISTS (WITH RECURSIVE above(id) AS "
            "(SELECT NEW.parent_id UNION SELECT one.parent_id FROM measures_checklist one JOIN "
            "above ON one.id = above.id) SELECT 1 FROM above WHERE id = NEW.id); END"
        ),
    ],
    "postgresql": [
        "DROP TRIGGER IF EXISTS measures_checklist_one_at_a_time ON measures_checklist",
        "DROP FUNCTION IF EXISTS measures_checklist_one_at_a_time()",
        "DROP TRIGGER IF EXISTS measures_checklist_no_circle ON measures_checklist",
        "DROP FUNCTION IF EXISTS measures_checklist_no_circle()",
        (
            "CREATE OR REPLACE FUNCTION measures_checklist_one_at_a_time() RETURNS trigger "
            "LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_advisory_xact_lock(2048592397); RETURN NULL; END $$"
        ),
        (
            "CREATE TRIGGER measures_checklist_one_at_a_time BEFORE INSERT OR UPDATE OF "
            "parent_id ON measures_checklist FOR EACH STATEMENT EXECUTE FUNCTION "
            "measures_checklist_one_at_a_time()"
        ),
        (
            "CREATE OR REPLACE FUNCTION measures_checklist_no_circle() RETURNS trigger LANGUAGE "
            "plpgsql AS $$ BEGIN IF EXISTS (WITH RECURSIVE above(id) AS (SELECT NEW.parent_id "
            "UNION SELECT one.parent_id FROM measures_checklist one JOIN above ON one.id = "
            "above.id) SELECT 1 FROM above WHERE id = NEW.id) THEN RAISE EXCEPTION "
            "'measures_checklist goes in a circle' USING ERRCODE = "
            "'integrity_constraint_violation'; END IF; RETURN NEW; END $$"
        ),
        (
            "CREATE TRIGGER measures_checklist_no_circle AFTER INSERT OR UPDATE OF parent_id ON "
            "measures_checklist FOR EACH ROW WHEN (NEW.parent_id IS NOT NULL) EXECUTE FUNCTION "
            "measures_checklist_no_circle()"
        ),
    ],
}
NOTHING: Statements = {"sqlite": [], "postgresql": []}


class Migration(migrations.Migration):
    """Moves in the tree wait for each other before they lock a row, no longer after."""

    dependencies = [
        ("measures", "0018_wrong_secrets"),
    ]

    operations = [
        run_sql(REFUSE_CIRCLES, NOTHING),
    ]
