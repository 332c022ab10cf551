"""A chaser that was sent by mistake: the office takes it back, with a reason, and it waits for no answer."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import DatabaseError, connection, transaction
from django.test import Client

from measures.choices import Audited, ChaserLevel, Role, Status
from measures.models import AuditRecord, ChasedItem, Chaser, ChaserWithdrawal, Checklist, Item, Owner
from measures.reports.chasers import chaser_rows
from tests.make import NOW, TODAY, SignIn, change, find_item, make_owner, make_user, write_entry
from tests.sheets import ENGLISH

CHASERS = "/checklists/henan/chasers/"
SAID: Any = {"level": ChaserLevel.YELLOW, "text": "请报送进展", "answer_by": TODAY + timedelta(7)}

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def led(checklist: Checklist, owner: Owner, administrator: User) -> Item:
    Checklist.objects.update(opened_at=NOW - timedelta(30))
    at = NOW - timedelta(20)
    change(find_item(checklist), by=administrator, owner=owner, status=Status.IN_PROGRESS, at=at)
    return find_item(checklist)


@pytest.fixture
def chaser(led: Item, administrator: User) -> Chaser:
    return Chaser.send([led.pk], by=administrator, at=NOW - timedelta(7), **SAID).chasers[0]


def withdraw(client: Client, chaser: Chaser, reason: str = "误发") -> Any:
    return client.post(f"{CHASERS}{chaser.pk}/withdraw/", {"reason": reason}, headers=ENGLISH)


def shown(client: Client, address: str) -> str:
    answer = client.get(address, headers=ENGLISH)
    assert answer.status_code == 200, address
    return answer.content.decode()


def test_a_withdrawn_chaser_stays_visible_and_nothing_waits_for_it_any_more(
    chaser: Chaser, administrator: User, editor: User, sign_in: SignIn
) -> None:
    office, unit = sign_in(administrator), sign_in(editor)
    assert "chased" in [str(block.kind) for block in unit.get("/").context["todo"].blocks]

    answer = withdraw(office, chaser)

    assert (answer.status_code, answer["Location"]) == (302, f"{CHASERS}{chaser.pk}/")
    for client in (office, unit):
        for address in (f"{CHASERS}{chaser.pk}/", "/checklists/henan/items/1.1.1/"):
            page = shown(client, address)
            assert ("withdrawn, needs no answer" in page, "误发" in page) == (True, True), address
            assert "I have read it" not in page
            assert "to be answered by" not in page
        assert "withdrawn" in shown(client, CHASERS)
        assert "No chaser was sent that fits" in shown(client, f"{CHASERS}?waiting=on")
        kinds = {str(block.kind) for block in client.get("/").context["todo"].blocks}
        assert not kinds & {"chased", "unanswered"}
    assert "Withdraw…" not in shown(office, f"{CHASERS}{chaser.pk}/")
    assert office.get(f"{CHASERS}{chaser.pk}/notice/?format=docx").status_code == 404


def test_a_past_day_shows_it_as_it_was(
    chaser: Chaser, led: Item, administrator: User, editor: User, sign_in: SignIn
) -> None:
    chaser.withdraw(by=administrator, at=NOW - timedelta(3), reason="误发")
    write_entry(led, editor, at=NOW - timedelta(2))
    client, item = sign_in(editor), "/checklists/henan/items/1.1.1/"
    before, after = (TODAY - timedelta(days) for days in (4, 3))

    for address in (f"{CHASERS}{chaser.pk}/", item, CHASERS):
        assert "withdrawn" not in shown(client, f"{address}?as_of={before}"), address
        assert "withdrawn" in shown(client, f"{address}?as_of={after}"), address
        assert "withdrawn" in shown(client, address), address
    # The entry came too late to be an answer.
    rows = [chaser_rows([led], since, TODAY) for since in (before, after, None)]
    assert [len(found) for found in rows] == [1, 0, 1]
    assert (rows[0][0].answered_at, rows[0][0].withdrawn_at) == (None, NOW - timedelta(3))


def test_an_answer_that_came_before_stays_an_answer(
    chaser: Chaser, led: Item, administrator: User, editor: User, sign_in: SignIn
) -> None:
    write_entry(led, editor, at=NOW - timedelta(5))
    chaser.withdraw(by=administrator, at=NOW - timedelta(3), reason="误发")

    assert chaser_rows([led], None, TODAY)[0].answered_at == NOW - timedelta(5)
    assert "1 / 1" in shown(sign_in(editor), CHASERS)


def test_the_same_chaser_can_be_sent_again_at_once(chaser: Chaser, led: Item, administrator: User) -> None:
    (first,) = Chaser.send([led.pk], by=administrator, at=NOW, **SAID).chasers
    first.withdraw(by=administrator, at=NOW + timedelta(seconds=1), reason="误发")

    (second,) = Chaser.send([led.pk], by=administrator, at=NOW + timedelta(seconds=2), **SAID).chasers

    assert second != first
    assert ChasedItem.objects.open_about([led.pk], TODAY)[led.pk].chaser == second


def test_only_the_office_of_an_open_checklist_withdraws_with_a_reason_and_once(
    chaser: Chaser, administrator: User, editor: User, viewer: User, stranger: User, sign_in: SignIn
) -> None:
    checklist = chaser.unit.checklist
    other = make_user("other editor", checklist, Role.EDITOR, make_owner(checklist, "干部二处"))
    for user, status in ((stranger, 404), (viewer, 403), (editor, 403), (other, 403)):
        assert withdraw(sign_in(user), chaser).status_code == status, user.username
    office = sign_in(administrator)
    empty = withdraw(office, chaser, reason=" ")
    assert empty.status_code == 422
    assert "This field is required" in empty.content.decode()
    assert withdraw(office, chaser, reason="字" * 501).status_code == 422
    assert office.post(f"/checklists/elsewhere/chasers/{chaser.pk}/withdraw/").status_code == 404
    assert not ChaserWithdrawal.objects.exists()

    withdraw(office, chaser)
    again = office.post(f"{CHASERS}{chaser.pk}/withdraw/", {"reason": "再次"}, headers=ENGLISH, follow=True)

    assert "Somebody has withdrawn this chaser meanwhile." in again.content.decode()
    assert ChaserWithdrawal.objects.get().reason == "误发"
    (record,) = AuditRecord.objects.filter(action=Audited.CHASER_WITHDRAWN)
    assert "误发" in record.after
    assert "请报送进展" in record.before


def test_nobody_withdraws_in_a_closed_checklist(chaser: Chaser, administrator: User, sign_in: SignIn) -> None:
    Checklist.objects.update(status="closed")

    assert withdraw(sign_in(administrator), chaser).status_code == 403
    assert "Withdraw…" not in shown(sign_in(administrator), f"{CHASERS}{chaser.pk}/")


@pytest.mark.parametrize("statement", ["UPDATE {} SET reason = 'x'", "DELETE FROM {}"])
def test_the_database_keeps_it_as_it_is(chaser: Chaser, administrator: User, statement: str) -> None:
    chaser.withdraw(by=administrator, at=NOW, reason="误发")

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        connection.cursor().execute(statement.format("measures_chaserwithdrawal"))
    with pytest.raises(ValueError, match="reason"):
        chaser.withdraw(by=administrator, at=NOW, reason=" ")
