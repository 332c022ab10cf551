"""Migrations hold the SQL that they ran: code that changes later must not change what an old one does."""

import ast
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.db import connection, migrations, models
from django.db.migrations.loader import MigrationLoader

from measures.migrations._engines import keeping_triggers
from measures.models import Checklist, Item
from tests.make import change, find_item
from tests.test_structure import ROOT, imports, sources

# The runner of literal SQL, and a field whose class a migration names, as Django writes it.
ALLOWED = ("measures.migrations._engines.", "measures.models.catalogue")


def test_no_migration_imports_code_of_the_app() -> None:
    wrong = [
        f"{path} imports {name}: write the SQL or the function out in the migration."
        for path, tree in sources("measures/migrations")
        for name in imports(tree)
        if name.startswith("measures") and not name.startswith(ALLOWED)
    ]
    assert not wrong, "\n".join(wrong)


def test_the_runner_of_literal_sql_imports_django_alone() -> None:
    source = ROOT / Path("measures/migrations/_engines.py")

    assert {name.split(".")[0] for name in imports(ast.parse(source.read_text()))} <= {
        "collections",
        "django",
        "typing",
    }


def triggers() -> set[str]:
    """Every trigger of the database, as text."""
    if connection.vendor == "sqlite":
        wanted = "SELECT sql FROM sqlite_master WHERE type = 'trigger'"
    else:
        wanted = "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal"
    with connection.cursor() as cursor:
        cursor.execute(wanted)
        return {row[0] for row in cursor.fetchall()}


@pytest.mark.django_db(transaction=True)
def test_a_migration_that_changes_tables_keeps_every_trigger_there_and_back(
    checklist: Checklist, administrator: User
) -> None:
    before = triggers()
    loader = MigrationLoader(connection)
    tables = ("item", "update", "measure", "checklist")
    extra = models.CharField(max_length=9, default="")
    operations = keeping_triggers(*(migrations.AddField(name, "extra", extra) for name in tables))
    later = type("Later", (migrations.Migration,), {"operations": operations})("later", "measures")

    with connection.schema_editor() as editor:
        later.apply(loader.project_state(), editor)
    there = triggers()
    with connection.schema_editor() as editor:
        later.unapply(loader.project_state(), editor)

    assert len(before) > 10
    assert there == before
    assert triggers() == before
    change(find_item(checklist), by=administrator, notes="容错清单")
    assert [item.measure.code for item in Item.objects.matching("容错清单", indexed=True)] == ["1.1.1"]
