"""The workbook of a whole tree, written as it is read: no process holds the 260,000 items of a province."""

import tempfile
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from functools import lru_cache
from typing import BinaryIO

import xlsxwriter
from django.conf import settings
from django.utils.translation import override, pgettext

from measures.ledger.columns import Column
from measures.ledger.facts import Facts, facts_by_key
from measures.models.state import FIELDS
from measures.querysets.ledger import ItemQuerySet
from measures.sheets.write import OPTIONS, ListStyles, SheetValue, put, sheet_value

# Hardly two values of these columns are the same.
NEVER_AGAIN = {"updated", "last_entry", *(one.name for one in FIELDS if one.is_long)}
KEPT_VALUES = 4_096  # of a column
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
    last, values = 0, [_values_of(column, on) for column in columns]
    for last, row in enumerate(rows, 1):
        for place, value_in in enumerate(values):
            put(sheet, last, place, value_in(row), styles)
    sheet.autofilter(0, 0, max(last, 1), len(columns) - 1)
    book.close()


def _values_of(column: Column, on: date) -> Callable[[Facts], SheetValue]:
    """What finds the value of this column in a row. Those of few facts come again and again, and are kept."""
    if len(column.reads) not in (1, 2) or column.name in NEVER_AGAIN:
        return lambda row: sheet_value(column.value(row, on))
    places = [Facts._fields.index(name) for name in column.reads]
    first, last = places[0], places[-1]

    @lru_cache(KEPT_VALUES)
    def kept(one: object, other: object) -> SheetValue:
        known = {column.reads[0]: one, column.reads[-1]: other}
        return sheet_value(column.value(Facts._make(map(known.get, Facts._fields)), on))

    return lambda row: kept(row[first], row[last])
