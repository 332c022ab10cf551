from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps
from django.db.models import OuterRef, Subquery
from django.utils import timezone


def fill(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Let every update that is there count as an entry: nothing that was heard from turns silent."""
    now = timezone.now()
    apps.get_model("measures", "Checklist").objects.update(entries_from=now)
    updates = apps.get_model("measures", "Update").objects.filter(item=OuterRef("pk"), at__lt=now)
    newest = Subquery(updates.order_by("-at").values("at")[:1])
    apps.get_model("measures", "Item").objects.update(last_entry_at=newest, silent_since=newest)


class Migration(migrations.Migration):
    dependencies = [
        ("measures", "0020_entries"),
    ]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name="item",
            index=models.Index(
                fields=["checklist", "pillar", "status", "due", "last_entry_at"], name="item_checklist_counted"
            ),
        ),
    ]
