"""The acts of the loop, each done in the ledger and told to the plain model of `replay_model`."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import User

from measures.choices import ApplicationKind, ClosedBy, MilestoneAct, Role, Side, Status, Via
from measures.ledger.plans import carry_out, plan_bulk, plan_undo
from measures.models import (
    Application,
    AskedAlready,
    Batch,
    CannotAsk,
    Change,
    Checklist,
    Entry,
    Item,
    Milestone,
    NewEntry,
    NewStep,
    NoMilestoneNeeded,
    RuleRefused,
    write_entries,
)
from measures.reports.loop_rows import ApplicationState
from measures.rights.roles import Rights
from tests.make import TODAY, change, find_item, make_owner, make_user
from tests.replay_chasers import ToldChasers
from tests.replay_drawn import STEPS, Drawn
from tests.replay_model import Told
from tests.replay_receipts import ToldReceipts
from tests.replay_told import (
    ToldApplication,
    ToldEntry,
    ToldItem,
    ToldMilestone,
    ToldState,
    ToldStep,
    day_of,
)

UNITS = ("甲处", "乙处", "丙处")
REFUSALS = (RuleRefused, AskedAlready, CannotAsk, NoMilestoneNeeded)


class World:
    """Some items of a checklist whose units ask, and the model of them."""

    def __init__(self, checklist: Checklist, codes: Iterable[str], told: Told) -> None:
        self.checklist, self.codes, self.told = checklist, list(codes), told
        self.units = {name: make_owner(checklist, name) for name in UNITS}
        self.people = [
            make_user("office", checklist, Role.ADMINISTRATOR),
            make_user("colleague", checklist, Role.ADMINISTRATOR),
            make_user("unit", checklist, Role.EDITOR, self.units["甲处"]),
        ]
        self.rights = Rights(self.people[0])
        self.batches: list[Batch] = []
        self.entries: list[tuple[Entry, ToldEntry]] = []
        self.applications: list[tuple[Application, ToldApplication, ToldItem]] = []
        self.milestones: list[tuple[Milestone, ToldMilestone]] = []
        self.chasers = ToldChasers()
        self.receipts = ToldReceipts(checklist.receipts_from)

    def do(self, one: Drawn) -> None:
        """Do it both ways. What is refused changes nothing, in the ledger and in the model."""
        told, by = self.told.items[one.item], self.people[one.who]
        state = told.now
        due = None if one.days is None else TODAY + timedelta(one.days)
        match one.verb:
            case "status":
                self.edit(one.item, by, one.at, replace(state, status=one.status))
            case "due":
                self.edit(one.item, by, one.at, replace(state, due=due))
            case "hand over":
                self.edit(one.item, by, one.at, replace(state, owner=UNITS[one.nth % 3] if one.days else ""))
            case "cooperate":
                self.edit(one.item, by, one.at, replace(state, cooperating=one.units))
            case "entry":
                self.write(told, one, by)
            case "withdraw" if self.entries:
                self.withdraw(one, by)
            case "bulk":
                self.bulk({"due": due} if one.days else {"status": one.status}, one)
            case "undo" if self.batches:
                self.undo(one)
            case "ask":
                self.ask(told, one, by)
            case "milestone":
                self.add_milestone(told, one, by)
            case "step" if self.milestones:
                self.step(one, by)
            case "chase":
                self.chasers.chase(told, self.item(one.item), one.at, by=self.people[0], nth=one.nth)
            case "withdraw chaser" if self.chasers:
                self.chasers.withdraw(one.at, by=self.people[0], nth=one.nth)
            case "confirm":
                self.confirm(one, by)
            case "grant" | "return" | "take back" if waiting := self.waiting():
                self.decide(one, *waiting[one.nth % len(waiting)])

    def item(self, place: int) -> Item:
        return find_item(self.checklist, self.codes[place])

    def edit(self, place: int, by: User, at: datetime, after: ToldState) -> None:
        values: dict[str, Any] = {
            "status": after.status,
            "due": after.due,
            "owner": self.units.get(after.owner),
            "cooperating": tuple(self.units[name] for name in after.cooperating),
        }
        try:
            change(self.item(place), by=by, at=at, **values)
        except REFUSALS:
            return
        self.told.items[place].change(at, after, closed_by=self.closed_by(by))

    def closed_by(self, by: User) -> str:
        """How an item says that it was ended if this person ends it."""
        return "" if by == self.people[2] else ClosedBy.OFFICE

    def write(self, told: ToldItem, one: Drawn, by: User) -> None:
        """By the unit that leads, the office, or a cooperating unit; with a status where `days` is odd."""
        state = told.now
        side = (Side.OFFICE, Side.COOPERATING, Side.LEAD)[one.who]
        helping = sorted(state.cooperating)
        if not state.owner or (side == Side.COOPERATING and not helping):
            return
        unit = helping[one.nth % len(helping)] if side == Side.COOPERATING else state.owner
        text = "" if one.nth == 0 else f"进展{one.nth}"
        counts_on = day_of(one.at) - timedelta(one.nth % 2)
        after = replace(state, status=one.status) if one.days and one.days % 2 else state
        said = {"nothing_new": True} if not text else {"progress": text}
        values = {"status": after.status} if after != state else {}
        new = NewEntry.on(self.item(one.item), counts_on=counts_on, values=values, reason="为测试", **said)
        try:
            (made,) = write_entries(
                [new],
                side=side,
                by=by,
                at=one.at,
                via=Via.PAGE,
                unit=self.units[unit] if side == Side.COOPERATING else None,
            )
        except REFUSALS:
            return
        told.change(one.at, after, closed_by=self.closed_by(by))
        self.tell(told, made, ToldEntry(one.at, unit, side, counts_on, text))

    def tell(self, told: ToldItem, made: Entry, entry: ToldEntry) -> None:
        told.entries.append(entry)
        self.entries.append((made, entry))

    def withdraw(self, one: Drawn, by: User) -> None:
        made, told = self.entries[one.nth % len(self.entries)]
        if told.withdrawn_at is None:
            made.withdraw(by=by, at=one.at, reason="有误")
            told.withdrawn_at = one.at

    def bulk(self, values: dict[str, Any], one: Drawn) -> None:
        """By the office, all items at once; where `nth` is odd, with an entry for each that has an owner."""
        text = "成批填报" if one.nth % 2 else ""
        items = [self.item(place) for place in range(len(self.codes))]
        plan = plan_bulk(items, values, "", self.rights, progress=text)
        number = len(self.batches)
        self.carry_out(
            [planned.change for planned in plan.planned], one.at, via=Via.BULK, entries=plan.entries
        )
        for told in self.told.items:
            if text and not told.now.owner:
                continue
            after = replace(told.now, **values)
            told.change(one.at, after, closed_by=ClosedBy.OFFICE, batch=number)
            if text:
                made = Entry.objects.filter(item__measure__code=told.code).latest("pk")
                entry = ToldEntry(one.at, told.now.owner, Side.OFFICE, day_of(one.at), text, number)
                self.tell(told, made, entry)

    def undo(self, one: Drawn) -> None:
        place = one.nth % len(self.batches)
        batch, number = self.batches[place], len(self.batches)
        plan = plan_undo(batch, self.rights)
        changes = [planned.change for planned in plan.planned]
        self.carry_out(changes, one.at, via=Via.UNDO, undoes=batch, withdraws=plan.withdrawn > 0)
        for told in self.told.items:
            told.undo(one.at, place, number)
            for entry in told.entries:
                if entry.batch == place:
                    entry.withdrawn_at = entry.withdrawn_at or one.at

    def carry_out(self, changes: list[Change], at: datetime, **how: Any) -> None:
        """A batch that changes nothing is not kept, and has no number."""
        batch, _outcome = carry_out(
            changes, checklist=self.checklist, by=self.people[0], at=at, reason="为测试", **how
        )
        if batch:
            self.batches.append(batch)

    def ask(self, told: ToldItem, one: Drawn, by: User) -> None:
        new_due = None
        if one.kind == ApplicationKind.EXTEND:
            new_due = (told.now.due or TODAY) + timedelta(one.days or 1)
        side = Side.LEAD if one.who == 2 else Side.OFFICE
        try:
            made = Application.ask(
                self.item(one.item), one.kind, side=side, by=by, at=one.at, reason="已办结", new_due=new_due
            )
        except REFUSALS:
            return
        asked = ToldApplication(one.at, one.kind, side, told.now.due, new_due)
        told.applications.append(asked)
        self.applications.append((made, asked, told))

    def waiting(self) -> list[tuple[Application, ToldApplication, ToldItem]]:
        return [one for one in self.applications if one[1].state == ApplicationState.WAITING]

    def decide(self, one: Drawn, made: Application, asked: ToldApplication, told: ToldItem) -> None:
        """By the office; where it asked itself, by one hand or by its colleague."""
        by = self.people[one.who % 2]
        if one.verb == "take back":
            made.take_back(by=made.by, at=one.at)
            asked.state = ApplicationState.WITHDRAWN
        elif one.verb == "return":
            made.send_back(by=by, at=one.at, reason="材料不全")
            asked.state = ApplicationState.RETURNED
        else:
            made.grant(by=by, at=one.at, only_one=True)
            asked.state, asked.by_one_hand = ApplicationState.GRANTED, made.by_id == by.pk
            self.tell_grant(one.at, asked, told)
        asked.decided_at = one.at

    @staticmethod
    def tell_grant(at: datetime, asked: ToldApplication, told: ToldItem) -> None:
        becomes = {
            ApplicationKind.CLOSE: Status.DONE,
            ApplicationKind.STANDING: Status.STANDING,
            ApplicationKind.DROP: Status.DROPPED,
        }
        if asked.kind == ApplicationKind.EXTEND:
            after = replace(told.now, due=asked.new_due)
        else:
            after = replace(told.now, status=becomes[asked.kind])
        told.change(
            at,
            after,
            closed_by=ClosedBy.ONE_HAND if asked.by_one_hand else "",
            asked_on=day_of(asked.at) if asked.kind == ApplicationKind.CLOSE else None,
        )

    def confirm(self, one: Drawn, by: User) -> None:
        """What a unit read in its list just now, or hours before."""
        items = self.checklist.items.filter(measure__code__in=self.codes)
        seen = one.at - timedelta(hours=12 * (one.nth % 2)) + timedelta(microseconds=1)
        unit = self.units[UNITS[one.nth % 3]]
        self.receipts.confirm(items, self.told.items, unit, seen=seen, at=one.at, by=by)

    def add_milestone(self, told: ToldItem, one: Drawn, by: User) -> None:
        """Set by the office, proposed by the unit."""
        side = Side.LEAD if one.who == 2 else Side.OFFICE
        text, due = f"节点{one.nth}", TODAY + timedelta((one.days or 0) - 1)
        try:
            step = Milestone.add(self.item(one.item), text=text, due=due, side=side, by=by, at=one.at)
        except REFUSALS:
            return
        made = ToldMilestone(text, [ToldStep(one.at, "proposed" if one.who == 2 else "set", due)])
        told.milestones.append(made)
        self.milestones.append((step.milestone, made))

    def step(self, one: Drawn, by: User) -> None:
        """One of STEPS with one of the milestones; a refused one changes nothing."""
        number = one.nth + 6 * list(Status).index(one.status)
        made, told = self.milestones[number % len(self.milestones)]
        last, day = told.steps[-1], TODAY + timedelta(one.days or 0)
        act = STEPS[number % len(STEPS)]
        new = NewStep(MilestoneAct(act), len(told.steps), day=day, reason="为测试")
        side = Side.LEAD if one.who == 2 else Side.OFFICE
        try:
            made.take(new, side=side, by=by, at=one.at, only_one=True)
        except REFUSALS:
            return
        due = {"moved": day, "proposed": day, "move_granted": last.wanted}.get(act) or last.due
        wanted, done_on = day if act == "move_asked" else None, day if act == "done" else None
        told.steps.append(ToldStep(one.at, act, due, wanted, done_on))
