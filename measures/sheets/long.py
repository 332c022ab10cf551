"""Files of many rows, written as they are read: no process holds the 260,000 items of a province."""

import csv
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from functools import lru_cache
from itertools import islice
from typing import Any, BinaryIO

import xlsxwriter
from django.conf import settings
from django.utils import timezone
from django.utils.translation import override, pgettext

from measures.ledger.columns import Column
from measures.ledger.facts import Facts
from measures.models.state import FIELDS
from measures.reports.cells import as_text
from measures.sheets.words import tidy
from measures.sheets.write import OPTIONS, ListStyles, SheetValue, guarded, put, sheet_value

LINES = 1_000  # of CSV in one part
KEPT = 4_096  # texts of a column at hand
MINUTE = len("2026-11-24 09:30")
PART = 64 * 1024  # bytes of a workbook in one part


def long_csv(
    rows: Iterable[Facts], *, columns: list[Column], on: date, language: str | None, title: str
) -> Iterator[bytes]:
    """The table as CSV, part by part. A byte-order mark, or Excel garbles Chinese."""
    cells = text_cells(columns)
    lines = iter(rows)
    # What writes a line hands it back in place of keeping it.
    writer = csv.writer(Echo())
    with override(language):
        headings = [guarded(str(column.heading)) for column in columns]
    yield f"\ufeff{writer.writerow(headings)}".encode()
    # Labels are looked up part by part, because code that runs in between may change the language.
    while part := _part(lines, cells, writer.writerow, on, language):
        yield part


def _part(
    lines: Iterator[Facts],
    cells: list[Callable[[Facts, date], str]],
    write_row: Callable[[Sequence[str]], str],
    on: date,
    language: str | None,
) -> bytes:
    with override(language):
        written = [write_row([cell(row, on) for cell in cells]) for row in islice(lines, LINES)]
    return "".join(written).encode()


class Echo:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        return text


def text_cells(columns: list[Column]) -> list[Callable[[Facts, date], str]]:
    """For each column a function from a row to the text of its cell, in the language that is active then."""

    def of(column: Column) -> Callable[[Facts, date], str]:
        value = column.value
        # Notes and moments are all different; of everything else there are few, again and again.
        text = TEXTS.get(column.name) or lru_cache(KEPT)(cell_text)
        return lambda row, on: text(value(row, on))

    return [of(column) for column in columns]


def cell_text(value: SheetValue) -> str:
    return guarded(as_text(sheet_value(value)))


def text_of_long_text(text: str) -> str:
    return guarded(tidy(text))


def text_of_moment(moment: datetime | None) -> str:
    """As `cell_text`, without the steps between."""
    if moment is None:
        return ""
    return moment.astimezone(timezone.get_default_timezone()).isoformat(" ", "minutes")[:MINUTE]


TEXTS: dict[str, Callable[[Any], str]] = {
    **{one.name: text_of_long_text for one in FIELDS if one.is_long},
    "updated": text_of_moment,
}


def long_xlsx(
    rows: Iterable[Facts], *, columns: list[Column], on: date, language: str | None, title: str
) -> Iterator[bytes]:
    """The table as XLSX. It is written to the disk row by row, and given away from there."""
    with tempfile.TemporaryFile() as output:
        with override(language):
            _write_book(output, rows, columns, on, title)
        output.seek(0)
        while part := output.read(PART):
            yield part


def _write_book(output: BinaryIO, rows: Iterable[Facts], columns: list[Column], on: date, title: str) -> None:
    book = xlsxwriter.Workbook(output, {"constant_memory": True, **OPTIONS})
    book.set_properties({"title": title, "comments": settings.GENERATOR})
    sheet = book.add_worksheet(pgettext("sheet", "Items"))
    styles = ListStyles(book)
    for place, column in enumerate(columns):
        hidden = {"hidden": True} if column.name == "details" else {}
        sheet.set_column(place, place, column.width, styles.blank(column), hidden)
        sheet.write_string(0, place, str(column.heading), styles.heading)
    sheet.freeze_panes(1, 0)
    last = 0
    for last, row in enumerate(rows, 1):
        for place, column in enumerate(columns):
            put(sheet, last, place, sheet_value(column.value(row, on)), styles)
    sheet.autofilter(0, 0, max(last, 1), len(columns) - 1)
    book.close()
