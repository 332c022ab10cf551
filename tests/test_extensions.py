"""How often a due date was extended: an undo takes back the extensions that it undoes, and no others."""

from datetime import date, timedelta

import pytest
from django.contrib.auth.models import User

from measures.choices import Via
from measures.ledger.plans import carry_out, plan_bulk, plan_undo
from measures.models import Batch, Checklist
from measures.rights.roles import Rights
from tests.make import NOW, TODAY, change, find_item

CODES = ("1.1.1", "1.1.2")
LATER = TODAY + timedelta(30)


@pytest.fixture
def extended(checklist: Checklist, administrator: User) -> Batch:
    """1.1.1 and 1.1.2 were due today; a bulk edit extended both."""
    items = [find_item(checklist, code) for code in CODES]
    for item in items:
        change(item, by=administrator, due=TODAY)
    plan = plan_bulk(items, {"due": LATER}, "", Rights(administrator))
    changes = [planned.change for planned in plan.planned]
    batch, _outcome = carry_out(
        changes, checklist=checklist, by=administrator, at=NOW, via=Via.BULK, reason="统一延期"
    )
    assert batch
    return batch


def undo(batch: Batch, by: User) -> Batch:
    changes = [planned.change for planned in plan_undo(batch, Rights(by)).planned]
    made, _outcome = carry_out(
        changes, checklist=batch.checklist, by=by, at=NOW, via=Via.UNDO, reason="误改", undoes=batch
    )
    assert made
    return made


def extensions(checklist: Checklist) -> list[tuple[date | None, int]]:
    """The due date and the number of both items: what they hold is what today replays."""
    items = checklist.items.filter(measure__code__in=CODES).in_order()
    now = [(item.due, item.extensions) for item in items]
    assert [(item.due, item.extensions) for item in items.as_of(TODAY)] == now
    return now


def test_an_item_that_an_undo_left_alone_keeps_its_extension(
    extended: Batch, checklist: Checklist, administrator: User
) -> None:
    change(find_item(checklist, "1.1.1"), by=administrator, notes="另行商定")

    undo(extended, administrator)

    assert extensions(checklist) == [(LATER, 1), (TODAY, 0)]


def test_undoing_the_undo_counts_the_extension_again(
    extended: Batch, checklist: Checklist, administrator: User
) -> None:
    undone = undo(extended, administrator)
    assert extensions(checklist) == [(TODAY, 0), (TODAY, 0)]

    undo(undone, administrator)

    assert extensions(checklist) == [(LATER, 1), (LATER, 1)]


def test_undoing_a_date_that_was_brought_forward_extends_nothing(
    extended: Batch, checklist: Checklist, administrator: User
) -> None:
    item = find_item(checklist)
    earlier = plan_bulk([item], {"due": TODAY + timedelta(7)}, "", Rights(administrator))
    batch, _outcome = carry_out(
        [planned.change for planned in earlier.planned],
        checklist=checklist,
        by=administrator,
        at=NOW,
        via=Via.BULK,
        reason="提前",
    )
    assert batch

    undo(batch, administrator)

    assert extensions(checklist) == [(LATER, 1), (LATER, 1)]
