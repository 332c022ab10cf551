"""The example of a catalogue of another field."""

from pathlib import Path

import pytest
from django.core.management import call_command

from measures.models import Catalogue, Checklist

ROOT = Path(__file__).parent.parent

pytestmark = pytest.mark.any_engine


@pytest.mark.django_db
def test_the_example_of_another_field_loads_and_a_checklist_opens_from_it() -> None:
    call_command("load_catalogue", str(ROOT / "fixtures" / "workplace-safety.json"))
    call_command("open_checklist", "works", name="厂区", catalogue="workplace-safety")

    made = Catalogue.objects.get(slug="workplace-safety")
    assert [names["zh-hans"] for names in made.levels] == ["章", "节", "条"]
    assert Checklist.objects.get(slug="works").items.count() == 24
