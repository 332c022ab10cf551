"""A catalogue written in the app: an outline of parts and measures, until it is published."""

import re

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from measures.catalogues.checking import faults_of
from measures.catalogues.editing import locked_draft
from measures.catalogues.gather import outline_of
from measures.choices import Audited
from measures.models import AuditRecord, Catalogue, Measure
from tests.outline_make import (
    ADDRESS,
    act,
    key,
    make_draft,
    measure_of,
    opened,
    operator,
    part,
    shape,
    words_of,
)
from tests.test_catalogues import sheet_of

pytestmark = [pytest.mark.django_db, pytest.mark.any_engine]

__all__ = ["operator"]  # fixtures are found by their names


def test_a_catalogue_is_written_from_nothing_and_published(operator: Client) -> None:
    head = {"title_zh_hans": "安全生产", "levels_zh_hans": "章/节/条", "slug": "safety", "date": "2026-11-01"}
    assert operator.post("/catalogues/new/", head).headers["Location"] == ADDRESS
    assert "没有" in operator.post("/catalogues/safety/publish/").content.decode()

    operator.post(ADDRESS, {"act": "add", "add": "top", "titles": "场所\n\n 人员 "})
    operator.post(ADDRESS, {"act": "add", "add": part("1"), "titles": "出入口"})
    operator.post(ADDRESS, {"act": "add", "add": part("2"), "titles": "培训"})
    operator.post(ADDRESS, {"act": "add", "add": part("1.1"), "titles": "门口贴牌\n出口畅通"})
    operator.post(ADDRESS, {"act": "add", "add": part("2.1"), "titles": "先培训"})

    assert operator.post("/catalogues/safety/publish/").status_code == 302
    made = Catalogue.objects.get(slug="safety")
    assert (made.is_draft, made.level_names, made.languages) == (False, ["章", "节", "条"], ["zh-hans"])
    assert shape() == [
        *("1 场所", "  1.1 出入口", "2 人员", "  2.1 培训"),
        *("1.1: 1.1.1 门口贴牌", "1.1: 1.1.2 出口畅通", "2.1: 2.1.1 先培训"),
    ]
    assert operator.get(ADDRESS).status_code == 404


def test_a_measure_is_edited_whole_and_moved_to_another_part(operator: Client) -> None:
    make_draft()
    fields = opened(operator, key("1.1.2"))
    fields |= {"title_zh_hans": "出口随时畅通", "terms_zh_hans": "出口，畅通", "source": "第九条"}
    fields |= {"cadence": "once", "part": part("1.2"), "code": "1.2.2", "needs_evidence": "on"}

    assert act(operator, "save", fields).endswith(f"#{fields['row']}")

    measure = measure_of("1.2.2")
    assert words_of("1.2.2")["title_zh_hans"] == "出口随时畅通"
    assert measure.key_terms == ["出口", "畅通"]
    assert (measure.source, measure.cadence, measure.needs_evidence) == ("第九条", "once", True)
    assert [line[5:10] for line in shape() if ": " in line] == ["1.1.1", "1.2.1", "1.2.2", "2.1.1", "2.1.2"]
    record = AuditRecord.objects.get(action=Audited.CATALOGUE_EDITED)
    assert "出口常年畅通" in record.before
    assert "出口随时畅通" in record.after


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"code": "1.1.1"}, "已有"),
        ({"code": "1.1.901"}, "901"),
        ({"code": "1 1"}, "编号"),
        ({"title_zh_hans": ""}, "必填"),
        ({"title_zh_hans": "长" * 201}, "200"),
        ({"detail_zh_hans": "长" * 4_001}, "4000"),
        ({"terms_zh_hans": "、".join(map(str, range(51)))}, "50"),
        ({"source": "长" * 25}, "24"),
    ],
)
def test_what_is_wrong_in_a_field_is_said_beside_it_and_stays_typed(
    operator: Client, changed: dict[str, str], said: str
) -> None:
    make_draft()
    before = shape()
    fields = opened(operator, key("1.1.2")) | {"detail_zh_hans": "我刚写的"} | changed

    page = act(operator, "save", fields, 422)

    assert said in page[page.index('<ul class="errors"') :]
    assert "我刚写的" in page or "detail_zh_hans" in changed
    assert shape() == before


def test_who_is_second_sees_both_and_can_save_then(operator: Client) -> None:
    make_draft()
    mine = opened(operator, key("1.1.2")) | {"title_zh_hans": "我的写法"}
    theirs = opened(operator, key("1.1.2")) | {"title_zh_hans": "别人的写法"}
    act(operator, "save", theirs)

    page = act(operator, "save", mine, 409)

    assert "别人的写法" in page
    assert "我的写法" in page
    seen = re.findall(r'name="seen" value="(\w+)"', page[page.index('class="opened') :])[0]
    act(operator, "save", mine | {"seen": seen})
    assert "1.1: 1.1.2 我的写法" in shape()


def test_what_was_typed_about_a_row_that_is_gone_is_shown(operator: Client) -> None:
    make_draft()
    mine = opened(operator, key("1.1.2")) | {"title_zh_hans": "我的写法"}
    act(operator, "remove", opened(operator, key("1.1.2")))

    assert "我的写法" in act(operator, "save", mine, 409)


def test_publishing_names_all_faults_at_once(operator: Client) -> None:
    make_draft()
    Measure.objects.filter(code="1.1.1").update(code="1.1.5")
    Measure.objects.filter(code="2.1.2").update(code="1.2.9")
    operator.post(ADDRESS, {"act": "add", "add": part("2"), "titles": "演练"})

    page = operator.post("/catalogues/safety/publish/")

    assert page.status_code == 422
    with locked_draft("safety") as draft:
        assert [fault.code for fault in faults_of(draft)] == ["1.1.2", "1.2.9", "1.2.9", "2.2"]
    assert page.content.decode().count("<li><a href") == 4
    assert Catalogue.objects.get(slug="safety").is_draft


def test_a_title_that_lacks_a_language_is_marked_until_it_has_one(operator: Client) -> None:
    head = {"title_zh_hans": "安全", "title_en": "Safety", "slug": "safety", "date": "2026-11-01"}
    operator.post("/catalogues/new/", head)
    operator.post(ADDRESS, {"act": "add", "add": "top", "titles": "场所"})
    operator.post(ADDRESS, {"act": "add", "add": part("1"), "titles": "出入口"})
    operator.post(ADDRESS, {"act": "add", "add": part("1.1"), "titles": "贴牌"})

    assert operator.post("/catalogues/safety/publish/").content.decode().count("：English。</li>") == 3
    for row in (part("1"), part("1.1"), key("1.1.1")):
        fields = opened(operator, row)
        assert fields["title_en"] == ""
        act(operator, "save", fields | {"title_en": f"About {row}"})
    assert operator.post("/catalogues/safety/publish/").status_code == 302
    assert outline_of(Catalogue.objects.get(slug="safety")).measures[0].title["en"].startswith("About")


def test_the_head_of_a_draft_is_corrected(operator: Client) -> None:
    make_draft()
    page = operator.get(f"{ADDRESS}?head=1").content.decode()
    seen = re.findall(r'name="seen" value="(\w+)"', page[page.index('id="head"') :])[0]
    head = {"act": "head", "seen": seen, "title_zh_hans": "消防安全", "date": "2026-12-01"}

    assert operator.post(ADDRESS, head | {"levels_zh_hans": "章/条"}).status_code == 422
    assert operator.post(ADDRESS, head | {"levels_zh_hans": "篇/章/条"}).status_code == 302
    assert operator.post(ADDRESS, head | {"levels_zh_hans": "篇/章/条"}).status_code == 409

    made = Catalogue.objects.get(slug="safety")
    assert outline_of(made).title == {"zh-hans": "消防安全"}
    assert made.level_names == ["篇", "章", "条"]


def test_a_catalogue_has_its_bounds(operator: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    make_draft()
    add = {"act": "add", "add": part("1.1")}
    assert operator.post(ADDRESS, add | {"titles": "\n".join("x" * 201)}).status_code == 422
    assert operator.post(ADDRESS, add | {"titles": "长" * 201}).status_code == 422
    monkeypatch.setattr("measures.catalogues.editing.MEASURES_LIMIT", 6)

    page = operator.post(ADDRESS, add | {"titles": "六\n七"})

    assert page.status_code == 422
    assert "六\n七" in page.content.decode()
    assert operator.post(ADDRESS, add | {"titles": "六"}).status_code == 302


@pytest.mark.parametrize("size", [20, 400])
def test_the_outline_takes_as_many_queries_however_long_it_is(
    operator: Client, size: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    rows: list[list[object]] = []
    for number in range(size):
        chapter, section, place = number // 100 + 1, number // 10 % 10 + 1, number % 10 + 1
        code = f"{chapter}.{section}.{place}"
        rows.append([f"章{chapter}", f"节{chapter}.{section}", code, f"做到{code}", "查。", "一次性"])
    made = make_draft(sheet_of(rows, ["章", "节", "编号", "措施", "要求", "推进方式"]))
    first = Measure.objects.shared_by(made)[0]

    with django_assert_num_queries(9):
        operator.get(f"{ADDRESS}?at=m{first.pk}")


@pytest.mark.parametrize("count", [2, 20])
def test_the_list_of_catalogues_takes_as_many_queries_however_many_there_are(
    operator: Client, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(count):
        make_draft(slug=f"safety-{number}")

    with django_assert_num_queries(7):
        assert operator.get("/catalogues/").content.decode().count("/outline/") == count
