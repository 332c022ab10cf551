"""Previews are valid for an hour, and the result says why an item was not changed."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core import signing
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from measures.choices import ChecklistStatus, Role, Status
from measures.ledger.plans import Refusal
from measures.models import Batch, Checklist, Item, Owner
from measures.views.previews import left_alone
from tests import sheets, test_bulk
from tests.make import SignIn, change, find_item, make_owner
from tests.sheets import ENGLISH

UNITS = "/checklists/henan/below/sheet/"


def bulk_preview(client: Client) -> tuple[str, Any]:
    return test_bulk.ADDRESS, test_bulk.preview(client, status="done")


def sheet_preview(client: Client) -> tuple[str, Any]:
    content = sheets.edited(sheets.export(client), C2="Done")
    return sheets.UPLOAD, sheets.upload(client, content)


def units_preview(client: Client) -> tuple[str, Any]:
    content = sheets.sheet_of(["Organisation", "Address", "Under"], ["新乡市", "xinxiang", ""])
    file = SimpleUploadedFile("units.xlsx", content)
    return UNITS, client.post(UNITS, {"file": file}, headers=ENGLISH)


@pytest.mark.parametrize("preview", [bulk_preview, sheet_preview, units_preview])
@pytest.mark.parametrize(("minutes", "applied"), [(59, True), (61, False)])
def test_a_preview_is_too_old_after_an_hour(
    preview: Callable[[Client], tuple[str, Any]],
    minutes: int,
    applied: bool,
    checklist: Checklist,
    administrator: User,
    sign_in: SignIn,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    client = sign_in(administrator)
    address, shown = preview(client)
    token = shown.context["token"]

    later = time.time() + 60 * minutes
    monkeypatch.setattr(signing.time, "time", lambda: later)  # type: ignore[attr-defined]
    answer = client.post(address, {"apply": "1", "token": token}, headers=ENGLISH)
    page = client.get(answer.headers["Location"], headers=ENGLISH).content.decode()

    assert ("This preview is too old." in page) != applied
    changed = (
        Item.objects.filter(status=Status.DONE).exists() or Checklist.objects.filter(slug="xinxiang").exists()
    )
    assert changed == applied


@pytest.fixture
def theirs(checklist: Checklist, owner: Owner, administrator: User) -> list[Item]:
    """Two items of the editor's owner."""
    codes = ("1.1.1", "1.1.2")
    for code in codes:
        change(find_item(checklist, code), by=administrator, owner=owner)
    return [find_item(checklist, code) for code in codes]


@pytest.mark.parametrize("preview", [bulk_preview, sheet_preview])
def test_an_editor_who_lost_an_item_is_told_that_their_role_does_not_allow_the_change(
    preview: Callable[[Client], tuple[str, Any]],
    theirs: list[Item],
    editor: User,
    administrator: User,
    sign_in: SignIn,
) -> None:
    client = sign_in(editor)
    address, shown = preview(client)
    change(theirs[0], by=administrator, owner=None)

    answer = client.post(address, {"apply": "1", "token": shown.context["token"]}, headers=ENGLISH)
    page = client.get(answer.headers["Location"], headers=ENGLISH).content.decode()

    assert "your role does not allow this change: 1.1.1" in page
    assert "in the meantime" not in page
    assert find_item(theirs[0].checklist, "1.1.1").status == Status.NOT_STARTED


def test_who_may_no_longer_hand_over_cannot_apply_a_preview_that_does(
    theirs: list[Item], owner: Owner, administrator: User, sign_in: SignIn
) -> None:
    client = sign_in(administrator)
    shown = test_bulk.preview(client, owner="none", status="done")
    administrator.memberships.update(role=Role.EDITOR, owner=owner)

    test_bulk.apply(client, shown)

    for item in theirs:
        assert find_item(item.checklist, item.measure.code).owner == owner


def test_undo_tells_a_change_after_the_batch_from_a_right_that_is_lacking(
    theirs: list[Item], owner: Owner, administrator: User, editor: User, sign_in: SignIn
) -> None:
    client = sign_in(administrator)
    test_bulk.apply(client, test_bulk.preview(client, "1.1.1,1.1.2,1.1.3", status="done"))
    change(find_item(theirs[0].checklist, "1.1.1"), by=administrator, notes="之后")

    address = reverse("undo", args=["henan", Batch.objects.get().pk])
    client = sign_in(editor)
    answer = client.post(address, headers=ENGLISH)
    page = client.get(answer.headers["Location"], headers=ENGLISH).content.decode()

    assert "somebody changed it after this batch: 1.1.1" in page
    assert "your role does not allow this change: 1.1.3" in page
    assert "in the meantime" not in page


def test_an_editor_gives_no_item_away_by_undoing_how_they_got_it(
    checklist: Checklist, owner: Owner, administrator: User, editor: User, sign_in: SignIn
) -> None:
    client = sign_in(administrator)
    test_bulk.apply(client, test_bulk.preview(client, "1.1.1,1.1.2", owner=owner.pk))

    client = sign_in(editor)
    answer = client.post(reverse("undo", args=["henan", Batch.objects.get().pk]), headers=ENGLISH)
    page = client.get(answer.headers["Location"], headers=ENGLISH).content.decode()

    assert "your role does not allow these changes: 1.1.1, 1.1.2" in page
    assert {find_item(checklist, code).owner for code in ("1.1.1", "1.1.2")} == {owner}


def delete_owner(owner: Owner) -> None:
    owner.delete()


def rename_owner(owner: Owner) -> None:
    Owner.objects.filter(pk=owner.pk).update(name="别的处")


@pytest.mark.parametrize("happens", [delete_owner, rename_owner])
def test_a_bulk_edit_leaves_items_alone_whose_new_owner_has_gone_since_and_names_them(
    theirs: list[Item],
    owner: Owner,
    administrator: User,
    sign_in: SignIn,
    happens: Callable[[Owner], None],
) -> None:
    client = sign_in(administrator)
    new = make_owner(theirs[0].checklist, "临时专班")
    shown = test_bulk.preview(client, owner=new.pk, status="done")
    happens(new)

    answer = test_bulk.apply(client, shown)
    page = client.get(answer.headers["Location"], headers=ENGLISH).content.decode()

    assert "their new owner was deleted or renamed: 1.1.1, 1.1.2" in page
    for item in theirs:
        kept = find_item(item.checklist, item.measure.code)
        assert (kept.owner, kept.status) == (owner, Status.NOT_STARTED)


def test_a_closed_checklist_keeps_what_was_previewed_from_it(
    theirs: list[Item], administrator: User, sign_in: SignIn
) -> None:
    client = sign_in(administrator)
    previews = [preview(client) for preview in (bulk_preview, sheet_preview)]
    theirs[0].checklist.turn(ChecklistStatus.CLOSED, at=timezone.now(), by=administrator, reason="撤销")

    for address, shown in previews:
        sent = {"apply": "1", "token": shown.context["token"]}
        assert client.post(address, sent, headers=ENGLISH).status_code == 403

    assert not Item.objects.filter(status=Status.DONE).exists()


def test_every_refusal_has_its_sentence() -> None:
    with override("en"):
        for why in Refusal:
            (one,), (two,) = left_alone([("1.1.1", why)]), left_alone([("1.1.1", why), ("1.1.2", why)])
            assert one.startswith("1 item was not changed, because ")
            assert one.endswith(": 1.1.1")
            assert two.startswith("2 items were not changed, because ")
            assert two.endswith(": 1.1.1, 1.1.2")
