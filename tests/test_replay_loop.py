"""Random histories of updates, entries and withdrawals: what items derive, against a plain model."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from measures.choices import OWING_STATUSES, RUNNING_STATUSES, ApplicationKind, Role, Side, Status, Via
from measures.database.locks import audited_transaction
from measures.lights import end_of_day
from measures.models import (
    Application,
    AskedAlready,
    CannotAsk,
    Checklist,
    Entry,
    Item,
    Owner,
    Update,
    Withdrawal,
)
from measures.reports import build_report
from measures.reports.model import Reporting
from tests.make import NOW, TODAY, change, find_item, make_owner, make_user
from tests.proofs import share

pytestmark = pytest.mark.slow

DAYS = [TODAY + timedelta(days) for days in range(4)]
DAYS_BEGAN = end_of_day(TODAY - timedelta(1))
HISTORIES = settings(
    deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], database=None
)


@dataclass(frozen=True)
class Happened:
    """One act on the item, so many hours after the first day began; `back` hours later it is withdrawn."""

    hour: int
    status: Status | None = None
    nothing_new: bool = False
    back: int | None = None

    @property
    def at(self) -> datetime:
        return DAYS_BEGAN + timedelta(hours=self.hour)

    @property
    def withdrawn_at(self) -> datetime | None:
        return None if self.back is None else self.at + timedelta(hours=self.back)


hours = st.integers(0, 95)
histories = st.lists(
    st.builds(Happened, hours, st.sampled_from(Status))
    | st.builds(Happened, hours, nothing_new=st.booleans(), back=st.none() | st.integers(0, 40)),
    max_size=8,
).map(lambda acts: sorted(acts, key=lambda act: act.hour))


def write(history: Sequence[Happened], item: Item, owner: Owner, by: User) -> None:
    who = {"by": by, "by_name": "某人"}
    for act in history:
        if act.status is not None:
            Update.objects.create(item=item, at=act.at, status=act.status, owner=owner, via=Via.PAGE, **who)
            continue
        said = {"nothing_new": True} if act.nothing_new else {"progress": "开了会"}
        entry = Entry.objects.create(
            item=item,
            unit=owner,
            side=Side.LEAD,
            counts_on=act.at.date(),
            at=act.at,
            via=Via.PAGE,
            **said,
            **who,
        )
        if act.withdrawn_at:
            Withdrawal.objects.create(entry=entry, reason="有误", at=act.withdrawn_at, **who)


def counts(act: Happened, until: datetime | None) -> bool:
    withdrawn = act.withdrawn_at
    return act.status is None and (withdrawn is None or (until is not None and withdrawn >= until))


def expected(
    history: Sequence[Happened], since: datetime | None, until: datetime | None
) -> tuple[datetime | None, datetime | None]:
    """`last_entry_at` and `silent_since` of the item."""
    acts = [act for act in history if until is None or act.at < until]
    entries = [act.at for act in acts if counts(act, until)]
    as_entries = [act.at for act in acts if act.status is not None and since and act.at < since]
    last = max(entries, default=None) or max(as_entries, default=None)
    began = min((act.at for act in acts if act.status in RUNNING_STATUSES), default=None)
    return last, last or began


def expected_reporting(history: Sequence[Happened], until: datetime) -> Reporting:
    """Of the days from the second on: whether an entry was due, and given."""
    first = end_of_day(DAYS[0])
    before = [act.status for act in history if act.status is not None and act.at < first]
    within = [act.status for act in history if act.status is not None and first <= act.at < until]
    owes = bool({*before[-1:], *within} & set(OWING_STATUSES))
    entries = [act for act in history if first <= act.at < until and counts(act, until)]
    given_some = owes and bool(entries)
    return Reporting(
        due=int(owes),
        given=int(given_some),
        nothing_new=sum(act.nothing_new for act in entries),
        by_office=0,
        missing=() if given_some or not owes else ("1.1.1",),
    )


@pytest.mark.proof
@settings(HISTORIES, max_examples=share(1_250))
@given(history=histories, before=st.none() | hours)
def test_what_an_item_derives_is_what_its_rows_say(
    checklist: Checklist, administrator: User, history: list[Happened], before: int | None
) -> None:
    with transaction.atomic():
        owner = make_owner(checklist)
        since = None if before is None else Happened(before).at
        Checklist.objects.update(entries_from=since)
        items = checklist.items.filter(measure__code="1.1.1")
        write(history, items.get(), owner, administrator)
        items.derive()

        now = items.get()
        assert (now.last_entry_at, now.silent_since) == expected(history, since, None)
        for day in DAYS:
            then = items.as_of(day).get()
            assert (then.last_entry_at, then.silent_since) == expected(history, since, end_of_day(day))
        transaction.set_rollback(True)


@pytest.mark.proof
@settings(HISTORIES, max_examples=share(750))
@given(history=histories)
def test_a_report_counts_the_entries_due_and_given(
    checklist: Checklist, administrator: User, history: list[Happened]
) -> None:
    with transaction.atomic():
        owner = make_owner(checklist)
        items = checklist.items.filter(measure__code="1.1.1")
        write(history, items.get(), owner, administrator)
        if not any(act.status for act in history):
            Update.objects.create(
                item=items.get(), at=DAYS_BEGAN, owner=owner, via=Via.PAGE, by=administrator, by_name="某人"
            )

        for day in DAYS[1:]:
            report = build_report(
                items.as_of(day), checklist=checklist, as_of=day, since=DAYS[0], made_at=NOW, made_by="某人"
            )
            if report.rows[0].owner:
                assert report.reporting == expected_reporting(history, end_of_day(day))
        transaction.set_rollback(True)


@dataclass(frozen=True)
class Moved:
    """One act of the office or the unit on the due date, the status or an application, at an hour."""

    hour: int
    act: str
    days: int = 0

    @property
    def at(self) -> datetime:
        return DAYS_BEGAN + timedelta(hours=self.hour)


moves = st.lists(
    st.builds(
        Moved,
        hours,
        st.sampled_from(["due", "done", "reopen", "close", "extend", "grant", "return"]),
        st.integers(0, 4),
    ),
    max_size=9,
).map(lambda acts: sorted(acts, key=lambda act: act.hour))


class Told:
    """A plain model of one item: its state after each act, and its applications."""

    def __init__(self) -> None:
        self.due: date | None = None
        self.status = Status.IN_PROGRESS
        self.dues: list[date] = []
        self.extensions = 0
        self.done_on: date | None = None
        self.asked: list[dict[str, Any]] = []

    def set_due(self, due: date) -> None:
        if self.due and due > self.due:
            self.extensions += 1
        self.due = due
        self.dues.append(due)

    def set_status(self, status: Status, on: date) -> None:
        if status == Status.DONE and self.status != Status.DONE:
            self.done_on = on
        elif status != Status.DONE:
            self.done_on = None
        self.status = status

    @property
    def waits_in_time(self) -> bool:
        for one in self.asked:
            earlier = [
                other for other in self.asked if other["due"] == one["due"] and other["pk"] < one["pk"]
            ]
            in_time = one["due"] is not None and one["due"] == self.due and one["on"] <= one["due"]
            if one["open"] and in_time and not earlier:
                return True
        return False

    @property
    def derived(self) -> tuple[date | None, date | None, int, bool]:
        return self.done_on, self.dues[0] if self.dues else None, self.extensions, self.waits_in_time


def act_on(item: Item, move: Moved, told: Told, unit: User, office: User) -> None:
    """Do it both ways; what makes no sense is refused, and the model does not do it either."""
    on, due = move.at.date(), TODAY + timedelta(move.days)
    waiting = Application.objects.filter(item=item).pending().order_by("pk").first()
    match move.act:
        case "due" if due != item.due:
            change(item, by=office, at=move.at, due=due)
            told.set_due(due)
        case "done" | "reopen":
            status = Status.DONE if move.act == "done" else Status.IN_PROGRESS
            change(item, by=office, at=move.at, status=status)
            told.set_status(status, on)
        case "close" | "extend":
            kind = ApplicationKind(move.act)
            new_due = (
                item.due + timedelta(move.days + 1) if kind == ApplicationKind.EXTEND and item.due else None
            )
            try:
                made = Application.ask(
                    item, kind, side=Side.LEAD, by=unit, at=move.at, reason="x", new_due=new_due
                )
            except (AskedAlready, CannotAsk):
                return
            told.asked.append(
                {"pk": made.pk, "kind": kind, "due": item.due, "new": new_due, "on": on, "open": True}
            )
        case "grant" | "return" if waiting:
            asked = next(one for one in told.asked if one["pk"] == waiting.pk)
            asked["open"] = False
            if move.act == "return":
                waiting.send_back(by=office, at=move.at, reason="x")
            elif asked["kind"] == ApplicationKind.CLOSE:
                waiting.grant(by=office, at=move.at)
                told.set_status(Status.DONE, asked["on"])
            else:
                waiting.grant(by=office, at=move.at)
                if asked["new"] != told.due:
                    told.set_due(asked["new"])


@pytest.mark.proof
@settings(HISTORIES, max_examples=share(1_250))
@given(walk=moves)
def test_dates_extensions_and_the_clock_are_what_the_rows_say_on_any_day(
    checklist: Checklist, administrator: User, walk: list[Moved]
) -> None:
    with audited_transaction():
        owner = make_owner(checklist)
        unit = make_user("unit", checklist, Role.EDITOR, owner)
        told, expected_by = Told(), {}
        items = checklist.items.filter(measure__code="1.1.1")
        change(find_item(checklist), by=administrator, at=DAYS_BEGAN, owner=owner, status=Status.IN_PROGRESS)
        for day in DAYS:
            for move in walk:
                if move.at.date() == day:
                    act_on(find_item(checklist), move, told, unit, administrator)
            expected_by[day] = told.derived

        for day in DAYS:
            then = items.as_of(day).get()
            assert (then.done_on, then.first_due, then.extensions, then.asked_in_time) == expected_by[day]
        now = items.get()
        assert (now.done_on, now.first_due, now.extensions, now.asked_in_time) == told.derived
        transaction.set_rollback(True)
