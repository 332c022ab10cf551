from collections.abc import Iterator
from datetime import date, datetime
from itertools import groupby
from typing import NamedTuple
from uuid import UUID

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps
from django.utils import timezone

AT_ONCE = 2_000


class Kept(NamedTuple):
    """One update, as far as it tells how an item's due date moved and when it was done."""

    item: int
    at: datetime
    status: str
    due: date | None
    via: str
    batch: UUID | None


def fill(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Replay the journal: the first due date, how often it was moved to a later day, the day of a finish."""
    items = apps.get_model("measures", "Item").objects
    undone = set(
        apps.get_model("measures", "Batch").objects.exclude(undoes=None).values_list("undoes", flat=True)
    )
    found = []
    for item, updates in groupby(read(apps), key=lambda update: update.item):
        row = items.model(pk=item)
        row.first_due, row.extensions, row.done_on = replay(list(updates), undone)
        found.append(row)
        if len(found) == AT_ONCE:
            items.bulk_update(found, ["first_due", "extensions", "done_on"])
            found.clear()
    items.bulk_update(found, ["first_due", "extensions", "done_on"], batch_size=AT_ONCE)


def read(apps: StateApps) -> Iterator[Kept]:
    fields = ("item", "at", "status", "due", "via", "batch")
    rows = apps.get_model("measures", "Update").objects.order_by("item", "pk").values_list(*fields)
    for row in rows.iterator(chunk_size=AT_ONCE):
        yield Kept(*row)


def replay(updates: list[Kept], undone: set[UUID | None]) -> tuple[date | None, int, date | None]:
    first_due, extensions, done_on, before = None, 0, None, None
    for update in updates:
        first_due = first_due or update.due
        if before is not None and update.due is not None and before.due is not None:
            counts = update.via != "undo" and (update.batch is None or update.batch not in undone)
            extensions += update.due > before.due and counts
        if update.status != "done":
            done_on = None
        elif before is None or before.status != "done":
            done_on = timezone.localdate(update.at, timezone.get_default_timezone())
        before = update
    return first_due, extensions, done_on


class Migration(migrations.Migration):
    dependencies = [
        ("measures", "0022_rules_and_applications"),
    ]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name='item',
            index=models.Index(fields=['checklist', 'pillar', 'status', 'due', 'last_entry_at', 'asked_in_time'], name='item_checklist_counted'),
        ),
    ]
