"""A plain table as CSV or XLSX, for what is no report. Cells are as safe as a report's."""

import csv
import io
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime, time
from typing import IO, TYPE_CHECKING

import xlsxwriter
from django.conf import settings

from measures.reports import formats
from measures.reports.cells import as_text, local_minute, safe_cell, starts_formula
from measures.reports.formats import Format
from measures.reports.sheet import BORDER, FONT, SHEET_LIMIT
from measures.texts import one_line_break

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

HEADING = BORDER | {"bold": True, "bg_color": "#E8EDF3", "text_wrap": True}
ROWS_OF_A_SHEET = 1_048_576  # Excel's own limit, heading included
AT_ONCE = 500  # rows that a stream sends together
Rows = Iterable[Sequence[str | float | date | None]]


def stream_table_csv(headings: list[str], rows: Rows) -> Iterator[bytes]:
    """The file piece by piece. With a byte-order mark, or Excel garbles Chinese."""
    text = io.StringIO()
    writer = csv.writer(text)
    text.write("\ufeff")
    writer.writerow([safe_cell(heading) for heading in headings])
    for number, row in enumerate(rows, 1):
        writer.writerow([safe_cell(_second(value)) for value in row])
        if number % AT_ONCE == 0:
            yield text.getvalue().encode()
            text.seek(0)
            text.truncate()
    yield text.getvalue().encode()


def write_table_csv(headings: list[str], rows: Rows) -> bytes:
    return b"".join(stream_table_csv(headings, rows))


def _second(value: str | float | date | None) -> str:
    return f"{_local(value):%Y-%m-%d %H:%M:%S}" if isinstance(value, datetime) else as_text(value)


def _local(moment: datetime) -> datetime:
    minute = local_minute(moment)
    assert minute is not None
    return minute.replace(second=moment.second)


def table_file_xlsx(headings: list[str], rows: Rows) -> IO[bytes]:
    """A temporary file, to be read from its start; it goes when it is closed. Memory stays flat."""
    output = tempfile.TemporaryFile()  # noqa: SIM115
    _write_xlsx(output, headings, rows)
    output.seek(0)
    return output


def write_table_xlsx(headings: list[str], rows: Rows) -> bytes:
    output = io.BytesIO()
    _write_xlsx(output, headings, rows)
    return output.getvalue()


def _write_xlsx(output: IO[bytes], headings: list[str], rows: Rows) -> None:
    """One sheet, its first row fixed, and another where that is full. Rows go to a file as they come."""
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(output, options | {"strings_to_numbers": False})
    book.set_properties({"comments": settings.GENERATOR})
    plain, heading = book.add_format(FONT | {"text_wrap": True}), book.add_format(FONT | HEADING)
    quoted = book.add_format(FONT | {"text_wrap": True, "quote_prefix": True})
    moment = book.add_format(FONT | {"num_format": "yyyy-mm-dd hh:mm:ss", "align": "left"})
    day = book.add_format(FONT | {"num_format": "yyyy-mm-dd", "align": "left"})

    def start() -> "Worksheet":
        sheet = book.add_worksheet()
        sheet.set_column(0, len(headings) - 1, 18)
        sheet.freeze_panes(1, 0)
        for place, text in enumerate(headings):
            sheet.write_string(0, place, text, heading)
        return sheet

    sheet, line = start(), 0
    for row in rows:
        line += 1
        if line == ROWS_OF_A_SHEET:
            sheet, line = start(), 1
        for place, value in enumerate(row):
            if isinstance(value, datetime):
                sheet.write_datetime(line, place, _local(value), moment)
            elif isinstance(value, date):
                sheet.write_datetime(line, place, datetime.combine(value, time.min), day)
            elif isinstance(value, int | float):
                sheet.write_number(line, place, value, plain)
            else:
                text = one_line_break(as_text(value))[:SHEET_LIMIT]
                sheet.write_string(line, place, text, quoted if starts_formula(text) else plain)
    book.close()


TABLE_FORMATS: dict[str, Format[Callable[[list[str], Rows], bytes]]] = formats.table_of(
    formats.xlsx(write_table_xlsx), formats.csv(write_table_csv)
)
# The same as what a response sends piece by piece.
STREAMED_FORMATS: dict[str, Format[Callable[[list[str], Rows], Iterable[bytes]]]] = formats.table_of(
    formats.xlsx(table_file_xlsx), formats.csv(stream_table_csv)
)
