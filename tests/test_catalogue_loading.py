"""Loading the catalogue: whole or not at all, and annotations stay."""

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.core.management import call_command
from django.core.serializers.base import DeserializationError
from django.db import connection

from measures.choices import Status, Via
from measures.editions.shipped import NEWEST
from measures.models import Catalogue, Checklist, Measure, Pillar, Section
from tests.catalogue_read import FIXTURE, FIXTURE_ROWS, MEASURES
from tests.make import NOW

pytestmark = pytest.mark.slow


def everything() -> dict[str, list[dict[str, Any]]]:
    """All rows of all our tables, column by column, past the translation of field names."""
    found = {}
    for model in apps.get_app_config("measures").get_models():
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT * FROM {model._meta.db_table} ORDER BY {model._meta.pk.column}")
            columns = [column[0] for column in cursor.description]
            found[model.__name__] = [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
    return found


def load(path: Path | str = "catalogue") -> None:
    call_command("loaddata", str(path), verbosity=0)


def write(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.write_text(json.dumps(rows, ensure_ascii=False), "utf-8")
    return path


@pytest.mark.django_db
def test_the_catalogue_loads_by_its_name() -> None:
    load()

    counts = [model.objects.count() for model in (Catalogue, Pillar, Section, Measure)]
    assert counts == [1, 4, 12, len(MEASURES)]


@pytest.mark.django_db
def test_what_is_loaded_says_what_the_fixture_says() -> None:
    load()

    for fields in MEASURES:
        measure = Measure.objects.get_by_natural_key(NEWEST, fields["code"])
        assert measure.section.code == fields["section"][1]
        for name, value in fields.items():
            if name != "section":
                assert getattr(measure, name) == value


@pytest.mark.django_db
def test_loading_twice_changes_nothing() -> None:
    load()
    before = everything()

    load()

    assert everything() == before


@pytest.mark.django_db
def test_a_corrected_title_arrives_and_annotations_stay(
    tmp_path: Path, django_user_model: type[User]
) -> None:
    load()
    checklist = Checklist(slug="henan", name="河南", catalogue=Catalogue.objects.get()).open(at=NOW)
    user = django_user_model.objects.create_user("editor")
    item = checklist.items.get(measure__code="3.1.4")
    values = {"status": Status.IN_PROGRESS, "notes": "已印发通知"}
    item.change(values, version=1, by=user, at=NOW, via=Via.PAGE)
    before = everything()
    corrected = deepcopy(FIXTURE_ROWS)
    row = next(row["fields"] for row in corrected if row["fields"].get("code") == "3.1.4")
    row |= {"title_en": "A corrected title", "title_zh_hans": "改正后的标题", "title_zh_hant": "改正後的標題"}

    load(write(tmp_path / "corrected.json", corrected))

    after = everything()
    (arrived,) = [new for new, old in zip(after["Measure"], before["Measure"], strict=True) if new != old]
    assert arrived["code"] == "3.1.4"
    assert arrived["title_en"] == "A corrected title"
    assert arrived["title_zh_hans"] == "改正后的标题"
    assert arrived["title_zh_hant"] == "改正後的標題"
    assert [update["notes"] for update in after["Update"]] == ["已印发通知"]
    assert after["Item"] == before["Item"]
    assert after["Update"] == before["Update"]


@pytest.mark.django_db
def test_a_fixture_cut_in_the_middle_is_refused_whole(tmp_path: Path) -> None:
    text = FIXTURE.read_text("utf-8")
    cut = tmp_path / "cut.json"
    cut.write_text(text[: len(text) // 2], "utf-8")

    with pytest.raises(DeserializationError):
        load(cut)

    assert not Catalogue.objects.exists()


@pytest.mark.django_db
def test_a_fixture_with_one_bad_row_leaves_nothing_behind(tmp_path: Path) -> None:
    broken = deepcopy(FIXTURE_ROWS)
    broken[-1]["fields"]["section"] = [NEWEST, "9.9"]

    with pytest.raises(DeserializationError):
        load(write(tmp_path / "broken.json", broken))

    assert not Catalogue.objects.exists()
