from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps
from typing import Any

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import OuterRef, Subquery

from measures.migrations._engines import run_sql


def fill(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Give every item that is there the pillar of its measure."""
    measures = apps.get_model("measures", "Measure").objects.filter(pk=OuterRef("measure"))
    items = apps.get_model("measures", "Item").objects.using(schema_editor.connection.alias)
    items.update(pillar=Subquery(measures.values("section__pillar")[:1]))
    if schema_editor.connection.vendor == "postgresql":
        # Checked now: a table with checks that wait for the end of the transaction cannot be altered.
        schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        schema_editor.execute("SET CONSTRAINTS ALL DEFERRED")


GUARD_PILLAR = {
    "sqlite": [
        "DROP TRIGGER IF EXISTS measures_item_pillar_on_insert",
        "DROP TRIGGER IF EXISTS measures_item_pillar_on_update",
        "DROP TRIGGER IF EXISTS measures_item_measure_moves",
        "DROP TRIGGER IF EXISTS measures_item_section_moves",
        (
            "CREATE TRIGGER measures_item_pillar_on_insert BEFORE INSERT ON measures_item WHEN "
            "NEW.pillar_id IS NOT (SELECT section.pillar_id FROM measures_measure measure JOIN "
            "measures_section section ON section.id = measure.section_id WHERE measure.id = "
            "NEW.measure_id) BEGIN SELECT RAISE(ABORT, 'the pillar of an item is that of its measure'); END"
        ),
        (
            "CREATE TRIGGER measures_item_pillar_on_update BEFORE UPDATE OF pillar_id, "
            "measure_id ON measures_item WHEN NEW.pillar_id IS NOT (SELECT section.pillar_id "
            "FROM measures_measure measure JOIN measures_section section ON section.id = "
            "measure.section_id WHERE measure.id = NEW.measure_id) BEGIN SELECT RAISE(ABORT, "
            "'the pillar of an item is that of its measure'); END"
        ),
        (
            "CREATE TRIGGER measures_item_measure_moves AFTER UPDATE OF section_id ON "
            "measures_measure WHEN NEW.section_id IS NOT OLD.section_id BEGIN UPDATE "
            "measures_item SET pillar_id = (SELECT pillar_id FROM measures_section WHERE id = "
            "NEW.section_id) WHERE measure_id = NEW.id; END"
        ),
        (
            "CREATE TRIGGER measures_item_section_moves AFTER UPDATE OF pillar_id ON "
            "measures_section WHEN NEW.pillar_id IS NOT OLD.pillar_id BEGIN UPDATE measures_item "
            "SET pillar_id = NEW.pillar_id WHERE measure_id IN (SELECT id FROM measures_measure "
            "WHERE section_id = NEW.id); END"
        ),
    ],
    "postgresql": [
        "DROP TRIGGER IF EXISTS measures_item_pillar_on_insert ON measures_item",
        "DROP TRIGGER IF EXISTS measures_item_pillar_on_update ON measures_item",
        "DROP TRIGGER IF EXISTS measures_item_measure_moves ON measures_measure",
        "DROP TRIGGER IF EXISTS measures_item_section_moves ON measures_section",
        "DROP FUNCTION IF EXISTS measures_item_pillar()",
        "DROP FUNCTION IF EXISTS measures_item_measure_moves()",
        "DROP FUNCTION IF EXISTS measures_item_section_moves()",
        (
            "CREATE OR REPLACE FUNCTION measures_item_pillar() RETURNS trigger LANGUAGE plpgsql "
            "AS $$ BEGIN IF NEW.pillar_id IS DISTINCT FROM (SELECT section.pillar_id FROM "
            "measures_measure measure JOIN measures_section section ON section.id = "
            "measure.section_id WHERE measure.id = NEW.measure_id) THEN RAISE EXCEPTION 'the "
            "pillar of an item is that of its measure' USING ERRCODE = "
            "'integrity_constraint_violation'; END IF; RETURN NEW; END $$"
        ),
        (
            "CREATE TRIGGER measures_item_pillar_on_insert BEFORE INSERT ON measures_item FOR "
            "EACH ROW EXECUTE FUNCTION measures_item_pillar()"
        ),
        (
            "CREATE TRIGGER measures_item_pillar_on_update BEFORE UPDATE ON measures_item FOR "
            "EACH ROW WHEN ((NEW.pillar_id, NEW.measure_id) IS DISTINCT FROM (OLD.pillar_id, "
            "OLD.measure_id)) EXECUTE FUNCTION measures_item_pillar()"
        ),
        (
            "CREATE OR REPLACE FUNCTION measures_item_measure_moves() RETURNS trigger LANGUAGE "
            "plpgsql AS $$ BEGIN UPDATE measures_item SET pillar_id = (SELECT pillar_id FROM "
            "measures_section WHERE id = NEW.section_id) WHERE measure_id = NEW.id; RETURN NULL; END $$"
        ),
        (
            "CREATE TRIGGER measures_item_measure_moves AFTER UPDATE ON measures_measure FOR "
            "EACH ROW WHEN (NEW.section_id IS DISTINCT FROM OLD.section_id) EXECUTE FUNCTION "
            "measures_item_measure_moves()"
        ),
        (
            "CREATE OR REPLACE FUNCTION measures_item_section_moves() RETURNS trigger LANGUAGE "
            "plpgsql AS $$ BEGIN UPDATE measures_item SET pillar_id = NEW.pillar_id WHERE "
            "measure_id IN (SELECT id FROM measures_measure WHERE section_id = NEW.id); RETURN NULL; END $$"
        ),
        (
            "CREATE TRIGGER measures_item_section_moves AFTER UPDATE ON measures_section FOR "
            "EACH ROW WHEN (NEW.pillar_id IS DISTINCT FROM OLD.pillar_id) EXECUTE FUNCTION "
            "measures_item_section_moves()"
        ),
    ],
}
UNGUARD_PILLAR = {
    "sqlite": [
        "DROP TRIGGER IF EXISTS measures_item_pillar_on_insert",
        "DROP TRIGGER IF EXISTS measures_item_pillar_on_update",
        "DROP TRIGGER IF EXISTS measures_item_measure_moves",
        "DROP TRIGGER IF EXISTS measures_item_section_moves",
    ],
    "postgresql": [
        "DROP TRIGGER IF EXISTS measures_item_pillar_on_insert ON measures_item",
        "DROP TRIGGER IF EXISTS measures_item_pillar_on_update ON measures_item",
        "DROP TRIGGER IF EXISTS measures_item_measure_moves ON measures_measure",
        "DROP TRIGGER IF EXISTS measures_item_section_moves ON measures_section",
        "DROP FUNCTION IF EXISTS measures_item_pillar()",
        "DROP FUNCTION IF EXISTS measures_item_measure_moves()",
        "DROP FUNCTION IF EXISTS measures_item_section_moves()",
    ],
}


class Migration(migrations.Migration):
    dependencies = [("measures", "0013_assignments")]

    operations = [
        migrations.AddField(
            "item",
            "pillar",
            models.ForeignKey(
                db_index=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="items",
                to="measures.pillar",
                verbose_name="pillar",
            ),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AlterField(
            "item",
            "pillar",
            models.ForeignKey(
                db_index=False,
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="items",
                to="measures.pillar",
                verbose_name="pillar",
            ),
        ),
        migrations.RemoveIndex("item", "item_checklist_status"),
        migrations.RemoveIndex("item", "item_checklist_due"),
        migrations.AddIndex(
            "item", models.Index(fields=["pillar", "status", "due", "id"], name="item_pillar_status_due")
        ),
        migrations.AddIndex("item", models.Index(fields=["due", "id"], name="item_due")),
        migrations.AddIndex(
            "item",
            models.Index(
                fields=["checklist", "pillar", "status", "due", "updated_at"], name="item_checklist_counted"
            ),
        ),
        run_sql(GUARD_PILLAR, UNGUARD_PILLAR),
    ]
