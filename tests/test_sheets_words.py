"""Cells as people write them in three languages; what is wrong is said, all at once, with its place."""

from datetime import date, datetime
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import translation

from measures.choices import Status
from measures.models import Checklist, Owner
from measures.sheets.days import ReadDay, day_of
from measures.sheets.values import status_of
from measures.sheets.words import NotUnderstood
from tests.make import TODAY, SignIn, change, find_item, make_owner
from tests.sheets import apply, changes, edited, export, problems, sheet_of, upload

pytestmark = pytest.mark.any_engine

EPOCH = datetime(1899, 12, 30)


@pytest.fixture
def client(administrator: User, sign_in: SignIn) -> Client:
    return sign_in(administrator)


@pytest.mark.parametrize(
    ("written", "status"),
    [
        ("已完成", Status.DONE),
        (" 已 完成 ".replace(" 完", "完"), Status.DONE),
        ("推進中", Status.IN_PROGRESS),
        ("推进中\u3000", Status.IN_PROGRESS),
        ("IN  progress", Status.IN_PROGRESS),
        ("Ｄｏｎｅ", Status.DONE),
        ("已終止", Status.DROPPED),
        ("长期坚持", Status.STANDING),
        ("not_started", Status.NOT_STARTED),
    ],
)
def test_a_status_is_understood_in_each_language(written: str, status: Status) -> None:
    assert status_of(written) == status


@pytest.mark.parametrize(
    ("written", "status"),
    [
        ("未开始", Status.NOT_STARTED),
        ("未開始", Status.NOT_STARTED),
        ("进行中", Status.IN_PROGRESS),
        ("進行中", Status.IN_PROGRESS),
        ("常态化", Status.STANDING),
        ("常態化", Status.STANDING),
        ("不再推进", Status.DROPPED),
        ("不再推進", Status.DROPPED),
    ],
)
def test_a_status_that_earlier_exports_have_is_still_understood(written: str, status: Status) -> None:
    assert status_of(written) == status


@pytest.mark.parametrize("written", ["办结了", "", None, 7, "–"])
def test_any_other_status_is_refused(written: Any) -> None:
    with pytest.raises(NotUnderstood):
        status_of(written)


@pytest.mark.parametrize(
    "written",
    [
        "2026年11月24日",
        " 2026 年 11 月 24 日 ",
        "２０２６年１１月２４日",
        "2026/11/24",
        "2026-11-24",
        "2026.11.24",
        "20261124",
        20261124,
        "2026-11-24 00:00:00",
        "2026/11/24 0:00",
        "24 November 2026",
        "Nov. 24, 2026",
        "November 24, 2026",
        date(2026, 11, 24),
        datetime(2026, 11, 24, 15, 30),
        46350,
        46350.0,
        "46350",
    ],
)
def test_a_date_is_understood_as_people_write_it(written: Any) -> None:
    assert day_of(written, EPOCH, TODAY) == ReadDay(date(2026, 11, 24))


# TODAY is 2026-11-24.
@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2026年12月", "2026-12-31"),
        ("2026年12月底前", "2026-12-31"),
        ("2027年2月", "2027-02-28"),
        ("2026-12", "2026-12-31"),
        ("12月底前", "2026-12-31"),
        ("11月底", "2026-11-30"),
        ("6月底", "2027-06-30"),
        ("６ 月 底", "2027-06-30"),
        ("十二月底", "2026-12-31"),
        ("明年6月底前", "2027-06-30"),
        ("月底前", "2026-11-30"),
        ("本月底", "2026-11-30"),
        ("季度末", "2026-12-31"),
        ("本季度末", "2026-12-31"),
        ("三季度末", "2027-09-30"),
        ("2027年第一季度", "2027-03-31"),
        ("年底前", "2026-12-31"),
        ("年末", "2026-12-31"),
        ("今年底", "2026-12-31"),
        ("明年年底前", "2027-12-31"),
        ("2027年底前完成", "2027-12-31"),
        ("2026年", "2026-12-31"),
        ("上半年", "2027-06-30"),
        ("2027年上半年", "2027-06-30"),
        ("12月31日前", "2026-12-31"),
        ("1月15日", "2027-01-15"),
        ("December 2026", "2026-12-31"),
        ("end of June", "2027-06-30"),
        ("end of the year", "2026-12-31"),
    ],
)
def test_the_end_of_a_month_quarter_or_year_is_worked_out(written: str, day: str) -> None:
    found = day_of(written, EPOCH, TODAY)

    assert found
    assert (found.day, bool(found.wrote)) == (date.fromisoformat(day), True)


@pytest.mark.parametrize("written", ["2026年12月31日前", "于2026年12月31日前完成", "2026-12-31前"])
def test_a_whole_day_may_have_words_around_it(written: str) -> None:
    found = day_of(written, EPOCH, TODAY)

    assert found
    assert found.day == date(2026, 12, 31)


@pytest.mark.parametrize(
    "written", ["0026-11-24", "1899-12-31", "2206-12-31", date(1899, 12, 31), "2101年底"]
)
def test_a_day_that_cannot_be_meant_is_refused(written: Any) -> None:
    with translation.override("en"), pytest.raises(NotUnderstood, match="is not plausible"):
        day_of(written, EPOCH, TODAY)


@pytest.mark.parametrize("written", ["长期", "長期堅持", "常态化", "Ongoing"])
def test_work_without_end_has_no_due_date_and_is_offered_the_status_of_such_work(
    checklist: Checklist, administrator: User, client: Client, written: str
) -> None:
    change(find_item(checklist), by=administrator, due=TODAY)
    content = edited(export(client), E2=written)

    shown = upload(client, content)
    apply(client, shown, reason="转为长期任务")

    assert changes(shown)[0][:2] == ("1.1.1", "status")
    item = find_item(checklist)
    assert (item.status, item.due) == ("standing", None)


def test_a_day_that_was_worked_out_or_is_past_is_pointed_out(checklist: Checklist, client: Client) -> None:
    page = upload(client, sheet_of(["Code", "Due"], ["1.1.1", "2028年6月底"], ["1.1.2", "2001-01-01"]))

    assert "understood from “2028年6月底”" in page.content.decode()
    assert page.context["found"].past_codes == ["1.1.2"]
    assert "would be in the past or more than ten years away: 1.1.2" in page.content.decode()


@pytest.mark.parametrize("written", ["", None, "–", "-", " ", "无"])
def test_an_empty_date_is_none(written: Any) -> None:
    assert day_of(written, EPOCH, TODAY) is None


@pytest.mark.parametrize(
    "written", ["11/24/2026", "2026-13-01", "2026年2月30日", "soon", 12, "99999999", True, 1e300]
)
def test_any_other_date_is_refused_rather_than_guessed(written: Any) -> None:
    with pytest.raises(NotUnderstood):
        day_of(written, EPOCH, TODAY)


def test_owners_are_found_with_other_spaces_and_widths(checklist: Checklist, client: Client) -> None:
    make_owner(checklist, "干部 一处（综合）")
    make_owner(checklist, "Unit A")
    rows = [["编号", "责任单位"], ["1.1.1", " 干部  一处(综合) "], ["1.1.2", "UNIT Ａ"], ["1.1.3", "–"]]

    response = upload(client, sheet_of(*rows))

    assert [then for _code, _field, _now, then in changes(response)] == ["干部 一处（综合）", "Unit A"]


@pytest.mark.parametrize(
    "headings",
    [
        ["Code", "STATUS ", "Due", "Notes"],
        ["编号", "状态", "完成时限", "备注"],
        ["編號", "狀態", "完成時限", "備註"],
        ["编号", "状态", "完成时限", "进展情况"],
        ["編號", "狀態", "完成時限", "進展情況"],
        ["编号", "状态", "完成期限", "进展情况"],
    ],
)
def test_headings_are_known_in_each_language_even_below_a_title(
    checklist: Checklist, client: Client, headings: list[str]
) -> None:
    rows: list[list[Any]] = [["河南台账"], [], [*headings, "备用"], ["１.1.1", "已完成", 46350, 3.0]]

    response = upload(client, sheet_of(*rows))

    assert [(field, then) for _code, field, _now, then in changes(response)] == [
        ("status", "Done"),
        ("due", "Nov. 24, 2026"),
        ("notes", "3"),
    ]
    assert response.context["ignored"] == ["备用"]


@pytest.mark.parametrize(
    "headings",
    [
        ["编号", "措施", "支柱", "板块", "红黄绿灯", "状态", "完成期限", "频次"],
        ["編號", "措施", "支柱", "板塊", "紅黃綠燈", "狀態", "完成期限", "頻次"],
    ],
)
def test_an_earlier_export_still_uploads(checklist: Checklist, client: Client, headings: list[str]) -> None:
    row = ["1.1.1", "简 措施 1.1.1", "1", "1.1", "绿灯", "常态化", "2026-12-31", "一次性"]

    response = upload(client, sheet_of(headings, row))

    assert [(field, then) for _code, field, _now, then in changes(response)] == [
        ("status", "Standing"),
        ("due", "Dec. 31, 2026"),
    ]
    assert response.context["ignored"] == []


def test_all_that_is_wrong_is_said_at_once_with_row_and_column(
    checklist: Checklist, owner: Owner, client: Client
) -> None:
    rows: list[list[Any]] = [
        ["Code", "Status", "Owner", "Due", "Notes", "Version", "Reason"],
        ["1.1.1", "finished", "无此处", "soon", "很" * 10_001, "x", "由" * 501],
        ["9.9.9", "Done"],
        [],
        ["1.1.2", "Done", owner.name],
        ["1.1.2", "Done"],
        [None, "Done"],
        ["1.1.3", "Done", None, None, None, 7],
    ]

    response = upload(client, sheet_of(*rows))

    assert response.status_code == 422
    assert problems(response) == [
        (2, "Status", "finished"),
        (2, "Owner", "无此处"),
        (2, "Due", "soon"),
        (2, "Notes", "很" * 80),
        (2, "Version", "x"),
        (2, "Reason", "由" * 80),
        (3, "Code", "9.9.9"),
        (6, "Code", "1.1.2"),
        (7, "Code", ""),
        (8, "Version", "7"),
    ]
    assert response.context["token"] == ""


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([["Title", "Status"], ["x", "Done"]], "no column “Code”"),
        ([["Code", "Title"], ["1.1.1", "x"]], "none of the columns"),
        ([["Code", "Status", "状态"], ["1.1.1", "Done", "Done"]], "twice"),
        ([["Code", "Status", "Version (elsewhere)"], ["1.1.1", "Done", 1]], "another checklist (elsewhere)"),
    ],
)
def test_missing_doubled_and_foreign_columns_are_explained(
    checklist: Checklist, client: Client, rows: list[list[Any]], words: str
) -> None:
    response = upload(client, sheet_of(*rows))

    assert response.status_code == 422
    assert words in response.content.decode()
