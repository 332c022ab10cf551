"""Kinds of columns, headings and cells that offices have in their ledgers, each on a small sheet."""

from datetime import date

import pytest
from openpyxl.utils.datetime import WINDOWS_EPOCH

from measures.choices import Status
from measures.sheets.guard import SheetError
from measures.sheets.text_files import decoded, records, separator_of
from measures.takeover.dues import read_due
from measures.takeover.headings import guesses
from measures.takeover.ledger import Ledger
from measures.takeover.persons import without_persons
from measures.takeover.read import read_pasted
from measures.takeover.statuses import read_status
from measures.takeover.units import read_units

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
        ("是否反馈领导", "extra"),
        ("影响进度的主要因素", "problems"),
        ("Implementing department", "lead"),
        ("Collaborating departments", "supporting"),
        ("What we will do", "measure"),
        ("Decision", "measure"),
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


def test_numbers_with_points_belong_to_the_part_of_their_first_number() -> None:
    ledger = pasted(
        "序号|具体工作|责任分工|时间要求",
        "1|加强组织领导",
        "1.1|成立工作专班|办公室负责|3月",
        "1.2|制定实施方案|法规处牵头，各处室配合|4月",
        "2|强化要素保障",
        "2.1|落实专项经费|财务处负责|5月",
        "2.2|调剂人员编制|人事处负责|6月",
    )
    assert [row.levels for row in ledger.rows] == [("加强组织领导",)] * 2 + [("强化要素保障",)] * 2
    assert ledger.rows[1].units.supporting == ("各处室",)


def test_days_below_a_heading_of_requirements_are_due_dates() -> None:
    ledger = pasted("工作任务|责任单位|进度要求", "修订规则|办公室|6月底前完成", "开展检查|督查科|7月完成")
    assert names(ledger) == ["measure", "lead", "due"]


def test_measures_that_no_heading_names_are_found_by_their_words() -> None:
    ledger = pasted(
        "代号|甲|负责部门|状态",
        "XQ-1|审批流增加会签节点|信息中心|开发中",
        "XQ-2|报表支持按月导出|信息中心|已上线",
    )
    assert [row.measure for row in ledger.rows] == ["审批流增加会签节点", "报表支持按月导出"]


def test_what_stands_after_the_progress_is_the_next_step_not_the_measure() -> None:
    ledger = pasted(
        "实施项目|责任单位|进展情况|卡点问题|解决措施",
        "智慧园区|工信局|已完成立项并开工|资金不足|申请专项债",
        "道路改造|住建局|正在办理用地手续|无|倒排工期",
    )
    assert names(ledger) == ["measure", "lead", "progress", "problems", "next_steps"]


def test_work_up_to_two_days_is_progress_of_two_periods() -> None:
    two = pasted(
        "工作任务|责任单位|截至6月底进展|截至9月底进展",
        "修订规则|办公室|已起草|已印发",
        "开展检查|督查科|已布置|已完成",
    )
    assert names(two)[2:] == ["progress:6月", "progress:9月"]
    one = pasted(
        "工作任务|责任单位|截至6月底进展", "修订规则|办公室|已起草初稿", "开展检查|督查科|已布置检查"
    )
    assert names(one)[2:] == ["progress"]


def test_months_are_known_in_any_spelling() -> None:
    ledger = pasted(
        "工作任务|责任单位|2026.01|2026.02", "修订规则|办公室|已起草|已印发", "开展检查|督查科|已布置|"
    )
    assert ledger.rows[1].progress == {"2026.01": "已布置"}


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("□已完成 ☑推进中 □未启动", Status.IN_PROGRESS),
        ("申请销号", Status.IN_PROGRESS),
        ("已完成，持续推进", Status.DONE),
        ("难以推进", Status.BLOCKED),
        ("不再实施", Status.DROPPED),
        ("待评审", Status.NOT_STARTED),
        ("未化解", Status.NOT_STARTED),
        ("辦竣", Status.DONE),
    ],
)
def test_statuses_are_known_by_more_words(text: str, status: Status) -> None:
    assert read_status(text).status is status


def test_letters_mean_what_the_notes_say() -> None:
    ledger = pasted(
        "工作任务|责任单位|状态", "修订规则|办公室|A", "开展检查|督查科|B", "注：A表示已完成，B表示推进中。"
    )
    assert [row.status.status for row in ledger.rows] == [Status.DONE, Status.IN_PROGRESS]


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("由甲局牵头，乙局等部门配合", ("甲局", "乙局")),
        ("甲局（乙局、丙局配合）", ("甲局", "乙局", "丙局")),
        ("县甲局和县乙局", ("县甲局", "县乙局")),
        ("文化和旅游局", ("文化和旅游局",)),
        ("①甲局②乙局", ("甲局", "乙局")),
        ("牵头单位（甲局）；责任单位（乙局）", ("甲局", "乙局")),
        ("甲局、乙局按职责分工负责", ("甲局", "乙局")),
    ],
)
def test_units_are_known_however_they_are_joined(text: str, units: tuple[str, ...]) -> None:
    found = read_units(text)
    assert (found.lead, *found.supporting) == units


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("202606", "2026-06-30"),
        ("1150630", "2026-06-30"),
        ("5月中下旬", "2026-05-31"),
        ("半年内", ""),
        ("2026年秋季学期", ""),
        ("Spring 2027", ""),
    ],
)
def test_more_due_dates_are_understood(text: str, day: str) -> None:
    assert str(read_due(text, text, 2026, WINDOWS_EPOCH).day or "") == day


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le"])
def test_a_text_is_read_in_any_encoding_with_any_separator(encoding: str, separator: str) -> None:
    lines = ["督办事项台账", "序号|督办事项|主办单位", "1|修订规则, 报批; 印发|办公室", "2|开展检查|督查科"]
    content = "\n".join(
        line.replace("|", separator) if separator == "|" else _joined(line, separator) for line in lines
    )
    for text in decoded(content.encode(encoding))[:1]:
        assert list(records(text, separator_of(text)))[2] == ["1", "修订规则, 报批; 印发", "办公室"]


def _joined(line: str, separator: str) -> str:
    return separator.join(f'"{cell}"' if separator in cell else cell for cell in line.split("|"))


def test_traditional_text_in_big5_is_told_from_gb18030() -> None:
    text = "項次,列管事項,主辦機關\n1,辦理公聽會,都市發展局\n"
    assert decoded(text.encode("big5hkscs"))[0] == text


def test_what_is_no_text_is_refused() -> None:
    with pytest.raises(SheetError):
        decoded(b"\x89PNG\r\n\x00\x1a" + bytes(range(40)) * 3)


def test_ratings_part_no_measures() -> None:
    rated = pasted(
        "Action|Lead team|Priority", "Call families|Pastoral team|High", "Train staff|English team|Low"
    )
    assert names(rated)[2] == "extra"


def test_kinds_behind_the_measures_part_nothing() -> None:
    ledger = pasted(
        "反馈问题|整改任务|责任部门|整改类型",
        "落实不到位|修订规则|机关党委|立行立改类",
        "队伍建设薄弱|开展培训|人事处|长期整改类",
    )
    assert names(ledger) == ["level1", "measure", "lead", "extra"]


@pytest.mark.parametrize(
    "rows",
    [
        ("单位|任务数|已完成|完成率|主要问题", "财政局|3|2|67%|资金拨付偏慢", "水利局|4|1|25%|项目开工率低"),
        ("指标|财政局|水利局|教育局", "任务总数|10|8|9", "已完成|3|4|5", "完成率|30%|50%|55%"),
        ("状态|单位", "已完成|财政局", "进行中|水利局"),
    ],
)
def test_summaries_and_lists_are_no_ledgers(rows: tuple[str, ...]) -> None:
    assert pasted(*rows).rows == []
