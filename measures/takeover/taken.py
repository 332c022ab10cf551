"""What a ledger becomes: a catalogue, items with their states, units and entries, as plain values."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date

from measures.choices import Cadence, Status
from measures.sheets.words import on_one_line

UNIT_LIMIT = 100


@dataclass(frozen=True)
class TakenEntry:
    """What a unit reported; `counts_on` is the last day of the month that it is about, or today."""

    counts_on: date
    progress: str = ""
    problems: str = ""
    next_steps: str = ""


@dataclass(frozen=True)
class TakenItem:
    """One row of the ledger. `place` is that of its sheet; `path` names its parts from the top down."""

    place: int
    row: int
    path: tuple[str, ...]
    number: str
    text: str
    cadence: Cadence
    status: Status
    due: date | None
    lead: str
    supporting: tuple[str, ...]
    leader: str
    target: str
    notes: str
    detail: str = ""
    entries: tuple[TakenEntry, ...] = ()


@dataclass
class UnitSaid:
    """A unit as the ledger names it, what it is to be called, and what is known of it."""

    said: str
    name: str
    count: int = 0


@dataclass
class UnitDetails:
    """What all rows of a unit say of it alike."""

    leader: str = ""
    contact: str = ""
    phone: str = ""


@dataclass
class StatusSaid:
    """Words of a status and what they mean. `guesses` are several where the progress decides.

    `chosen` is what a person said instead.
    """

    said: str
    guesses: list[Status] = field(default_factory=list)
    is_sure: bool = True
    chosen: Status | None = None
    count: int = 0

    @property
    def status(self) -> Status | None:
        """None where it depends on the row."""
        return self.chosen or (self.guesses[0] if len(self.guesses) == 1 else None)


@dataclass
class DueSaid:
    """Words of a due date, and the day that they mean, as they were understood or as a person said."""

    said: str
    day: date | None
    is_standing: bool
    is_sure: bool
    count: int = 0


@dataclass
class Taking:
    """All that would be written, and what would not."""

    title: str
    year: int
    language: str
    levels: list[str]
    items: list[TakenItem] = field(default_factory=list)
    units: dict[str, UnitSaid] = field(default_factory=dict)
    details: dict[str, UnitDetails] = field(default_factory=dict)
    statuses: dict[str, StatusSaid] = field(default_factory=dict)
    dues: dict[str, DueSaid] = field(default_factory=dict)
    kept: Counter[str] = field(default_factory=Counter)
    left_columns: Counter[str] = field(default_factory=Counter)
    mobile_phones: int = 0
    loose_comments: list[str] = field(default_factory=list)
    without_unit: int = 0

    @property
    def unit_names(self) -> list[str]:
        """The units to be made, in the order in which the ledger names them."""
        return list(dict.fromkeys(one.name for one in self.units.values() if one.name))

    @property
    def entry_count(self) -> int:
        return sum(len(item.entries) for item in self.items)

    @property
    def kept_count(self) -> int:
        return sum(self.kept.values())

    @property
    def kept_cells(self) -> list[tuple[str, int]]:
        """The headings of columns with cells that are kept in notes, and how many these are."""
        return [(heading, count) for heading, count in self.kept.items() if count]

    @property
    def left_cells(self) -> list[tuple[str, int]]:
        """The same of columns that a person left out."""
        return [(heading, count) for heading, count in self.left_columns.items() if count]


def cut(text: str, limit: int) -> str:
    """The text on one line, and no longer than this."""
    line = on_one_line(text)
    return line if len(line) <= limit else f"{line[: limit - 1]}…"
