"""The one way by which an item changes: locked, version-checked, journalled in the same transaction."""

import threading
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection
from pytest_django import DjangoAssertNumQueries

from measures.choices import Status, Via
from measures.models import Change, Checklist, Item, Owner, StaleVersion, change_items
from tests.make import NOW, change, find_item, make_owner


def test_a_stale_version_is_refused_and_names_what_is_true(checklist: Checklist, administrator: User) -> None:
    seen = find_item(checklist)
    change(find_item(checklist), by=administrator, notes="快")

    with pytest.raises(StaleVersion) as refusal:
        seen.change({"notes": "慢"}, version=1, by=administrator, at=NOW, via=Via.PAGE)

    assert refusal.value.item.notes == "快"
    assert find_item(checklist).updates.count() == 1


def test_an_update_never_stands_before_the_one_that_it_follows(
    checklist: Checklist, administrator: User
) -> None:
    change(find_item(checklist), by=administrator, at=NOW, notes="一")
    change(find_item(checklist), by=administrator, at=NOW - timedelta(hours=1), notes="二")

    assert [update.notes for update in find_item(checklist).updates.all()] == ["二", "一"]


def test_an_owner_of_another_checklist_is_refused(
    checklist: Checklist, stranger: User, administrator: User
) -> None:
    foreign = make_owner(Checklist.objects.get(slug="elsewhere"))

    with pytest.raises(ValueError, match="another checklist"):
        change(find_item(checklist), by=administrator, owner=foreign)


def test_an_unknown_field_is_refused(checklist: Checklist, administrator: User) -> None:
    with pytest.raises(ValueError, match="version"):
        change(find_item(checklist), by=administrator, version=7)


def test_the_newest_update_is_the_state_now(checklist: Checklist, owner: Owner, administrator: User) -> None:
    for values in ({"status": Status.BLOCKED}, {"owner": owner}, {"notes": "三"}, {"status": Status.DONE}):
        change(find_item(checklist), by=administrator, **values)

    item = find_item(checklist)
    newest = item.updates.first()
    assert newest is not None
    assert newest.state() == item.state()
    assert item.version == 5


def test_many_alike_changes_take_a_handful_of_statements(
    checklist: Checklist,
    owner: Owner,
    administrator: User,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    changes = [
        Change(item.pk, 1, {"status": Status.IN_PROGRESS, "owner": owner}) for item in Item.objects.all()
    ]

    # Two of them for what items derive; on PostgreSQL one more, for the lock of the audit trail.
    with django_assert_max_num_queries(12):
        outcome = change_items(changes, by=administrator, at=NOW, via=Via.BULK)

    assert len(outcome.written) == 12
    assert set(Item.objects.values_list("status", "owner", "version")) == {("in_progress", owner.pk, 2)}


def test_one_stale_item_does_not_hold_up_the_others(checklist: Checklist, administrator: User) -> None:
    first, second = find_item(checklist, "1.1.1"), find_item(checklist, "1.1.2")
    change(find_item(checklist, "1.1.1"), by=administrator, notes="先到")
    changes = [Change(item.pk, 1, {"status": Status.DONE}) for item in (first, second)]

    outcome = change_items(changes, by=administrator, at=NOW, via=Via.BULK)

    assert [item.pk for item in outcome.stale] == [first.pk]
    assert [update.item_id for update in outcome.written] == [second.pk]


@pytest.mark.django_db(transaction=True)
def test_of_two_who_save_at_once_exactly_one_wins() -> None:
    from tests.make import make_checklist, make_user

    item = find_item(make_checklist())
    people = [make_user(f"user{number}") for number in range(4)]
    start, won, refused = threading.Barrier(4), [], []

    def save(user: User) -> None:
        start.wait()
        try:
            Item.objects.get(pk=item.pk).change(
                {"notes": user.username}, version=1, by=user, at=NOW, via=Via.PAGE
            )
            won.append(user.username)
        except StaleVersion:
            refused.append(user.username)
        finally:
            connection.close()

    threads = [threading.Thread(target=save, args=[user]) for user in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert (len(won), len(refused)) == (1, 3)
    item.refresh_from_db()
    assert ([item.notes], item.updates.count()) == (won, 1)
