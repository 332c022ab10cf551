"""Files as people really send them: what is read as they meant it, and what is refused in words."""

import io
import zipfile
from datetime import date, datetime
from typing import Any

import openpyxl
import pytest
from django.contrib.auth.models import User
from django.test import Client

from measures.models import Checklist, Owner
from tests.make import SignIn
from tests.sheets import changes, problems, said, saved, upload

MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


@pytest.fixture
def client(administrator: User, sign_in: SignIn) -> Client:
    return sign_in(administrator)


def written(*rows: list[str], book: openpyxl.Workbook | None = None) -> bytes:
    """A workbook whose cells are this markup: each `<c>` element without its place."""
    made = io.BytesIO(saved(book or openpyxl.Workbook()))
    output = io.BytesIO()
    lines = "".join(f"<row>{''.join(cells)}</row>" for cells in rows)
    with zipfile.ZipFile(made) as old, zipfile.ZipFile(output, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            if name == "xl/worksheets/sheet1.xml":
                part = f"<worksheet {MAIN}><sheetData>{lines}</sheetData></worksheet>".encode()
            new.writestr(name, part)
    return output.getvalue()


def text(words: str) -> str:
    return f'<c t="inlineStr"><is><t xml:space="preserve">{words}</t></is></c>'


HEAD = [text("编号"), text("进展情况"), text("责任单位"), text("完成时限")]


def shown(value: Any, number_format: str) -> bytes:
    """A workbook that holds this value as 1.1.1's notes and due date, in this format."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(["Code", "Notes", "Due"])
    sheet.append(["1.1.1", value, None])
    sheet["B2"].number_format = number_format
    return saved(book)


# Cells


def test_a_merged_cell_holds_for_every_row_that_it_covers(
    checklist: Checklist, owner: Owner, client: Client
) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in (
        ["编号", "状态", "责任单位"],
        ["1.1.1", "已完成", owner.name],
        ["1.1.2", "已完成", None],
        ["1.1.3", None, None],
        ["1.2.1", "已完成", None],
    ):
        sheet.append(row)
    sheet.merge_cells("C2:C4")

    found = [
        (code, then) for code, field, _now, then in changes(upload(client, saved(book))) if field == "owner"
    ]

    assert found == [("1.1.1", owner.name), ("1.1.2", owner.name), ("1.1.3", owner.name)]


def test_two_rows_of_headings_with_merged_cells_are_understood(checklist: Checklist, client: Client) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in (["编号", "办理"], [None, "状态", "进展情况"], ["1.1.1", "已完成", "办结"]):
        sheet.append(row)
    sheet.merge_cells("A1:A2")
    sheet.merge_cells("B1:C1")

    assert [then for *_cell, then in changes(upload(client, saved(book)))] == ["Done", "办结"]


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ('<c><f>CONCATENATE("a","b")</f></c>', "no stored result"),
        ("<c><f>DATE(2026,12,31)</f><v></v></c>", "no stored result"),
        ('<c t="e"><v>#N/A</v></c>', "contains an error (#N/A)"),
        ('<c t="e"><f>VLOOKUP(1,A:A,1)</f><v>#REF!</v></c>', "contains an error (#REF!)"),
        ('<c t="str"><f>_xlfn.DISPIMG("ID_1",1)</f><v>=DISPIMG("ID_1",1)</v></c>', "contains a picture"),
        (text('=DISPIMG("ID_1",1)'), "contains a picture"),
        ('<c t="e" vm="1"><v>#VALUE!</v></c>', "contains a picture"),
    ],
)
@pytest.mark.parametrize("place", [1, 2, 3])
def test_a_cell_without_a_value_is_refused_and_never_taken_as_empty_or_as_text(
    checklist: Checklist, client: Client, cell: str, words: str, place: int
) -> None:
    row = [text("1.1.1"), "<c/>", "<c/>", "<c/>"]
    row[place] = cell

    response = upload(client, written(HEAD, row))

    assert [(at, column) for at, column, _value in problems(response)] == [
        (2, ("编号", "进展情况", "责任单位", "完成时限")[place])
    ]
    assert words in said(response)
    assert response.context["token"] == ""


def test_a_formula_with_a_result_is_read(checklist: Checklist, owner: Owner, client: Client) -> None:
    row = [
        text("1.1.1"),
        '<c t="str"><f>A1</f><v>一_x000D_\n二</v></c>',
        f'<c t="str"><f>A1</f><v>{owner.name}</v></c>',
        '<c t="str"><f>IF(1,"")</f><v></v></c>',
    ]

    assert changes(upload(client, written(HEAD, row))) == [
        ("1.1.1", "owner", "", owner.name),
        ("1.1.1", "notes", "", "一\n二"),
    ]


@pytest.mark.parametrize("error", ["#N/A", "#DIV/0!", " #REF! ", '"=DISPIMG(""ID_1"",1)"'])
def test_csv_has_errors_and_pictures_too(checklist: Checklist, client: Client, error: str) -> None:
    assert len(problems(upload(client, f"编号,进展情况\n1.1.1,{error}".encode()))) == 1


def test_an_escaped_line_break_is_one_wherever_it_is_written(checklist: Checklist, client: Client) -> None:
    row = [text("1.1.1"), text("一_x000D_\n二_x005F_x000D_")]

    assert changes(upload(client, written(HEAD, row)))[0][3] == "一\n二_x000D_"


@pytest.mark.parametrize(
    ("value", "number_format", "seen"),
    [
        (0.85, "0%", "85%"),
        (0.8567, "0.00%", "85.67%"),
        (3.1, "0.00", "3.10"),
        (12345, "#,##0", "12,345"),
        (7, "000", "007"),
        (12345, "#,##0.00_ ", "12,345.00"),
        (3, "General", "3"),
        (3.5, "@", "3.5"),
        (True, "General", "TRUE"),
        (date(2026, 11, 24), "yyyy-mm-dd", "2026-11-24"),
        (date(2026, 11, 24), 'yyyy"年"m"月"d"日"', "2026年11月24日"),
        (datetime(2026, 11, 24, 9, 30), "yyyy-mm-dd hh:mm", "2026-11-24 09:30"),
        (46350, '[$-804]yyyy"年"m"月"', "2026年11月"),
    ],
)
def test_a_number_in_a_text_is_what_people_saw(
    checklist: Checklist, client: Client, value: Any, number_format: str, seen: str
) -> None:
    assert changes(upload(client, shown(value, number_format))) == [("1.1.1", "notes", "", seen)]


@pytest.mark.parametrize(
    ("style", "notes", "due"),
    [
        (31, "2026年11月24日", "Nov. 24, 2026"),
        (57, "2026年11月", "Nov. 30, 2026"),
        (58, "11月24日", "Nov. 24, 2026"),
    ],
)
def test_the_formats_of_chinese_windows_are_days(
    checklist: Checklist, client: Client, style: int, notes: str, due: str
) -> None:
    content = written(HEAD, [text("1.1.1"), '<c s="1"><v>46350</v></c>', "<c/>", '<c s="1"><v>46350</v></c>'])
    output = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(output, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            if name == "xl/styles.xml":
                part = part.replace(b"</cellXfs>", b'<xf numFmtId="%d"/></cellXfs>' % style)
            new.writestr(name, part)

    found = {field: then for _code, field, _now, then in changes(upload(client, output.getvalue()))}

    assert found == {"due": due, "notes": notes}
