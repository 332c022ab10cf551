import importlib
from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps
from django.db.models.functions import Length
from django.db.models.lookups import LessThanOrEqual

from measures.migrations._engines import keeping_triggers

# The index of pairs, of notes and targets in place of notes alone.
INDEX = {
    "sqlite": [
        "DROP TRIGGER IF EXISTS measures_item_pairs_on_insert",
        "DROP TRIGGER IF EXISTS measures_item_pairs_on_update",
        "DROP TRIGGER IF EXISTS measures_item_pairs_on_delete",
        "DROP TABLE IF EXISTS measures_item_pairs",
        (
            "CREATE VIRTUAL TABLE measures_item_pairs USING fts5(pairs, content='', detail=none, "
            "columnsize=0)"
        ),
        (
            "INSERT INTO measures_item_pairs(rowid, pairs) SELECT id, (WITH RECURSIVE part(start,"
            " text) AS (SELECT 1, lower(substr((notes || ' ' || target), 1, 101)) UNION ALL "
            "SELECT start + 100, lower(substr((notes || ' ' || target), start + 100, 101)) FROM "
            "part WHERE start + 100 < length((notes || ' ' || target))), place(at) AS (SELECT 1 "
            "UNION ALL SELECT at + 1 FROM place WHERE at < 100) SELECT "
            "group_concat(hex(substr(text, at, 2)), ' ') FROM part CROSS JOIN place WHERE at < "
            "length(text)) FROM measures_item WHERE length((notes || ' ' || target)) > 1"
        ),
        (
            "CREATE TRIGGER measures_item_pairs_on_insert AFTER INSERT ON measures_item BEGIN "
            "INSERT INTO measures_item_pairs(rowid, pairs) SELECT NEW.id, (WITH RECURSIVE "
            "part(start, text) AS (SELECT 1, lower(substr((NEW.notes || ' ' || NEW.target), 1, "
            "101)) UNION ALL SELECT start + 100, lower(substr((NEW.notes || ' ' || NEW.target), "
            "start + 100, 101)) FROM part WHERE start + 100 < length((NEW.notes || ' ' || "
            "NEW.target))), place(at) AS (SELECT 1 UNION ALL SELECT at + 1 FROM place WHERE at < "
            "100) SELECT group_concat(hex(substr(text, at, 2)), ' ') FROM part CROSS JOIN place "
            "WHERE at < length(text)) WHERE length((NEW.notes || ' ' || NEW.target)) > 1; END"
        ),
        (
            "CREATE TRIGGER measures_item_pairs_on_update AFTER UPDATE OF notes, target ON "
            "measures_item WHEN NEW.notes <> OLD.notes OR NEW.target <> OLD.target BEGIN INSERT "
            "INTO measures_item_pairs(measures_item_pairs, rowid, pairs) SELECT 'delete', OLD.id,"
            " (WITH RECURSIVE part(start, text) AS (SELECT 1, lower(substr((OLD.notes || ' ' || "
            "OLD.target), 1, 101)) UNION ALL SELECT start + 100, lower(substr((OLD.notes || ' ' "
            "|| OLD.target), start + 100, 101)) FROM part WHERE start + 100 < length((OLD.notes "
            "|| ' ' || OLD.target))), place(at) AS (SELECT 1 UNION ALL SELECT at + 1 FROM place "
            "WHERE at < 100) SELECT group_concat(hex(substr(text, at, 2)), ' ') FROM part CROSS "
            "JOIN place WHERE at < length(text)) WHERE length((OLD.notes || ' ' || OLD.target)) >"
            " 1; INSERT INTO measures_item_pairs(rowid, pairs) SELECT NEW.id, (WITH RECURSIVE "
            "part(start, text) AS (SELECT 1, lower(substr((NEW.notes || ' ' || NEW.target), 1, "
            "101)) UNION ALL SELECT start + 100, lower(substr((NEW.notes || ' ' || NEW.target), "
            "start + 100, 101)) FROM part WHERE start + 100 < length((NEW.notes || ' ' || "
            "NEW.target))), place(at) AS (SELECT 1 UNION ALL SELECT at + 1 FROM place WHERE at < "
            "100) SELECT group_concat(hex(substr(text, at, 2)), ' ') FROM part CROSS JOIN place "
            "WHERE at < length(text)) WHERE length((NEW.notes || ' ' || NEW.target)) > 1; END"
        ),
        (
            "CREATE TRIGGER measures_item_pairs_on_delete AFTER DELETE ON measures_item BEGIN "
            "INSERT INTO measures_item_pairs(measures_item_pairs, rowid, pairs) SELECT 'delete', "
            "OLD.id, (WITH RECURSIVE part(start, text) AS (SELECT 1, lower(substr((OLD.notes || '"
            " ' || OLD.target), 1, 101)) UNION ALL SELECT start + 100, lower(substr((OLD.notes ||"
            " ' ' || OLD.target), start + 100, 101)) FROM part WHERE start + 100 < "
            "length((OLD.notes || ' ' || OLD.target))), place(at) AS (SELECT 1 UNION ALL SELECT "
            "at + 1 FROM place WHERE at < 100) SELECT group_concat(hex(substr(text, at, 2)), ' ')"
            " FROM part CROSS JOIN place WHERE at < length(text)) WHERE length((OLD.notes || ' ' "
            "|| OLD.target)) > 1; END"
        ),
    ],
    "postgresql": [
        "DROP INDEX IF EXISTS item_pairs",
        (
            "CREATE INDEX item_pairs ON measures_item USING gin (measures_pairs((notes || ' ' || "
            "target)))"
        ),
    ],
}


def install(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Build the index; a SQLite without FTS5 goes without."""
    connection = schema_editor.connection
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pragma_module_list WHERE name = 'fts5'")
            if not cursor.fetchone()[0]:
                return
    for statement in INDEX[connection.vendor]:
        schema_editor.execute(statement, params=None)


def install_of_notes(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Build the index as it was before."""
    importlib.import_module("measures.migrations.0015_text_index").install(apps, schema_editor)


class Migration(migrations.Migration):

    dependencies = [
        ('measures', '0024_turns'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        *keeping_triggers(
            migrations.AddField(
                model_name='item',
                name='leader',
                field=models.CharField(blank=True, help_text='A post, not a name. Leave it empty for the leader of the owner.', max_length=100, verbose_name='leader in charge'),
            ),
            migrations.AddField(
                model_name='item',
                name='target',
                field=models.TextField(blank=True, help_text='What the unit will deliver: a document, a figure, a result that can be checked.', max_length=1000, verbose_name='target'),
            ),
            migrations.AddField(
                model_name='update',
                name='leader',
                field=models.CharField(blank=True, help_text='A post, not a name. Leave it empty for the leader of the owner.', max_length=100, verbose_name='leader in charge'),
            ),
            migrations.AddField(
                model_name='update',
                name='target',
                field=models.TextField(blank=True, help_text='What the unit will deliver: a document, a figure, a result that can be checked.', max_length=1000, verbose_name='target'),
            ),
            migrations.AddConstraint(
                model_name='item',
                constraint=models.CheckConstraint(condition=LessThanOrEqual(Length('leader'), 100), name='item_leader_within_limit', violation_error_message='The leader is too long. Keep it to 100 characters.'),
            ),
            migrations.AddConstraint(
                model_name='item',
                constraint=models.CheckConstraint(condition=LessThanOrEqual(Length('target'), 1000), name='item_target_within_limit', violation_error_message='The target is too long. Keep it to 1,000 characters.'),
            ),
            migrations.AddConstraint(
                model_name='update',
                constraint=models.CheckConstraint(condition=LessThanOrEqual(Length('leader'), 100), name='update_leader_within_limit', violation_error_message='The leader is too long. Keep it to 100 characters.'),
            ),
            migrations.AddConstraint(
                model_name='update',
                constraint=models.CheckConstraint(condition=LessThanOrEqual(Length('target'), 1000), name='update_target_within_limit', violation_error_message='The target is too long. Keep it to 1,000 characters.'),
            ),
        ),
        migrations.RunPython(install, install_of_notes),
    ]
