"""A save writes what many changes at once write, leaves the item as its row, and sends few statements."""

import pytest
from django.contrib.auth.models import User
from django.db import DatabaseError, connection
from django.db.models import Model
from django.test.utils import CaptureQueriesContext

from measures.choices import Side, Status, Via
from measures.database.rows import add_row, change_rows
from measures.models import Change, Checklist, Item, NewEntry, Owner, Update, change_items, write_entries
from measures.models.state import STATE_FIELDS, StateValue
from measures.querysets.loop import DERIVED_FIELDS
from tests.make import NOW, SignIn, change, find_item, make_catalogue, make_checklist, make_owner

HELD = (*STATE_FIELDS, *DERIVED_FIELDS, "version", "updated_at", "updated_by")


def columns(row: Model, *but: str) -> dict[str, object]:
    stored = type(row)._base_manager.filter(pk=row.pk).values().get()
    return {name: value for name, value in stored.items() if name not in ("id", *but)}


def test_one_who_saves_one_item_writes_what_one_writes_who_saves_two(
    checklist: Checklist, owner: Owner, administrator: User
) -> None:
    one, two, three = checklist.items.order_by("pk")[:3]
    values: dict[str, StateValue] = {
        "status": Status.BLOCKED,
        "owner": owner,
        "due": NOW.date(),
        "notes": "百分之%s",
    }

    def saved(*items: Item) -> list[Update]:
        changes = [Change(item.pk, 1, values) for item in items]
        return change_items(changes, by=administrator, at=NOW, via=Via.PAGE, reason="原因").written

    (alone,) = saved(one)
    first, second = saved(two, three)

    assert columns(alone, "item_id") == columns(first, "item_id") == columns(second, "item_id")
    same = [columns(item, "measure_id", "pillar_id") for item in (one, two, three)]
    assert same[0] == same[1] == same[2]


def test_an_item_in_hand_is_its_row_after_each_save(
    checklist: Checklist, owner: Owner, administrator: User
) -> None:
    item, other = find_item(checklist), make_owner(checklist, "二处")
    change(item, by=administrator, owner=owner, cooperating=(other,))
    # Somebody reports while the item is in hand.
    new = NewEntry(item.pk, progress="进展", version=item.version, values={})
    write_entries([new], side=Side.OFFICE, by=administrator, at=NOW, via=Via.PAGE)
    every: list[dict[str, StateValue]] = [
        {"notes": "一"},
        {"notes": "一"},  # nothing changes
        {"status": Status.DONE, "due": NOW.date()},
        {"owner": other, "cooperating": (owner,)},
        {"owner": None, "cooperating": ()},
    ]
    for values in every:
        item.change(values, version=item.version, by=administrator, at=NOW, via=Via.PAGE, reason="原因")
        row = Item.objects.get(pk=item.pk)
        assert {name: getattr(item, name) for name in HELD} == {name: getattr(row, name) for name in HELD}


def test_a_save_sends_as_many_statements_in_a_large_checklist(
    checklist: Checklist, administrator: User, sign_in: SignIn
) -> None:
    large = make_checklist("large", "大", make_catalogue(3, 3, 10, slug="large"))
    administrator.memberships.create(checklist=large, role="administrator")
    client = sign_in(administrator)
    counts = []
    for each, units in ((checklist, 1), (large, 20)):
        owners = [make_owner(each, f"{number}处") for number in range(units)]
        item = find_item(each)
        change(item, by=administrator, owner=owners[0], status=Status.IN_PROGRESS)
        sent = {"status": item.status, "owner": owners[0].pk, "cooperating": "", "notes": "第一次"}
        for version in (item.version, item.version + 1):  # the first makes the SQL that is kept
            with CaptureQueriesContext(connection) as captured:
                answer = client.post(
                    item.get_absolute_url(), sent | {"version": version, "notes": f"第{version}次"}
                )
            assert answer.status_code == 302
        counts.append(len(captured))
    # PostgreSQL is asked for a lock on the ledger; that on the chain comes with a query.
    assert counts[0] == counts[1] == 11 + (connection.vendor == "postgresql")


def test_a_row_that_is_gone_is_not_saved_as_if_it_were_there(
    checklist: Checklist, administrator: User
) -> None:
    item = find_item(checklist)
    item.pk = 10**9
    with pytest.raises(DatabaseError):
        change_rows([item], ["notes"])


def test_a_row_that_is_added_has_its_key(checklist: Checklist, administrator: User) -> None:
    item = find_item(checklist)
    update = Update(item=item, at=NOW, via=Via.PAGE, by=administrator, by_name="李", **item.columns())
    add_row(update)
    assert Update.objects.get(by_name="李") == update
    with pytest.raises(TypeError):
        update.save()
