"""A change waits for the row's lock and then compares the version: nobody's text is overwritten."""

import threading
import time

import pytest
from django.contrib.auth.models import User
from django.db import connection, transaction

from measures.choices import Via
from measures.models import Checklist, Item, StaleVersion, Update
from tests.make import NOW, change, find_item

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_change_waits_for_a_writer_that_knows_nothing_of_the_audit_trails_lock(
    checklist: Checklist, administrator: User
) -> None:
    """The row's own lock counts: by raw SQL, as a repair at the database's prompt might be."""
    item = find_item(checklist)
    outcome: list[object] = []

    def change_it() -> None:
        try:
            outcome.append(
                item.change({"notes": "mine"}, version=1, by=administrator, at=NOW, via=Via.PAGE, reason="")
            )
        except Exception as error:
            outcome.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=change_it)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE measures_item SET version = 2, notes = 'theirs' WHERE id = %s", [item.pk])
        thread.start()
        time.sleep(0.5)
        assert not outcome, "it waits"
    thread.join(timeout=30)

    assert isinstance(outcome[0], StaleVersion)
    assert Item.objects.get(pk=item.pk).notes == "theirs"
    assert not Update.objects.exists()


def test_of_eight_who_change_one_item_at_once_one_wins_and_seven_are_told(
    checklist: Checklist, administrator: User
) -> None:
    item = find_item(checklist)
    won: list[int] = []
    told: list[int] = []
    start = threading.Barrier(8)

    def change_it(number: int) -> None:
        mine = Item.objects.get(pk=item.pk)
        start.wait()
        try:
            mine.change({"notes": str(number)}, version=1, by=administrator, at=NOW, via=Via.PAGE, reason="")
            won.append(number)
        except StaleVersion:
            told.append(number)
        finally:
            connection.close()

    threads = [threading.Thread(target=change_it, args=[number]) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)

    assert (len(won), len(told)) == (1, 7)
    assert Item.objects.get(pk=item.pk).notes == str(won[0])
    assert Update.objects.count() == 1


def test_two_who_change_two_items_in_opposite_order_do_not_wait_for_each_other_for_ever(
    checklist: Checklist, administrator: User
) -> None:
    """As two people do who save two rows of the admin's list, each its own change in one transaction."""
    failed: list[BaseException] = []
    start = threading.Barrier(2)

    def change_both(codes: tuple[str, str]) -> None:
        try:
            start.wait()
            with transaction.atomic():
                for code in codes:
                    change(find_item(checklist, code), by=administrator, notes="".join(codes))
                    time.sleep(0.2)
        except StaleVersion:
            pass  # the other was quicker, and this one is told
        except BaseException as error:
            failed.append(error)
        finally:
            connection.close()

    pair = ("1.1.1", "1.1.2")
    threads = [threading.Thread(target=change_both, args=[codes]) for codes in (pair, pair[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)

    assert not failed
    assert set(checklist.items.exclude(notes="").values_list("measure__code", flat=True)) == set(pair)
