"""What happened to some items, told in plain lists: `replay_model` says what follows from it on a day."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from measures.choices import ApplicationKind, ClosedBy, Side, Status
from measures.reports.loop_rows import ApplicationState

ZONE = ZoneInfo("Asia/Shanghai")
ENDED = (Status.DONE, Status.STANDING, Status.DROPPED)


def day_of(moment: datetime) -> date:
    return moment.astimezone(ZONE).date()


@dataclass(frozen=True)
class ToldState:
    """An item's state; units by their names."""

    status: Status = Status.NOT_STARTED
    due: date | None = None
    owner: str = ""
    cooperating: frozenset[str] = frozenset()


@dataclass(frozen=True)
class ToldUpdate:
    """A change of the state. `asked_on` is the day of the application that it grants."""

    at: datetime
    state: ToldState
    closed_by: str = ""
    batch: int | None = None
    undoes: bool = False
    asked_on: date | None = None


@dataclass
class ToldEntry:
    at: datetime
    unit: str
    side: Side
    counts_on: date
    progress: str
    batch: int | None = None
    withdrawn_at: datetime | None = None

    @property
    def nothing_new(self) -> bool:
        return not self.progress

    def was_withdrawn(self, until: datetime) -> bool:
        return self.withdrawn_at is not None and self.withdrawn_at < until

    def is_valid(self, until: datetime) -> bool:
        """Whether a report of that day counts it: one written later counts unless it was withdrawn."""
        return self.withdrawn_at is None or self.at < until <= self.withdrawn_at


@dataclass
class ToldApplication:
    at: datetime
    kind: ApplicationKind
    side: Side
    due: date | None
    new_due: date | None
    state: ApplicationState = ApplicationState.WAITING
    decided_at: datetime | None = None
    by_one_hand: bool = False

    def state_at(self, until: datetime) -> ApplicationState:
        decided = self.decided_at is not None and self.decided_at < until
        return self.state if decided else ApplicationState.WAITING


# What each act makes of a milestone; those that are not here leave it open.
BECOMES = {"proposed": "proposed", "returned": "returned", "done": "done", "withdrawn": "withdrawn"}


@dataclass(frozen=True)
class ToldStep:
    """An act on a milestone, and what its date is afterwards."""

    at: datetime
    act: str
    due: date
    wanted: date | None = None
    done_on: date | None = None

    @property
    def state(self) -> str:
        return BECOMES.get(self.act, "open")


@dataclass
class ToldMilestone:
    """Its steps lie in order of time."""

    text: str
    steps: list[ToldStep]

    def last(self, until: datetime) -> ToldStep | None:
        return next((one for one in reversed(self.steps) if one.at < until), None)


@dataclass
class ToldItem:
    """One item. `practice`: its measure is a standing practice. What was done lies in order of time."""

    code: str
    practice: bool
    updates: list[ToldUpdate] = field(default_factory=list)
    entries: list[ToldEntry] = field(default_factory=list)
    applications: list[ToldApplication] = field(default_factory=list)
    milestones: list[ToldMilestone] = field(default_factory=list)

    @property
    def now(self) -> ToldState:
        return self.updates[-1].state if self.updates else ToldState()

    def change(
        self,
        at: datetime,
        after: ToldState,
        *,
        closed_by: str = "",
        batch: int | None = None,
        undoes: bool = False,
        asked_on: date | None = None,
    ) -> bool:
        """Return whether anything changed. `closed_by` holds if this ends the item."""
        after = replace(after, cooperating=after.cooperating - {after.owner})
        if after == self.now:
            return False
        ends = after.status in ENDED and after.status != self.now.status
        if not ends or (self.practice and after.status == Status.STANDING):
            closed_by = ""
        self.updates.append(ToldUpdate(at, after, closed_by, batch, undoes, asked_on))
        return True

    def undo(self, at: datetime, undone: int, batch: int) -> bool:
        """Restore what was before a batch unless something else came after it."""
        if not self.updates or self.updates[-1].batch != undone:
            return False
        before = self.updates[-2].state if len(self.updates) > 1 else ToldState()
        return self.change(at, before, closed_by=ClosedBy.OFFICE, batch=batch, undoes=True)
