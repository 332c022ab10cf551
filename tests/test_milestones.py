"""Milestones: the office sets them, lead units propose them, and any past day is told from their steps."""

import json
from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from measures.choices import Audited, Light, MilestoneAct, Role, Side, Status
from measures.ledger.milestones import milestones_of
from measures.loop.milestones import milestone_acts
from measures.loop.rules import Rules
from measures.models import (
    AuditRecord,
    Checklist,
    Item,
    Milestone,
    MilestoneMoved,
    MilestoneStep,
    NewStep,
    NoMilestoneNeeded,
    OwnApplication,
    Owner,
    RuleRefused,
    TooManyMilestones,
)
from measures.models.milestones import MILESTONES_LIMIT
from measures.querysets.append_only import AppendOnlyError
from tests.make import NOW, TODAY, change, find_item, make_user

DAY = timedelta(1)
Act = MilestoneAct


@pytest.fixture
def item(checklist: Checklist, owner: Owner, administrator: User) -> Item:
    """1.1.1 is at work and the editor's, under all the rules."""
    change(find_item(checklist), by=administrator, owner=owner, status=Status.IN_PROGRESS, at=NOW - 9 * DAY)
    Checklist.objects.update(signs_off=True, extends_by_request=True)
    return find_item(checklist)


def add(item: Item, by: User, *, side: Side = Side.OFFICE, days: int = 5, **said: Any) -> MilestoneStep:
    given: Any = {"text": "印发方案", "due": TODAY + timedelta(days), "at": NOW} | said
    return Milestone.add(item, side=side, by=by, **given)


def take(last: MilestoneStep, act: Act, by: User, *, side: Side = Side.OFFICE, **said: Any) -> MilestoneStep:
    given: Any = {"at": NOW, "only_one": False} | {
        name: said.pop(name) for name in ("at", "only_one") if name in said
    }
    if act in (Act.DONE, Act.MOVED, Act.MOVE_ASKED, Act.PROPOSED):
        said = {"day": TODAY + 20 * DAY if act != Act.DONE else TODAY} | said
    new = NewStep(act, last.number, **({"reason": "文件未出"} | said))
    return last.milestone.take(new, side=side, by=by, **given)


def counted(item: Item) -> tuple[int, int, date | None]:
    item.refresh_from_db()
    return item.milestones_done, item.milestone_count, item.next_milestone


def test_what_the_office_sets_is_in_force_and_what_a_unit_proposes_once_the_office_accepts(
    item: Item, administrator: User, editor: User
) -> None:
    add(item, administrator, days=5)
    proposed = add(item, editor, side=Side.LEAD, days=2)
    assert counted(item) == (0, 1, TODAY + 5 * DAY)

    accepted = take(proposed, Act.ACCEPTED, administrator)
    assert counted(item) == (0, 2, TODAY + 2 * DAY)

    take(accepted, Act.DONE, editor, side=Side.LEAD)
    assert counted(item) == (1, 2, TODAY + 5 * DAY)


def test_a_proposal_is_changed_by_its_unit_until_it_is_accepted_also_after_it_was_returned(
    item: Item, administrator: User, editor: User
) -> None:
    proposed = add(item, editor, side=Side.LEAD)
    returned = take(proposed, Act.RETURNED, administrator, reason="太晚")
    again = take(returned, Act.PROPOSED, editor, side=Side.LEAD, text="开会", day=TODAY + DAY, reason="")

    accepted = take(again, Act.ACCEPTED, administrator)

    assert (accepted.text, accepted.due) == ("开会", TODAY + DAY)
    with pytest.raises(RuleRefused):
        take(accepted, Act.PROPOSED, editor, side=Side.LEAD)


def test_a_unit_asks_to_move_what_is_in_force_and_the_office_decides(
    item: Item, administrator: User, editor: User
) -> None:
    step = add(item, administrator)
    with pytest.raises(RuleRefused):
        take(step, Act.MOVED, editor, side=Side.LEAD)
    asked = take(step, Act.MOVE_ASKED, editor, side=Side.LEAD)
    assert (asked.due, asked.wanted) == (TODAY + 5 * DAY, TODAY + 20 * DAY)
    returned = take(asked, Act.MOVE_RETURNED, administrator, reason="不同意")
    assert (returned.due, returned.wanted) == (TODAY + 5 * DAY, None)

    granted = take(take(returned, Act.MOVE_ASKED, editor, side=Side.LEAD), Act.MOVE_GRANTED, administrator)

    assert (granted.due, granted.wanted) == (TODAY + 20 * DAY, None)
    assert counted(item) == (0, 1, TODAY + 20 * DAY)


def test_nobody_decides_on_what_they_asked_for_unless_they_are_the_only_one(
    item: Item, administrator: User
) -> None:
    proposed = add(item, administrator, side=Side.LEAD)
    with pytest.raises(OwnApplication):
        take(proposed, Act.ACCEPTED, administrator)
    assert take(proposed, Act.ACCEPTED, administrator, only_one=True).by_one_hand

    Checklist.objects.update(two_persons=True)
    with pytest.raises(OwnApplication):
        take(add(item, administrator, side=Side.LEAD), Act.ACCEPTED, administrator, only_one=True)


def test_what_somebody_else_did_first_is_never_overwritten(
    item: Item, administrator: User, editor: User
) -> None:
    step = add(item, administrator)
    take(step, Act.DONE, editor, side=Side.LEAD)

    with pytest.raises(MilestoneMoved):
        take(step, Act.MOVED, administrator)


# What each side may do after each kind of last act: done, moved by oneself, asked to move, withdrawn.
@pytest.mark.no_database
@pytest.mark.parametrize(
    ("side", "rules", "moves", "asks"),
    [
        (Side.OFFICE, Rules(), True, False),
        (Side.LEAD, Rules(), True, False),
        (Side.OFFICE, Rules(extends_by_request=True), True, False),
        (Side.LEAD, Rules(extends_by_request=True), False, True),
        (Side.OFFICE, Rules(signs_off=True, extends_by_request=True, two_persons=True), False, True),
        (Side.COOPERATING, Rules(), False, False),
    ],
)
def test_who_moves_a_milestone_is_what_the_rules_say(
    side: Side, rules: Rules, moves: bool, asks: bool
) -> None:
    for last in (Act.SET, Act.ACCEPTED, Act.REOPENED, Act.MOVED, Act.MOVE_RETURNED):
        allowed = milestone_acts(last, side, rules)
        assert (Act.MOVED in allowed, Act.MOVE_ASKED in allowed) == (moves, asks)
        assert (Act.WITHDRAWN in allowed) == (side == Side.OFFICE)
        assert (Act.DONE in allowed) == (side != Side.COOPERATING)
    for last in (Act.DONE, Act.WITHDRAWN, Act.PROPOSED, Act.RETURNED):
        assert not milestone_acts(last, side, rules) & {Act.MOVED, Act.MOVE_ASKED}
    assert not milestone_acts(Act.WITHDRAWN, side, rules)


def test_any_past_day_is_told_from_the_steps_alone(item: Item, administrator: User, editor: User) -> None:
    step = add(item, administrator, at=NOW - 6 * DAY, days=-3)
    done = take(step, Act.DONE, editor, side=Side.LEAD, at=NOW - 4 * DAY)
    reopened = take(done, Act.REOPENED, administrator, at=NOW - 2 * DAY)
    take(reopened, Act.WITHDRAWN, administrator, at=NOW)

    told = [
        item.checklist.items.as_of(TODAY - timedelta(days)).get(pk=item.pk) for days in (7, 6, 4, 2, 1, 0)
    ]

    assert [(one.milestones_done, one.milestone_count) for one in told] == [
        *((0, 0), (0, 1), (1, 1), (0, 1), (0, 1), (0, 0)),
    ]
    states = [
        [str(shown.state) for shown in milestones_of(item, on=day, as_of=day).present]
        for day in (TODAY - timedelta(days) for days in (7, 5, 4, 2, 0))
    ]
    assert states == [[], ["open"], ["done"], ["missed"], []]


def test_a_missed_milestone_shows_in_the_reason_of_the_light_and_changes_no_light(
    item: Item, administrator: User
) -> None:
    before = item.lit(TODAY)
    add(item, administrator, days=-2)
    item.refresh_from_db()

    with translation.override("en"):
        lit = item.lit(TODAY)

    assert (before.light, before.reason) == (Light.GREEN, "")
    assert (lit.light, lit.reason) == (Light.GREEN, "milestone of November 22 missed")
    assert item.lit(TODAY - 2 * DAY) == before
    missed = item.checklist.items.milestone_missed(on=TODAY)
    assert list(missed) == [item]
    for status in (Status.DONE, Status.DROPPED):
        change(find_item(item.checklist), by=administrator, status=status)
        assert not missed.all().exists()
        assert find_item(item.checklist).lit(TODAY).reason == ""


def test_an_item_takes_fifty_milestones_and_none_once_it_has_ended(item: Item, administrator: User) -> None:
    last = [add(item, administrator, text=f"第{number}步") for number in range(MILESTONES_LIMIT)][-1]
    with pytest.raises(TooManyMilestones):
        add(item, administrator)
    take(last, Act.WITHDRAWN, administrator)
    add(item, administrator)

    change(find_item(item.checklist), by=administrator, status=Status.DONE)
    with pytest.raises(NoMilestoneNeeded):
        add(item, administrator)


def test_milestones_change_neither_state_nor_version_nor_journal(item: Item, administrator: User) -> None:
    before = (item.version, item.updated_at, item.state(), item.updates.count())

    take(add(item, administrator), Act.DONE, administrator)

    now = find_item(item.checklist)
    assert (now.version, now.updated_at, now.state(), now.updates.count()) == before


def test_the_audit_trail_tells_each_step(item: Item, administrator: User, editor: User) -> None:
    asked = take(add(item, administrator), Act.MOVE_ASKED, editor, side=Side.LEAD)
    take(asked, Act.MOVE_GRANTED, administrator, reason="")

    added, *changed = AuditRecord.objects.filter(action__startswith="milestone").order_by("pk")
    due, later = "2026-11-29", "2026-12-14"
    assert added.action == Audited.MILESTONE_ADDED
    assert json.loads(added.after) == {"act": "set", "milestone": "印发方案", "due": due}
    assert [json.loads(one.after) for one in changed] == [
        {"act": "move_asked", "milestone": "印发方案", "due": due, "new_due": later, "reason": "文件未出"},
        {"act": "move_granted", "milestone": "印发方案", "due": later},
    ]


@pytest.mark.parametrize(
    "said", [{"text": ""}, {"text": "字" * 201}, {"due": date(1999, 12, 31)}, {"due": date(2101, 1, 1)}]
)
def test_the_database_refuses_what_no_form_would_take(
    item: Item, administrator: User, said: dict[str, Any]
) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        add(item, administrator, **said)


def test_a_step_comes_once_and_needs_what_its_act_needs(item: Item, administrator: User) -> None:
    step = add(item, administrator)
    for changed in (
        {"number": 1},
        {"act": Act.DONE},
        {"wanted": TODAY},
        {"act": Act.WITHDRAWN},
        {"side": "cooperating"},
    ):
        values = {
            name: getattr(step, name) for name in ("milestone", "act", "side", "text", "due", "at", "by")
        }
        with pytest.raises(IntegrityError), transaction.atomic():
            MilestoneStep(**({"number": 2, "by_name": "x"} | values | changed)).save()
    with pytest.raises(ValueError, match="needs a reason"):
        take(step, Act.WITHDRAWN, administrator, reason=" ")


@pytest.mark.parametrize("model", [Milestone, MilestoneStep])
def test_nobody_changes_or_deletes_a_row_of_it_not_even_by_sql(
    item: Item, administrator: User, model: Any
) -> None:
    add(item, administrator)
    with pytest.raises(AppendOnlyError):
        model.objects.all().delete()
    with pytest.raises(AppendOnlyError):
        model.objects.first().save()
    table = model._meta.db_table
    for statement in (f"UPDATE {table} SET id = id + 1000", f"DELETE FROM {table}"):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            connection.cursor().execute(statement)


def test_an_items_milestones_take_one_query_however_many_they_are(
    item: Item, administrator: User, checklist: Checklist
) -> None:
    make_user("colleague", checklist, Role.ADMINISTRATOR)
    counts = []
    for number in (1, 9):
        for _one in range(number):
            take(add(item, administrator), Act.DONE, administrator)
        with CaptureQueriesContext(connection) as queries:
            milestones_of(item, on=TODAY)
        counts.append(len(queries))

    assert counts == [1, 1]
