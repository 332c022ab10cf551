"""Ledgers that offices keep are read whatever their layout, and nothing of them disappears."""

import io
import json
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from django.core.management import CommandError, call_command
from openpyxl.comments import Comment
from openpyxl.utils.datetime import WINDOWS_EPOCH

from measures.choices import Status
from measures.sheets.guard import SheetError
from measures.takeover.dues import read_due
from measures.takeover.opening import open_file
from measures.takeover.plain import plain_ledger
from measures.takeover.read import read_ledger, read_pasted
from measures.takeover.statuses import read_status
from measures.takeover.units import read_units
from tests.takeover import made, made_far, made_more, made_wide

pytestmark = pytest.mark.no_database

TODAY = date(2026, 11, 29)
MADE = [
    made.units_below_one_task,
    made.tables_by_part,
    made.sheets_by_division,
    made_wide.quarters_and_months,
    made_wide.ticks,
    made_more.summary_and_colours,
    made_more.words_in_one_cell,
    made_more.english_audit,
    made_far.years_of_the_republic,
    made_far.semicolons,
]


def close(value: object) -> object:
    """A value without white space, as texts are compared."""
    if isinstance(value, str):
        return "".join(value.split())
    if isinstance(value, list):
        return [close(one) for one in value]
    if isinstance(value, dict):
        return {key: close(one) for key, one in value.items()}
    return value


@pytest.mark.parametrize("make", MADE, ids=lambda make: make.__name__)
def test_a_ledger_of_any_layout_is_understood(make: made.Maker) -> None:
    name, content, truth = make()
    read = json.loads(json.dumps(plain_ledger(read_ledger(content, name, today=TODAY))))
    assert (read["language"], read["year"]) == (truth["language"], truth["year"])
    for sheet, true in truth["sheets"].items():
        found = read["sheets"][sheet]
        for key in ("columns", "extra", "ignored_rows", "section_rows", "unit", "ignored"):
            assert close(found.get(key)) == close(true.get(key)), key
        assert [row["row"] for row in found["rows"]] == [row["row"] for row in true["rows"]]
        for row, wanted in zip(found["rows"], true["rows"], strict=True):
            assert {key: close(row.get(key)) for key in wanted} == close(wanted)


@pytest.mark.parametrize("make", MADE, ids=lambda make: make.__name__)
def test_every_cell_is_mapped_kept_or_named_as_left_out(make: made.Maker) -> None:
    name, content, _truth = make()
    ledger = read_ledger(content, name, today=TODAY)
    for grid, sheet in zip(open_file(content, name), ledger.sheets, strict=True):
        left = {one.row: set(one.texts.values()) for one in sheet.left_rows}
        taken = {
            row.row: {column.index for column in table.columns}
            for table in sheet.tables
            for row in table.rows
        }
        for row in grid.rows:
            texts = grid.filled(row)
            assert set(texts) <= taken[row] if row in taken else left[row] == set(texts.values())
        for table in sheet.tables:
            for one in table.rows:
                kept = {
                    grid.text(one.row, column.index) for column in table.columns if column.role == "extra"
                } - {""}
                assert kept == set(one.extras.values())


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026.6.30", "2026-06-30"),
        ("20260630", "2026-06-30"),
        ("46203", "2026-06-30"),
        ("2026.6", "2026-06-30"),
        ("30/06/2026", "2026-06-30"),
        ("End June 2026", "2026-06-30"),
        ("6月中旬", "2026-06-20"),
        ("Q2 2026", "2026-06-30"),
        ("3-6月", "2026-06-30"),
        ("3月底前完成方案制定，6月底前全面完成", "2026-06-30"),
        ("115年第2季", "2026-06-30"),
        ("2026年6月底前完成，长期坚持", "2026-06-30"),
        ("明年年底", "2027-12-31"),
        ("长期坚持", "standing"),
        ("每月25日前", "standing"),
        ("每年12月底", "standing"),
        ("9月起长期坚持", "standing"),
        ("会后15个工作日内", ""),
        ("上级批复后1个月内", ""),
        ("立行立改", ""),
        ("秋季学期开学前", ""),
    ],
)
def test_due_dates_are_understood_as_offices_write_them(text: str, day: str) -> None:
    due = read_due(text, text, 2026, WINDOWS_EPOCH)
    assert ("standing" if due.is_standing else str(due.day or "")) == day
    assert due.text == text


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("进展缓慢", Status.IN_PROGRESS),
        ("逾期未完成", Status.IN_PROGRESS),
        ("逾期完成", Status.DONE),
        ("停滞", Status.BLOCKED),
        ("撤銷", Status.DROPPED),
        ("Open - in progress", Status.IN_PROGRESS),
        ("已销号", Status.DONE),
        ("否", Status.NOT_STARTED),
        ("75%", Status.IN_PROGRESS),
        ("0", Status.NOT_STARTED),
        ("√", Status.DONE),
        ("持續推進", Status.STANDING),
        ("待议", None),
    ],
)
def test_statuses_are_guessed_from_words_ticks_and_shares(text: str, status: Status | None) -> None:
    assert read_status(text).status is status


def test_what_is_not_done_is_at_work_where_its_progress_says_so() -> None:
    assert read_status("未销号", progress="已制定方案").status is Status.IN_PROGRESS
    assert read_status("未销号").status is Status.NOT_STARTED


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("甲局、乙局，丙局", ("甲局", "乙局", "丙局")),
        ("牵头单位：甲局\n配合单位：乙局、丙局", ("甲局", "乙局", "丙局")),
        ("甲局（牵头）、乙局", ("甲局", "乙局")),
        ("甲局牵头，乙局、丙局配合", ("甲局", "乙局", "丙局")),
        ("各县（市、区）", ("各县（市、区）",)),
        ("Risk and Compliance, ICT", ("Risk and Compliance", "ICT")),
        ("/", ("",)),
    ],
)
def test_the_first_unit_leads_unless_words_say_otherwise(text: str, units: tuple[str, ...]) -> None:
    found = read_units(text)
    assert (found.lead, *found.supporting) == units


def test_a_corrected_column_is_read_again_in_every_row() -> None:
    name, content, _truth = made.tables_by_part()
    first = read_ledger(content, name, today=TODAY)
    again = read_ledger(
        content, name, today=TODAY, corrections={("Sheet1", "E"): "remark", ("Sheet1", "F"): "extra"}
    )
    assert first.rows[1].texts["problems"] == "征地受影响"
    assert again.rows[1].texts["remark"] == "征地受影响"
    assert "problems" not in again.rows[1].texts
    assert not any(
        column.is_uncertain
        for table in again.sheets[0].tables
        for column in table.columns
        if column.letter in "EF"
    )


def test_a_correction_holds_for_one_table_or_for_all_of_a_sheet() -> None:
    pasted = (
        "序号\t工作任务\t责任单位\t要求\n1\t修订工作规则\t办公室\t形成文件\n2\t开展专项检查\t督查室\t形成报告\n\n"
        "序号\t问题\t整改措施\t责任单位\n1\t台账不全\t补齐台账\t办公室\n2\t报送迟\t明确时限\t督查室\n"
    )
    two = read_pasted(pasted, "a", today=TODAY, corrections={("a", "D"): "remark", ("a", "D5"): "lead"})
    assert [[column.name for column in table.columns][-1] for table in two.sheets[0].tables] == [
        "remark",
        "lead",
    ]
    with pytest.raises(ValueError, match="level9"):
        read_pasted(pasted, "a", today=TODAY, corrections={("a", "D"): "level9"})


def test_a_sheet_whose_headings_nobody_knows_is_read_once_its_columns_are_named() -> None:
    pasted = "甲列\t乙列\t丙列\n修订规则\t小王\t好\n专项检查\t小李\t中\n"
    assert not read_pasted(pasted, "a", today=TODAY).rows
    rows = read_pasted(
        pasted, "a", today=TODAY, corrections={("a", "A"): "measure", ("a", "B"): "contact"}
    ).rows
    assert [(row.measure, row.texts["contact"], row.extras) for row in rows] == [
        ("修订规则", "小王", {"丙列": "好"}),
        ("专项检查", "小李", {"丙列": "中"}),
    ]


def test_every_level_is_kept_down_to_the_fourth() -> None:
    pasted = (
        "领域\t专项\t板块\t重点任务\t具体举措\t责任单位\t时限\n"
        "经济\t工业\t园区\t提升园区\t新建标准厂房3万平方米\t工信局\t6月\n\t\t\t\t引进配套企业5家\t商务局\t7月\n"
    )
    rows = read_pasted(pasted, "a", today=TODAY).rows
    assert [row.levels for row in rows] == [("经济", "工业", "园区", "提升园区")] * 2


def test_pasted_cells_are_read_as_a_sheet_is() -> None:
    pasted = (
        "序号\t任务\t单位\t时限\n"
        '1\t修订工作规则\t"办公室\n人事处"\t6月底前\n'
        "2\t开展专项检查\t督查室\t长期坚持\n"
    )
    rows = read_pasted(pasted, "2026年", today=TODAY).rows
    assert [(row.measure, row.units.lead, row.due.day) for row in rows] == [
        ("修订工作规则", "办公室", date(2026, 6, 30)),
        ("开展专项检查", "督查室", None),
    ]
    assert rows[0].units.supporting == ("人事处",)


def test_what_the_notes_say_of_signs_decides() -> None:
    pasted = (
        "注：◐已完成，○受阻\n序号\t工作任务\t责任单位\t进度\n"
        "1\t修订工作规则\t办公室\t◐\n2\t开展专项检查\t督查室\t○\n"
    )
    rows = read_pasted(pasted, "a", today=TODAY).rows
    assert [row.status.status for row in rows] == [Status.DONE, Status.BLOCKED]


def test_a_new_part_ends_the_levels_of_the_one_before() -> None:
    pasted = (
        "序号\t类别\t工作任务\t责任单位\t时限\n一、机关党建\n1\t学习\t组织读书班三期\t党办\t6月\n2\t\t开展主题党日\t党办\t7月\n"
        "二、业务工作\n1\t\t完成制度修订\t法规处\t8月\n三、另附清单一份\n"
    )
    ledger = read_pasted(pasted, "a", today=TODAY)
    assert [row.levels for row in ledger.rows] == [
        ("一、机关党建", "学习"),
        ("一、机关党建", "学习"),
        ("二、业务工作",),
    ]
    # Below the last item stands no part any more.
    assert {left.row: str(left.why) for left in ledger.sheets[0].left_rows}[7] == "note"


def test_notes_pinned_to_cells_and_cells_far_to_the_right_are_named() -> None:
    book = openpyxl.Workbook()
    page = book.worksheets[0]
    for row in (
        ["序号", "工作任务", "责任单位"],
        [1, "修订机关工作规则", "办公室"],
        [2, "开展专项检查", "督查室"],
    ):
        page.append(row)
    page["B2"].comment = Comment("领导已批示", "office")
    page.cell(2, 120, "远处")
    out = io.BytesIO()
    book.save(out)
    sheet = read_ledger(out.getvalue(), "a.xlsx", today=TODAY).sheets[0]
    assert sheet.comments == {"B2": "领导已批示"}
    assert sheet.beyond == ["DP2"]


@pytest.mark.parametrize(
    "content", [b"\xd0\xcf\x11\xe0" + bytes(600), b"PK\x03\x04" + bytes(100), b"\xff\xfe" + b"\x00\xd8" * 3]
)
def test_a_broken_file_is_refused_in_words(content: bytes) -> None:
    with pytest.raises(SheetError):
        read_ledger(content, "a", today=TODAY)


def test_a_file_with_too_many_rows_is_refused() -> None:
    with pytest.raises(SheetError, match="10,000"):
        read_ledger(b"a,b\n" * 10_002, "a.csv", today=TODAY)


def test_the_command_prints_what_was_understood(tmp_path: Path) -> None:
    name, content, truth = made.tables_by_part()
    (tmp_path / name).write_bytes(content)
    out = io.StringIO()
    call_command("read_ledger", str(tmp_path / name), "--json", stdout=out)
    assert json.loads(out.getvalue())["sheets"]["Sheet1"]["columns"] == truth["sheets"]["Sheet1"]["columns"]
    call_command("read_ledger", str(tmp_path / name), stdout=out)
    assert "整治内容  measure" in out.getvalue()
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("read_ledger", str(tmp_path / "none.xlsx"))
