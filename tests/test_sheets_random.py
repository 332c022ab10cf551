"""Whatever a file holds, it gets an answer, and soon: blank cells, cycles, doubles and footers anywhere."""

import time
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from measures.models import Checklist
from measures.models.uses import Use
from measures.sheets.problems import Problem
from measures.sheets.units import SheetUnit, Units, arrange
from tests.make import SignIn, make_owner
from tests.proofs import share
from tests.sheets import ENGLISH, UPLOAD, saved

COUNT = share(400)  # of each
SECONDS = 5

blank = st.sampled_from([None, "", " ", "\u3000", "\xa0", "–", "无"])
codes = st.sampled_from(["1.1.1", "1.1.2", "2.2.3", "１.1.1", "9.9.9", "合计", "编号", "填表人：", 1.1])
cells = st.one_of(
    blank,
    codes,
    st.sampled_from(
        [
            "已完成",
            "状态",
            "干部一处",
            "新处",
            "清空",
            "长期",
            "6月底",
            "年底前",
            "#N/A",
            "=1+1",
            "完成时限",
            "河南",
        ]
    ),
    st.integers(-10, 10**12),
    st.floats(allow_nan=False),
    st.booleans(),
    st.dates(),
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20),
)
headings = st.permutations(
    ["编号", "状态", "责任单位", "完成时限", "进展情况", "单位", "版本", "追加进展情况"]
)
rows = st.lists(st.lists(cells, max_size=8), max_size=12)
merges = st.lists(st.tuples(*[st.integers(1, 8)] * 4), max_size=4)
sheets = st.lists(st.tuples(headings, rows, merges), min_size=1, max_size=3)

addresses = st.sampled_from(["", "a", "b", "c", "d", "henan", "A b", "合计"])
units = st.lists(st.tuples(st.sampled_from(["", "甲", "乙", "河南"]), addresses, addresses), max_size=12)


def workbook(parts: list[tuple[list[str], list[list[Any]], list[tuple[int, ...]]]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for heads, lines, spans in parts:
        sheet = book.create_sheet()
        for line in ([], heads, *lines):
            sheet.append(line)
        for row, column, down, across in spans:
            sheet.merge_cells(
                start_row=row, start_column=column, end_row=row + down, end_column=column + across
            )
    return saved(book)


def soon(answer: Callable[[], Any]) -> Any:
    Use.objects.all().delete()  # nobody uploads as many in five minutes
    started = time.monotonic()
    response = answer()
    assert time.monotonic() - started < SECONDS
    return response


@pytest.fixture
def client(checklist: Checklist, administrator: User, sign_in: SignIn) -> Client:
    make_owner(checklist)
    return sign_in(administrator)


@pytest.mark.proof
@settings(max_examples=COUNT, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(parts=sheets)
def test_any_sheet_of_items_gets_its_preview_soon(client: Client, parts: Any) -> None:
    file = SimpleUploadedFile("台账.xlsx", workbook(parts))

    response = soon(lambda: client.post(UPLOAD, {"file": file}, headers=ENGLISH))

    assert response.status_code in (200, 422)
    if found := response.context.get("found"):
        assert all(one.message for one in found.problems)
        if token := response.context["token"]:
            assert not found.problems
            assert client.post(UPLOAD, {"apply": "1", "token": token, "reason": "x"}).status_code in (
                302,
                422,
            )


@pytest.mark.proof
@settings(max_examples=COUNT, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines=units, spans=merges)
def test_any_sheet_of_units_gets_its_preview_soon(client: Client, lines: Any, spans: Any) -> None:
    content = workbook([(["Organisation", "Address", "Under"], [list(line) for line in lines], spans)])
    file = SimpleUploadedFile("单位.xlsx", content)

    response = soon(lambda: client.post("/checklists/henan/below/sheet/", {"file": file}, headers=ENGLISH))

    assert response.status_code in (200, 422)
    if found := response.context.get("found"):
        assert found.problems or len(found.checklists) == len(found.units)


@pytest.mark.proof
@settings(max_examples=COUNT, deadline=None)
@given(data=st.data())
def test_every_unit_is_placed_or_named(data: st.DataObject) -> None:
    lines = data.draw(units)
    top = Checklist(pk=1, slug="henan", name="河南", path="/henan/")
    found = Units(units=[SheetUnit(n, name, slug, up) for n, (name, slug, up) in enumerate(lines, 2)])

    arrange(found, top=top, below=[], taken={"henan"})

    named = {one.row for one in found.problems}
    placed = {one.slug for one in found.checklists}
    at_fault = {unit.slug for unit in found.units if unit.number in named}
    for unit in found.units:
        # One below a faulty unit waits for that one to be put right.
        assert unit.number in named or unit.slug in placed or at_fault, unit
    seen = {"henan"}
    for one in found.checklists:
        assert one.parent
        assert one.parent.slug in seen
        seen.add(one.slug)


def test_a_row_without_an_address_is_named_at_once(checklist: Checklist, client: Client) -> None:
    rows: list[list[Any]] = [
        ["Organisation", "Address", "Under"],
        ["甲市", "jia", ""],
        ["乙县", None, "jia"],
        ["丙县", "bing", ""],
    ]
    book = openpyxl.Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    file = SimpleUploadedFile("单位.xlsx", saved(book))

    response = soon(lambda: client.post("/checklists/henan/below/sheet/", {"file": file}, headers=ENGLISH))

    problems: list[Problem] = response.context["found"].problems
    assert [(one.row, one.column) for one in problems] == [(3, "Address")]
    assert "Write the address" in problems[0].message


def test_five_thousand_units_each_below_the_next_are_answered_soon(checklist: Checklist) -> None:
    found = Units(units=[SheetUnit(n, f"n{n}", f"n{n}", f"n{n + 1}") for n in range(5_000)])

    soon(lambda: arrange(found, top=checklist, below=[], taken=set()))

    assert found.problems
