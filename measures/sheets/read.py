"""Bytes → rows of cells. Tells XLSX from CSV by content, and finds the row of headings."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import count, islice
from typing import Any

from defusedxml.ElementTree import iterparse
from django.utils.translation import gettext as _
from openpyxl.cell.text import Text
from openpyxl.reader.excel import ExcelReader
from openpyxl.utils.datetime import WINDOWS_EPOCH
from openpyxl.utils.escape import unescape
from openpyxl.xml.constants import SHARED_STRINGS, SHEET_MAIN_NS

from measures.reports.cells import FORMULA_STARTS
from measures.sheets.guard import SheetError, check_workbook, unreadable

ROWS_LIMIT = 5_000
COLUMNS_READ = 100
# People put a title above the headings.
HEADING_WITHIN = 20
LAST_ROW = 1_048_576  # Excel's own
# Empty rows too, of all sheets: a file of a few bytes can have a million in each.
WALKED_LIMIT = 2_000_000
SEPARATORS = ",;\t"
ZIP, OLD_OFFICE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"

Cells = Sequence[object]
NumberedRows = Iterable[tuple[int, Cells]]
IsHeading = Callable[[Cells], bool]


@dataclass(frozen=True)
class Sheet:
    """The headings, and the rows below that are not empty, each with the number that its sheet shows."""

    headings: Cells
    rows: list[tuple[int, Cells]]
    epoch: datetime = WINDOWS_EPOCH


def read_sheet(content: bytes, is_heading: IsHeading, no_heading: str = "") -> Sheet:
    """The first sheet that has a row of headings. Raises SheetError, which says what is wrong.

    `no_heading` is what it says where there are none; unless told, that a column of codes is missing.
    """
    try:
        return _read(content, is_heading)
    except NoHeading:
        raise SheetError(no_heading or _no_heading()) from None


class NoHeading(Exception):
    """No sheet has a row of headings."""


def _read(content: bytes, is_heading: IsHeading) -> Sheet:
    if content.startswith(ZIP):
        return _read_workbook(content, is_heading)
    if content.startswith(OLD_OFFICE):
        raise SheetError(
            _("This file is in the old .xls format, or locked with a password. Save it as .xlsx without one.")
        )
    return _read_text(content, is_heading)


class ExactReader(ExcelReader):
    """openpyxl's reader, but for texts: it takes «x005F_» out of them and leaves «_x000D_» in."""

    def read_strings(self) -> None:
        package: Any = self.package
        part = package.find(SHARED_STRINGS)
        if part is None:
            return
        with self.archive.open(part.PartName[1:]) as source:
            for _event, node in iterparse(source, forbid_dtd=True):
                if node.tag == f"{{{SHEET_MAIN_NS}}}si":
                    self.shared_strings.append(unescape(_text(node)))
                    node.clear()


def _text(node: Any) -> str:
    text: Any = Text.from_tree(node)
    return str(text.content)


def _read_workbook(content: bytes, is_heading: IsHeading) -> Sheet:
    check_workbook(content)
    try:
        reader = ExactReader(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        reader.read()
        book = reader.wb
        walked = count()
        for sheet in sorted(book.worksheets, key=lambda sheet: sheet.sheet_state != "visible"):
            rows = sheet.iter_rows(max_row=LAST_ROW, max_col=COLUMNS_READ, values_only=True)
            if found := _below_heading(_within(enumerate(rows, 1), walked), is_heading, book.epoch):
                return found
    except SheetError:
        raise
    # A broken workbook makes openpyxl fail in as many ways as there are to break one.
    except Exception as error:
        raise SheetError(unreadable()) from error
    raise NoHeading


def _read_text(content: bytes, is_heading: IsHeading) -> Sheet:
    walked = count()
    for text in _decoded(content):
        for separator in SEPARATORS:
            try:
                records = _within(_records(text, separator), walked)
                if found := _below_heading(records, is_heading, WINDOWS_EPOCH):
                    return found
            except csv.Error as error:
                raise SheetError(unreadable()) from error
    raise NoHeading


def _decoded(content: bytes) -> Iterator[str]:
    """The text as each encoding reads it that may be meant: Excel and WPS save CSV in the system's own."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8-sig", "gb18030", "big5hkscs"]
    known = False
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        known = True
        yield text
        if encoding == "utf-8-sig":
            return
    if not known:
        raise SheetError(_("This is neither an XLSX file nor a CSV file in UTF-8 or GB18030."))


def _records(text: str, separator: str) -> Iterator[tuple[int, Cells]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    for number, record in enumerate(reader, 1):
        yield number, [_unguarded(cell) for cell in record[:COLUMNS_READ]]


def _unguarded(cell: str) -> str:
    """The cell without the apostrophe that our own CSV puts before what a spreadsheet might run."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith((*FORMULA_STARTS, "'")) else cell


def _within(rows: NumberedRows, walked: Iterator[int]) -> NumberedRows:
    for row, seen in zip(rows, walked, strict=False):
        if seen > WALKED_LIMIT:
            raise SheetError(_too_many())
        yield row


def _is_filled(cells: Cells) -> bool:
    # Most rows that are empty hold nothing but None, and counting that is quick.
    return cells.count(None) < len(cells) and any(cell not in (None, "") for cell in cells)


def _below_heading(rows: NumberedRows, is_heading: IsHeading, epoch: datetime) -> Sheet | None:
    filled = ((number, cells) for number, cells in rows if _is_filled(cells))
    headings = next((cells for _number, cells in islice(filled, HEADING_WITHIN) if is_heading(cells)), None)
    if headings is None:
        return None
    below = list(islice(filled, ROWS_LIMIT + 1))
    if len(below) > ROWS_LIMIT:
        raise SheetError(_too_many())
    return Sheet(headings, below, epoch)


def _too_many() -> str:
    return _("This file has more than %(limit)s rows. Upload it in parts.") % {"limit": f"{ROWS_LIMIT:,}"}


def _no_heading() -> str:
    return _("The file has no column “%(code)s”. Without it, nobody can tell which item a row is about.") % {
        "code": _("Code")
    }
