"""What a person says that a ledger means, put on top of what was understood of it."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date

from measures.takeover.columns import LedgerColumn
from measures.takeover.corrections import Corrections
from measures.takeover.grid import Grid
from measures.takeover.headings import Means, guesses
from measures.takeover.ledger import Ledger, LedgerSheet, LedgerTable
from measures.takeover.opening import open_file, open_paste
from measures.takeover.read import read_grids
from measures.takeover.texts import squeezed

# A column that is left out: the reader takes it for one with no part of its own.
OUT = "out"


@dataclass
class Corrected:
    """All that a person corrected.

    `columns` are by the signature of their table's headings and by letter, `statuses`, `units` and `dues` by
    what the sheet says. `unit` leads the rows that name none. `left_out` are signatures of whole tables,
    `known` those that were corrected another time. `names` are those of what is to be made.
    """

    columns: dict[str, dict[str, str]] = field(default_factory=dict)
    statuses: dict[str, str] = field(default_factory=dict)
    units: dict[str, str] = field(default_factory=dict)
    dues: dict[str, str] = field(default_factory=dict)
    unit: str = ""
    left_out: list[str] = field(default_factory=list)
    known: list[str] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)

    @classmethod
    def from_json(cls, kept: Mapping[str, object]) -> "Corrected":
        return cls(**kept)  # type: ignore[arg-type]

    def to_json(self) -> dict[str, object]:
        return asdict(self)

    @property
    def fingerprint(self) -> str:
        """A short text that differs as soon as a correction does."""
        return _hashed({name: value for name, value in self.to_json().items() if name != "names"})


@dataclass
class PlacedTable:
    """A table, with its sheet and that one's place in the file."""

    place: int
    grid: Grid
    sheet: LedgerSheet
    table: LedgerTable


@dataclass
class TableGroup:
    """The tables of a file below the same headings: a correction holds for all of them.

    `is_understood`: with its corrections there is a column of measures.
    """

    signature: str
    tables: list[PlacedTable] = field(default_factory=list)
    is_left_out: bool = False
    is_understood: bool = True

    @property
    def columns(self) -> list[LedgerColumn]:
        return self.tables[0].table.columns

    @property
    def row_count(self) -> int:
        return sum(len(one.table.rows) for one in self.tables)

    @property
    def is_taken(self) -> bool:
        return self.is_understood and not self.is_left_out


@dataclass
class ReadFile:
    """A file as it was read with somebody's corrections."""

    ledger: Ledger
    grids: list[Grid]
    groups: list[TableGroup]
    said: Corrected

    def taken(self) -> Iterator[tuple[TableGroup, PlacedTable]]:
        """The tables that are taken over, in the order of the file."""
        found = [(group, one) for group in self.groups if group.is_taken for one in group.tables]
        yield from sorted(found, key=lambda pair: (pair[1].place, pair[1].table.first))

    def meaning(self, group: TableGroup, column: LedgerColumn) -> str:
        """What the column is, in one word."""
        mine = self.said.columns.get(group.signature, {}).get(column.letter, "")
        return mine or column.name


def _hashed(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def signature_of(table: LedgerTable) -> str:
    """A short text for the headings of a table: the same headings in the same columns have the same."""
    return _hashed([(column.letter, squeezed(column.heading)) for column in table.columns])


def read_corrected(content: bytes, name: str, *, is_pasted: bool, today: date, said: Corrected) -> ReadFile:
    """What the file says, with these corrections. Raises SheetError."""
    grids = open_paste(content.decode(), name) if is_pasted else open_file(content, name)
    ledger = read_grids(grids, name, today=today)
    groups: dict[str, TableGroup] = {}
    for place, (grid, sheet) in enumerate(zip(grids, ledger.sheets, strict=True)):
        for table in sheet.tables:
            signature = signature_of(table)
            group = groups.setdefault(signature, TableGroup(signature))
            group.tables.append(PlacedTable(place, grid, sheet, table))
            group.is_left_out = signature in said.left_out
    found = ReadFile(ledger, grids, list(groups.values()), said)
    if any(said.columns.get(signature) for signature in groups):
        _correct(found, name, today)
    return found


def _correct(found: ReadFile, name: str, today: date) -> None:
    """Read the tables anew whose columns were corrected.

    The reader knows a correction by sheet and letter. A sheet that has tables with other headings is read for
    each of them alone.
    """
    for wanted in _readings(found):
        signatures = {signature for signature, _sheet in wanted}
        corrections: Corrections = {
            (sheet, letter): "extra" if meaning == OUT else meaning
            for signature, sheet in wanted
            for letter, meaning in found.said.columns[signature].items()
        }
        again = read_grids(found.grids, name, today=today, corrections=corrections)
        for group in found.groups:
            if group.signature in signatures:
                _replace(found, group, again)


def _readings(found: ReadFile) -> list[list[tuple[str, str]]]:
    """Which corrected tables, by signature and name of sheet, can be read together."""
    together: list[tuple[str, str]] = []
    alone: list[list[tuple[str, str]]] = []
    mixed: set[str] = set()
    for sheet in found.ledger.sheets:
        if len({signature_of(table) for table in sheet.tables}) > 1:
            mixed |= {signature_of(table) for table in sheet.tables}
    for group in found.groups:
        if not found.said.columns.get(group.signature):
            continue
        names = [(group.signature, one.sheet.name) for one in group.tables]
        if group.signature in mixed:
            alone.append(names)
        else:
            together += names
    return [*([together] if together else []), *alone]


def _replace(found: ReadFile, group: TableGroup, again: Ledger) -> None:
    """Put the tables as they were read anew in the place of the others."""
    for one in group.tables:
        corrected = again.sheets[one.place]
        new = next((other for other in corrected.tables if other.first == one.table.first), None)
        if new is None:
            group.is_understood = False
            continue
        one.sheet.tables = [new if other is one.table else other for other in one.sheet.tables]
        one.table = new


def how_guessed(column: LedgerColumn) -> str:
    """Where the meaning of a column comes from: said, heading or cells."""
    if column.is_corrected:
        return "said"
    names = column.heading.split("/")
    known = guesses(names[-1], tuple(names[:-1])) if column.heading else []
    if any(guess.role is column.role for guess in known):
        return "heading"
    return "unknown" if column.role is Means.EXTRA else "cells"
