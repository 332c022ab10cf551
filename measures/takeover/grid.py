"""The cells of a sheet as they stand in it, whatever kind of file it came from."""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property

from openpyxl.utils import get_column_letter
from openpyxl.utils.datetime import WINDOWS_EPOCH

from measures.sheets.looks import Seen, Unusable
from measures.sheets.words import as_words
from measures.takeover.texts import kept

# Cells that merged ones reach down to: cells do not overlap in a sound file, so there are never more.
SPREAD_LIMIT = 1_000_000


@dataclass(frozen=True)
class Merge:
    """Cells that were made one, from the first to the last row and column, both included."""

    first_row: int
    last_row: int
    first_column: int
    last_column: int

    @property
    def width(self) -> int:
        return self.last_column - self.first_column + 1


@dataclass
class Grid:
    """One sheet: its cells by row and column, both counted from 1.

    `cells` are as they are written, so that of merged cells only the first is there; `spread` has the value
    of cells that were merged downwards in each row. `beyond`: cells that were not read, by their addresses.
    """

    name: str
    cells: dict[int, dict[int, object]]
    merges: list[Merge] = field(default_factory=list)
    comments: dict[str, str] = field(default_factory=dict)
    beyond: list[str] = field(default_factory=list)
    epoch: datetime = WINDOWS_EPOCH
    spread: dict[int, dict[int, object]] = field(init=False)

    def __post_init__(self) -> None:
        self.spread = {row: dict(cells) for row, cells in self.cells.items()}
        self._by_start = {(merge.first_row, merge.first_column): merge for merge in self.merges}
        self._filled: dict[int, dict[int, str]] = {}
        filled = sorted(self.cells)
        room = SPREAD_LIMIT
        for merge in self.merges:
            value = self.cells.get(merge.first_row, {}).get(merge.first_column)
            if merge.last_row <= merge.first_row or value is None:
                continue
            covered = filled[bisect_left(filled, merge.first_row) : bisect_right(filled, merge.last_row)]
            room -= len(covered)
            if room < 0:
                break
            for row in covered:
                self.spread[row].setdefault(merge.first_column, value)

    def text(self, row: int, column: int) -> str:
        """What the cell says, tidy; for a cell that was merged with those above it, what they say."""
        return grid_text(self.spread.get(row, {}).get(column))

    def own_text(self, row: int, column: int) -> str:
        """What is written in this very cell."""
        return grid_text(self.cells.get(row, {}).get(column))

    def filled(self, row: int) -> dict[int, str]:
        """The texts written in this row, by column, without those that only look filled."""
        if row not in self._filled:
            texts = {column: grid_text(cell) for column, cell in self.cells.get(row, {}).items()}
            self._filled[row] = {column: text for column, text in texts.items() if text}
        return dict(self._filled[row])

    def shown(self, row: int) -> dict[int, str]:
        """The same, with days as the sheet shows them: 2026年1月 above a column is its month."""
        texts = self.filled(row)
        for column in texts:
            cell = self.cells[row][column]
            if isinstance(cell, Seen) and isinstance(cell.value, date):
                texts[column] = cell.text
        return texts

    def merge_at(self, row: int, column: int) -> Merge | None:
        """The merged cells that this cell is the first of."""
        return self._by_start.get((row, column))

    @property
    def rows(self) -> list[int]:
        return sorted(self.cells)

    @cached_property
    def last_column(self) -> int:
        return max((column for cells in self.cells.values() for column in cells), default=0)


def grid_text(cell: object) -> str:
    """A cell's words, tidy; a day as 2026-06-30."""
    if isinstance(cell, str):
        return kept(cell)
    if cell is None:
        return ""
    value = cell.value if isinstance(cell, Seen) else cell
    if isinstance(value, date) and not isinstance(cell, Unusable):
        return (value.date() if isinstance(value, datetime) else value).isoformat()
    if isinstance(value, float) and not isinstance(cell, Seen | Unusable):
        return as_words(round(value, 10))
    return kept(as_words(cell))


def address(row: int, column: int) -> str:
    return f"{get_column_letter(column)}{row}"
