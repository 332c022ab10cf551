"""XLSX: a summary sheet and an items sheet, with real numbers and dates."""

import io
from datetime import date, datetime
from typing import Any

import xlsxwriter
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from measures.choices import Status
from measures.progress import Counts
from measures.reports.build import Report
from measures.reports.cells import item_columns, local_minute, starts_formula

FONT = {"font_name": "Microsoft YaHei", "font_size": 10, "valign": "top"}
HEADING = {"bold": True, "bg_color": "#E8EDF3", "border": 1, "border_color": "#C4CCD6", "text_wrap": True}
SHEET_LIMIT = 32_767  # characters in a cell, Excel's own


def write_xlsx(report: Report) -> bytes:
    output = io.BytesIO()
    book = xlsxwriter.Workbook(
        output,
        {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    book.set_properties({"title": report.title, "author": report.made_by, "company": report.organisation})
    _Sheet(book, pgettext("sheet", "Summary")).write_summary(report)
    _Sheet(book, pgettext("sheet", "Items")).write_items(report)
    book.close()
    return output.getvalue()


class _Sheet:
    """A worksheet and the formats of its book."""

    def __init__(self, book: Any, name: str) -> None:
        self.sheet = book.add_worksheet(name)
        self.plain = book.add_format(FONT | {"text_wrap": True})
        # Keeps `=1+1` text even after someone edits the cell; the reader sees no apostrophe.
        self.quoted = book.add_format(FONT | {"text_wrap": True, "quote_prefix": True})
        self.heading = book.add_format(FONT | HEADING)
        self.title = book.add_format(FONT | {"bold": True, "font_size": 16, "text_wrap": False})
        self.bold = book.add_format(FONT | {"bold": True})
        self.note = book.add_format(FONT | {"font_color": "#5B6573"})
        self.percent = book.add_format(FONT | {"num_format": "0.0%"})
        self.day = book.add_format(FONT | {"num_format": "yyyy-mm-dd", "align": "left"})
        self.minute = book.add_format(FONT | {"num_format": "yyyy-mm-dd hh:mm", "align": "left"})

    def put(self, row: int, column: int, value: Any, style: Any = None) -> None:
        """Write one value as what it is: text never as a formula, dates as dates, None as an empty cell."""
        if value is None or value == "":
            self.sheet.write_blank(row, column, None, style or self.plain)
        elif isinstance(value, datetime):
            self.sheet.write_datetime(row, column, value, self.minute)
        elif isinstance(value, date):
            self.sheet.write_datetime(row, column, datetime(value.year, value.month, value.day), self.day)
        elif isinstance(value, int | float):
            self.sheet.write_number(row, column, value, style or self.plain)
        else:
            style = self.quoted if starts_formula(value) else style or self.plain
            # A lone carriage return would be written out as _x000D_.
            text = value.replace("\r\n", "\n").replace("\r", "\n")
            self.sheet.write_string(row, column, text[:SHEET_LIMIT], style)

    def write_summary(self, report: Report) -> None:
        self.put(0, 0, f"{report.organisation} {report.title}", self.title)
        head = [
            (_("Catalogue"), report.catalogue),
            (_("Period"), report.period),
            (_("As of"), report.on),
            *report.filters,
            (_("Made by"), report.made_by),
            (_("Made at"), local_minute(report.made_at)),
        ]
        line = 2
        for label, value in head:
            self.put(line, 0, label, self.bold)
            self.put(line, 1, value)
            line += 1
        line = self._write_counts(line + 1, _("By pillar"), _("Pillar"), [*report.pillars, report.whole])
        line = self._write_counts(line + 1, _("By section"), _("Section"), report.sections)
        line += 1
        self.put(line, 0, _("Overdue"), self.bold)
        self.put(line, 1, len(report.overdue))
        for offset, label in enumerate((_("Code"), _("Title"), _("Owner"), _("Due"), _("Days late"))):
            self.put(line + 1, offset, label, self.heading)
        for below, row in enumerate(report.overdue, line + 2):
            for offset, value in enumerate((row.code, row.title, row.owner, row.due, row.days_late)):
                self.put(below, offset, value)
        self.sheet.set_column(0, 0, 30)
        self.sheet.set_column(1, 1 + 2 * len(Status), 12)
        self.sheet.set_landscape()
        self.sheet.set_paper(9)  # A4
        self.sheet.fit_to_pages(1, 0)

    def _write_counts(self, line: int, caption: str, kind: str, counts: Any) -> int:
        """A table of counts and shares, each share of its own row's total; the line after it."""
        note = _("Each percentage is of the items in its row.")
        self.put(line, 0, caption, self.bold)
        self.put(line, 1, note, self.note)
        headings = [kind, _("Items")]
        for status in Status:
            headings += [str(status.label), f"{status.label} %"]
        for offset, heading in enumerate([*headings, _("Overdue")]):
            self.put(line + 1, offset, heading, self.heading)
        line += 2
        for count in counts:
            self._write_count(line, count)
            line += 1
        return line

    def _write_count(self, line: int, count: Counts) -> None:
        self.put(line, 0, f"{count.code} {count.title}".strip())
        self.put(line, 1, count.total)
        for place, status in enumerate(count.statuses):
            self.put(line, 2 + 2 * place, status.count)
            share = None if status.share is None else status.share / 100
            self.put(line, 3 + 2 * place, share, self.percent)
        self.put(line, 2 + 2 * len(Status), count.overdue)

    def write_items(self, report: Report) -> None:
        columns = item_columns()
        for place, column in enumerate(columns):
            self.sheet.set_column(place, place, column.width)
            self.put(0, place, column.heading, self.heading)
        for line, row in enumerate(report.rows, 1):
            for place, column in enumerate(columns):
                self.put(line, place, column.value(row))
        self.sheet.freeze_panes(1, 2)
        self.sheet.autofilter(0, 0, max(len(report.rows), 1), len(columns) - 1)
        self.sheet.repeat_rows(0)
        self.sheet.set_landscape()
        self.sheet.set_paper(9)  # A4
        self.sheet.fit_to_pages(1, 0)
        self.sheet.set_footer(f"&L{report.organisation} {date_format(report.on)}&R&P / &N")
