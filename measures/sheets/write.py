"""The list as a file that can come back: the columns chosen, each row's code and version."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
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
from measures.sheets.details import UNIT_ADDRESS, details_heading, details_of, edition_of
from measures.sheets.looks import ERRORS
from measures.sheets.loop import MoreSheet
from measures.sheets.words import APPEND, CLEAR, ONLY_TO_READ, VERSION, tidy

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
# Where people write what is new. It is empty, and what they write is added to the notes.
ADDITIONS = Column("append", APPEND, lambda facts, on: "", 50, ())

# What a cell of an export holds.
type SheetValue = str | int | date | None


@dataclass(frozen=True)
class Export:
    """A table to be written: headings, rows of values, widths.

    `filters` are the words of the list's filters. A sheet `to_fill` has the notes and a column of
    additions, and locks what cannot be changed. With `below` it holds rows of several checklists, and
    `edition` is empty where they have several catalogues. `more` are sheets that follow it in a workbook.
    """

    checklist: Checklist
    columns: Sequence[Column]
    rows: list[list[SheetValue]]
    on: date
    filters: Sequence[str] = ()
    to_fill: bool = False
    edition: str = ""
    below: bool = False
    more: Sequence[MoreSheet] = ()

    def about(self) -> str:
        """Three lines for whoever fills it in."""
        filters = _(", ").join(self.filters) or _("all items")
        return "\n".join(
            (
                _("%(name)s (%(catalogue)s), %(day)s: %(filters)s")
                % {
                    "name": self.checklist.name,
                    "catalogue": self.checklist.catalogue,
                    "day": date_format(self.on),
                    "filters": filters,
                },
                _(
                    "A blank cell leaves the stored value unchanged. "
                    "To clear a field, write “%(clear)s” in its cell."
                )
                % {"clear": CLEAR},
                _("Leave the codes and the hidden column of versions as they are, and upload the file."),
            )
        )

    @property
    def headings(self) -> list[str]:
        # Codes are the same in every checklist of a catalogue: the brackets say whose versions these are.
        version = str(VERSION) if self.below else f"{VERSION} ({self.checklist.slug})"
        details = details_heading(self.checklist, self.edition, self.on, self.filters)
        return [*(str(column.heading) for column in self.columns), version, details]


def build_export(
    items: Iterable[Facts],
    *,
    checklist: Checklist,
    columns: list[Column],
    on: date,
    versions: Mapping[int, int] | None = None,
    filters: Sequence[str] = (),
    to_fill: bool = False,
    edition: str | None = None,
    below: bool = False,
    more: Sequence[MoreSheet] = (),
) -> Export:
    """These items in these columns; the code is there even where nobody chose it.

    `versions` holds those of a day that is past: the file then undoes nothing when it comes back unchanged.
    `edition` is that of the checklist's catalogue unless given.
    """
    if all(column.name != "code" for column in columns):
        columns = [ALL["code"], *columns]
    if below:
        columns = [*columns, UNIT_ADDRESS]
    if to_fill:
        columns = [*(column for column in columns if column.name != "notes"), ALL["notes"], ADDITIONS]
    rows = []
    for item in items:
        version = item.version if versions is None else versions.get(item.pk, 1)
        rows.append([*(sheet_value(column.value(item, on)) for column in columns), version, details_of(item)])
    edition = edition_of(checklist.catalogue) if edition is None else edition
    return Export(checklist, columns, rows, on, filters, to_fill, edition, below, more)


def sheet_value(value: SheetValue) -> SheetValue:
    """What a sheet holds for a value of a column: words instead of choices, moments by the site's clock."""
    if isinstance(value, datetime):
        return local_minute(value)
    if isinstance(value, Status | Light | Cadence):
        return label(value)
    return tidy(value) if isinstance(value, str) else value


def guarded(text: str) -> str:
    """Text that no spreadsheet runs. Reading takes the apostrophe off; one that is there gets a second."""
    return f"'{text}" if starts_formula(text) or text.startswith("'") or text in ERRORS else text


def write_list_csv(export: Export, owners: Iterable[tuple[str, int]] = ()) -> bytes:
    """The table as CSV, which has no drop-downs. A byte-order mark, or Excel garbles Chinese."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([guarded(heading) for heading in export.headings])
    for row in export.rows:
        writer.writerow([guarded(as_text(value)) for value in row])
    return text.getvalue().encode("utf-8-sig")


def write_list_xlsx(export: Export, owners: Iterable[tuple[str, int]] = ()) -> bytes:
    """The table as XLSX: drop-down lists for status and owner, real dates, the version in a hidden column.

    `owners` are the names of the checklist's owners, with their keys.
    """
    output = io.BytesIO()
    book = xlsxwriter.Workbook(output, {"in_memory": True, **OPTIONS})
    book.set_properties({"title": export.checklist.name, "comments": settings.GENERATOR})
    sheet = book.add_worksheet(pgettext("sheet", "Items"))
    fixed, free = ListStyles(book), ListStyles(book, {"locked": False})
    styles = [free if _is_free(column) else fixed for column in export.columns]
    for place, heading in enumerate(export.headings):
        sheet.write_string(0, place, heading, fixed.heading)
    for line, row in enumerate(export.rows, 1):
        for place, value in enumerate(row):
            put(sheet, line, place, value, styles[place] if place < len(styles) else fixed)
    for place, column in enumerate(export.columns):
        options = {"hidden": True} if column is UNIT_ADDRESS else {}
        sheet.set_column(place, place, column.width, styles[place].blank(column), options)
    code = [column.name for column in export.columns].index("code")
    sheet.write_comment(0, code, export.about(), {"font_size": 10, "x_scale": 4, "y_scale": 1.5})
    if export.to_fill:
        sheet.protect(
            "", {"autofilter": True, "format_columns": True, "format_rows": True, "format_cells": True}
        )
    last = len(export.columns)
    sheet.set_column(last, last + 1, VERSION_WIDTH, fixed.number, {"hidden": True})
    for one in export.more:
        _add_more(book.add_worksheet(one.name), one, export, fixed)
    _add_lists(book, sheet, export, list(owners))
    names = [column.name for column in export.columns]
    frozen = 1 + names.index("code") if names.index("code") < 3 else 0
    # Over the version and the details as well: sorting must take them along.
    _lay_out(sheet, export, rows=len(export.rows), columns=len(names) + 2, frozen=frozen)
    book.close()
    return output.getvalue()


def _is_free(column: Column) -> bool:
    """Whether people write in this column."""
    return column.name in BY_NAME or column is ADDITIONS


class ListStyles:
    """The formats of one book; `more` goes into each."""

    def __init__(self, book: "Workbook", more: Mapping[str, object] = MappingProxyType({})) -> None:
        def style(**own: object) -> "Format":
            return book.add_format({**LIST_FONT, **own, **more})

        self.heading = style(**HEADING)
        self.text = style(**TEXT)
        # Keeps `=1+1` text even after someone edits the cell; the reader sees no apostrophe.
        self.quoted = style(**TEXT, quote_prefix=True)
        self.number = style()
        self.day = style(num_format="yyyy-mm-dd", align="left")
        self.minute = style(num_format="yyyy-mm-dd hh:mm", align="left")

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


def _add_lists(book: "Workbook", sheet: "Worksheet", export: Export, owners: list[tuple[str, int]]) -> None:
    """The values for status and owner, on a separate sheet: a list in a rule ends at 255 characters.

    Beside each owner is its key, by which a file is understood after somebody renamed the owner.
    """
    lists = {"status": [str(status.label) for status in Status], "owner": [name for name, _key in owners]}
    name = pgettext("sheet", "Lists")
    store = book.add_worksheet(name)
    store.hide()
    for place, column in enumerate(lists):
        for line, text in enumerate(lists[column]):
            store.write_string(line, place, text)
    for line, (_name, key) in enumerate(owners):
        store.write_number(line, 2, key)
    if not export.below:
        store.write_string(0, 3, f"owners of {export.checklist.slug}")
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


def _add_more(sheet: "Worksheet", more: MoreSheet, export: Export, styles: ListStyles) -> None:
    for place, heading in enumerate([*more.headings, str(ONLY_TO_READ)]):
        sheet.write_string(0, place, heading, styles.heading)
    for place, width in enumerate(more.widths):
        sheet.set_column(place, place, width, styles.text)
    last = len(more.headings)
    sheet.set_column(last, last, VERSION_WIDTH, styles.text, {"hidden": True})
    for line, row in enumerate(more.rows, 1):
        for place, value in enumerate(row):
            put(sheet, line, place, sheet_value(value), styles)
    _lay_out(sheet, export, rows=len(more.rows), columns=last + 1, frozen=2)


def _lay_out(sheet: "Worksheet", export: Export, *, rows: int, columns: int, frozen: int) -> None:
    sheet.freeze_panes(1, frozen)
    sheet.autofilter(0, 0, max(rows, 1), columns - 1)
    sheet.repeat_rows(0)
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    sheet.set_footer(f"&L{export.checklist.name.replace('&', '&&')} {date_format(export.on)}&R&P / &N")
