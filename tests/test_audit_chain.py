"""The audit trail is an append-only chain: cutting, editing, moving or dropping a record is detected."""

import io
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, models, transaction
from pytest_django import Settings

from measures.choices import Audited
from measures.database import append_only
from measures.models import AuditRecord, Checklist, audit
from measures.querysets.append_only import AppendOnlyError
from tests.make import NOW

TABLE = append_only.AUDIT


def verify(head: str = "") -> str:
    said = io.StringIO()
    call_command("verify_audit", head=head, stdout=said)
    return said.getvalue()


def forge(*statements: str) -> None:
    """What an intruder with the database's password does: the guard off, raw SQL, the guard on."""
    with append_only.unguarded(TABLE), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


@pytest.fixture
def keys(checklist: Checklist, administrator: User) -> list[int]:
    """The keys of six consecutive records, after the one for opening the checklist."""
    for number in range(6):
        audit(Audited.EXPORTED, by=administrator, at=NOW, checklist=checklist, about=f"报告 {number}")
    return list(AuditRecord.objects.order_by("pk").values_list("pk", flat=True))[-6:]


def test_an_untouched_trail_is_intact_and_says_its_newest_hash(keys: list[int]) -> None:
    newest = AuditRecord.objects.get(pk=keys[-1])

    assert verify() == f"7 records, intact. Newest hash: {newest.hash}\n"
    assert "intact" in verify(newest.hash)
    assert "intact" in verify(AuditRecord.objects.get(pk=keys[2]).hash)


@pytest.mark.parametrize(
    "column", ["about", "by_name", "by_role", "address", "after", "before", "action", "via", "checklist_slug"]
)
def test_an_edited_record_is_found(keys: list[int], column: str) -> None:
    forge(f"UPDATE {TABLE} SET {column} = 'forged' WHERE id = {keys[3]}")

    with pytest.raises(CommandError, match=f"record {keys[3]} .*text was changed"):
        verify()


def test_an_edited_moment_or_author_is_found(keys: list[int]) -> None:
    with append_only.unguarded(TABLE):
        models.QuerySet(AuditRecord).filter(pk=keys[1]).update(at=NOW - timedelta(microseconds=1))
    with pytest.raises(CommandError, match=f"record {keys[1]} .*text was changed"):
        verify()

    forge(f"UPDATE {TABLE} SET by_id = NULL WHERE id = {keys[0]}")
    with pytest.raises(CommandError, match=f"record {keys[0]} .*text was changed"):
        verify()


def test_an_edited_record_with_its_own_hash_made_anew_is_found_at_the_next(keys: list[int]) -> None:
    record = AuditRecord.objects.get(pk=keys[3])
    record.about = "forged"
    forge(f"UPDATE {TABLE} SET about = 'forged', hash = '{record.own_hash()}' WHERE id = {keys[3]}")

    with pytest.raises(CommandError, match=f"record {keys[4]} .*does not follow"):
        verify()


def test_a_dropped_record_is_found(keys: list[int]) -> None:
    forge(f"DELETE FROM {TABLE} WHERE id = {keys[2]}")

    with pytest.raises(CommandError, match=f"record {keys[3]} .*does not follow"):
        verify()


def test_two_records_that_changed_places_are_found(keys: list[int]) -> None:
    forge(
        f"UPDATE {TABLE} SET id = -1 WHERE id = {keys[2]}",
        f"UPDATE {TABLE} SET id = {keys[2]} WHERE id = {keys[3]}",
        f"UPDATE {TABLE} SET id = {keys[3]} WHERE id = -1",
    )

    with pytest.raises(CommandError, match=f"record {keys[2]} .*does not follow"):
        verify()


def test_a_record_put_in_is_found(keys: list[int]) -> None:
    copied = AuditRecord.objects.filter(pk=keys[2]).values().get() | {"id": -5, "previous": "f" * 64}
    models.QuerySet(AuditRecord).create(**copied)

    with pytest.raises(CommandError, match="record -5"):
        verify()


def test_a_trail_cut_at_its_start_is_found(keys: list[int]) -> None:
    forge(f"DELETE FROM {TABLE} WHERE id < {keys[2]}")

    with pytest.raises(CommandError, match=f"record {keys[2]} .*no purge says"):
        verify()


def test_a_trail_cut_at_its_end_is_found_by_a_hash_kept_elsewhere(keys: list[int]) -> None:
    head = AuditRecord.objects.get(pk=keys[-1]).hash
    forge(f"DELETE FROM {TABLE} WHERE id >= {keys[4]}")

    assert "intact" in verify()
    with pytest.raises(CommandError, match="its end was cut off"):
        verify(head)


def test_a_trail_that_was_emptied_is_found_by_a_hash_kept_elsewhere(keys: list[int]) -> None:
    head = AuditRecord.objects.get(pk=keys[-1]).hash
    forge(f"DELETE FROM {TABLE}")

    with pytest.raises(CommandError, match="empty trail"):
        verify(head)


def test_the_database_refuses_two_records_that_follow_the_same_one(keys: list[int]) -> None:
    twin = AuditRecord.objects.filter(pk=keys[2]).values().get() | {"id": keys[-1] + 1}

    with pytest.raises(DatabaseError), transaction.atomic():
        models.QuerySet(AuditRecord).create(**twin)


@pytest.mark.parametrize("statement", [f"UPDATE {TABLE} SET about = 'forged'", f"DELETE FROM {TABLE}"])
def test_the_database_refuses_raw_sql(keys: list[int], statement: str) -> None:
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        connection.cursor().execute(statement)


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no TRUNCATE")
@pytest.mark.parametrize("table", append_only.TABLES)
def test_the_database_refuses_to_be_emptied_at_one_stroke(checklist: Checklist, table: str) -> None:
    # What the fixtures wrote waits for its foreign keys to be looked at; other tables point at some of these.
    connection.cursor().execute("SET CONSTRAINTS ALL IMMEDIATE")

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        connection.cursor().execute(f"TRUNCATE {table} CASCADE")


@pytest.mark.parametrize(
    "try_it",
    [
        lambda record: record.save(),
        lambda record: record.delete(),
        lambda record: AuditRecord.objects.update(about="forged"),
        lambda record: AuditRecord.objects.all().delete(),
        lambda record: AuditRecord.objects.bulk_update([record], ["about"]),
        lambda record: AuditRecord.objects.update_or_create(pk=record.pk, defaults={"about": "forged"}),
        lambda record: AuditRecord.objects.create(about="forged"),
        lambda record: AuditRecord.objects.bulk_create([AuditRecord(about="forged")]),
    ],
)
def test_the_code_refuses_before_the_database_is_asked(
    keys: list[int], try_it: Callable[[AuditRecord], Any]
) -> None:
    with pytest.raises(AppendOnlyError):
        try_it(AuditRecord.objects.get(pk=keys[0]))

    assert "intact" in verify()


@pytest.mark.django_db(transaction=True)
def test_records_added_at_the_same_time_make_one_chain(checklist: Checklist, administrator: User) -> None:
    failed: list[BaseException] = []

    def add_some() -> None:
        try:
            for number in range(10):
                audit(Audited.EXPORTED, by=administrator, at=NOW, about=str(number))
        except BaseException as error:
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=add_some) for _number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert not failed
    assert verify().startswith("61 records, intact")


def test_what_is_undone_leaves_no_record(keys: list[int], administrator: User) -> None:
    with transaction.atomic():
        audit(Audited.EXPORTED, by=administrator, at=NOW)
        transaction.set_rollback(True)

    assert AuditRecord.objects.order_by("pk").values_list("pk", flat=True).last() == keys[-1]


def test_the_trail_is_kept_for_ever_unless_told(keys: list[int]) -> None:
    said = io.StringIO()

    call_command("purge_audit", stdout=said)

    assert "for ever" in said.getvalue()
    assert AuditRecord.objects.count() == 7


def test_a_purge_takes_what_is_old_is_itself_recorded_and_leaves_a_chain(
    db: None, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.AUDIT_DAYS = 183
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    heads = {}
    for days in (400, 300, 184, 182, 1):
        heads[days] = audit(Audited.EXPORTED, at=NOW - timedelta(days=days), about=str(days)).hash

    call_command("purge_audit", stdout=io.StringIO())

    left = list(AuditRecord.objects.order_by("pk"))
    assert [record.about for record in left] == ["182", "1", ""]
    assert left[-1].action == Audited.AUDIT_PURGED
    assert heads[184] in left[-1].after
    assert verify(heads[1]).startswith("3 records, intact")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        connection.cursor().execute(f"DELETE FROM {TABLE}")

    forge(f"DELETE FROM {TABLE} WHERE about = '182'")
    with pytest.raises(CommandError, match="no purge says"):
        verify()


def test_a_second_purge_finds_nothing(db: None, settings: Settings) -> None:
    settings.AUDIT_DAYS = 183
    audit(Audited.EXPORTED, at=NOW - timedelta(days=4000))
    call_command("purge_audit", stdout=io.StringIO())
    said = io.StringIO()

    call_command("purge_audit", stdout=said)

    assert "No audit record is older" in said.getvalue()
    assert verify().startswith("1 records, intact")
