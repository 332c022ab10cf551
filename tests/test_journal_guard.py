"""The journal only grows: neither the code nor raw SQL changes or deletes an update."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import DatabaseError, connection, models, transaction

from measures.choices import Status
from measures.models import Checklist, Item, Update
from measures.querysets.append_only import AppendOnlyError
from tests.make import change, find_item


@pytest.fixture
def update(checklist: Checklist, administrator: User) -> Update:
    written = change(find_item(checklist), by=administrator, status=Status.IN_PROGRESS, notes="开了会")
    assert written
    return written


@pytest.mark.parametrize(
    "statement", ["UPDATE measures_update SET notes = 'forged'", "DELETE FROM measures_update"]
)
def test_the_database_refuses_raw_sql(update: Update, statement: str) -> None:
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        connection.cursor().execute(statement)

    assert Update.objects.get().notes == "开了会"


@pytest.mark.parametrize(
    "go_round",
    [
        lambda updates: updates.update(notes="forged"),
        lambda updates: updates.all().delete(),
        lambda updates: updates.all()._raw_delete("default"),
    ],
)
def test_the_database_refuses_a_queryset_that_has_no_guard_of_its_own(
    update: Update, go_round: Callable[[Any], Any]
) -> None:
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        go_round(models.QuerySet(Update))

    assert Update.objects.get().notes == "开了会"


@pytest.mark.parametrize(
    "try_it",
    [
        lambda update: update.save(),
        lambda update: update.save(update_fields=["notes"]),
        lambda update: update.delete(),
        lambda update: Update.objects.update(notes="forged"),
        lambda update: Update.objects.filter(pk=update.pk).update(notes="forged"),
        lambda update: Update.objects.all().delete(),
        lambda update: Update.objects.bulk_update([update], ["notes"]),
        lambda update: Update.objects.update_or_create(pk=update.pk, defaults={"notes": "forged"}),
        lambda update: update.item.updates.all().delete(),
        lambda update: update.item.updates.update(notes="forged"),
    ],
)
def test_the_code_refuses_before_the_database_is_asked(
    update: Update, try_it: Callable[[Update], Any]
) -> None:
    update.notes = "forged"

    with pytest.raises(AppendOnlyError):
        try_it(update)

    assert Update.objects.get().notes == "开了会"


def test_an_item_with_updates_cannot_be_deleted(update: Update) -> None:
    with pytest.raises(models.ProtectedError):
        update.item.delete()

    assert Item.objects.filter(pk=update.item_id).exists()


def test_updates_outlive_the_account_of_their_author(update: Update, administrator: User) -> None:
    key, name = update.by_id, update.by_name

    administrator.delete()

    left = Update.objects.get()
    assert (left.by_id, left.by_name) == (key, name)
    assert find_item(left.item.checklist).updated_by is None


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("time", ["before a flush", "after a flush"])
def test_the_trigger_is_still_there(checklist: Checklist, administrator: User, time: str) -> None:
    """Between these two the tests' own flush takes the trigger away and must bring it back."""
    change(find_item(checklist), by=administrator, status=Status.DONE)

    with pytest.raises(DatabaseError, match="append-only"):
        connection.cursor().execute("DELETE FROM measures_update")
