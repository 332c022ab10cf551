"""Random walks of random people: nobody who acts for a unit finishes an item alone, whatever they try.

`make soak` walks ten thousand times; the suite a few dozen.
"""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

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
    Item,
    NewEntry,
    OwnApplication,
    RuleRefused,
    write_entries,
)
from measures.rights.roles import Rights
from tests.make import NOW, TODAY, change, find_item, make_owner, make_user
from tests.proofs import SOAK

pytestmark = pytest.mark.slow

WALKS = 10_000 if SOAK else 25
ENDED = (Status.DONE, Status.DROPPED)
WAYS = ("edit", "admin", "import", "bulk", "undo", "entry", "ask", "grant", "return", "withdraw", "extend")

steps = st.tuples(st.integers(0, 3), st.sampled_from(WAYS), st.sampled_from(Status), st.integers(-20, 60))
REFUSALS = (RuleRefused, AskedAlready, CannotAsk, DecidedAlready, OwnApplication)


class Walk:
    """Two of a unit and two administrators around one item, and what each has done so far."""

    def __init__(self, checklist: Checklist) -> None:
        owner = make_owner(checklist, "甲处")
        self.people = [
            make_user("unit 1", checklist, Role.EDITOR, owner),
            make_user("unit 2", checklist, Role.EDITOR, owner),
            make_user("office 1", checklist, Role.ADMINISTRATOR),
            make_user("office 2", checklist, Role.ADMINISTRATOR),
        ]
        self.checklist = checklist
        item = find_item(checklist)
        change(item, by=self.people[2], owner=owner, due=TODAY + timedelta(30), status=Status.IN_PROGRESS)

    @property
    def item(self) -> Item:
        return find_item(self.checklist)

    def take(self, who: int, way: str, status: Status, days: int) -> None:
        """Try one thing, as a page would let this person, or as somebody who goes around the page."""
        by, item = self.people[who], self.item
        try:
            with transaction.atomic():
                self._try(by, item, way, status, days)
        except REFUSALS:
            pass

    def _try(self, by: User, item: Item, way: str, status: Status, days: int) -> None:
        rights, due = Rights(by), TODAY + timedelta(days)
        new = Change(item.pk, item.version, {"status": status})
        waiting = Application.objects.filter(item=item).pending().order_by("-pk").first()
        match way:
            case "edit" | "admin":
                values = {"status": status} if days % 2 else {"due": due}
                item.change(values, version=item.version, by=by, at=NOW, via=Via.PAGE, reason="为测试")
            case "import":
                self._carry_out([new], by, Via.IMPORT)
            case "bulk":
                plan = plan_bulk([item], {"status": status}, "", rights)
                self._carry_out([one.change for one in plan.planned], by, Via.BULK)
            case "undo":
                batch = Batch.objects.order_by("-at", "-pk").first()
                if batch:
                    plan = plan_undo(batch, rights)
                    self._carry_out([one.change for one in plan.planned], by, Via.UNDO, undoes=batch)
            case "entry":
                entry = NewEntry.on(item, progress="x", values={"status": status}, reason="为测试")
                write_entries([entry], side=Side.LEAD, by=by, at=NOW, via=Via.PAGE)
            case "ask" | "extend":
                self._ask(by, item, way, status, days)
            case "grant" if waiting and rights.may_decide(self.checklist):
                waiting.grant(by=by, at=NOW, only_one=rights.alone_decides(self.checklist))
            case "return" if waiting and rights.may_decide(self.checklist):
                waiting.send_back(by=by, at=NOW, reason="x")
            case "withdraw" if waiting and waiting.by_id == by.pk:
                waiting.take_back(by=by, at=NOW)

    def _ask(self, by: User, item: Item, way: str, status: Status, days: int) -> None:
        kinds = {Status.DROPPED: ApplicationKind.DROP, Status.STANDING: ApplicationKind.STANDING}
        kind = ApplicationKind.EXTEND if way == "extend" else kinds.get(status, ApplicationKind.CLOSE)
        side = Rights(by).asking_side(item)
        if side:
            new_due = TODAY + timedelta(days) if way == "extend" else None
            Application.ask(item, kind, side=side, by=by, at=NOW, reason="x", new_due=new_due)

    def _carry_out(self, changes: list[Change], by: User, via: Via, undoes: Batch | None = None) -> None:
        carry_out(changes, checklist=self.checklist, by=by, at=NOW, via=via, reason="为测试", undoes=undoes)


@pytest.mark.parametrize("two_persons", [False, True], ids=["sign-off", "two persons"])
@pytest.mark.proof
@settings(
    max_examples=WALKS,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    database=None,
)
@given(walk=st.lists(steps, min_size=1, max_size=12))
def test_nobody_finds_a_way_to_finish_alone(
    checklist: Checklist, two_persons: bool, walk: list[tuple[int, str, Status, int]]
) -> None:
    with audited_transaction():
        Checklist.objects.update(signs_off=True, extends_by_request=True, two_persons=two_persons)
        checklist.refresh_from_db()
        people = Walk(checklist)
        for who, way, status, days in walk:
            before = people.item
            people.take(who, way, status, days)

            after = people.item
            ended = after.status in (*ENDED, Status.STANDING) and after.status != before.status
            moved = after.due != before.due
            if ended or moved:
                by_office = who >= 2
                decision = getattr(
                    Application.objects.filter(decision__state="granted").last(), "decision", None
                )
                granted = way == "grant" and decision is not None
                assert by_office
                if two_persons:
                    assert granted
                if granted:
                    assert decision is not None
                    assert decision.by_id != decision.application.by_id
        transaction.set_rollback(True)
