"""What blank cells, the mark that empties, and texts beside others do."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from measures.models import Checklist, Owner
from tests.make import TODAY, SignIn, change, find_item
from tests.sheets import apply, changes, edited, export, problems, sheet_of, upload


@pytest.fixture
def client(administrator: User, sign_in: SignIn) -> Client:
    return sign_in(administrator)


def test_blank_cells_leave_what_is_there(
    checklist: Checklist, owner: Owner, administrator: User, client: Client
) -> None:
    change(find_item(checklist), by=administrator, notes="原有", due=TODAY, owner=owner)

    shown = upload(client, edited(export(client), C2=None, D2="–", E2=None, F2="\u3000"))

    assert changes(shown) == []
    assert problems(shown) == []
    assert find_item(checklist).notes == "原有"


@pytest.mark.parametrize("mark", ["清空", "Clear", " clear "])
def test_the_mark_empties_a_field_and_is_counted_apart(
    checklist: Checklist, owner: Owner, administrator: User, client: Client, mark: str
) -> None:
    change(find_item(checklist), by=administrator, notes="原有", due=TODAY, owner=owner)

    shown = upload(client, edited(export(client), C2="Done", D2=mark, E2=mark, F2=mark))
    page = shown.content.decode()

    assert shown.context["found"].erased_count == 3
    assert "3 values would be cleared." in page
    assert page.index("What would be cleared") < page.index("<caption>What would change")
    apply(client, shown, reason="重排")
    item = find_item(checklist)
    assert (item.status, item.owner, item.due, item.notes) == ("done", None, None, "")


def test_a_status_cannot_be_emptied(checklist: Checklist, client: Client) -> None:
    shown = upload(client, sheet_of(["Code", "Status"], ["1.1.1", "清空"]))

    assert problems(shown) == [(2, "Status", "清空")]


@pytest.mark.parametrize(
    ("written", "asked", "becomes"),
    [
        ("11月：开了会。", {}, "6月：启动。\n11月：开了会。"),
        ("11月：开了会。", {"mode-1.1.1-notes": "replace"}, "11月：开了会。"),
        ("6月：启动。\n11月：开了会。", {}, "6月：启动。\n11月：开了会。"),
        ("补记\n6月：启动。", {}, "补记\n6月：启动。"),
        ("6月：启动。改", {"mode-1.1.1-notes": "append"}, "6月：启动。\n6月：启动。改"),
    ],
)
def test_notes_are_added_unless_they_are_an_edited_copy_or_the_user_says_otherwise(
    checklist: Checklist,
    administrator: User,
    client: Client,
    written: str,
    asked: dict[str, str],
    becomes: str,
) -> None:
    change(find_item(checklist), by=administrator, notes="6月：启动。")

    apply(client, upload(client, sheet_of(["Code", "Notes"], ["1.1.1", written])), **asked)

    assert find_item(checklist).notes == becomes


@pytest.mark.parametrize("heading", ["追加备注", "追加備註", "追加进展情况", "Add to the notes"])
def test_the_column_of_additions_adds_to_the_notes_once(
    checklist: Checklist, administrator: User, client: Client, heading: str
) -> None:
    change(find_item(checklist), by=administrator, notes="6月：启动。")
    content = sheet_of(["Code", heading], ["1.1.1", "11月：开了会。"], ["1.1.2", None])

    apply(client, upload(client, content))

    assert find_item(checklist).notes == "6月：启动。\n11月：开了会。"
    assert changes(upload(client, content)) == []
