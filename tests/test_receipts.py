"""Receipt (签收): a unit confirms that it has received what was handed to it, and nothing else changes."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client

from measures.choices import Audited, ChecklistStatus, Role, Status
from measures.models import AuditRecord, Checklist, Entry, Item, Owner, Receipt
from measures.querysets.waiting import unconfirmed
from measures.todo.model import Waits
from tests.make import NOW, TODAY, SignIn, change, find_item, make_owner, make_user
from tests.sheets import ENGLISH

pytestmark = pytest.mark.usefixtures("clock")
ALL = "/checklists/henan/receipts/"


def address(code: str) -> str:
    return f"/checklists/henan/items/{code}/receipt/"


@pytest.fixture
def handed(checklist: Checklist, owner: Owner, administrator: User) -> Checklist:
    """1.1.1 to 1.1.3 became the editor's ten days ago."""
    Checklist.objects.update(opened_at=NOW - timedelta(30))
    for code in ("1.1.1", "1.1.2", "1.1.3"):
        item = find_item(checklist, code)
        change(item, by=administrator, owner=owner, status=Status.IN_PROGRESS, at=NOW - timedelta(10))
    return checklist


def waiting_in(checklist: Checklist, days_ago: int | None = None) -> list[str]:
    if days_ago is None:
        found = checklist.items.filter(unconfirmed())
    else:
        day = TODAY - timedelta(days_ago)
        moment = NOW - timedelta(days_ago) + timedelta(hours=1)
        found = checklist.items.as_of(day).filter(unconfirmed(moment))
    return list(found.in_order().values_list("measure__code", flat=True))


def new_with(client: Client) -> list[str]:
    blocks = client.get("/").context["todo"].blocks
    return [line.code for block in blocks if block.kind == Waits.NEW for line in block.lines]


def test_a_unit_confirms_one_item_or_all_and_neither_state_nor_silence_changes(
    handed: Checklist, editor: User, sign_in: SignIn
) -> None:
    client = sign_in(editor)
    before = list(Item.objects.order_by("pk").values())
    assert new_with(client) == ["1.1.1", "1.1.2", "1.1.3"]
    seen = client.get("/").context["moment"]

    sent = client.post(address("1.1.2"), {"seen": seen, "next": "/"}, headers=ENGLISH)
    assert sent.headers["Location"] == "/"
    assert new_with(client) == ["1.1.1", "1.1.3"]
    page = client.post(ALL, {"seen": seen}, follow=True, headers=ENGLISH).content.decode()
    assert "Receipt of 2 items confirmed." in page
    assert new_with(client) == []

    # Once is enough, however often they click.
    client.post(ALL, {"seen": seen})
    client.post(address("1.1.2"), {"seen": seen})
    assert Receipt.objects.count() == 3
    assert list(Item.objects.order_by("pk").values()) == before
    assert not Entry.objects.exists()
    told = AuditRecord.objects.filter(action=Audited.RECEIPT_CONFIRMED).order_by("pk")
    assert [record.about.partition(" ")[0] for record in told] == ["1.1.2", "干部一处"]
    assert "1.1.1, 1.1.3" in told[1].after


def test_the_items_page_and_the_list_say_who_has_not_confirmed(
    handed: Checklist, editor: User, viewer: User, sign_in: SignIn
) -> None:
    client, reader = sign_in(editor), sign_in(viewer)
    item, listed = "/checklists/henan/items/1.1.1/", "/checklists/henan/items/?waits=receipt"

    page = client.get(item, headers=ENGLISH)
    assert "Confirm receipt" in page.content.decode()
    unsure = reader.get(item, headers=ENGLISH).content.decode()
    assert "receipt not confirmed" in unsure
    assert "Confirm receipt" not in unsure
    assert reader.get(listed).context["page"].paginator.found == 3

    client.post(address("1.1.1"), {"seen": page.context["receipt"].seen.isoformat()})
    assert "receipt confirmed Nov. 24, 2026" in reader.get(item, headers=ENGLISH).content.decode()
    assert reader.get(listed).context["page"].paginator.found == 2
    yesterday = f"{TODAY - timedelta(1)}"
    assert reader.get(f"{listed}&as_of={yesterday}").context["page"].paginator.found == 3
    past = reader.get(f"{item}?as_of={yesterday}", headers=ENGLISH).content.decode()
    assert "receipt not confirmed" in past


def test_what_is_handed_to_another_unit_and_back_is_new_again_on_each_of_these_days(
    handed: Checklist, owner: Owner, administrator: User, editor: User
) -> None:
    items, other = handed.items.filter(measure__code="1.1.1"), make_owner(handed, "干部二处")
    then = NOW - timedelta(8)
    Receipt.confirm(items, owner, seen=then, by=editor, at=then)
    change(find_item(handed), by=administrator, owner=other, at=NOW - timedelta(6))
    change(find_item(handed), by=administrator, notes="一句话", at=NOW - timedelta(5))
    change(find_item(handed), by=administrator, owner=owner, at=NOW - timedelta(2))

    assert "1.1.1" in waiting_in(handed, days_ago=9)
    assert "1.1.1" not in waiting_in(handed, days_ago=7)
    assert "1.1.1" in waiting_in(handed, days_ago=4)
    assert "1.1.1" in waiting_in(handed)
    Receipt.confirm(items, owner, seen=NOW, by=editor, at=NOW)
    assert waiting_in(handed) == ["1.1.2", "1.1.3"]


def test_only_the_lead_unit_confirms_and_only_what_it_has_seen(
    handed: Checklist, administrator: User, editor: User, viewer: User, stranger: User, sign_in: SignIn
) -> None:
    helper = make_user("helper", handed, Role.EDITOR, make_owner(handed, "干部三处"))
    seen = NOW.isoformat()
    refused = {administrator: 403, viewer: 403, helper: 403, stranger: 404}
    for user, status in refused.items():
        assert sign_in(user).post(address("1.1.1"), {"seen": seen}).status_code == status, user
    for user, status in (refused | {helper: 302}).items():
        assert sign_in(user).post(ALL, {"seen": seen}).status_code == status, user
    for bad in ("", "yesterday", "2026-11-24", "2026-99-99T00:00:00+00:00", "2026-11-24T09:00:00"):
        sign_in(editor).post(ALL, {"seen": bad})
    sign_in(editor).post(ALL, {"seen": (NOW - timedelta(11)).isoformat()})
    assert not Receipt.objects.exists()

    handed.turn(ChecklistStatus.CLOSED, at=NOW, by=administrator, reason="并入全省")
    assert sign_in(editor).post(ALL, {"seen": seen}).status_code == 403


def test_nothing_from_before_the_upgrade_and_nothing_that_has_ended_is_new(
    handed: Checklist, administrator: User, owner: Owner, editor: User, sign_in: SignIn
) -> None:
    change(find_item(handed), by=administrator, status=Status.DONE)
    assert waiting_in(handed) == ["1.1.2", "1.1.3"]

    Checklist.objects.update(receipts_from=NOW - timedelta(3))
    change(find_item(handed, "1.2.1"), by=administrator, owner=owner, at=NOW - timedelta(1))

    assert waiting_in(handed) == ["1.2.1"]
    assert new_with(sign_in(editor)) == ["1.2.1"]
