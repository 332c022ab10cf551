"""The workbook of a whole tree, written as it is read: no process holds the 260,000 items of a province."""

import tempfile
from collections.abc import Iterable, Iterator
from datetime import date
from typing import BinaryIO

import xlsxwriter
from django.conf import settings
from django.utils.translation import override, pgettext

from measures.ledger.columns import Column
from measures.ledger.facts import Facts, facts_by_key
from measures.querysets.ledger import ItemQuerySet
from measures.sheets.write import OPTIONS, ListStyles, put, sheet_value

PART = 64 * 1024  # bytes of a workbook in one part


def long_xlsx(
    items: ItemQuerySet, *, columns: list[Column], on: date, language: str | None, title: str
) -> Iterator[bytes]:
    """The table as XLSX. It is written to the disk row by row, and given away from there."""
    with tempfile.TemporaryFile() as output:
        with override(language):
            write_book(output, facts_by_key(items), columns, on, title)
        output.seek(0)
        while part := output.read(PART):
            yield part


def write_book(output: BinaryIO, rows: Iterable[Facts], columns: list[Column], on: date, title: str) -> None:
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
