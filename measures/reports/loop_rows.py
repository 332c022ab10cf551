"""What a report lists of the loop between the office and the units, as plain values."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from django.utils.translation import pgettext_lazy

from measures.choices import ApplicationKind, DecisionState, MilestoneState
from measures.lights import days_late_when_done
from measures.texts import Label


@dataclass(frozen=True, kw_only=True)
class EntryRow:
    """One progress entry that counts for the days after `since` up to `as_of`; some were withdrawn."""

    code: str
    title: str
    unit: str
    at: datetime
    counts_on: date
    by: str
    side: str
    by_office: bool
    nothing_new: bool
    progress: str
    problems: str
    next_steps: str
    withdrawn: bool


class ApplicationState(StrEnum):
    """What had become of an application by the end of a report's day."""

    WAITING = "waiting"
    GRANTED = DecisionState.GRANTED.value
    RETURNED = DecisionState.RETURNED.value
    WITHDRAWN = DecisionState.WITHDRAWN.value

    @property
    def label(self) -> Label:
        waits = self == ApplicationState.WAITING
        return pgettext_lazy("application", "Waiting") if waits else DecisionState(self.value).label


@dataclass(frozen=True, kw_only=True)
class ApplicationRow:
    """One application that waited on any day after `since` up to `as_of`, or was decided on one of these.

    `owner` is the item's at the end of `as_of`. `due` is the due date that the item had when it was made;
    `new_due` is the one asked for, None unless it asks to extend. The fields from `decided_by` on are empty
    while it waits; `answer` says why it was returned.
    """

    code: str
    title: str
    owner: str
    kind: ApplicationKind
    side: str
    by: str
    at: datetime
    reason: str
    due: date | None
    new_due: date | None
    state: ApplicationState
    decided_by: str = ""
    decided_at: datetime | None = None
    answer: str = ""
    by_one_hand: bool = False


@dataclass(frozen=True, kw_only=True)
class ChaserRow:
    """One item of a chaser that waited on any day after `since` up to `as_of`.

    `level` is a ChaserLevel; `answered_at` the moment of the entry that answers, None while it waits or if it
    was withdrawn before, at `withdrawn_at`.
    """

    code: str
    title: str
    unit: str
    level: str
    text: str
    answer_by: date
    at: datetime
    by: str
    answered_at: datetime | None
    withdrawn_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class MilestoneRow:
    """One milestone of an item at the end of `as_of`, in force or proposed.

    `owner` is the item's on that day. `set_by` is the side that set or proposed it, in words. `first_due` is
    the date that it had at first, `wanted` the later one that was asked for and not yet decided on.
    """

    code: str
    title: str
    owner: str
    text: str
    due: date
    first_due: date
    state: MilestoneState
    done_on: date | None
    wanted: date | None
    set_by: str
    by: str
    at: datetime

    @property
    def days_late(self) -> int:
        """As `lights.days_late_when_done`."""
        return days_late_when_done(self.done_on, self.due)


@dataclass(frozen=True, kw_only=True)
class EvidenceRow:
    """A file or a link that had been added to an item and not withdrawn by the end of `as_of`.

    A file has a `name`, a `size` in bytes and its `sha256`; a link has none of them. `destroyed`: the
    operator had destroyed the file's content by then.
    """

    code: str
    title: str
    unit: str
    at: datetime
    by: str
    by_office: bool
    name: str
    link: str
    size: int
    sha256: str
    destroyed: bool
