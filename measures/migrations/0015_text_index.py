from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps
from typing import Any

from django.db import migrations

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
            "INSERT INTO measures_item_pairs(rowid, pairs) SELECT id, (WITH RECURSIVE "
            "part(start, text) AS (SELECT 1, lower(substr(notes, 1, 101)) UNION ALL SELECT start "
            "+ 100, lower(substr(notes, start + 100, 101)) FROM part WHERE start + 100 < "
            "length(notes)), place(at) AS (SELECT 1 UNION ALL SELECT at + 1 FROM place WHERE at "
            "< 100) SELECT group_concat(hex(substr(text, at, 2)), ' ') FROM part CROSS JOIN "
            "place WHERE at < length(text)) FROM measures_item WHERE length(notes) > 1"
        ),
        (
            "CREATE TRIGGER measures_item_pairs_on_insert AFTER INSERT ON measures_item BEGIN "
            "INSERT INTO measures_item_pairs(rowid, pairs) SELECT NEW.id, (WITH RECURSIVE "
            "part(start, text) AS (SELECT 1, lower(substr(NEW.notes, 1, 101)) UNION ALL SELECT "
            "start + 100, lower(substr(NEW.notes, start + 100, 101)) FROM part WHERE start + 100 "
            "< length(NEW.notes)), place(at) AS (SELECT 1 UNION ALL SELECT at + 1 FROM place "
            "WHERE at < 100) SELECT group_concat(hex(substr(text, at, 2)), ' ') FROM part CROSS "
            "JOIN place WHERE at < length(text)) WHERE length(NEW.notes) > 1; END"
        ),
        (
            "CREATE TRIGGER measures_item_pairs_on_update AFTER UPDATE OF notes ON measures_item "
            "WHEN NEW.notes <> OLD.notes BEGIN INSERT INTO "
            "measures_item_pairs(measures_item_pairs, rowid, pairs) SELECT 'delete', OLD.id, "
            "(WITH RECURSIVE part(start, text) AS (SELECT 1, lower(substr(OLD.notes, 1, 101)) "
            "UNION ALL SELECT start + 100, lower(substr(OLD.notes, start + 100, 101)) FROM part "
            "WHERE start + 100 < length(OLD.notes)), place(at) AS (SELECT 1 UNION ALL SELECT at "
            "+ 1 FROM place WHERE at < 100) SELECT group_concat(hex(substr(text, at, 2)), ' ') "
            "FROM part CROSS JOIN place WHERE at < length(text)) WHERE length(OLD.notes) > 1; "
            "INSERT INTO measures_item_pairs(rowid, pairs) SELECT NEW.id, (WITH RECURSIVE "
            "part(start, text) AS (SELECT 1, lower(substr(NEW.notes, 1, 101)) UNION ALL SELECT "
            "start + 100, lower(substr(NEW.notes, start + 100, 101)) FROM part WHERE start + 100 "
            "< length(NEW.notes)), place(at) AS (SELECT 1 UNION ALL SELECT at + 1 FROM place "
            "WHERE at < 100) SELECT group_concat(hex(substr(text, at, 2)), ' ') FROM part CROSS "
            "JOIN place WHERE at < length(text)) WHERE length(NEW.notes) > 1; END"
        ),
        (
            "CREATE TRIGGER measures_item_pairs_on_delete AFTER DELETE ON measures_item BEGIN "
            "INSERT INTO measures_item_pairs(measures_item_pairs, rowid, pairs) SELECT 'delete', "
            "OLD.id, (WITH RECURSIVE part(start, text) AS (SELECT 1, lower(substr(OLD.notes, 1, "
            "101)) UNION ALL SELECT start + 100, lower(substr(OLD.notes, start + 100, 101)) FROM "
            "part WHERE start + 100 < length(OLD.notes)), place(at) AS (SELECT 1 UNION ALL "
            "SELECT at + 1 FROM place WHERE at < 100) SELECT group_concat(hex(substr(text, at, "
            "2)), ' ') FROM part CROSS JOIN place WHERE at < length(text)) WHERE length(OLD.notes) > 1; END"
        ),
    ],
    "postgresql": [
        "DROP INDEX IF EXISTS item_pairs",
        "DROP FUNCTION IF EXISTS measures_pairs(text)",
        (
            "CREATE OR REPLACE FUNCTION measures_pairs(notes text) RETURNS text[] LANGUAGE sql "
            "IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT coalesce(array_agg(DISTINCT one || "
            "next), '{}') FROM (SELECT one, lead(one) OVER (ORDER BY place) AS next FROM "
            'unnest(string_to_array(lower(notes COLLATE "C"), NULL)) WITH ORDINALITY AS '
            "characters(one, place)) AS neighbours WHERE next IS NOT NULL $$"
        ),
        "CREATE INDEX item_pairs ON measures_item USING gin (measures_pairs(notes))",
    ],
}
NO_INDEX = {
    "sqlite": [
        "DROP TRIGGER IF EXISTS measures_item_pairs_on_insert",
        "DROP TRIGGER IF EXISTS measures_item_pairs_on_update",
        "DROP TRIGGER IF EXISTS measures_item_pairs_on_delete",
        "DROP TABLE IF EXISTS measures_item_pairs",
    ],
    "postgresql": [
        "DROP INDEX IF EXISTS item_pairs",
        "DROP FUNCTION IF EXISTS measures_pairs(text)",
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


def remove(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for statement in NO_INDEX[schema_editor.connection.vendor]:
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("measures", "0014_speed")]

    operations = [migrations.RunPython(install, remove)]
