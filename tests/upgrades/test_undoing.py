"""An upgrade undone: what lists sort by is as before, and whatever was written since is named, not lost."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.contrib.auth.models import User

from measures.choices import Status
from measures.editions.undoing import last_upgrade, touched_since, undo_upgrade
from measures.editions.upgrading import UpgradeRefused, upgrade
from measures.models import Checklist, EditionMapping, Item
from measures.querysets import loop
from measures.querysets.loop import DERIVED_FIELDS
from tests.make import change, find_item, write_entry
from tests.upgrades.drawn import ask, send_chaser, set_milestone
from tests.upgrades.make import DAY, LATER


def derived(checklist: Checklist) -> list[tuple[object, ...]]:
    return list(checklist.items.order_by("pk").values_list("pk", *DERIVED_FIELDS))


def write(item: Item, by: User, at: datetime) -> None:
    write_entry(item, by, at=at)


def edit(item: Item, by: User, at: datetime) -> None:
    change(item, by=by, at=at, notes="改过")


@pytest.mark.parametrize("few", [0, loop.FEW])
def test_when_and_by_whom_items_were_closed_is_as_before(
    worked_on: Checklist,
    mapping: EditionMapping,
    administrator: User,
    monkeypatch: pytest.MonkeyPatch,
    few: int,
) -> None:
    monkeypatch.setattr(loop, "FEW", few)
    Checklist.objects.filter(pk=worked_on.pk).update(signs_off=True)
    merged = find_item(worked_on, "2.1.1")
    change(merged, by=administrator, at=LATER - DAY, status=Status.DONE, due=None)
    before = derived(worked_on)
    closed = find_item(worked_on, "2.1.1")
    assert (closed.done_on, closed.closed_by) == ((LATER - DAY).date(), "office")

    edition = upgrade(worked_on, mapping, by=administrator, at=LATER, keeps={"2.1.1": "2.1.1"})
    upgraded = find_item(worked_on, "2.1.1")
    assert (upgraded.pk, upgraded.status) == (merged.pk, Status.BLOCKED)
    undo_upgrade(edition, by=administrator, at=LATER + 9 * DAY)

    assert derived(worked_on) == before
    Item.objects.everything.derive()
    assert derived(worked_on) == before
    between = Item.objects.as_of((LATER + DAY).date()).get(pk=merged.pk)
    assert (between.status, between.done_on) == (Status.BLOCKED, None)
    after = Item.objects.as_of((LATER + 9 * DAY).date()).get(pk=merged.pk)
    assert (after.status, after.done_on, after.closed_by) == (Status.DONE, (LATER - DAY).date(), "office")


@pytest.mark.any_engine
@pytest.mark.parametrize(
    ("act", "code"),
    [
        *[(write, "1.1.2"), (edit, "1.2.3"), (edit, "2.1.1")],
        *[(ask, "1.2.3"), (send_chaser, "2.1.1"), (set_milestone, "1.1.2")],
    ],
    ids=lambda one: getattr(one, "__name__", one),
)
def test_whatever_is_written_about_what_would_go_is_named(
    worked_on: Checklist,
    mapping: EditionMapping,
    administrator: User,
    act: Callable[[Item, User, datetime], None],
    code: str,
) -> None:
    edition = upgrade(worked_on, mapping, by=administrator, at=LATER)
    item = find_item(worked_on, code)
    if act is not edit and item.owner is None:
        change(item, by=administrator, at=LATER + DAY, owner=find_item(worked_on, "1.1.1").owner)
        item.refresh_from_db()
    act(item, administrator, LATER + DAY)

    assert touched_since(edition) == [code]
    with pytest.raises(UpgradeRefused, match=code):
        undo_upgrade(edition, by=administrator, at=LATER + 2 * DAY)
    worked_on.refresh_from_db()
    assert last_upgrade(worked_on) == edition
