"""Chasers: the office asks units for an answer, and an entry of the unit answers."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from measures.choices import Audited, ChaserLevel, Role, Side, Status
from measures.lights import end_of_day
from measures.models import AuditRecord, ChasedItem, Chaser, ChaserRead, Checklist, Item, Owner, Sent
from measures.querysets.append_only import AppendOnlyError
from tests.make import NOW, TODAY, change, find_item, make_owner, make_user, write_entry

DUE = TODAY + timedelta(7)


@pytest.fixture
def led(checklist: Checklist, owner: Owner, administrator: User) -> list[Item]:
    """1.1.1 and 1.1.2 are the editor's, 1.1.3 another unit's, 1.2.1 nobody's; the first two are at work."""
    other = make_owner(checklist, "干部二处")
    for code, unit in (("1.1.1", owner), ("1.1.2", owner), ("1.1.3", other)):
        status = Status.IN_PROGRESS if unit == owner else Status.NOT_STARTED
        item = find_item(checklist, code)
        change(item, by=administrator, owner=unit, status=status, at=NOW - timedelta(90))
    return [find_item(checklist, code) for code in ("1.1.1", "1.1.2", "1.1.3", "1.2.1")]


def send(items: list[Item], by: User, **said: Any) -> Sent:
    given: Any = {"level": ChaserLevel.YELLOW, "text": "请报送进展", "answer_by": DUE, "at": NOW} | said
    return Chaser.send([item.pk for item in items], by=by, **given)


def waiting(item: Item, day: int = 0) -> bool:
    """Whether the item has an open chaser at the end of the day, counted from today."""
    return item.pk in ChasedItem.objects.open_about([item.pk], TODAY + timedelta(day))


def test_each_lead_unit_gets_one_chaser_and_what_nobody_leads_is_left_out(
    led: list[Item], administrator: User
) -> None:
    sent = send(led, administrator)

    units = {chaser.unit.name: [one.item for one in chaser.chased.all()] for chaser in sent.chasers}
    assert units == {"干部一处": led[:2], "干部二处": [led[2]]}
    assert sent.left_out == (led[3],)


def test_a_double_click_sends_one_chaser_and_not_two(
    led: list[Item], administrator: User, other_administrator: User
) -> None:
    first = send(led, administrator)
    again = send(led, administrator, at=NOW + timedelta(seconds=2))

    assert {one.pk for one in again.chasers} == {one.pk for one in first.chasers}
    assert (Chaser.objects.count(), AuditRecord.objects.filter(action=Audited.CHASED).count()) == (2, 1)

    send(led[:1], administrator, at=NOW + timedelta(seconds=3))
    send(led[2:], administrator, text="请速报送", at=NOW + timedelta(seconds=3))
    send(led[2:], other_administrator, at=NOW + timedelta(seconds=3))
    send(led[2:], administrator, at=NOW + timedelta(minutes=2))
    assert Chaser.objects.count() == 6


def test_only_items_that_nobody_leads_send_nothing(led: list[Item], administrator: User) -> None:
    sent = send([led[3]], administrator)

    assert (sent.chasers, sent.left_out) == ((), (led[3],))
    assert not AuditRecord.objects.filter(action=Audited.CHASED).exists()


def test_a_chaser_changes_neither_state_nor_silence_nor_version(led: list[Item], administrator: User) -> None:
    before = list(Item.objects.order_by("pk").values())
    lit = find_item(led[0].checklist).lit(TODAY)

    send(led, administrator)

    assert list(Item.objects.order_by("pk").values()) == before
    assert find_item(led[0].checklist).lit(TODAY) == lit
    assert "no entry" in lit.reason or "未" in lit.reason


def test_an_entry_of_the_lead_or_a_cooperating_unit_answers_until_it_is_withdrawn(
    led: list[Item], administrator: User, editor: User
) -> None:
    write_entry(led[0], editor, at=NOW - timedelta(1))
    send(led, administrator)
    assert [waiting(item) for item in led] == [True, True, True, False]

    write_entry(led[0], administrator, side=Side.OFFICE, at=NOW + timedelta(1))
    assert waiting(led[0], 1)

    entry = write_entry(led[0], editor, at=NOW + timedelta(2))
    write_entry(led[1], editor, side=Side.COOPERATING, at=NOW + timedelta(2))
    assert [waiting(item, 2) for item in led[:3]] == [False, False, True]

    entry.withdraw(by=editor, at=NOW + timedelta(3), reason="写错了事项")
    assert [waiting(item, 3) for item in led[:3]] == [True, False, True]


def test_any_past_day_is_told_from_the_rows_alone(led: list[Item], administrator: User, editor: User) -> None:
    sent = send(led[:1], administrator, at=NOW - timedelta(6))
    entry = write_entry(led[0], editor, at=NOW - timedelta(4))
    entry.withdraw(by=editor, at=NOW - timedelta(2), reason="写错了事项")
    again = write_entry(led[0], editor, at=NOW)

    assert [waiting(led[0], day) for day in range(-7, 1)] == [
        *(False, True, True, False, False, True, True, False)
    ]
    (chaser,) = sent.chasers
    answers = [
        chaser.chased.with_answer(end_of_day(TODAY + timedelta(day))).get().answer_id
        for day in (-5, -3, -1, 0)
    ]
    assert answers == [None, entry.pk, None, again.pk]
    assert Chaser.objects.waiting(end_of_day(TODAY - timedelta(1))).get() == chaser
    assert not Chaser.objects.waiting().exists()


def test_the_newest_open_chaser_of_an_item_counts(led: list[Item], administrator: User) -> None:
    send(led, administrator, at=NOW - timedelta(3))
    send(led[:1], administrator, level=ChaserLevel.RED)

    found = ChasedItem.objects.open_about([item.pk for item in led], TODAY)

    assert [found[item.pk].chaser.level for item in led[:3]] == ["red", "yellow", "yellow"]


def test_reading_is_noted_once_for_each_person_with_name_and_time(
    led: list[Item], administrator: User, editor: User, owner: Owner
) -> None:
    colleague = make_user("colleague", led[0].checklist, Role.EDITOR, owner)
    (chaser,) = send(led[:2], administrator).chasers
    for minutes, who in ((1, editor), (2, colleague), (3, editor)):
        chaser.note_read(by=who, at=NOW + timedelta(minutes=minutes))

    noted = [(read.by_name, read.at) for read in chaser.reads.all()]
    assert noted == [("editor", NOW + timedelta(minutes=1)), ("colleague", NOW + timedelta(minutes=2))]
    assert AuditRecord.objects.filter(action=Audited.CHASER_READ).count() == 2


def test_the_audit_trail_names_units_items_and_text(led: list[Item], administrator: User) -> None:
    send(led, administrator, level=ChaserLevel.RED)

    record = AuditRecord.objects.get(action=Audited.CHASED)
    assert json.loads(record.after) == {
        "units": "干部一处、干部二处",
        "items": "1.1.1, 1.1.2, 1.1.3",
        "level": "red",
        "text": "请报送进展",
        "answer_by": DUE.isoformat(),
    }


@pytest.mark.parametrize("said", [{"level": "purple"}, {"text": "字" * 1001}])
def test_the_database_refuses_what_no_form_would_take(
    led: list[Item], administrator: User, said: dict[str, Any]
) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        send(led, administrator, **said)
    with pytest.raises(ValueError, match="needs a text"):
        send(led, administrator, text=" ")


def test_a_chaser_names_an_item_once(led: list[Item], administrator: User) -> None:
    (chaser,) = send(led[:1], administrator).chasers

    with pytest.raises(IntegrityError), transaction.atomic():
        ChasedItem.objects.create(chaser=chaser, item=led[0])


@pytest.mark.parametrize("model", [Chaser, ChasedItem, ChaserRead])
def test_nobody_changes_or_deletes_a_row_not_even_by_sql(
    led: list[Item], administrator: User, editor: User, model: Any
) -> None:
    send(led, administrator).chasers[0].note_read(by=editor, at=NOW)
    with pytest.raises(AppendOnlyError):
        model.objects.all().delete()
    with pytest.raises(AppendOnlyError):
        model.objects.first().save()
    table = model._meta.db_table
    for statement in (f"UPDATE {table} SET id = id + 1000", f"DELETE FROM {table}"):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            connection.cursor().execute(statement)


def test_sending_takes_as_many_queries_for_one_item_as_for_many_of_several_units(
    led: list[Item], checklist: Checklist, administrator: User
) -> None:
    for number, item in enumerate(checklist.items.filter(owner=None)[:6]):
        change(
            find_item(checklist, item.measure.code),
            by=administrator,
            owner=make_owner(checklist, f"{number}处"),
        )
    counts = []
    for items in (led[:1], list(checklist.items.all())):
        with CaptureQueriesContext(connection) as queries:
            send(items, administrator)
        counts.append(len(queries))

    assert counts[0] == counts[1]
