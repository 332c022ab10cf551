"""What a ledger becomes holds every cell of its rows, in whatever layout it comes."""

import re
from datetime import date

import pytest

from measures.takeover.headings import Means
from measures.takeover.mapping import Corrected, read_corrected
from measures.takeover.taken import TakenItem, Taking
from measures.takeover.taking import taking_of
from measures.takeover.texts import says_nothing, squeezed
from tests.takeover import made, made_far, made_more, made_wide
from tests.takeover.builder import SheetMaker, workbook
from tests.takeover.office import NAME, office_ledger

pytestmark = pytest.mark.no_database

TODAY = date(2026, 11, 29)
# The number that a measure begins with is read apart from it.
NUMBERED = re.compile(r"^\d+[.．、]\s*")
MADE = [
    made.units_below_one_task,
    made.tables_by_part,
    made.sheets_by_division,
    made_wide.quarters_and_months,
    made_wide.ticks,
    made_more.words_in_one_cell,
    made_more.english_audit,
    made_far.semicolons,
]
# What is understood of these goes on as a unit, a day or a status, and in other words.
UNDERSTOOD = {Means.LEAD, Means.SUPPORTING, Means.DUE, Means.STATUS}


def taking(content: bytes, name: str = NAME, said: Corrected | None = None) -> Taking:
    found = read_corrected(content, name, is_pasted=False, today=TODAY, said=said or Corrected())
    return taking_of(found, today=TODAY)


def all_of(item: TakenItem, taken: Taking) -> str:
    details = taken.details.get(item.lead)
    said = [*item.path, item.number, item.text, item.detail, item.leader, item.target, item.notes, item.lead]
    said += [*item.supporting, *([details.leader, details.contact, details.phone] if details else [])]
    said += [text for entry in item.entries for text in (entry.progress, entry.problems, entry.next_steps)]
    return "".join(squeezed(text) for text in said)


@pytest.mark.parametrize("make", MADE, ids=lambda make: make.__name__)
def test_no_cell_is_lost(make: made.Maker) -> None:
    name, content, _truth = make()
    found = read_corrected(content, name, is_pasted=False, today=TODAY, said=Corrected())
    taken = taking_of(found, today=TODAY)
    items = {(item.place, item.row): item for item in taken.items}

    lost = []
    for _group, one in found.taken():
        for row in one.table.rows:
            there = all_of(items[one.place, row.row], taken)
            for column in one.table.columns:
                text = one.grid.text(row.row, column.index)
                if column.role in UNDERSTOOD or says_nothing(text):
                    continue
                words = text.split() if column.role is Means.CONTACT else [NUMBERED.sub("", text)]
                lost += [(row.row, column.letter, word) for word in words if squeezed(word) not in there]
    assert not lost


def test_a_second_column_of_the_same_kind_goes_into_the_notes() -> None:
    said = Corrected()
    found = read_corrected(office_ledger(4), NAME, is_pasted=False, today=TODAY, said=said)
    said.columns[found.groups[0].signature] = {"D": "lead", "M": "lead", "N": "due"}

    items = taking(office_ledger(4), said=said).items

    assert all("总投资" in item.notes for item in items)
    assert "每月调度" in items[0].notes
    assert {item.lead for item in items} == {"市水利局", "市交通运输局", "市教育局"}


def test_tables_of_one_sheet_with_other_headings_are_corrected_apart() -> None:
    sheet = SheetMaker("台账")
    for headings in (
        ["序号", "工作任务", "责任单位", "完成时限", "说明"],
        ["编号", "整改措施", "整改单位", "整改时限", "金额"],
    ):
        sheet.aside(*headings)
        for number in range(1, 5):
            sheet.item(number, f"完成第{number}处河道清淤和护岸工作", "水利局", "6月底前", f"第{number}批")
    content = workbook(sheet)
    before = read_corrected(content, NAME, is_pasted=False, today=TODAY, said=Corrected())
    first, second = before.groups

    said = Corrected(columns={first.signature: {"E": "target"}, second.signature: {"E": "remark"}})
    after = read_corrected(content, NAME, is_pasted=False, today=TODAY, said=said)

    assert [group.columns[4].name for group in after.groups] == ["target", "remark"]
    assert [len(group.tables[0].table.rows) for group in after.groups] == [4, 4]


def test_rows_without_a_unit_keep_their_progress_in_the_notes_until_a_unit_is_named() -> None:
    sheet = SheetMaker("台账")
    sheet.aside("序号", "工作任务", "完成时限", "工作进展", "备注")
    for number in range(1, 6):
        sheet.item(
            number, f"完成第{number}处河道清淤工作", "6月底前", f"河道清淤{number}公里，正在组织验收", ""
        )

    alone = taking(workbook(sheet))
    named = taking(workbook(sheet), said=Corrected(unit="水利站"))

    assert (alone.entry_count, alone.without_unit) == (0, 5)
    assert "工作进展：河道清淤1公里，正在组织验收" in alone.items[0].notes
    assert named.items[0].lead == "水利站"
    assert named.items[0].entries[0].progress == "河道清淤1公里，正在组织验收"


def test_long_texts_go_on_in_further_entries_and_details() -> None:
    sheet = SheetMaker("台账")
    sheet.aside("序号", "工作任务", "责任单位", "完成时限", "工作进展", "说明")
    for number in range(1, 5):
        sheet.item(number, "长" * 300 + str(number), "水利局", "6月底前", "进" * 6_000, "注" * 12_000)

    item = taking(workbook(sheet)).items[0]

    assert [len(entry.progress) for entry in item.entries] == [5_000, 1_000]
    assert (len(item.notes), len(item.detail)) == (10_000, 2_000)
