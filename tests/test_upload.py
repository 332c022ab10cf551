"""A spreadsheet back into the ledger: what it would change, what it may not, and what is written."""

from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from measures.choices import Status, Via
from measures.models import Batch, Checklist, Owner
from tests.make import TODAY, SignIn, change, find_item, make_catalogue, make_checklist, make_owner
from tests.sheets import (
    COLUMNS,
    ENGLISH,
    UPLOAD,
    apply,
    changes,
    edited,
    export,
    problems,
    said,
    sheet_of,
    upload,
)

HOSTILE = [
    "=1+1",
    "-1",
    "'=1",
    "'",
    "''x",
    "＝SUM(A1)",
    "@x",
    "+86 371",
    "\ttab",
    "\nfirst line empty",
    "  spaces around  ",
    "a\nb\n",
    "a\r\nb\rc",
    "_x000D_",
    "_x005F_ x005F_",
    "_x0041_",
    "😀 𠮷野家",
    "a,b;c\td\"e'f",
    "<b>&amp;</b>",
    "0012",
    "3.10",
    "TRUE",
    "2026-11-24",
    "–",
    "\x0b\x1f",
]


@pytest.fixture
def client(administrator: User, sign_in: SignIn) -> Client:
    return sign_in(administrator)


# There and back


@pytest.mark.parametrize("language", ["en", "zh-CN", "zh-TW"])
@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_a_file_that_nobody_changed_changes_nothing(
    administrator: User, client: Client, form: str, language: str
) -> None:
    hostile = make_checklist("hostile", "险", make_catalogue(1, 1, len(HOSTILE), slug="hostile"))
    administrator.memberships.create(checklist=hostile, role="administrator")
    owners = [make_owner(hostile, name) for name in ("干部 一处", "=二处", " 三处 ", "-")]
    for number, notes in enumerate(HOSTILE, 1):
        item = find_item(hostile, f"1.1.{number}")
        owner = owners[number % len(owners)] if number % 5 else None
        change(item, by=administrator, notes=notes, owner=owner, due=TODAY, status=list(Status)[number % 6])
    address = f"/checklists/hostile/items/?columns={COLUMNS},light,updated&format={form}"
    content = client.get(address, headers={"Accept-Language": language}).content

    sent = {"file": SimpleUploadedFile("x", content)}
    response = client.post("/checklists/hostile/import/", sent, headers=ENGLISH)

    assert problems(response) == []
    assert changes(response) == []
    assert response.context["found"].unchanged == len(HOSTILE)
    assert response.context["token"] == ""


def test_what_was_changed_is_shown_and_nothing_is_written(
    checklist: Checklist, owner: Owner, client: Client
) -> None:
    content = edited(export(client), C2="Done", D3=owner.name, E4=date(2026, 12, 31), F5="=已办\n第二行")

    response = upload(client, content)

    assert response.status_code == 200
    assert changes(response) == [
        ("1.1.1", "status", "Not started", "Done"),
        ("1.1.2", "owner", "", "干部一处"),
        ("1.1.3", "due", "", "Dec. 31, 2026"),
        ("1.2.1", "notes", "", "=已办\n第二行"),
    ]
    assert response.context["found"].unchanged == 8
    assert not Batch.objects.exists()
    assert find_item(checklist).version == 1


def test_applying_makes_one_batch_that_can_be_undone(
    checklist: Checklist, owner: Owner, client: Client
) -> None:
    content = edited(export(client), C2="已完成", D2=owner.name, E2="2026年11月24日", F2="办结", F3="推进")

    response = apply(client, upload(client, content), reason="一季度汇总")

    batch = Batch.objects.get()
    assert response.headers["Location"] == "/checklists/henan/items/"
    assert (batch.via, batch.reason, batch.updates.count()) == (Via.IMPORT, "一季度汇总", 2)
    first = find_item(checklist)
    assert (first.status, first.owner, first.due, first.notes) == ("done", owner, TODAY, "办结")
    client.post(reverse("undo", args=["henan", batch.pk]))
    assert find_item(checklist).state() == find_item(checklist, "2.2.2").state()


def test_only_the_columns_in_the_file_are_touched(
    checklist: Checklist, administrator: User, client: Client
) -> None:
    change(find_item(checklist), by=administrator, notes="原有", due=TODAY)
    content = edited(export(client, "columns=code,status"), B2="Done")

    apply(client, upload(client, content))

    item = find_item(checklist)
    assert (item.status, item.notes, item.due) == ("done", "原有", TODAY)


def test_the_file_is_not_kept(checklist: Checklist, client: Client, settings: Any, tmp_path: Any) -> None:
    settings.FILE_UPLOAD_TEMP_DIR = settings.MEDIA_ROOT = str(tmp_path)

    upload(client, sheet_of(["Code", "Notes"], *([f"1.1.{n}", "很" * 2_000_000] for n in range(1, 2))))

    assert list(tmp_path.iterdir()) == []


# Rights


def test_an_editor_changes_own_items_and_only_a_changed_row_counts(
    checklist: Checklist, owner: Owner, administrator: User, editor: User, sign_in: SignIn
) -> None:
    change(find_item(checklist), by=administrator, owner=owner)
    client = sign_in(editor)
    content = export(client)

    assert problems(upload(client, edited(content, C2="Done"))) == []
    wrong = upload(client, edited(content, C2="Done", C3="Done"))
    assert problems(wrong) == [(3, "Status", "Done")]
    assert said(wrong) == "Your role cannot change this item."
    assert wrong.context["token"] == ""


def test_an_editor_hands_nothing_over(
    checklist: Checklist, owner: Owner, administrator: User, editor: User, sign_in: SignIn
) -> None:
    make_owner(checklist, "二处")
    change(find_item(checklist), by=administrator, owner=owner)
    client = sign_in(editor)

    response = upload(client, edited(export(client), D2="二处"))

    assert problems(response) == [(2, "Owner", "二处")]
    assert "Only an administrator" in said(response)


def test_rights_that_end_after_the_preview_end_the_apply(
    checklist: Checklist, administrator: User, client: Client
) -> None:
    shown = upload(client, edited(export(client), C2="Done"))
    administrator.memberships.update(role="editor", owner=make_owner(checklist))

    apply(client, shown)

    assert find_item(checklist).status == "not_started"


def test_a_forged_or_foreign_preview_is_refused(
    checklist: Checklist, client: Client, sign_in: SignIn
) -> None:
    second = User.objects.create_user("second")
    second.memberships.create(checklist=checklist, role="administrator")
    token = upload(client, edited(export(client), C2="Done")).context["token"]

    for other, sent in ((sign_in(second), token), (client, token[:-2] + "xx"), (client, "")):
        response = other.post(UPLOAD, {"apply": "1", "token": sent})
        assert response.headers["Location"] == UPLOAD

    assert not Batch.objects.exists()


# Size


def test_a_longer_file_takes_no_more_queries(
    checklist: Checklist,
    administrator: User,
    client: Client,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for slug, size in (("ten", 10), ("hundred", 100)):
        made = make_checklist(slug, slug, make_catalogue(1, 1, size, slug=slug))
        administrator.memberships.create(checklist=made, role="administrator")
        rows = [["Code", "Status", "Notes", "Version"]]
        for number in range(1, size + 1):
            change(find_item(made, f"1.1.{number}"), by=administrator, notes="先")
            change(find_item(made, f"1.1.{number}"), by=administrator, notes="后")
            rows.append([f"1.1.{number}", "Done", "另", "2"])
        sent = {"file": SimpleUploadedFile("x.xlsx", sheet_of(*rows))}
        with django_assert_num_queries(8 + 3):  # counting what is sent in
            response = client.post(f"/checklists/{slug}/import/", sent, headers=ENGLISH)
        assert response.context["found"].conflict_count == size


def test_too_many_long_texts_are_refused_in_words(
    checklist: Checklist, client: Client, settings: Any
) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 101_000
    notes = "".join(chr(0x4E00 + (n * 7919) % 20_000) for n in range(10_000))

    response = upload(client, edited(export(client), F2=notes))

    assert response.status_code == 422
    assert "Split the file" in response.content.decode()
    assert response.context["token"] == ""
