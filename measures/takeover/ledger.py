"""What was read of a ledger, as plain values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from measures.choices import Status
from measures.takeover.columns import LedgerColumn
from measures.takeover.dues import ReadDue
from measures.takeover.headings import Means
from measures.takeover.statuses import ReadStatus
from measures.takeover.units import ReadUnits


class Why(StrEnum):
    """Why a row was left out."""

    TITLE = "title"
    HEADING = "heading"
    SECTION = "section"
    TOTAL = "total"
    NOTE = "note"
    BLANK = "blank"
    NO_TABLE = "no_table"


@dataclass(frozen=True)
class LeftRow:
    """A row that is no item, with what it says."""

    row: int
    why: Why
    texts: Mapping[str, str]


@dataclass(frozen=True)
class LedgerRow:
    """One item. `texts` are by the names of their columns; `extras` by the headings of theirs."""

    row: int
    texts: Mapping[str, str]
    units: ReadUnits = field(default_factory=ReadUnits)
    due: ReadDue = field(default_factory=ReadDue)
    status: ReadStatus = field(default_factory=ReadStatus)
    progress: Mapping[str, str] = field(default_factory=dict)
    extras: Mapping[str, str] = field(default_factory=dict)

    @property
    def measure(self) -> str:
        return self.texts.get("measure", "")

    @property
    def levels(self) -> tuple[str, ...]:
        """From the coarsest to the finest; of four at most."""
        return tuple(text for place in "1234" if (text := self.texts.get(f"level{place}", "")))


@dataclass
class LedgerTable:
    """One table of a sheet: its columns, its items, and the rows between them."""

    first: int
    last: int
    heading_rows: tuple[int, int]
    columns: list[LedgerColumn]
    rows: list[LedgerRow] = field(default_factory=list)
    left: list[LeftRow] = field(default_factory=list)

    def has(self, role: Means) -> bool:
        return any(column.role is role for column in self.columns)


@dataclass
class LedgerSheet:
    """One sheet. Without tables it holds no items, and all of its rows are left out."""

    name: str
    year: int
    tables: list[LedgerTable] = field(default_factory=list)
    left: list[LeftRow] = field(default_factory=list)
    unit: str = ""
    comments: Mapping[str, str] = field(default_factory=dict)
    beyond: list[str] = field(default_factory=list)

    @property
    def rows(self) -> list[LedgerRow]:
        return [row for table in self.tables for row in table.rows]

    @property
    def left_rows(self) -> list[LeftRow]:
        return sorted(
            [*self.left, *(left for table in self.tables for left in table.left)], key=lambda left: left.row
        )


@dataclass
class Ledger:
    """A file as it was understood."""

    file: str
    year: int
    language: str
    sheets: list[LedgerSheet] = field(default_factory=list)

    @property
    def rows(self) -> list[LedgerRow]:
        return [row for sheet in self.sheets for row in sheet.rows]

    @property
    def units(self) -> dict[str, int]:
        """Every unit that is named, and in how many rows."""
        found: dict[str, int] = {}
        for row in self.rows:
            for name in dict.fromkeys([row.units.lead, *row.units.supporting]):
                if name:
                    found[name] = found.get(name, 0) + 1
        return found

    @property
    def dues(self) -> dict[str, date | None]:
        """What each wording of a due date was understood as."""
        return {row.due.text: row.due.day for row in self.rows if row.due.text}

    @property
    def statuses(self) -> dict[str, Status | None]:
        return {row.status.source: row.status.status for row in self.rows if row.status.source}
