from typing import Any

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import OuterRef, Subquery

from measures import pillar_guard


def fill(apps: Any, schema_editor: Any) -> None:
    """Give every item that is there the pillar of its measure."""
    measures = apps.get_model("measures", "Measure").objects.filter(pk=OuterRef("measure"))
    apps.get_model("measures", "Item").objects.update(pillar=Subquery(measures.values("section__pillar")[:1]))
    if schema_editor.connection.vendor == "postgresql":
        # Checked now: a table with checks that wait for the end of the transaction cannot be altered.
        schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        schema_editor.execute("SET CONSTRAINTS ALL DEFERRED")


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
        migrations.RunPython(pillar_guard.guard, pillar_guard.unguard),
    ]
