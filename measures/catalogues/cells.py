"""XLSX or CSV → the cells of each sheet, with what is merged, hidden or calculated."""

import io
from dataclasses import dataclass, field
from datetime import date, datetime, time

from django.utils.translation import gettext as _
from openpyxl import load_workbook
from openpyxl.cell.cell import Cell
from openpyxl.worksheet.worksheet import Worksheet

from measures.catalogues.outline import MEASURES_LIMIT
from measures.sheets.guard import FILE_LIMIT, SheetError, check_workbook, unreadable
from measures.sheets.text_files import decoded, records, separator_of

COLUMNS_LIMIT = 60
ROWS_LIMIT = MEASURES_LIMIT + 500
ZIP = b"PK\x03\x04"


@dataclass(frozen=True)
class Formula:
    """A cell that is calculated."""


@dataclass(frozen=True)
class Broken:
    """A cell that shows an error such as #REF!"""


type Value = str | int | float | date | time | Formula | Broken | None


@dataclass
class CellGrid:
    """The cells of one sheet by row and column, both from 1; empty ones are left out."""

    name: str
    cells: dict[int, dict[int, Value]] = field(default_factory=dict)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)

    @property
    def width(self) -> int:
        return max((max(row) for row in self.cells.values() if row), default=1)


def grids_of(content: bytes) -> list[CellGrid]:
    """The visible sheets of the file. Raises SheetError, which says what is wrong with the file itself."""
    if len(content) > FILE_LIMIT:
        raise SheetError(_("The file is larger than 5 MB."))
    if content.startswith(ZIP):
        check_workbook(content)
        try:
            book = load_workbook(io.BytesIO(content))
            found = [_grid(sheet) for sheet in book.worksheets if sheet.sheet_state == "visible"]
        except SheetError:
            raise
        # A broken workbook makes openpyxl fail in as many ways as there are to break one.
        except Exception as error:
            raise SheetError(unreadable()) from error
        return found
    return [_of_text(decoded(content)[0])]


def _grid(sheet: Worksheet) -> CellGrid:
    if sheet.max_row > ROWS_LIMIT:
        raise SheetError(_("A catalogue has at most %(limit)s rows.") % {"limit": f"{ROWS_LIMIT:,}"})
    grid = CellGrid(sheet.title)
    for row in sheet.iter_rows(max_col=min(sheet.max_column, COLUMNS_LIMIT)):
        for cell in row:
            if isinstance(cell, Cell) and cell.value is not None:
                grid.cells.setdefault(cell.row, {})[cell.column] = _value(cell)
    # A merged cell's value belongs to every row that it covers.
    for merged in sheet.merged_cells.ranges:
        value = grid.cells.get(merged.min_row, {}).get(merged.min_col)
        if value is not None and merged.min_col <= COLUMNS_LIMIT:
            for number in range(merged.min_row + 1, merged.max_row + 1):
                grid.cells.setdefault(number, {})[merged.min_col] = value
    grid.hidden_rows = {
        number for number, row in sheet.row_dimensions.items() if row.hidden and number in grid.cells
    }
    for column in sheet.column_dimensions.values():
        if column.hidden and column.min and column.max:
            grid.hidden_columns |= set(range(column.min, min(column.max, COLUMNS_LIMIT) + 1))
    return grid


def _value(cell: Cell) -> Value:
    if cell.data_type == "f":
        return Formula()
    if cell.data_type == "e":
        return Broken()
    value = cell.value
    if isinstance(value, datetime | date | time | int | float | str):
        return value
    return str(value)


def _of_text(text: str) -> CellGrid:
    grid = CellGrid("")
    for number, record in enumerate(records(text, separator_of(text)), 1):
        if number > ROWS_LIMIT:
            raise SheetError(_("A catalogue has at most %(limit)s rows.") % {"limit": f"{ROWS_LIMIT:,}"})
        row: dict[int, Value] = {
            place: Formula() if cell.startswith("=") else cell
            for place, cell in enumerate(record[:COLUMNS_LIMIT], 1)
            if cell
        }
        if row:
            grid.cells[number] = row
    return grid
