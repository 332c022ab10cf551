"""Random walks of random people: nobody who acts for a unit finishes an item alone, whatever they try.

`make soak` walks ten thousand times; the suite 2 % of that.
"""

from collections.abc import Callable
from contextlib import ExitStack
from copy import copy
from datetime import date, timedelta

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from measures.choices import ApplicationKind, Role, Side, Status, Via
from measures.database.locks import audited_transaction
from measures.ledger.plans import carry_out, plan_bulk, plan_undo
from measures.models import (
    Application,
    AskedAlready,
    Batch,
    CannotAsk,
    Change,
    Checklist,
    DecidedAlready,
    Decision,
    Item,
    NewEntry,
    OwnApplication,
    RuleRefused,
    write_entries,
)
from measures.rights.roles import Rights
from tests.make import NOW, TODAY, change, find_item, make_owner, make_user
from tests.proofs import share

pytestmark = pytest.mark.slow

ENDED = (Status.DONE, Status.DROPPED, Status.STANDING)
REFUSALS = (RuleRefused, AskedAlready, CannotAsk, DecidedAlready, OwnApplication)
OFFICE = (2, 3)  # the first two act for the unit

type Act = Callable[[User, Item], None]

anybody = st.integers(0, 3)
statuses = st.sampled_from(Status)
days = st.integers(-20, 60).map(lambda number: TODAY + timedelta(number))


class People:
    """Two of a unit and two administrators around one item."""

    def __init__(self, checklist: Checklist) -> None:
        owner = make_owner(checklist, "甲处")
        roles = [*[(Role.EDITOR, owner)] * 2, *[(Role.ADMINISTRATOR, None)] * 2]
        self.users = [
            make_user(f"person {number}", checklist, role, acts_for)
            for number, (role, acts_for) in enumerate(roles)
        ]
        self.rights = {user: Rights(user) for user in self.users}
        self.checklist = checklist
        due = TODAY + timedelta(30)
        change(find_item(checklist), by=self.users[2], owner=owner, due=due, status=Status.IN_PROGRESS)


class Walk(RuleBasedStateMachine):
    """What they try, as a page would let them, or as somebody who goes around the page."""

    people: People

    def __init__(self) -> None:
        super().__init__()
        self.undone_at_the_end = ExitStack()
        self.undone_at_the_end.enter_context(transaction.atomic())
        self.checklist = self.people.checklist

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.undone_at_the_end.close()

    @initialize(two_persons=st.booleans())
    def begin(self, two_persons: bool) -> None:
        self.two_persons = two_persons
        Checklist.objects.update(signs_off=True, extends_by_request=True, two_persons=two_persons)

    @property
    def item(self) -> Item:
        return find_item(self.checklist)

    @rule(who=anybody, status=statuses)
    def set_a_status(self, who: int, status: Status) -> None:
        self.try_it(who, lambda by, item: self.edit(by, item, {"status": status}))

    @rule(who=anybody, due=days)
    def move_the_due_date(self, who: int, due: date) -> None:
        self.try_it(who, lambda by, item: self.edit(by, item, {"due": due}))

    @rule(who=anybody, status=statuses)
    def import_a_sheet(self, who: int, status: Status) -> None:
        def act(by: User, item: Item) -> None:
            self.carry_out([Change(item.pk, item.version, {"status": status})], by, Via.IMPORT)

        self.try_it(who, act)

    @rule(who=anybody, status=statuses)
    def edit_many(self, who: int, status: Status) -> None:
        def act(by: User, item: Item) -> None:
            plan = plan_bulk([item], {"status": status}, "", self.people.rights[by])
            self.carry_out([one.change for one in plan.planned], by, Via.BULK)

        self.try_it(who, act)

    @rule(who=anybody)
    def undo_the_last_batch(self, who: int) -> None:
        def act(by: User, item: Item) -> None:
            batch = Batch.objects.order_by("-at", "-pk").first()
            if batch:
                plan = plan_undo(batch, self.people.rights[by])
                self.carry_out([one.change for one in plan.planned], by, Via.UNDO, undoes=batch)

        self.try_it(who, act)

    @rule(who=anybody, status=statuses)
    def write_an_entry(self, who: int, status: Status) -> None:
        def act(by: User, item: Item) -> None:
            entry = NewEntry.on(item, progress="x", values={"status": status}, reason="为测试")
            write_entries([entry], side=Side.LEAD, by=by, at=NOW, via=Via.PAGE)

        self.try_it(who, act)

    @rule(who=anybody, kind=st.sampled_from(ApplicationKind), new_due=days)
    def ask(self, who: int, kind: ApplicationKind, new_due: date) -> None:
        def act(by: User, item: Item) -> None:
            side, wanted = (
                self.people.rights[by].asking_side(item),
                new_due if kind == ApplicationKind.EXTEND else None,
            )
            if side:
                Application.ask(item, kind, side=side, by=by, at=NOW, reason="x", new_due=wanted)

        self.try_it(who, act)

    @rule(who=anybody, verb=st.sampled_from(["grant", "grant", "return", "withdraw"]))
    def decide(self, who: int, verb: str) -> None:
        def act(by: User, item: Item) -> None:
            rights = self.people.rights[by]
            waiting = Application.objects.filter(item=item).pending().order_by("-pk").first()
            if waiting and verb == "withdraw" and waiting.by_id == by.pk:
                waiting.take_back(by=by, at=NOW)
            elif waiting and verb == "return" and rights.may_decide(self.checklist):
                waiting.send_back(by=by, at=NOW, reason="x")
            elif waiting and verb == "grant" and rights.may_decide(self.checklist):
                waiting.grant(by=by, at=NOW, only_one=rights.alone_decides(self.checklist))

        self.try_it(who, act)

    def try_it(self, who: int, act: Act) -> None:
        """Do it, and see whether an item that has ended, or moved, went past those who decide."""
        item = self.item
        before = copy(item)  # a change fills in the instance that it is made on
        try:
            with transaction.atomic():
                act(self.people.users[who], item)
        except REFUSALS:
            return
        after = self.item
        ended = after.status in ENDED and after.status != before.status
        if not ended and after.due == before.due:
            return
        assert who in OFFICE
        if self.two_persons:
            granted = Decision.objects.get(update=after.updates.latest("pk"))
            assert granted.by_id != granted.application.by_id

    @staticmethod
    def edit(by: User, item: Item, values: dict[str, object]) -> None:
        item.change(values, version=item.version, by=by, at=NOW, via=Via.PAGE, reason="为测试")  # type: ignore[arg-type]

    def carry_out(self, changes: list[Change], by: User, via: Via, undoes: Batch | None = None) -> None:
        carry_out(changes, checklist=self.checklist, by=by, at=NOW, via=via, reason="为测试", undoes=undoes)


@pytest.mark.proof
def test_nobody_finds_a_way_to_finish_alone(checklist: Checklist) -> None:
    with audited_transaction():
        Walk.people = People(checklist)
        run_state_machine_as_test(
            Walk,
            settings=settings(
                max_examples=share(10_000),
                stateful_step_count=6,
                deadline=None,
                database=None,
                suppress_health_check=list(HealthCheck),
            ),
        )
