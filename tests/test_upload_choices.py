"""A spreadsheet that meets others' changes: what is a conflict, how it is settled, and why things change."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from measures.choices import Status
from measures.models import Batch, Checklist
from tests.make import NOW, TODAY, SignIn, change, find_item
from tests.sheets import (
    ENGLISH,
    apply,
    changes,
    edited,
    export,
    sheet_of,
    upload,
)

pytestmark = pytest.mark.slow


@pytest.fixture
def client(administrator: User, sign_in: SignIn) -> Client:
    return sign_in(administrator)


@pytest.fixture
def three_ways(checklist: Checklist, administrator: User, client: Client) -> Any:
    """1.1.1: both changed the status, they alone the notes. 1.1.2: they alone. 1.1.3: both the same."""
    for code in ("1.1.1", "1.1.2", "1.1.3"):
        change(find_item(checklist, code), by=administrator, notes="起初")
    content = edited(export(client), C2="Done", C4="Done")
    change(find_item(checklist, "1.1.1"), by=administrator, status=Status.IN_PROGRESS, notes="别人写的")
    change(find_item(checklist, "1.1.2"), by=administrator, notes="别人写的", due=TODAY)
    change(find_item(checklist, "1.1.3"), by=administrator, status=Status.DONE)
    return upload(client, content)


def test_a_conflict_is_only_where_both_moved_away(three_ways: Any) -> None:
    rows = {row.asked.code: row for row in three_ways.context["found"].rows}

    conflicts = [(c.field, c.base, c.now, c.then) for c in rows["1.1.1"].conflicts]
    assert conflicts == [("status", "Not started", "In progress", "Done")]
    assert [c.field for c in rows["1.1.1"].newer] == ["notes"]
    # The due date, which the file left blank, is no matter of the file.
    assert [c.field for c in rows["1.1.2"].newer] == ["notes"]
    assert "1.1.3" not in rows
    assert changes(three_ways) == []


@pytest.mark.parametrize(
    ("choice", "status"), [("file", "done"), ("now", "in_progress"), ("", "in_progress")]
)
def test_each_conflict_is_settled_as_chosen(
    checklist: Checklist, client: Client, three_ways: Any, choice: str, status: str
) -> None:
    apply(client, three_ways, **({"take-1.1.1-status": choice} if choice else {}))

    item = find_item(checklist)
    assert (item.status, item.notes) == (status, "别人写的")
    assert Batch.objects.count() == (1 if choice == "file" else 0)


def test_what_changes_after_the_preview_is_left_alone_and_named(
    checklist: Checklist, administrator: User, client: Client
) -> None:
    shown = upload(client, edited(export(client), C2="Done", C3="Done"))
    change(find_item(checklist, "1.1.2"), by=administrator, notes="抢先")

    page = client.get(apply(client, shown).headers["Location"], headers=ENGLISH).content.decode()

    assert "somebody changed it in the meantime: 1.1.2" in page
    assert find_item(checklist, "1.1.1").status == "done"
    assert find_item(checklist, "1.1.2").status == "not_started"


def test_the_state_at_the_export_is_found_among_many_updates(
    checklist: Checklist, administrator: User, client: Client
) -> None:
    for number in range(6):
        change(find_item(checklist), by=administrator, at=NOW, notes=f"第{number}次")
        if number == 2:
            content = edited(export(client), C2="Done")

    response = upload(client, content)

    assert changes(response) == [("1.1.1", "status", "Not started", "Done")]
    newer = response.context["found"].rows[0].newer
    assert [(c.base, c.now) for c in newer] == [("第2次", "第5次")]


def test_without_versions_the_page_says_that_nobody_can_tell(
    checklist: Checklist, administrator: User, client: Client
) -> None:
    change(find_item(checklist), by=administrator, status=Status.IN_PROGRESS)

    response = upload(client, sheet_of(["Code", "Status"], ["1.1.1", "Done"]))

    assert changes(response) == [("1.1.1", "status", "In progress", "Done")]
    assert "The file lacks versions" in response.content.decode()


def test_more_conflicts_than_a_form_holds_are_settled_together(
    checklist: Checklist, client: Client, three_ways: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("measures.views.items.uploads.CHOICES_LIMIT", 0)
    content = edited(export(client), C2="Done")
    change(find_item(checklist), by=User.objects.get(), status=Status.STANDING)

    shown = upload(client, content)
    assert 'name="take-all"' in shown.content.decode()
    apply(client, shown, **{"take-all": "file"})

    assert find_item(checklist).status == "done"


# Reasons


@pytest.mark.parametrize("cells", [{"C2": "Blocked"}, {"C2": "不再推进"}, {"E2": "2027-01-01"}])
def test_changes_that_need_a_reason_ask_for_it(
    checklist: Checklist, administrator: User, client: Client, cells: dict[str, str]
) -> None:
    change(find_item(checklist), by=administrator, due=TODAY)
    shown = upload(client, edited(export(client), **cells))

    asked = apply(client, shown)
    assert asked.status_code == 422
    assert asked.context["form"].errors["reason"]
    assert not Batch.objects.exists()

    apply(client, asked, reason="因故")
    assert find_item(checklist).updates.first().reason == "因故"  # type: ignore[union-attr]


def test_a_refused_apply_keeps_what_was_chosen(
    checklist: Checklist, administrator: User, client: Client
) -> None:
    content = edited(export(client), C2="Blocked")
    change(find_item(checklist), by=administrator, status=Status.DONE)

    asked = apply(client, upload(client, content), **{"take-1.1.1-status": "file"})

    assert asked.status_code == 422
    assert 'name="take-1.1.1-status" value="file" checked' in asked.content.decode()


def test_a_row_may_bring_its_own_reason(checklist: Checklist, client: Client) -> None:
    rows = [["编号", "状态", "变更理由"], ["1.1.1", "受阻", "等待批复"], ["1.1.2", "受阻", ""]]

    apply(client, upload(client, sheet_of(*rows)), reason="其余")

    reasons = [find_item(checklist, code).updates.get().reason for code in ("1.1.1", "1.1.2")]
    assert reasons == ["等待批复", "其余"]
