"""Kinds of columns, headings and cells that offices have in their ledgers, each on a small sheet."""

from datetime import date

import pytest

from measures.choices import Status
from measures.takeover.headings import guesses
from measures.takeover.ledger import Ledger
from measures.takeover.persons import without_persons
from measures.takeover.read import read_pasted

pytestmark = pytest.mark.no_database

TODAY = date(2026, 11, 29)


def pasted(*rows: str) -> Ledger:
    """A sheet whose cells are parted by bars."""
    return read_pasted("\n".join(row.replace("|", "\t") for row in rows), "2026年台账", today=TODAY)


def names(ledger: Ledger) -> list[str]:
    return [column.name for column in ledger.sheets[0].tables[0].columns]


@pytest.mark.parametrize(
    ("heading", "part"),
    [
        ("立项号", "number"),
        ("一级指标", "level"),
        ("重点方向", "level"),
        ("工作任务及要求", "measure"),
        ("年度目标任务", "target"),
        ("相关单位", "supporting"),
        ("总负责人", "leader"),
        ("牵头人", "contact"),
        ("计划销号时间", "due"),
        ("Planned completion", "due"),
        ("是否逾期", "extra"),
        ("解除列管日期", "extra"),
        ("督查意见", "extra"),
        ("简要情况", "progress"),
        ("已采取的措施", "progress"),
        ("執行進度說明", "progress"),
        ("待協調事項", "problems"),
        ("Risks / issues", "problems"),
        ("下階段工作", "next_steps"),
        ("备", "remark"),
    ],
)
def test_headings_are_known_by_their_words(heading: str, part: str) -> None:
    assert str(max(guesses(heading, ()), key=lambda guess: guess.sure).role) == part


@pytest.mark.parametrize(
    ("text", "units", "persons"),
    [
        ("县发改局 张伟", "县发改局", "张伟"),
        ("县财政局\n李  静", "县财政局", "李静"),
        ("县人社局（王涛）", "县人社局", "王涛"),
        ("县司法局：局长赵敏", "县司法局", "局长赵敏"),
        ("县住建局陈晨 13800000000", "县住建局", "陈晨 13800000000"),
        ("县住建局、各县（市、区）", "县住建局、各县（市、区）", ""),
    ],
)
def test_persons_are_told_from_the_units_that_they_stand_beside(text: str, units: str, persons: str) -> None:
    assert without_persons(text) == (units, persons)


def test_a_column_of_units_and_persons_gives_both() -> None:
    ledger = pasted(
        "工作任务|责任单位及责任人|时限",
        "修订工作规则|办公室 王涛|6月底",
        "开展专项检查|督查科、法规科 李静|7月底",
    )
    assert [(row.units.lead, row.units.supporting, row.texts["contact"]) for row in ledger.rows] == [
        ("办公室", (), "王涛"),
        ("督查科", ("法规科",), "李静"),
    ]


def test_a_due_date_as_above_says_what_the_one_above_says() -> None:
    ledger = pasted(
        "工作任务|责任单位|时限", "修订规则|办公室|6月底", "开展检查|督查科|〃", "报送总结|督查科|同上"
    )
    assert [(row.due.text, row.due.day) for row in ledger.rows] == [("6月底", date(2026, 6, 30))] * 3


def test_work_all_year_round_has_no_end() -> None:
    ledger = pasted("工作任务|责任单位|时限", "加强学习|办公室|贯穿全年", "开展检查|督查科|全年")
    assert [row.status.status for row in ledger.rows] == [Status.STANDING, None]
    assert [row.due.day for row in ledger.rows] == [None, date(2026, 12, 31)]


def test_a_part_below_the_headings_is_no_heading() -> None:
    ledger = pasted(
        "序号|项目名称|责任单位|时限",
        "一|产业类项目",
        "1|建设新材料产业园|工信局|6月",
        "2|建设物流园|商务局|7月",
    )
    assert [row.levels for row in ledger.rows] == [("产业类项目",)] * 2
    assert names(ledger)[0] == "number"


def test_headings_are_kept_as_they_are_written() -> None:
    ledger = pasted(
        "序号|工作任务|责任单位|整改资金（元）", "1|更换灭火器|后勤处|500", "2|清理通道|保卫处|800"
    )
    assert ledger.rows[0].extras == {"整改资金（元）": "500"}
