"""Bytes → grids: XLSX, old XLS, CSV in whichever encoding and with whichever separator, and pasted cells."""

from pathlib import PurePath

from django.utils.translation import gettext as _

from measures.sheets.guard import FILE_LIMIT, SheetError, check_workbook, unreadable
from measures.sheets.read import OLD_OFFICE, WALKED_LIMIT, ZIP
from measures.sheets.text_files import decoded, records, separator_of
from measures.sheets.workbook import COLUMNS_READ, grid_of_sheet, open_workbook
from measures.takeover.comments import comments_of
from measures.takeover.grid import Grid, Merge, address
from measures.takeover.old import read_old

ROWS_LIMIT = 10_000
SHEETS_LIMIT = 60


def open_file(content: bytes, name: str) -> list[Grid]:
    """Every sheet of the file. Raises SheetError, which says what is wrong."""
    if len(content) > FILE_LIMIT:
        raise SheetError(_("The file is larger than 5 MB. Upload it in parts."))
    if content.startswith(ZIP):
        grids = _open_workbook(content)
    elif content.startswith(OLD_OFFICE):
        grids = read_old(content, rows_limit=ROWS_LIMIT, columns_limit=COLUMNS_READ)
    else:
        grids = [_read_text(decoded(content)[0], PurePath(name).stem)]
    if len(grids) > SHEETS_LIMIT or sum(len(grid.cells) for grid in grids) > ROWS_LIMIT:
        raise SheetError(
            _("This file has more than %(limit)s rows. Upload it in parts.") % {"limit": f"{ROWS_LIMIT:,}"}
        )
    return grids


def open_paste(text: str, name: str) -> list[Grid]:
    """Cells that were copied from a sheet: tabs between them, and quotation marks around line breaks."""
    return [_read_text(text, name)]


def _open_workbook(content: bytes) -> list[Grid]:
    check_workbook(content)
    grids = []
    try:
        reader = open_workbook(content)
        for sheet in reader.wb.worksheets:
            found = grid_of_sheet(reader, sheet, ROWS_LIMIT + 1)
            merges = [Merge(*bounds) for bounds in found.merges]
            beyond = [address(row, column) for row, column in found.beyond]
            grids.append(
                Grid(sheet.title, found.cells, merges, comments_of(content, sheet), beyond, reader.wb.epoch)
            )
    except SheetError:
        raise
    # A broken workbook makes openpyxl fail in as many ways as there are to break one.
    except Exception as error:
        raise SheetError(unreadable()) from error
    return grids


def _read_text(text: str, name: str) -> Grid:
    """The cells of the text. Empty lines count too: a file of a few bytes can have millions."""
    cells: dict[int, dict[int, object]] = {}
    beyond: list[str] = []
    for number, record in enumerate(records(text, separator_of(text)), 1):
        if number > WALKED_LIMIT or len(cells) > ROWS_LIMIT:
            raise SheetError(
                _("This file has more than %(limit)s rows. Upload it in parts.")
                % {"limit": f"{ROWS_LIMIT:,}"}
            )
        found: dict[int, object] = {place: cell for place, cell in enumerate(record, 1) if cell}
        beyond += [
            address(number, place)
            for place, cell in found.items()
            if place > COLUMNS_READ and str(cell).strip()
        ]
        if found := {place: cell for place, cell in found.items() if place <= COLUMNS_READ}:
            cells[number] = found
    return Grid(name, cells, beyond=beyond)
