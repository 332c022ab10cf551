"""The list as a file that can come back: the columns chosen, each row's code and version."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

import xlsxwriter
from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from measures.choices import Cadence, Light, Status
from measures.ledger.columns import ALL, Column, label
from measures.ledger.facts import Facts
from measures.models import Checklist
from measures.models.state import BY_NAME, Kind
from measures.reports.cells import as_text, local_minute, starts_formula
from measures.sheets.understand import VERSION, tidy

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

LIST_FONT = {"font_name": "Microsoft YaHei", "font_size": 10, "valign": "top"}
HEADING = {"bold": True, "bg_color": "#E8EDF3", "border": 1, "border_color": "#C4CCD6", "text_wrap": True}
# What a person types here stays what they typed: neither 3.1.4 nor "- done" becomes something else.
TEXT = {"num_format": "@", "text_wrap": True}
OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
VERSION_WIDTH = 9

# What a cell of an export holds.
type SheetValue = str | int | date | None


@dataclass(frozen=True)
class Export:
    """A table to be written: headings, rows of values, widths."""

    checklist: Checklist
    columns: Sequence[Column]
    rows: list[list[SheetValue]]
    on: date

    @property
    def headings(self) -> list[str]:
        # Codes are the same in every checklist of a catalogue: the brackets say whose versions these are.
        version = f"{VERSION} ({self.checklist.slug})"
        return [*(str(column.heading) for column in self.columns), version]


def build_export(
    items: Iterable[Facts],
    *,
    checklist: Checklist,
    columns: list[Column],
    on: date,
    versions: Mapping[int, int] | None = None,
) -> Export:
    """These items in these columns; the code is there even where nobody chose it.

    `versions` holds those of a day that is past: the file then undoes nothing when it comes back unchanged.
    """
    if all(column.name != "code" for column in columns):
        columns = [ALL["code"], *columns]
    rows = []
    for item in items:
        version = item.version if versions is None else versions.get(item.pk, 1)
        rows.append([*(sheet_value(column.value(item, on)) for column in columns), version])
    return Export(checklist, columns, rows, on)


def sheet_value(value: SheetValue) -> SheetValue:
    """What a sheet holds for a value of a column: words instead of choices, moments by the site's clock."""
    if isinstance(value, datetime):
        return local_minute(value)
    if isinstance(value, Status | Light | Cadence):
        return label(value)
    return tidy(value) if isinstance(value, str) else value


def guarded(text: str) -> str:
    """Text that no spreadsheet runs. Reading takes the apostrophe off; one that is there gets a second."""
    return f"'{text}" if starts_formula(text) or text.startswith("'") else text


def write_list_csv(export: Export, owners: Iterable[str] = ()) -> bytes:
    """The table as CSV, which has no drop-downs. A byte-order mark, or Excel garbles Chinese."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([guarded(heading) for heading in export.headings])
    for row in export.rows:
        writer.writerow([guarded(as_text(value)) for value in row])
    return text.getvalue().encode("utf-8-sig")


def write_list_xlsx(export: Export, owners: Iterable[str] = ()) -> bytes:
    """The table as XLSX: drop-down lists for status and owner, real dates, the version in a hidden column."""
    output = io.BytesIO()
    book = xlsxwriter.Workbook(output, {"in_memory": True, **OPTIONS})
    book.set_properties({"title": export.checklist.name, "comments": settings.GENERATOR})
    sheet = book.add_worksheet(pgettext("sheet", "Items"))
    styles = ListStyles(book)
    for place, heading in enumerate(export.headings):
        sheet.write_string(0, place, heading, styles.heading)
    for line, row in enumerate(export.rows, 1):
        for place, value in enumerate(row):
            put(sheet, line, place, value, styles)
    for place, column in enumerate(export.columns):
        sheet.set_column(place, place, column.width, styles.blank(column))
    last = len(export.columns)
    sheet.set_column(last, last, VERSION_WIDTH, styles.number, {"hidden": True})
    _add_lists(book, sheet, export, list(owners))
    _lay_out(sheet, export)
    book.close()
    return output.getvalue()


class ListStyles:
    """The formats of one book."""

    def __init__(self, book: "Workbook") -> None:
        self.heading = book.add_format(LIST_FONT | HEADING)
        self.text = book.add_format(LIST_FONT | TEXT)
        # Keeps `=1+1` text even after someone edits the cell; the reader sees no apostrophe.
        self.quoted = book.add_format(LIST_FONT | TEXT | {"quote_prefix": True})
        self.number = book.add_format(LIST_FONT)
        self.day = book.add_format(LIST_FONT | {"num_format": "yyyy-mm-dd", "align": "left"})
        self.minute = book.add_format(LIST_FONT | {"num_format": "yyyy-mm-dd hh:mm", "align": "left"})

    def blank(self, column: Column) -> "Format":
        """The format of the empty cells of a column."""
        one = BY_NAME.get(column.name)
        return self.day if one and one.kind == Kind.DAY else self.text


def put(sheet: "Worksheet", line: int, place: int, value: SheetValue, styles: ListStyles) -> None:
    """One value as what it is; text is never a formula."""
    if value is None or value == "":
        return  # the column's own format holds for cells that are not there
    if isinstance(value, datetime):
        sheet.write_datetime(line, place, value, styles.minute)
    elif isinstance(value, date):
        sheet.write_datetime(line, place, datetime(value.year, value.month, value.day), styles.day)
    elif isinstance(value, int):
        sheet.write_number(line, place, value, styles.number)
    else:
        sheet.write_string(line, place, value, styles.quoted if starts_formula(value) else styles.text)


def _add_lists(book: "Workbook", sheet: "Worksheet", export: Export, owners: list[str]) -> None:
    """The values for status and owner, on a separate sheet: a list in a rule ends at 255 characters."""
    lists = {"status": [str(status.label) for status in Status], "owner": owners}
    name = pgettext("sheet", "Lists")
    store = book.add_worksheet(name)
    store.hide()
    for place, column in enumerate(lists):
        for line, text in enumerate(lists[column]):
            store.write_string(line, place, text)
    places = {column.name: place for place, column in enumerate(export.columns)}
    for place, (column, texts) in enumerate(lists.items()):
        if column in places and texts and export.rows:
            letter = "AB"[place]
            sheet.data_validation(
                1,
                places[column],
                len(export.rows),
                places[column],
                {
                    "validate": "list",
                    "source": f"='{name}'!${letter}$1:${letter}${len(texts)}",
                    "error_title": _("Not in the list"),
                    "error_message": _("Choose from the list that opens in the cell."),
                },
            )


def _lay_out(sheet: "Worksheet", export: Export) -> None:
    names = [column.name for column in export.columns]
    sheet.freeze_panes(1, 1 + names.index("code") if names.index("code") < 3 else 0)
    # Over the version as well: sorting must take it along.
    sheet.autofilter(0, 0, max(len(export.rows), 1), len(export.columns))
    sheet.repeat_rows(0)
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    sheet.set_footer(f"&L{export.checklist.name.replace('&', '&&')} {date_format(export.on)}&R&P / &N")
