"""One report in every format, read back by real readers: all say the same figures, in three languages."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import pytest
from django.utils import translation
from django.utils.translation import gettext as _

from measures.choices import Status
from measures.reports import FORMATS, Report
from measures.reports.cells import FORMULA_STARTS
from measures.reports.outline import PAGE_LINES, Table, TableColumn, TableLine, shares
from measures.reports.write_csv import write_csv, write_updates_csv
from measures.reports.write_xlsx import write_xlsx
from tests.reports_make import AS_OF, HOSTILE, SINCE, make_report, make_row, make_small_report
from tests.reports_read import (
    Read,
    ReadRows,
    docx_text,
    expected,
    pdf_text,
    read_book,
    read_csv,
    read_csv_rows,
    read_docx,
    read_json,
    read_pdf,
    read_xlsx,
    squeezed,
)
from tests.sheets import by_heading

pytestmark = pytest.mark.slow

LANGUAGES = ("zh-hans", "zh-hant", "en")
# Each report format needs a reader here; tests/reports_read.py holds them.
READERS: dict[str, Callable[[bytes, Report], Read | ReadRows]] = {
    "docx": lambda data, _report: read_docx(data),
    "xlsx": lambda data, _report: read_xlsx(data),
    "json": lambda data, _report: read_json(data),
    "pdf": read_pdf,
    "csv": lambda data, _report: read_csv_rows(data),
}


@pytest.mark.parametrize("code", FORMATS)
def test_every_report_format_has_a_reader(code: str) -> None:
    assert code in READERS, f"Write a reader for {code} in tests/reports_read.py, and name it in READERS."


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", [code for code in FORMATS if code in READERS])
@pytest.mark.parametrize("make", [make_report, make_small_report])
def test_every_format_says_the_same_figures(code: str, language: str, make: Callable[..., Report]) -> None:
    report = make(language=language)
    data = FORMATS[code].write(report)

    with translation.override(language):
        said, meant = READERS[code](data, report), expected(report)

    assert said.codes == meant.codes
    if isinstance(said, ReadRows):
        assert said.statuses == [row.status for row in report.rows]
        return
    assert said.groups == meant.groups
    assert said.shares == meant.shares
    assert said.moves == meant.moves
    assert said.completeness == meant.completeness


def test_the_csv_has_every_item_with_its_status() -> None:
    report = make_report()
    rows = by_heading(read_csv(write_csv(report)))

    with translation.override("zh-hans"):
        code, status, late = (_(heading) for heading in ("Code", "Status", "Days late"))
        assert [row[status] for row in rows] == [str(row.status.label) for row in report.rows]
    assert [row[code] for row in rows] == [row.code for row in report.rows]
    assert sum(bool(row[late]) for row in rows) == report.whole.overdue


def test_differences_are_against_the_earlier_day_in_word_and_pdf_and_excel() -> None:
    report = make_report(measures=4)
    first = report.pillars[0]
    moved = [
        f"{first.difference(status):+d}".replace("-", "−")
        for status in first.by_status
        if first.difference(status)
    ]

    book = read_book(write_xlsx(report))
    rows = list(book.worksheets[0].iter_rows(values_only=True))
    start = next(place for place, row in enumerate(rows) if "相比增减" in str(row[0]))

    moves = by_heading(rows[start + 1 : start + 3])[0]
    with translation.override("zh-hans"):
        for status in Status:
            assert moves[str(status.label)] == first.difference(status)
    for text in (squeezed(pdf_text(FORMATS["pdf"].write(report))), docx_text(FORMATS["docx"].write(report))):
        row = text[text.rindex(f"1强化思想淬炼{first.total}") :][:120]
        assert all(one in row for one in moved)


def test_updates_come_as_a_sheet_and_as_csv_with_the_state_after_each() -> None:
    report = make_report(updates=2)
    rows = by_heading(read_csv(write_updates_csv(report)))
    sheet = read_book(write_xlsx(report))["更新记录"]

    assert len(rows) == sheet.max_row - 1 == len(report.journal) == 240
    assert [row["编号"] for row in rows] == [row.code for row in report.journal]
    assert isinstance(sheet["A2"].value, datetime)


def test_applications_come_as_a_sheet_with_what_became_of_each() -> None:
    report = make_report()
    sheet = read_book(write_xlsx(report))["申请"]
    rows = by_heading(list(sheet.iter_rows(values_only=True)))

    assert [(row["编号"], row["申请类型"], row["办理结果"]) for row in rows] == [
        (row.code, str(row.kind.label), str(row.state.label)) for row in report.applications
    ]
    assert {row["办理结果"] for row in rows} == {"待办理", "已同意", "已退回", "已撤回"}
    extended = next(row for row in rows if row["申请类型"] == "延期")
    assert extended["申请延期至"] > extended["完成时限"]
    assert [row["一人经办"] for row in rows[:3]] == [None, "是", None]
    assert isinstance(sheet["A2"].value, datetime)


def test_without_an_earlier_day_there_are_no_sheets_of_what_moved() -> None:
    book = read_book(write_xlsx(make_small_report()))

    assert book.sheetnames == ["汇总", "事项", "佐证材料"]


def test_excel_gets_charts_filters_and_pages_that_repeat_their_heads() -> None:
    report = make_report()
    book = read_book(write_xlsx(report))

    assert book.sheetnames == ["汇总", "事项", "变化", "更新记录", "进展填报", "申请", "催办", "佐证材料"]
    assert len(book["汇总"]._charts) == 2
    for name in book.sheetnames[1:]:
        sheet = book[name]
        assert sheet.auto_filter.ref.startswith("A1:")
        assert sheet.freeze_panes == "C2"
        assert sheet.print_title_rows == "$1:$1"
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.page_setup.paperSize == 9
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert book["事项"]["G2"].value is None or isinstance(book["事项"]["G2"].value, datetime)


def test_the_charts_draw_the_pillars_without_their_sum_and_every_day() -> None:
    report = make_report()
    sheet = read_book(write_xlsx(report)).worksheets[0]
    bars, area = sorted(sheet._charts, key=lambda chart: chart.tagname, reverse=True)
    if bars.tagname != "barChart":
        bars, area = area, bars

    for chart, rows in ((bars, len(report.pillars)), (area, len(report.timeline))):
        assert len(chart.series) == 6
        first, last = chart.series[0].val.numRef.f.split("!")[1].replace("$", "").split(":")
        assert int(last[1:]) - int(first[1:]) + 1 == rows
    named = bars.series[0].cat.strRef or bars.series[0].cat.numRef
    top = named.f.split("!")[1].replace("$", "").split(":")[0]
    assert sheet[top].value == "1 强化思想淬炼"


@pytest.mark.parametrize("start", FORMULA_STARTS)
def test_no_cell_of_any_sheet_is_run_as_a_formula(start: str) -> None:
    text = f"{start}SUM(1,2)" if start != "\0" else "@SUM(1,2)"
    row = make_row(notes=text, title=text, owner=text, reason=text, light_reason=text, updated_by=text)
    report = make_report(rows=(row,), organisation=text, view=text, made_by=text, filters=((text, text),))

    book = read_book(write_xlsx(report))
    for sheet in book:
        for cells in sheet.iter_rows():
            for cell in cells:
                assert cell.data_type != "f"
                if cell.data_type == "s" and cell.value.startswith(start):
                    assert cell.quotePrefix, f"{sheet.title} {cell.coordinate}"
    for data in (write_csv(report), write_updates_csv(report)):
        for cell in (cell for row in read_csv(data) for cell in row):
            assert not cell.startswith(FORMULA_STARTS)


@pytest.mark.parametrize("code", ["docx", "pdf", "xlsx", "json"])
def test_what_people_typed_comes_out_as_they_typed_it(code: str) -> None:
    report = make_report(measures=2)
    data = FORMATS[code].write(report)
    if code == "json":
        assert [row["notes"] for row in json.loads(data)["items"]] == [row.notes for row in report.rows]
        return
    if code == "xlsx":
        sheet = read_book(data)["事项"]
        said = "".join(squeezed(cell) for row in sheet.iter_rows(values_only=True) for cell in row)
    else:
        said = docx_text(data) if code == "docx" else squeezed(pdf_text(data))

    for text in HOSTILE[:4]:
        assert squeezed(text) in said


def test_a_kept_report_is_written_in_its_own_language_whatever_the_readers() -> None:
    report = make_report(language="zh-hant")
    with translation.override("en"):
        heads = read_csv(write_csv(report))[0]

    assert heads[:3] == ["編號", "措施", "方面"]


def test_the_same_report_gives_the_same_file() -> None:
    report = make_report(measures=2)

    for code in ("docx", "pdf", "csv", "json"):
        assert FORMATS[code].write(report) == FORMATS[code].write(report), code


def test_a_day_without_a_revision_says_nothing_of_one_and_a_second_revision_does() -> None:
    report = make_small_report()
    for made, says in ((report, False), (replace(report, revision=2), True)):
        assert ("第2版" in docx_text(FORMATS["docx"].write(made))) == says
        assert ("第2版" in squeezed(pdf_text(FORMATS["pdf"].write(made)))) == says


def test_a_bar_has_all_its_units_and_one_at_least_for_each_status_that_is_there() -> None:
    for counts in ([1, 0, 999], [1] * 6, [0, 0, 5], [3, 3, 1], [1, 1, 1, 1, 1, 10_000]):
        for units in (60, 1000):
            given = shares(counts, units)
            assert sum(given) == units
            assert all((one > 0) == (count > 0) for one, count in zip(given, counts, strict=True))
    assert shares([0, 0], 60) == [0, 0]


def test_only_a_row_too_tall_for_a_page_may_break() -> None:
    table = Table((TableColumn("", 13), TableColumn("", 63)), ())

    assert not table.may_break(TableLine(("1", "字" * 300)))
    assert table.may_break(TableLine(("1", "字\n" * (PAGE_LINES + 1))))
    assert table.may_break(TableLine(("1", "字" * 2000)))


def test_a_very_long_note_is_whole_in_word_and_pdf() -> None:
    long = "".join(f"第{number}条进展。" for number in range(700))
    report = make_small_report(rows=(make_row(notes=long),))

    assert long in docx_text(FORMATS["docx"].write(report))
    text = squeezed(pdf_text(FORMATS["pdf"].write(report)))
    missing = [number for number in range(700) if f"第{number}条进展" not in text]
    # At most one is cut in two by the end of each page.
    assert len(missing) <= text.count("编号措施及备注")
    assert "第699条进展" in text


def test_days_are_days() -> None:
    report = make_report()
    head = {
        row[0]: row[1]
        for row in read_book(write_xlsx(report)).worksheets[0].iter_rows(max_row=20, values_only=True)
    }

    assert head["截至"].date() == AS_OF
    assert head["对比日期"].date() == SINCE
