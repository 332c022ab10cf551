"""Columns whose headings no word tells: what they are is read from their cells, or from the whole heading."""

from datetime import date

import pytest

from measures.takeover.english import is_english_person, is_english_post, is_english_unit
from measures.takeover.headings import guesses
from measures.takeover.read import read_pasted
from measures.takeover.telling import is_ahead, is_told, is_trouble

pytestmark = pytest.mark.no_database

TASKS = ("改造路灯300盏", "修订应急预案", "建成停车位2000个", "开展消防演练")
ACTIONS = ("Replace street lights", "Revise the flood plan", "Open two clinics", "Hold a fire drill")


def part(
    heading: str, cells: tuple[str, ...], *, before: bool = False, tasks: tuple[str, ...] = TASKS
) -> str:
    """What the reader makes of one column of a small ledger: behind the others, or before the tasks."""
    names, lead = (
        ["工作任务", "责任单位"] if tasks is TASKS else ["Action", "Lead unit"],
        "城管局" if tasks is TASKS else "Parks Team",
    )
    rows = [[*names, "", heading]] + [[task, lead, "", cell] for task, cell in zip(tasks, cells, strict=True)]
    if before:
        rows = [[row[3], *row[:2]] for row in rows]
    ledger = read_pasted("\n".join("\t".join(row) for row in rows), "2026年台账", today=date(2026, 11, 29))
    columns = ledger.sheets[0].tables[0].columns
    return next(column.name for column in columns if column.heading == heading)


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (("已完成招标", "已印发初稿", "正在施工，完成六成", "已开展两次"), "progress"),
        (("资金缺口较大", "人手不足", "征地进度滞后", "部分单位配合不够"), "problems"),
        (("下一步加快施工", "将提请审议", "力争年底投用", "拟于10月组织"), "next_steps"),
        (("6月底前", "9月底前", "2026年10月", "2026-12-31"), "due"),
        (("陈明", "李红", "周涛", "吴敏"), "contact"),
        (("王副市长", "李副市长", "王副市长", "李副市长"), "leader"),
        (("已完成", "推进中", "推进中", "已完成"), "status"),
        (("甲乙", "丙丁", "戊己", "庚辛"), "extra"),
    ],
)
def test_the_cells_tell_what_an_unknown_heading_does_not(cells: tuple[str, ...], expected: str) -> None:
    assert part("天干", cells) == expected


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (("Contract signed", "Draft was sent out", "First one opened in May", "Staff trained"), "progress"),
        (("Shortage of staff", "Awaiting legal advice", "Two posts vacant", "Supplier late"), "problems"),
        (("Will tender in May", "To consult residents", "Submit to council", "Will repeat"), "next_steps"),
        (("Anna Reid", "Tom Okafor", "M. Silva", "Dr Chan"), "contact"),
        (("Deputy Mayor", "Director of Works", "Deputy Mayor", "Chief Executive"), "leader"),
        (("Copper", "Maple", "Willow", "Juniper"), "extra"),
    ],
)
def test_english_cells_tell_it_as_well(cells: tuple[str, ...], expected: str) -> None:
    assert part("Zebra", cells, tasks=ACTIONS) == expected


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (("民生", "民生", "城建", "城建"), "level1"),
        (("民生", "城建", "民生", "城建"), "extra"),
        (("民生", "民生", "城建", "民生"), "extra"),
        (("1", "2", "3", "4"), "number"),
    ],
)
def test_what_comes_in_runs_before_the_measures_parts_them(cells: tuple[str, ...], expected: str) -> None:
    assert part("天干", cells, before=True) == expected


def test_units_behind_those_that_lead_cooperate() -> None:
    text = "工作任务\t责任单位\t天干\n" + "\n".join(f"{task}\t城管局\t财政局、住建局" for task in TASKS)
    ledger = read_pasted(text, "2026年台账", today=date(2026, 11, 29))
    assert [column.name for column in ledger.sheets[0].tables[0].columns] == ["measure", "lead", "supporting"]


def test_a_text_is_told_by_its_cells_whose_heading_says_what_another_is() -> None:
    head = "具体任务\t责任单位\t任务梗概\n"
    troubles = ("资金缺口较大", "人手不够用", "征地意见不统一", "部分单位配合不够")
    text = head + "\n".join(f"{task}\t城管局\t{said}" for task, said in zip(TASKS, troubles, strict=True))
    ledger = read_pasted(text, "2026年台账", today=date(2026, 11, 29))
    assert ledger.sheets[0].tables[0].columns[2].name == "problems"


@pytest.mark.parametrize(
    ("heading", "expected"),
    [
        ("重点任务 Key task", "measure"),
        ("牵头单位\nLead unit", "lead"),
        ("完成时限 Completion deadline", "due"),
        ("Next steps（下一步打算）", "next_steps"),
        ("KPI指标", "target"),
        ("What comes next", "next_steps"),
        ("Sticking points", "problems"),
        ("On track?", "status"),
        ("Person in charge", "contact"),
        ("Department responsible", "lead"),
        ("Accountable body", "lead"),
        ("Working with", "supporting"),
        ("Definition of done", "target"),
        ("Commenced", "extra"),
        ("做了什么", "progress"),
        ("谁牵头", "lead"),
        ("卡壳问题", "problems"),
    ],
)
def test_headings_in_two_languages_and_whole_phrases_are_known(heading: str, expected: str) -> None:
    assert str(max(guesses(heading, ()), key=lambda guess: guess.sure).role) == expected


def test_english_names_are_told_apart() -> None:
    units = [
        "Public Health Team",
        "HR",
        "Legal, Finance",
        "Ministry of Transport",
        "J. Smith",
        "Street lights",
    ]
    assert [is_english_unit(text) for text in units] == [True, True, True, True, False, False]
    persons = ["J. Smith", "Anna Reid", "Mrs Lee", "Housing Office", "Green City", "Market Square"]
    assert [is_english_person(text) for text in persons] == [True, True, True, False, False, False]
    assert is_english_post("Deputy Mayor")
    assert not is_english_post("Mayoral office")


@pytest.mark.parametrize("text", ["proceed with the tender", "need more time", "建设停车场"])
def test_not_every_text_tells_how_the_work_goes(text: str) -> None:
    assert not is_told(text)
    assert not is_trouble(text)
    assert not is_ahead(text)
