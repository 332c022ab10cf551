"""Rows, headings and sheets as people arrange them, and whose rows a file holds."""

import io
import zipfile

import openpyxl
import pytest
from django.contrib.auth.models import User
from django.test import Client

from measures.models import Checklist, Owner
from tests.make import SignIn, change, find_item, make_checklist, make_owner
from tests.sheets import ENGLISH, changes, export, problems, said, saved, sheet_of, upload


@pytest.fixture
def client(administrator: User, sign_in: SignIn) -> Client:
    return sign_in(administrator)


# Rows, headings, sheets


@pytest.mark.parametrize("blank", [" ", "\u3000", "\xa0", "\u200b", "–"])
def test_rows_that_look_blank_are_passed_over(checklist: Checklist, client: Client, blank: str) -> None:
    response = upload(client, sheet_of(["编号", "状态"], ["1.1.1", "已完成"], [blank, blank], [None, blank]))

    assert problems(response) == []
    assert len(changes(response)) == 1


@pytest.mark.parametrize(
    "headings",
    [
        ["编　号", "状　态", "责 任 单 位"],
        ["编\n号", "状态：", "责任\n单位"],
        ["编号*", "办理状态", "牵头单位"],
        ["ＣＯＤＥ", "Ｓｔａｔｕｓ", "Responsible unit"],
        ["措施编号", "状态（下拉选择）", "责任部门(处室)"],
    ],
)
def test_headings_are_found_by_meaning(
    checklist: Checklist, owner: Owner, client: Client, headings: list[str]
) -> None:
    response = upload(client, sheet_of(headings, ["1.1.1", "已完成", owner.name]))

    assert [field for _code, field, *_words in changes(response)] == ["status", "owner"]


def test_our_own_heading_goes_before_a_word_that_may_mean_the_same(
    checklist: Checklist, owner: Owner, client: Client
) -> None:
    response = upload(client, sheet_of(["编号", "牵头单位", "责任单位"], ["1.1.1", "无此处", owner.name]))

    assert changes(response) == [("1.1.1", "owner", "", owner.name)]
    assert response.context["ignored"] == ["牵头单位"]


@pytest.mark.parametrize(
    "above",
    [
        [["河南台账"]],
        [["编号", "第3号"], ["填报单位", "干部一处"]],
        [["编号", "请勿修改"], ["状态", "请选择"]],
    ],
)
def test_the_headings_are_the_row_that_names_most_columns(
    checklist: Checklist, client: Client, above: list[list[str]]
) -> None:
    rows = [*above, ["编号", "状态"], ["1.1.1", "已完成"], ["编号", "状态"], ["1.1.2", "已完成"]]

    response = upload(client, sheet_of(*rows))

    assert [code for code, *_cell in changes(response)] == ["1.1.1", "1.1.2"]
    assert problems(response) == []


def test_every_sheet_is_read_or_named(checklist: Checklist, client: Client) -> None:
    book = openpyxl.Workbook()
    for name, rows in (
        ("说明", [["编号", "请勿修改"]]),
        ("一处", [["编号", "状态"], ["1.1.1", "已完成"]]),
        ("二处", [["状态", "编号"], ["已完成", "1.1.2"], ["完了", "1.1.3"], ["已完成", "1.1.1"]]),
        ("统计", [["合计", 3]]),
        ("空", []),
    ):
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    hidden = book.create_sheet("旧")
    hidden.append(["编号", "状态"])
    hidden.sheet_state = "hidden"

    response = upload(client, saved(book))

    assert [code for code, *_cell in changes(response)] == ["1.1.1", "1.1.2"]
    assert response.context["left_out"] == ["统计", "说明", "旧"]
    assert "Sheets that were not read" in response.content.decode()
    assert [(one.sheet, one.row) for one in response.context["found"].problems] == [("二处", 3), ("二处", 4)]
    assert "row 2 of the sheet “一处”" in response.content.decode()


def test_strict_open_xml_is_told_how_to_be_saved(checklist: Checklist, client: Client) -> None:
    content = sheet_of(["编号", "状态"], ["1.1.1", "已完成"])
    output = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(output, "w") as new:
        for name in old.namelist():
            part = old.read(name).replace(
                b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
                b"http://purl.oclc.org/ooxml/spreadsheetml/main",
            )
            new.writestr(name, part)

    response = upload(client, output.getvalue())

    assert "Strict Open XML" in str(response.context["form"].errors["file"])


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_quotation_mark_that_is_never_closed_is_refused_with_its_row(
    checklist: Checklist, client: Client, separator: str
) -> None:
    rows = [["编号", "进展情况"], ["1.1.1", '"没有结束'], ["1.1.2", "第二行"]]

    response = upload(client, "\n".join(separator.join(row) for row in rows).encode())

    assert "quotation mark in row 2 is never closed" in str(response.context["form"].errors["file"])


def test_quotation_marks_inside_a_text_need_not_be_closed(checklist: Checklist, client: Client) -> None:
    assert changes(upload(client, '编号,进展情况\n1.1.1,5" 屏\n1.1.2,"完"\n'.encode()))[0][3] == '5" 屏'


# Whose rows


def test_rows_of_another_unit_are_refused_by_its_name(checklist: Checklist, client: Client) -> None:
    rows = [
        ["编号", "单位", "状态"],
        ["1.1.1", "郑州", "已完成"],
        ["1.1.2", "河南", "已完成"],
        ["1.1.3", "", "已完成"],
    ]

    response = upload(client, sheet_of(*rows))

    assert problems(response) == [(2, "单位", "郑州")]
    assert "belongs to “郑州”, not to “河南”" in said(response)
    assert problems(upload(client, sheet_of(rows[0], *rows[2:]))) == []


def test_an_export_of_another_checklist_is_known_without_its_versions(
    checklist: Checklist, administrator: User, client: Client
) -> None:
    other = make_checklist("other", "别处", checklist.catalogue)
    administrator.memberships.create(checklist=other, role="administrator")
    make_owner(other)
    content = client.get("/checklists/other/items/?columns=code,status&format=xlsx", headers=ENGLISH).content
    book = openpyxl.load_workbook(io.BytesIO(content))
    book.worksheets[0].delete_cols(3)

    assert "another checklist (other)" in said(upload(client, saved(book)))


def test_an_owner_renamed_since_the_export_is_known_by_its_key(
    checklist: Checklist, owner: Owner, administrator: User, client: Client
) -> None:
    change(find_item(checklist), by=administrator, owner=owner)
    second = make_owner(checklist, "二处")
    content = export(client)
    Owner.objects.filter(pk=owner.pk).update(name="待改名")
    Owner.objects.filter(pk=second.pk).update(name=owner.name)

    response = upload(client, content)

    assert (changes(response), problems(response)) == ([], [])
