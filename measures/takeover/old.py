"""Old XLS files → grids."""

import io

import xlrd
from django.utils.translation import gettext as _
from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH

from measures.sheets.guard import SheetError
from measures.sheets.looks import EAST_ASIAN, Seen, error_cell, seen_number
from measures.takeover.grid import Grid, Merge, address
from measures.takeover.texts import kept


def read_old(content: bytes, *, rows_limit: int, columns_limit: int) -> list[Grid]:
    """Every sheet. Raises SheetError, which says what is wrong."""
    try:
        book = _open(content)
        return [
            _read(book, book.sheet_by_index(place), rows_limit, columns_limit)
            for place in range(book.nsheets)
        ]
    except SheetError:
        raise
    except Exception as error:
        # A broken file makes the reader fail in as many ways as there are to break one.
        raise SheetError(
            _("This old .xls file cannot be read, or is locked with a password. Save it as .xlsx.")
        ) from error


def _open(content: bytes) -> xlrd.book.Book:
    # `ragged_rows`: no rectangle is laid out, so that two cells in opposite corners take no memory.
    try:
        return xlrd.open_workbook(
            file_contents=content, formatting_info=True, ragged_rows=True, logfile=io.StringIO()
        )
    except (NotImplementedError, IndexError, AssertionError, KeyError):
        # Styles that other programs write. Without them, merged cells and the looks of numbers are lost.
        return xlrd.open_workbook(file_contents=content, ragged_rows=True, logfile=io.StringIO())


def _read(book: xlrd.book.Book, sheet: xlrd.sheet.Sheet, rows_limit: int, columns_limit: int) -> Grid:
    cells: dict[int, dict[int, object]] = {}
    beyond = []
    for row in range(sheet.nrows):
        for column in range(sheet.row_len(row)):
            value = _value(book, sheet, row, column)
            if value is None:
                continue
            if column < columns_limit:
                cells.setdefault(row + 1, {})[column + 1] = value
            elif not isinstance(value, str) or kept(value):
                beyond.append(address(row + 1, column + 1))
        if len(cells) > rows_limit:
            break
    merges = [Merge(top + 1, below, left + 1, right) for top, below, left, right in sheet.merged_cells]
    comments = {
        address(row + 1, column + 1): kept(note.text) for (row, column), note in sheet.cell_note_map.items()
    }
    return Grid(sheet.name, cells, merges, comments, beyond, MAC_EPOCH if book.datemode else WINDOWS_EPOCH)


def _value(book: xlrd.book.Book, sheet: xlrd.sheet.Sheet, row: int, column: int) -> object:
    kind, value = sheet.cell_type(row, column), sheet.cell_value(row, column)
    if kind in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK):
        return None
    if kind == xlrd.XL_CELL_ERROR:
        return error_cell(xlrd.error_text_from_code.get(value, "#N/A"))
    if kind == xlrd.XL_CELL_BOOLEAN:
        return bool(value)
    if kind in (xlrd.XL_CELL_NUMBER, xlrd.XL_CELL_DATE):
        epoch = MAC_EPOCH if book.datemode else WINDOWS_EPOCH
        code = _format(book, sheet, row, column) or ("yyyy-mm-dd" if kind == xlrd.XL_CELL_DATE else "General")
        found = seen_number(float(value), code, epoch)
        return found if isinstance(found, Seen) or not isinstance(found, float) else value
    return str(value) or None


def _format(book: xlrd.book.Book, sheet: xlrd.sheet.Sheet, row: int, column: int) -> str:
    if not book.formatting_info:
        return ""
    style = book.xf_list[sheet.cell_xf_index(row, column)]
    return EAST_ASIAN.get(style.format_key) or str(book.format_map[style.format_key].format_str)
