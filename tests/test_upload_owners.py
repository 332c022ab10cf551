"""Owners that a file names, previews that stay true, and the sheet to fill in."""

import io
from typing import Any

import openpyxl
import pytest
from django.contrib.auth.models import User
from django.test import Client

from measures.models import AuditRecord, Checklist, Owner
from tests.make import SignIn, change, find_item, make_owner
from tests.sheets import ENGLISH, UPLOAD, apply, changes, export, problems, saved, sheet_of, upload


@pytest.fixture
def client(administrator: User, sign_in: SignIn) -> Client:
    return sign_in(administrator)


# Owners that do not exist yet


def test_equal_faults_are_grouped_and_one_button_creates_the_owners(
    checklist: Checklist, administrator: User, client: Client
) -> None:
    rows = [["编号", "责任单位", "完成时限"], *([f"1.1.{n}", "人才工作处", "年底前"] for n in (1, 2, 3))]
    shown = upload(client, sheet_of(*rows, ["1.2.1", " 新 处 ", None]))

    assert [(one.first.value, one.where) for one in shown.context["problems"]] == [
        ("人才工作处", "2, 3, 4"),
        ("新 处", "5"),
    ]
    assert shown.context["new_owners"] == ["人才工作处", "新 处"]
    sent = {"add_owners": "1", "token": shown.context["owners_token"]}
    again = client.post(UPLOAD, sent, headers=ENGLISH)

    assert again.status_code == 200
    assert "2 owners created." in again.content.decode()
    assert {code for code, *_cell in changes(again)} == {"1.1.1", "1.1.2", "1.1.3", "1.2.1"}
    assert AuditRecord.objects.filter(action="owner_changed").count() == 2
    apply(client, again)
    assert find_item(checklist, "1.2.1").owner == checklist.owners.get(name="新 处")


def test_owners_are_created_only_where_nothing_else_is_wrong_and_by_whoever_may(
    checklist: Checklist, owner: Owner, administrator: User, editor: User, client: Client, sign_in: SignIn
) -> None:
    change(find_item(checklist), by=administrator, owner=owner)
    content = sheet_of(["编号", "责任单位"], ["1.1.1", "新处"])
    token = upload(client, content).context["owners_token"]

    assert (
        "owners_token"
        not in upload(client, sheet_of(["编号", "责任单位"], ["1.1.1", "新处"], ["9", ""])).context
    )
    client = sign_in(editor)
    assert "owners_token" not in upload(client, content).context
    assert client.post(UPLOAD, {"add_owners": "1", "token": token}).status_code == 403
    assert not checklist.owners.filter(name="新处").exists()


# What was previewed is what is written


def delete_owner(owner: Owner) -> None:
    owner.delete()


def rename_owner(owner: Owner) -> None:
    Owner.objects.filter(pk=owner.pk).update(name="别的处")


@pytest.mark.parametrize("happens", [delete_owner, rename_owner])
def test_an_item_whose_new_owner_has_gone_since_the_preview_is_left_alone_and_named(
    checklist: Checklist, owner: Owner, administrator: User, client: Client, happens: Any
) -> None:
    change(find_item(checklist), by=administrator, owner=owner)
    new = make_owner(checklist, "临时专班")
    shown = upload(client, sheet_of(["编号", "责任单位"], ["1.1.1", new.name], ["1.1.2", owner.name]))
    happens(new)

    page = client.get(apply(client, shown).headers["Location"], headers=ENGLISH).content.decode()

    assert "its new owner was deleted or renamed: 1.1.1" in page
    assert find_item(checklist, "1.1.1").owner == owner
    assert find_item(checklist, "1.1.2").owner == owner


def test_the_two_ways_in_tidy_a_text_alike(checklist: Checklist, client: Client) -> None:
    apply(client, upload(client, sheet_of(["Code", "Notes"], ["1.1.1", " 第一批。  \r\n"])))
    item = find_item(checklist)
    sent = {"version": item.version, "status": item.status, "notes": item.notes, "due": "", "owner": ""}

    client.post("/checklists/henan/items/1.1.1/", sent)

    assert item.notes == "第一批。"
    assert find_item(checklist).version == item.version


# The sheet to fill in


def test_the_sheet_to_fill_in_has_the_notes_and_an_empty_column_and_locks_the_rest(
    checklist: Checklist, owner: Owner, administrator: User, client: Client
) -> None:
    change(find_item(checklist), by=administrator, owner=owner, notes="6月：启动。")

    book = openpyxl.load_workbook(io.BytesIO(export(client, "owner=none&fill=1&columns=code,title,status")))
    sheet = book["Items"]

    headings = [cell.value for cell in sheet[1]]
    assert headings[:-1] == ["Code", "Title", "Status", "Notes", "Add to the notes", "Version (henan)"]
    assert sheet.protection.sheet
    assert [cell.protection.locked for cell in sheet[2]][:3] == [True, True, False]
    assert not any(sheet.column_dimensions[letter].protection.locked for letter in "CDE")
    note = sheet["A1"].comment.text
    assert len(note.splitlines()) == 3
    for words in ("河南", str(checklist.catalogue), "No owner", "write “clear”"):
        assert words in note


def test_what_was_filled_in_is_added_when_it_comes_back(
    checklist: Checklist, administrator: User, client: Client
) -> None:
    change(find_item(checklist), by=administrator, notes="6月：启动。")
    book = openpyxl.load_workbook(io.BytesIO(export(client, "fill=1&columns=code,status")))
    book["Items"]["D2"] = "11月：开了会。"

    shown = upload(client, saved(book))
    apply(client, shown)

    assert problems(shown) == []
    assert find_item(checklist).notes == "6月：启动。\n11月：开了会。"
