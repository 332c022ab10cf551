"""XLSX → rows of cells as people see them: merged cells, formulas, errors and formats included."""

import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from defusedxml.ElementTree import iterparse
from openpyxl.cell.text import Text
from openpyxl.reader.excel import ExcelReader
from openpyxl.styles.numbers import BUILTIN_FORMATS_MAX_SIZE, builtin_format_code
from openpyxl.utils import range_boundaries
from openpyxl.utils.escape import unescape
from openpyxl.worksheet._reader import FORMULA_TAG, INLINE_STRING, WorkSheetParser
from openpyxl.xml.constants import SHARED_STRINGS, SHEET_MAIN_NS

from measures.sheets.looks import (
    EAST_ASIAN,
    ERRORS,
    PICTURE,
    error_cell,
    formula_cell,
    picture_cell,
    seen_number,
)

COLUMNS_READ = 100
SURROGATES = re.compile("[\ud800-\udfff]")

type Cells = list[object]
# Parts of openpyxl that its types do not tell of.
type Opened = Any


class ExactReader(ExcelReader):
    """openpyxl's reader, except for texts: it takes «x005F_» out of them and leaves «_x000D_» in."""

    def read_strings(self) -> None:
        package: Any = self.package
        part = package.find(SHARED_STRINGS)
        if part is None:
            return
        with self.archive.open(part.PartName[1:]) as source:
            for _event, node in iterparse(source, forbid_dtd=True):
                if node.tag == f"{{{SHEET_MAIN_NS}}}si":
                    self.shared_strings.append(_text(node))
                    node.clear()


class CellParser(WorkSheetParser):
    """openpyxl's parser of one sheet, with each cell as people see it. `merged_cells` is known at the end."""

    def __init__(self, source: Any, book: Any) -> None:
        super().__init__(source, book.shared_strings, data_only=True, epoch=book.wb.epoch)
        self.book = book.wb

    def parse_cell(self, element: Any) -> dict[str, Any]:
        cell: dict[str, Any] = super().parse_cell(element)
        cell["value"] = self._seen(element, cell)
        return cell

    def _seen(self, element: Any, cell: dict[str, Any]) -> object:
        kind, value = element.get("t", "n"), cell["value"]
        if kind == "inlineStr":
            child = element.find(INLINE_STRING)
            value = None if child is None else _text(child)
        elif kind == "str" and value is not None:
            value = _unescaped(value)
        formula = element.find(FORMULA_TAG)
        words = "" if formula is None else formula.text or ""
        if PICTURE.match(words) or (isinstance(value, str) and PICTURE.match(value)):
            return picture_cell()
        if value is not None and (kind == "e" or (kind == "str" and value in ERRORS)):
            # A picture or a linked record that Excel puts into a cell looks like an error to other programs.
            return picture_cell() if element.get("vm") else error_cell(str(value))
        if formula is not None and value is None and kind != "str":
            return formula_cell(words)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return seen_number(value, self._format(cell["style_id"]), self.epoch)
        return value

    def _format(self, style: int) -> str:
        if style >= len(self.book._cell_styles):
            return "General"
        number = self.book._cell_styles[style].numFmtId
        if number >= BUILTIN_FORMATS_MAX_SIZE:
            return str(self.book._number_formats[number - BUILTIN_FORMATS_MAX_SIZE])
        return EAST_ASIAN.get(number) or str(builtin_format_code(number))


def _text(node: Any) -> str:
    text: Any = Text.from_tree(node)
    return _unescaped(str(text.content))


def _unescaped(text: str) -> str:
    # Half a character, which no database takes, can be written as an escape.
    return SURROGATES.sub("\ufffd", unescape(text))


def open_workbook(content: bytes) -> Opened:
    """openpyxl's reader with the workbook read, except for its sheets."""
    reader = ExactReader(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
    reader.read()
    return reader


@dataclass
class SheetCells:
    """The cells of a sheet by row and column, as they are written; merged ones by their first and last rows
    and columns; and those that stand too far to the right to be read.
    """

    cells: dict[int, dict[int, object]]
    merges: list[tuple[int, int, int, int]]
    beyond: list[tuple[int, int]]


def grid_of_sheet(reader: Opened, sheet: Opened, limit: int) -> SheetCells:
    """Up to `limit` rows that have a cell with something in it, be it spaces only."""
    found = SheetCells({}, [], [])
    with sheet._get_source() as source:
        parser = CellParser(source, reader)
        for number, cells in parser.parse():
            row = {cell["column"]: cell["value"] for cell in cells if cell["value"] is not None}
            found.beyond += [
                (number, place) for place in row if place > COLUMNS_READ and is_filled([row[place]])
            ]
            if taken := {place: value for place, value in row.items() if place <= COLUMNS_READ}:
                found.cells[number] = taken
                if len(found.cells) >= limit:
                    break
    if parser.merged_cells:
        for merge in parser.merged_cells.mergeCell:
            left, top, right, bottom = range_boundaries(merge.ref)
            if left and top and right and bottom:
                found.merges.append((top, bottom, left, right))
    return found


def rows_of_sheet(reader: Opened, sheet: Opened, limit: int) -> list[tuple[int, Cells]]:
    """Up to `limit` rows that have a cell with something in it, each with its number.

    A merged cell's value is in every row that it covers; in its first column only.
    """
    with sheet._get_source() as source:
        parser = CellParser(source, reader)
        rows: list[tuple[int, Cells]] = []
        for number, cells in parser.parse():
            found: Cells = [None] * COLUMNS_READ
            for cell in cells:
                if cell["column"] <= COLUMNS_READ:
                    found[cell["column"] - 1] = cell["value"]
            if is_filled(found):
                rows.append((number, found))
                if len(rows) >= limit:
                    break
    rows.sort(key=lambda row: row[0])
    if parser.merged_cells:
        _spread(rows, (merge.ref for merge in parser.merged_cells.mergeCell))
    return rows


def is_filled(cells: Iterable[object]) -> bool:
    """Whether one of the cells shows something: spaces, whatever their width, do not."""
    return any(
        cell is not None
        and (not isinstance(cell, str) or cell.strip(" \t\r\n\u200b\u200c\u200d\u2060\ufeff").strip())
        for cell in cells
    )


def _spread(rows: list[tuple[int, Cells]], merges: Iterable[str]) -> None:
    by_column: dict[int, list[tuple[int, int]]] = {}
    for merge in merges:
        column, first, _last_column, last = range_boundaries(merge)
        # Whole columns and rows have no bounds; spreadsheets merge none.
        if column and first and last and column <= COLUMNS_READ and last > first:
            by_column.setdefault(column - 1, []).append((first, last))
    for column, spans in by_column.items():
        _spread_down(rows, column, iter(sorted(spans)))


def _spread_down(rows: list[tuple[int, Cells]], column: int, spans: Iterator[tuple[int, int]]) -> None:
    span = next(spans, None)
    value: object = None
    for number, cells in rows:
        while span and number > span[1]:
            span = next(spans, None)
        if span is None:
            return
        if number == span[0]:
            value = cells[column]
        elif number > span[0] and cells[column] is None:
            cells[column] = value
