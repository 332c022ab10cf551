"""A plain table as CSV or XLSX, for what is no report. Cells are as safe as a report's."""

import csv
import io
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

import xlsxwriter

from measures.reports.cells import as_text, local_minute, safe_cell, starts_formula
from measures.reports.sheet import BORDER, FONT, SHEET_LIMIT

HEADING = BORDER | {"bold": True, "bg_color": "#E8EDF3", "text_wrap": True}
Rows = Iterable[list[Any]]


def write_table_csv(headings: list[str], rows: Rows) -> bytes:
    """With a byte-order mark, or Excel garbles Chinese."""
    text = io.StringIO()
    writer = csv.writer(text)
    for row in (headings, *rows):
        writer.writerow([safe_cell(_second(value)) for value in row])
    return text.getvalue().encode("utf-8-sig")


def _second(value: Any) -> str:
    return f"{_local(value):%Y-%m-%d %H:%M:%S}" if isinstance(value, datetime) else as_text(value)


def _local(moment: datetime) -> datetime:
    minute = local_minute(moment)
    assert minute is not None
    return minute.replace(second=moment.second)


def write_table_xlsx(headings: list[str], rows: Rows) -> bytes:
    """One sheet, its first row fixed. Rows go to a file as they come: memory stays flat."""
    output = io.BytesIO()
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(output, options | {"strings_to_numbers": False})
    sheet = book.add_worksheet()
    plain, heading = book.add_format(FONT | {"text_wrap": True}), book.add_format(FONT | HEADING)
    quoted = book.add_format(FONT | {"text_wrap": True, "quote_prefix": True})
    moment = book.add_format(FONT | {"num_format": "yyyy-mm-dd hh:mm:ss", "align": "left"})
    sheet.set_column(0, len(headings) - 1, 18)
    sheet.freeze_panes(1, 0)
    for place, text in enumerate(headings):
        sheet.write_string(0, place, text, heading)
    for line, row in enumerate(rows, 1):
        for place, value in enumerate(row):
            if isinstance(value, datetime):
                sheet.write_datetime(line, place, _local(value), moment)
            elif isinstance(value, int | float):
                sheet.write_number(line, place, value, plain)
            else:
                text = as_text(value).replace("\r\n", "\n").replace("\r", "\n")[:SHEET_LIMIT]
                sheet.write_string(line, place, text, quoted if starts_formula(text) else plain)
    book.close()
    return output.getvalue()


TABLE_FORMATS: dict[str, tuple[str, Callable[[list[str], Rows], bytes]]] = {
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", write_table_xlsx),
    "csv": ("text/csv; charset=utf-8", write_table_csv),
}
