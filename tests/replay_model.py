"""The loop of some items in plain Python: what follows on any day from what happened.

It knows no queries: it walks lists, and asks each thing that happened for its moment.
"""

from dataclasses import dataclass
from datetime import date, datetime

from measures.choices import OPEN_STATUSES, OWING_STATUSES, RUNNING_STATUSES, Side, Status
from measures.lights import Lit, Thresholds, days_late, end_of_day, light_of
from measures.progress import NOTHING_DUE, OnTime
from measures.reports.loop_rows import ApplicationState
from measures.reports.model import Reporting
from tests.replay_told import ToldApplication, ToldEntry, ToldItem, ToldMilestone, ToldState, ToldStep, day_of


@dataclass
class ToldDay:
    """An item at the end of a day: `until` is the first moment that no longer belongs to it.

    `entries_from`: before this moment, every update counted as an entry.
    """

    item: ToldItem
    until: datetime
    entries_from: datetime | None

    def __post_init__(self) -> None:
        self.updates = [one for one in self.item.updates if one.at < self.until]
        self.state = self.updates[-1].state if self.updates else ToldState()

    @property
    def last_entry(self) -> ToldEntry | None:
        valid = [
            one for one in self.item.entries if one.at < self.until and not one.was_withdrawn(self.until)
        ]
        return valid[-1] if valid else None

    @property
    def last_entry_at(self) -> datetime | None:
        if self.last_entry:
            return self.last_entry.at
        old = [one.at for one in self.updates if self.entries_from and one.at < self.entries_from]
        return max(old, default=None)

    @property
    def silent_since(self) -> datetime | None:
        ran = (one.at for one in self.updates if one.state.status in RUNNING_STATUSES)
        return self.last_entry_at or min(ran, default=None)

    @property
    def done_on(self) -> date | None:
        found: date | None = None
        for one in self.updates:
            done = one.state.status == Status.DONE
            found = (found or one.asked_on or day_of(one.at)) if done else None
        return found

    @property
    def closed_by(self) -> str:
        found, status = "", Status.NOT_STARTED
        for one in self.updates:
            if one.state.status != status:
                found, status = one.closed_by, one.state.status
        return found

    @property
    def first_due(self) -> date | None:
        return next((one.state.due for one in self.updates if one.state.due), None)

    @property
    def extensions(self) -> int:
        """An undo gives back the number from before what it undoes, and so does the undo of an undo."""
        number, other, due = 0, 0, None
        for one in self.updates:
            if one.undoes:
                number, other = other, number
            else:
                other = number
                number += bool(due and one.state.due and one.state.due > due)
            due = one.state.due
        return number

    @property
    def applications(self) -> list[ToldApplication]:
        """Those made for the present due date."""
        due = self.state.due
        return [one for one in self.item.applications if due and one.due == due and one.at < self.until]

    @property
    def asked_in_time(self) -> bool:
        """Only the first application for a due date stops the clock."""
        first = self.applications[0] if self.applications else None
        if first is None or first.due is None or day_of(first.at) > first.due:
            return False
        return first.state_at(self.until) == ApplicationState.WAITING

    @property
    def returned(self) -> bool:
        last = self.applications[-1] if self.applications else None
        return last is not None and last.state_at(self.until) == ApplicationState.RETURNED

    def milestones(self, *states: str) -> list[tuple[ToldMilestone, ToldStep]]:
        """Those that were in one of these states, each with its last step."""
        found = ((one, one.last(self.until)) for one in self.item.milestones)
        return [(one, last) for one, last in found if last and last.state in states]

    @property
    def milestone_count(self) -> int:
        return len(self.milestones("open", "done"))

    @property
    def milestones_done(self) -> int:
        return len(self.milestones("done"))

    @property
    def next_milestone(self) -> date | None:
        return min((last.due for _one, last in self.milestones("open")), default=None)

    def waiting(self) -> int:
        made = (one for one in self.item.applications if one.at < self.until)
        return sum(one.state_at(self.until) == ApplicationState.WAITING for one in made)

    def days_late(self, on: date) -> int:
        return days_late(self.state.status, self.state.due, on, asked=self.asked_in_time)

    def lit(self, on: date, thresholds: Thresholds) -> Lit:
        silent_from = day_of(self.silent_since) if self.silent_since else None
        return light_of(
            self.state.status,
            self.state.due,
            silent_from,
            on=on,
            thresholds=thresholds,
            asked=self.asked_in_time,
            returned=self.returned,
            milestone=self.next_milestone,
        )

    def on_time(self, on: date) -> OnTime:
        done, due, first = self.done_on, self.state.due, self.first_due
        if done:
            return OnTime(
                int(due is not None and done <= due),
                int(due is not None),
                int(first is not None and done <= first),
                int(first is not None),
            )
        late_at_first = first is not None and first < on and self.state.status in OPEN_STATUSES
        return OnTime(of=int(self.days_late(on) > 0), of_first=int(late_at_first))


@dataclass
class Told:
    """All items, and when the checklist began to have entries (None: from the beginning)."""

    items: list[ToldItem]
    entries_from: datetime | None = None

    def at(self, until: datetime) -> list[ToldDay]:
        return [ToldDay(item, until, self.entries_from) for item in self.items]

    def on(self, day: date) -> list[ToldDay]:
        return self.at(end_of_day(day))

    def on_time(self, day: date) -> OnTime:
        return sum((one.on_time(day) for one in self.on(day)), NOTHING_DUE)

    def reporting(self, since: date, day: date) -> Reporting | None:
        """Of the days after `since`; None where the checklist had no entries by then."""
        until = end_of_day(day)
        if self.entries_from is not None and self.entries_from >= until:
            return None
        owing, valid, missing = 0, [], []
        for then, now in zip(self.on(since), self.on(day), strict=True):
            ran = {then.state.status, *(one.state.status for one in now.updates if one.at >= then.until)}
            counting = [
                one for one in now.item.entries if since < one.counts_on <= day and one.is_valid(until)
            ]
            valid += counting
            if now.state.owner and ran & set(OWING_STATUSES):
                owing += 1
                if all(one.side == Side.COOPERATING for one in counting):
                    missing.append(now.item.code)
        return Reporting(
            due=owing,
            given=owing - len(missing),
            nothing_new=sum(one.nothing_new for one in valid),
            by_office=sum(one.side == Side.OFFICE for one in valid),
            missing=tuple(missing),
        )
