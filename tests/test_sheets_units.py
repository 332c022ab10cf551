"""Files that hold rows of several units, and what an export says about itself."""

import csv
import io
from typing import Any

import openpyxl
import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from measures.choices import ChecklistStatus, Role, Status
from measures.models import Batch, Catalogue, Checklist, Owner
from tests.make import SignIn, change, find_item, make_checklist, make_owner
from tests.sheets import ENGLISH, LIST, apply, changes, export, problems, said, saved, sheet_of, upload


@pytest.fixture
def client(administrator: User, sign_in: SignIn) -> Client:
    return sign_in(administrator)


@pytest.fixture
def units(checklist: Checklist, administrator: User) -> dict[str, Checklist]:
    """河南 with 郑州 and 洛阳 below it. Its administrator edits for an owner of 郑州, and reads 洛阳."""
    made = {"henan": checklist}
    for slug, name in (("zhengzhou", "郑州"), ("luoyang", "洛阳")):
        made[slug] = make_checklist(slug, name, checklist.catalogue, parent=checklist)
    theirs = make_owner(made["zhengzhou"], "办公室")
    for code in ("1.1.1", "1.1.2"):
        change(find_item(made["zhengzhou"], code), by=administrator, owner=theirs)
    administrator.memberships.create(checklist=made["zhengzhou"], role=Role.EDITOR, owner=theirs)
    make_owner(checklist, "办公室")
    return made


def to_fill(client: Client, query: str = "code=1") -> openpyxl.Workbook:
    content = export(client, f"below=1&fill=1&columns=code,status,owner&{query}")
    return openpyxl.load_workbook(io.BytesIO(content))


def rows_of(book: openpyxl.Workbook, *, kept: set[tuple[str, str]]) -> list[list[Any]]:
    """The headings, and of the rows those of these units and codes."""
    headings, *rows = book.worksheets[0].iter_rows(values_only=True)
    return [list(headings), *(list(row) for row in rows if (row[0], row[1]) in kept)]


# Rows of several units


def test_rows_of_several_units_are_written_to_each_with_its_version(
    units: dict[str, Checklist], administrator: User, client: Client
) -> None:
    kept = {("河南", "1.1.1"), ("郑州", "1.1.1"), ("郑州", "1.1.2")}
    headings, *rows = rows_of(to_fill(client), kept=kept)
    for row in rows:
        row[2] = "Done"
    change(find_item(units["zhengzhou"], "1.1.2"), by=administrator, status=Status.BLOCKED, reason="等")

    shown = upload(client, sheet_of(headings, *rows))
    found = shown.context["found"]
    page = client.get(apply(client, shown)["Location"], headers=ENGLISH).content.decode()

    assert problems(shown) == []
    assert [row.label for row in found.changing] == ["1.1.1", "郑州 1.1.1"]
    assert [row.label for row in found.conflicting] == ["郑州 1.1.2"]
    assert "郑州 1.1.1" in shown.content.decode()
    assert find_item(units["henan"]).status == find_item(units["zhengzhou"]).status == Status.DONE
    assert find_item(units["luoyang"]).status == Status.NOT_STARTED
    assert find_item(units["zhengzhou"], "1.1.2").status == Status.BLOCKED
    assert {batch.checklist.slug for batch in Batch.objects.all()} == {"henan", "zhengzhou"}
    assert "郑州: 1 item changed." in page
    assert f"/checklists/zhengzhou/batches/{Batch.objects.get(checklist__slug='zhengzhou').pk}/undo/" in page


@pytest.mark.parametrize(
    "cells", [["洛阳", "luoyang"], ["", "luoyang"], ["洛阳", ""], ["别处", "elsewhere"], ["郑州", "henan"]]
)
def test_rows_of_a_unit_that_the_user_may_not_change_are_refused_by_its_name(
    units: dict[str, Checklist], client: Client, cells: list[str]
) -> None:
    headings = ["Code", "Unit", "Unit’s address", "Status"]

    response = upload(client, sheet_of(headings, ["1.1.1", *cells, "Done"], ["1.1.1", "河南", "", "Done"]))

    assert [row for row, *_cell in problems(response)] == [2]
    assert f"“{cells[0] or cells[1]}”, not to “河南”" in said(response)
    assert response.context["token"] == ""


def test_two_units_of_one_name_are_told_apart_by_their_addresses(
    units: dict[str, Checklist], client: Client
) -> None:
    Checklist.objects.filter(slug="zhengzhou").update(name="河南")

    by_name = upload(client, sheet_of(["Code", "Unit", "Status"], ["1.1.1", "河南", "Done"]))
    rows = [["Code", "Unit", "Unit’s address", "Status"], ["1.1.1", "河南", "zhengzhou", "Done"]]
    by_address = upload(client, sheet_of(*rows))

    assert len(problems(by_name)) == 1
    assert [row.item.checklist.slug for row in by_address.context["found"].changing] == ["zhengzhou"]


def test_owners_of_one_name_in_two_units_are_each_units_own(
    units: dict[str, Checklist], administrator: User, client: Client
) -> None:
    rows = rows_of(to_fill(client), kept={("河南", "1.1.1"), ("郑州", "1.1.1")})
    rows[1][3] = "办公室"
    Owner.objects.filter(checklist=units["zhengzhou"]).update(name="综合办")

    shown = upload(client, sheet_of(*rows))
    apply(client, shown)

    assert problems(shown) == []
    assert find_item(units["henan"]).owner == units["henan"].owners.get(name="办公室")
    assert find_item(units["zhengzhou"]).owner == units["zhengzhou"].owners.get(name="综合办")


def test_a_unit_takes_its_rows_from_the_file_of_the_one_above(
    units: dict[str, Checklist], administrator: User, client: Client
) -> None:
    headings, *rows = rows_of(to_fill(client), kept={("郑州", "1.1.1")})
    rows[0][2] = "Done"
    address = "/checklists/zhengzhou/import/"

    file = SimpleUploadedFile("rows.xlsx", sheet_of(headings, *rows))
    shown = client.post(address, {"file": file}, headers=ENGLISH)

    assert changes(shown) == [("1.1.1", "status", "Not started", "Done")]
    assert "Exported from 河南" in shown.content.decode()


def close(unit: Checklist, by: User) -> None:
    unit.turn(ChecklistStatus.CLOSED, at=timezone.now(), by=by, reason="撤并")


def dismiss(unit: Checklist, by: User) -> None:
    by.memberships.filter(checklist=unit).delete()


def move_away(unit: Checklist, by: User) -> None:
    unit.move(None, at=timezone.now(), by=by, reason="划出")


def give_away(unit: Checklist, by: User) -> None:
    change(find_item(unit), by=by, owner=make_owner(unit, "别处"))


@pytest.mark.parametrize("happens", [close, dismiss, move_away, give_away])
def test_rows_of_a_unit_that_was_lost_since_the_preview_are_left_alone_and_named(
    units: dict[str, Checklist], administrator: User, client: Client, happens: Any
) -> None:
    headings, *rows = rows_of(to_fill(client), kept={("河南", "1.1.1"), ("郑州", "1.1.1")})
    for row in rows:
        row[2] = "Done"
    shown = upload(client, sheet_of(headings, *rows))
    happens(units["zhengzhou"], administrator)

    page = client.get(apply(client, shown)["Location"], headers=ENGLISH).content.decode()

    assert find_item(units["zhengzhou"]).status == Status.NOT_STARTED
    assert find_item(units["henan"]).status == Status.DONE
    assert "was not changed, because" in page
    assert "1.1.1" in page.split("was not changed, because")[1][:90]


def test_a_sheet_of_too_many_rows_is_refused_in_words(
    units: dict[str, Checklist], client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("measures.views.downloads.ROWS_LIMIT", 35)

    answer = client.get(f"{LIST}?below=1&fill=1&format=xlsx", headers=ENGLISH)

    assert answer["Location"] == f"{LIST}?below=1"
    assert "holds up to 35 rows" in client.get(answer["Location"], headers=ENGLISH).content.decode()


# What an export says about itself


def test_a_file_of_another_checklist_or_edition_is_refused_in_words(
    checklist: Checklist, client: Client
) -> None:
    made = client.get(f"{LIST}?format=csv&columns=code,status", headers=ENGLISH).content
    Catalogue.objects.update(date="2027-01-01")

    other = upload(client, made.replace(b"henan;", b"hubei;").replace(b"(henan)", b""), "list.csv")
    edition = upload(client, made, "list.csv")

    assert "another checklist (hubei)" in said(other)
    assert "another edition of the catalogue (test@2026-11-24; now test@2027-01-01)" in said(edition)


def test_the_preview_says_where_the_file_comes_from(checklist: Checklist, client: Client) -> None:
    content = export(client, "columns=code,status&status=not_started")

    page = upload(client, content).content.decode()

    assert "Exported from 河南" in page
    assert "Not started" in page


def test_an_owner_renamed_since_the_export_is_known_by_its_key_in_csv_too(
    checklist: Checklist, owner: Owner, administrator: User, client: Client
) -> None:
    change(find_item(checklist), by=administrator, owner=owner)
    second = make_owner(checklist, "二处")
    content = client.get(f"{LIST}?format=csv&columns=code,owner", headers=ENGLISH).content
    Owner.objects.filter(pk=owner.pk).update(name="待改名")
    Owner.objects.filter(pk=second.pk).update(name=owner.name)
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    rows[2][1] = owner.name

    response = upload(client, content, "list.csv")
    edited = upload(client, saved(_book(rows)))

    assert (changes(response), problems(response)) == ([], [])
    assert changes(edited) == [("1.1.2", "owner", "", "待改名")]


def _book(rows: list[list[str]]) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(sheet_of(*rows)))
