"""Bytes → rows of cells. Tells XLSX from CSV by content, and finds the rows of headings."""

import io
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import Any

from django.utils.translation import gettext as _
from openpyxl.utils.datetime import WINDOWS_EPOCH

from measures.reports.cells import FORMULA_STARTS
from measures.sheets.guard import SheetError, check_workbook, unreadable
from measures.sheets.looks import ERRORS, PICTURE, error_cell, picture_cell
from measures.sheets.text_files import SEPARATORS, decoded, records
from measures.sheets.workbook import COLUMNS_READ, is_filled, open_workbook, rows_of_sheet

ROWS_LIMIT = 5_000
# People put a title above the headings.
HEADING_WITHIN = 20
# Empty lines too: a file of a few bytes can have millions.
WALKED_LIMIT = 2_000_000
ZIP, OLD_OFFICE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
STRICT = b"http://purl.oclc.org/ooxml/spreadsheetml/main"
# A last line of our own: where it is not read as a line, a quotation mark before it is still open.
LAST_LINE = "\x1fend\x1f"
OWNERS_OF = re.compile(r"owners of ([a-z0-9-]+)")

type NumberedRows = Sequence[tuple[int, Sequence[object]]]
# How well a row would do as the headings: 0 for not at all. The best of the first rows is taken.
type HeadingRank = Callable[[Sequence[object]], int]


@dataclass(frozen=True)
class Sheet:
    """The headings, and the rows below that show something, each with the number that its sheet shows."""

    headings: Sequence[object]
    rows: NumberedRows
    rank: int
    epoch: datetime = WINDOWS_EPOCH
    name: str = ""


@dataclass
class SheetFile:
    """The sheets of a file that have headings, and the names of those that were left out.

    `owners` are the keys of owners by the names that they had when an export was made; `exported_from` is
    the address of its checklist.
    """

    sheets: list[Sheet] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    owners: Mapping[str, int] = field(default_factory=dict)
    exported_from: str = ""

    @property
    def first(self) -> Sheet:
        return self.sheets[0]


def read_file(content: bytes, rank: HeadingRank, no_heading: str = "") -> SheetFile:
    """Every sheet that has a row of headings. Raises SheetError, which says what is wrong.

    `no_heading` is the message where there are none; unless given, it says that a column of codes is missing.
    """
    if content.startswith(ZIP):
        found = _read_workbook(content, rank)
    elif content.startswith(OLD_OFFICE):
        raise SheetError(
            _("This file is in the old .xls format, or locked with a password. Save it as .xlsx without one.")
        )
    else:
        found = _read_text(content, rank)
    if not found.sheets:
        raise SheetError(no_heading or _no_heading())
    if sum(len(sheet.rows) for sheet in found.sheets) > ROWS_LIMIT:
        raise SheetError(_too_many())
    return found


def _read_workbook(content: bytes, rank: HeadingRank) -> SheetFile:
    check_workbook(content)
    found = SheetFile()
    try:
        _refuse_strict(content)
        reader = open_workbook(content)
        shown = [sheet for sheet in reader.wb.worksheets if sheet.sheet_state == "visible"]
        hidden = [sheet for sheet in reader.wb.worksheets if sheet.sheet_state != "visible"]
        _take(found, reader, shown, rank)
        for sheet in hidden:
            _take_owners(found, rows_of_sheet(reader, sheet, ROWS_LIMIT))
        if found.sheets:
            spare = SheetFile()
            _take(spare, reader, hidden, rank)
            found.left_out += [sheet.name for sheet in spare.sheets]
        else:
            _take(found, reader, hidden, rank)
    except SheetError:
        raise
    # A broken workbook makes openpyxl fail in as many ways as there are to break one.
    except Exception as error:
        raise SheetError(unreadable()) from error
    return found


def _refuse_strict(content: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if "xl/workbook.xml" in archive.namelist() and STRICT in archive.read("xl/workbook.xml"):
            raise SheetError(
                _(
                    "This file was saved as “Strict Open XML Spreadsheet”. "
                    "Save it as an ordinary Excel workbook (.xlsx), and upload it again."
                )
            )


def _take(found: SheetFile, reader: Any, sheets: list[Any], rank: HeadingRank) -> None:
    for sheet in sheets:
        rows = rows_of_sheet(reader, sheet, HEADING_WITHIN + ROWS_LIMIT + 1)
        if taken := _below_heading(rows, rank, reader.wb.epoch, sheet.title):
            found.sheets.append(taken)
        elif rows:
            found.left_out.append(sheet.title)
    # A sheet of instructions may name one column too.
    if any(sheet.rank > 1 for sheet in found.sheets):
        found.left_out += [sheet.name for sheet in found.sheets if sheet.rank == 1]
        found.sheets = [sheet for sheet in found.sheets if sheet.rank > 1]


def _take_owners(found: SheetFile, rows: NumberedRows) -> None:
    """Names and keys from the hidden sheet of an export's drop-down lists."""
    first = rows[0][1] if rows else ()
    marked = OWNERS_OF.fullmatch(str(first[3])) if len(first) > 3 else None
    if marked:
        found.exported_from = marked[1]
        found.owners = {str(name): key for _n, (_s, name, key, *_r) in rows if isinstance(key, int)}


def _read_text(content: bytes, rank: HeadingRank) -> SheetFile:
    walked = count()
    for text in decoded(content):
        for separator in SEPARATORS:
            rows, open_quote = _rows_of_text(text, separator, walked)
            if taken := _below_heading(rows, rank, WINDOWS_EPOCH, ""):
                if open_quote:
                    raise SheetError(
                        _(
                            "A quotation mark in row %(row)s is never closed. "
                            "Close it, and upload the file again."
                        )
                        % {"row": open_quote}
                    )
                return SheetFile([taken])
    return SheetFile()


def _rows_of_text(text: str, separator: str, walked: Iterator[int]) -> tuple[NumberedRows, int]:
    """The rows that show something; and the number of one with a quotation mark never closed, or 0."""
    rows: list[tuple[int, Sequence[object]]] = []
    number, record = 0, [""]
    for number, record in enumerate(records(f"{text}\n{LAST_LINE}", separator), 1):
        if next(walked) > WALKED_LIMIT:
            raise SheetError(_too_many())
        if record != [LAST_LINE] and len(rows) <= HEADING_WITHIN + ROWS_LIMIT:
            cells = [_text_cell(cell) for cell in record[:COLUMNS_READ]]
            if is_filled(cells):
                rows.append((number, cells))
    return rows, 0 if record == [LAST_LINE] else number


def _text_cell(cell: str) -> object:
    """A cell of a CSV file, without the apostrophe that our own put before what a spreadsheet might run."""
    if cell.startswith("'") and (cell[1:].startswith((*FORMULA_STARTS, "'")) or cell[1:] in ERRORS):
        return cell[1:]
    if cell.strip() in ERRORS:
        return error_cell(cell.strip())
    return picture_cell() if PICTURE.match(cell) else cell


def _below_heading(rows: NumberedRows, rank: HeadingRank, epoch: datetime, name: str) -> Sheet | None:
    ranks = [rank(cells) for _number, cells in rows[:HEADING_WITHIN]]
    if not any(ranks):
        return None
    place = ranks.index(max(ranks))
    return Sheet(rows[place][1], rows[place + 1 :], max(ranks), epoch, name)


def _too_many() -> str:
    return _("This file has more than %(limit)s rows. Upload it in parts.") % {"limit": f"{ROWS_LIMIT:,}"}


def _no_heading() -> str:
    return _("The file has no column “%(code)s”. Without it, nobody can tell which item a row is about.") % {
        "code": _("Code")
    }
