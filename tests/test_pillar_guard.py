"""An item's pillar always equals its measure's, regardless of who writes it and how."""

import json
from pathlib import Path

import pytest
from django.core import serializers
from django.core.management import call_command
from django.db import DatabaseError, connection, migrations, models, transaction
from django.db.migrations.state import ProjectState

from measures.migrations._engines import keeping_triggers
from measures.models import Checklist, Item, Measure, Pillar, Section
from tests.make import find_item


def untrue() -> int:
    """How many items have another pillar than their measure."""
    return Item.objects.exclude(pillar=models.F("measure__section__pillar")).count()


def test_opening_a_checklist_gives_each_item_the_pillar_of_its_measure(checklist: Checklist) -> None:
    assert [item.pillar.code for item in checklist.items.order_by("measure__position")] == ["1"] * 6 + [
        "2"
    ] * 6


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE measures_item SET pillar_id = {other} WHERE id = {item}",
        "UPDATE measures_item SET measure_id = {measure} WHERE id = {item}",
        "INSERT INTO measures_item (checklist_id, measure_id, pillar_id, status, notes, version) "
        "VALUES ({checklist}, {measure}, {own}, 'not_started', '', 1)",
    ],
)
def test_the_database_refuses_an_item_with_another_pillar(checklist: Checklist, statement: str) -> None:
    item, far = find_item(checklist, "1.1.1"), find_item(checklist, "2.1.1")
    if statement.startswith("INSERT"):
        far.delete()
    sql = statement.format(
        item=item.pk, other=far.pillar_id, own=item.pillar_id, measure=far.measure_id, checklist=checklist.pk
    )

    with pytest.raises(DatabaseError, match="that of its measure"), transaction.atomic():
        connection.cursor().execute(sql)

    assert untrue() == 0


def test_a_measure_that_moves_to_a_section_of_another_pillar_takes_its_items_along(
    checklist: Checklist,
) -> None:
    measure = Measure.objects.get(code="1.1.2")

    measure.section = Section.objects.get(code="2.1")
    measure.save()

    assert find_item(checklist, "1.1.2").pillar.code == "2"
    assert (untrue(), Item.objects.filter(pillar__code="2").count()) == (0, 7)


def test_a_section_that_moves_to_another_pillar_takes_its_items_along(checklist: Checklist) -> None:
    Section.objects.filter(code="1.2").update(pillar=Pillar.objects.get(code="2"))

    assert (untrue(), Item.objects.filter(pillar__code="2").count()) == (0, 9)


def test_a_corrected_catalogue_moves_items_to_their_new_pillar(checklist: Checklist, tmp_path: Path) -> None:
    rows = json.loads(
        serializers.serialize(
            "json",
            Measure.objects.filter(code="1.1.2"),
            use_natural_foreign_keys=True,
            use_natural_primary_keys=False,
        )
    )
    rows[0]["fields"]["section"] = ["test", "2.2"]
    corrected = tmp_path / "corrected.json"
    corrected.write_text(json.dumps(rows))

    call_command("loaddata", str(corrected), verbosity=0)

    assert find_item(checklist, "1.1.2").pillar.code == "2"
    assert untrue() == 0


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", ["item", "measure", "section"])
def test_a_later_migration_can_rebuild_the_tables_and_the_guard_holds_after_it(
    checklist: Checklist, name: str
) -> None:
    from django.db.migrations.loader import MigrationLoader

    state: ProjectState = MigrationLoader(connection).project_state()
    operations = keeping_triggers(
        migrations.AddField(name, "extra", models.CharField(max_length=5, db_default="x")),
        migrations.RemoveField(name, "extra"),
    )
    later = type("Later", (migrations.Migration,), {"operations": operations})("later", "measures")

    with connection.schema_editor(atomic=True) as editor:
        later.apply(state, editor)

    with pytest.raises(DatabaseError, match="that of its measure"), transaction.atomic():
        Item.objects.filter(measure__code="1.1.1").update(pillar=Pillar.objects.get(code="2"))
