"""What is done to the rows of a draft: moved, merged, split, removed, numbered anew."""

import re
from collections.abc import Callable

import pytest
from django.db.models import F
from django.test import Client

from measures.catalogues.checking import faults_of
from measures.catalogues.draft import Draft
from measures.catalogues.gather import outline_of
from measures.models import Measure, Pillar, Section
from tests.outline_make import ADDRESS, act, key, make_draft, opened, operator, part, shape, words_of
from tests.test_catalogues import deep, flat

pytestmark = [pytest.mark.django_db, pytest.mark.any_engine]

__all__ = ["operator"]  # fixtures are found by their names


def test_rows_move_within_their_part_and_on_into_the_next(operator: Client) -> None:
    make_draft()
    row = key("1.1.1")

    act(operator, "down", {"row": row})
    assert [line for line in shape() if line.startswith("1.1:")] == [
        "1.1: 1.1.2 出口常年畅通",
        "1.1: 1.1.1 门口贴限载牌",
    ]
    act(operator, "down", {"row": row})
    assert [line[:10] for line in shape() if line.startswith("1.2:")] == ["1.2: 1.1.1", "1.2: 1.2.1"]
    act(operator, "up", {"row": row})
    act(operator, "up", {"row": row})
    assert shape()[5] == "1.1: 1.1.1 门口贴限载牌"

    act(operator, "up", {"row": part("2")})
    assert [line.strip() for line in shape()[:2]] == ["2 人员", "2.1 培训"]
    act(operator, "up", {"row": part("1.1")})
    assert Section.objects.get(code="1.1").pillar.code == "2"


def test_what_was_typed_into_an_open_row_is_kept_when_it_is_moved(operator: Client) -> None:
    make_draft()
    fields = opened(operator, key("1.1.1")) | {"title_zh_hans": "改过"}

    assert "?at=" in act(operator, "down", fields)

    assert shape()[6] == "1.1: 1.1.1 改过"


def test_two_measures_become_one_with_the_words_of_both(operator: Client) -> None:
    make_draft()

    act(operator, "merge", {"row": key("1.1.1"), "other": key("1.1.2")})

    texts = words_of("1.1.1")
    assert texts["title_zh_hans"] == "门口贴限载牌；出口常年畅通"
    assert texts["detail_zh_hans"] == "逐门查看。\n每月走一遍。"
    assert texts["key_terms"] == ["限载", "门口", "出口"]
    assert not Measure.objects.filter(code="1.1.2").exists()
    act(operator, "merge", {"row": key("1.1.1")}, 422)
    act(operator, "merge", {"row": key("2.1.1"), "other": key("1.1.1")}, 409)


def test_one_measure_becomes_two(operator: Client) -> None:
    make_draft()
    Measure.objects.filter(code="1.1.1").update(detail_zh_hans="先贴牌。再查看。")
    fields = opened(operator, key("1.1.1"), "split")
    assert fields["first-detail_zh_hans"] == "先贴牌。"
    assert fields["second-detail_zh_hans"] == "再查看。"
    assert "必填" in act(operator, "two", fields, 422)

    act(operator, "two", fields | {"second-title_zh_hans": "查看限载牌"})

    first, second = words_of("1.1.1"), words_of("1.1.3")
    assert (first["detail_zh_hans"], second["detail_zh_hans"]) == ("先贴牌。", "再查看。")
    assert (second["title_zh_hans"], second["cadence"], second["source"]) == ("查看限载牌", "once", "第一条")
    assert (first["position"], second["position"]) == (1, 2)


def test_a_part_is_removed_with_all_in_it_and_only_after_a_look(operator: Client) -> None:
    make_draft(deep())
    row = part("第一节")
    assert "?at=" in act(operator, "remove", {"row": row})
    before = len(shape())

    act(operator, "remove", opened(operator, row))

    assert len(shape()) < before
    assert not Measure.objects.filter(section__parent__code="第一节").exists()


@pytest.mark.parametrize("make", [flat, deep])
def test_all_is_numbered_anew_by_its_place(operator: Client, make: Callable[[], bytes]) -> None:
    draft = make_draft(make())
    # Parts that only their old codes tell apart.
    Pillar.objects.update(title_zh_hans=F("code"))
    Section.objects.filter(title_zh_hans="小节").update(title_zh_hans=F("code"))
    last = Draft(draft).top[-1]
    act(operator, "up", {"row": last.key})
    assert faults_of(Draft(draft))

    page = operator.get(ADDRESS).content.decode()
    act(operator, "renumber", {"row": "", "seen": "old"}, 409)
    act(operator, "renumber", {"row": "", "seen": re.findall(r'name="seen" value="(\w+)"', page)[0]})

    assert faults_of(Draft(draft)) == []
    codes = [line.code for line in outline_of(draft).measures]
    assert codes[0] == ".".join("1" * (draft.depth + 1))
    assert len(set(codes)) == len(codes)
    assert Section.objects.filter(pillar__catalogue=draft, code__startswith="1").exists()


def test_codes_that_change_places_are_numbered_anew_too(operator: Client) -> None:
    draft = make_draft()
    act(operator, "down", {"row": key("1.1.1")})
    act(operator, "up", {"row": part("2")})

    act(operator, "renumber", {"row": "", "seen": Draft(draft).seen})

    assert [line for line in shape() if "出口常年畅通" in line or "先培训" in line] == [
        "1.1: 1.1.1 新员工先培训再上岗",
        "2.1: 2.1.1 出口常年畅通",
    ]
    assert faults_of(Draft(draft)) == []
