"""One sheet of a workbook: values as what they are, tables with heads that stay, and a page set-up."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

from measures.reports.cells import ReportColumn, starts_formula
from measures.reports.outline import writable

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook

FONT = {"font_name": "Microsoft YaHei", "font_size": 10, "valign": "top"}
BORDER = {"border": 1, "border_color": "#C4CCD6"}
SHEET_LIMIT = 32_767  # characters in a cell, Excel's own
A4 = 9
LINE_HEIGHT, HIGHEST = 15, 409  # points; no row may be higher


class Styles:
    """The formats of a workbook, each created once: for table cells, then for other cells."""

    def __init__(self, book: "Workbook") -> None:
        cell = FONT | BORDER
        self.plain = book.add_format(cell | {"text_wrap": True})
        # Keeps `=1+1` text even after someone edits the cell; the reader sees no apostrophe.
        self.quoted = book.add_format(cell | {"text_wrap": True, "quote_prefix": True})
        self.number = book.add_format(cell | {"align": "center"})
        self.percent = book.add_format(cell | {"align": "center", "num_format": "0.0%"})
        self.signed = book.add_format(cell | {"align": "center", "num_format": "+0;-0;0"})
        self.day = book.add_format(cell | {"num_format": "yyyy-mm-dd", "align": "center"})
        self.minute = book.add_format(cell | {"num_format": "yyyy-mm-dd hh:mm", "align": "center"})
        self.heading = book.add_format(
            cell | {"bold": True, "bg_color": "#E8EDF3", "text_wrap": True, "align": "center"}
        )
        self.title = book.add_format(FONT | {"bold": True, "font_size": 16})
        self.bold = book.add_format(FONT | {"bold": True})
        self.note = book.add_format(FONT | {"font_color": "#5B6573"})
        self.fact = book.add_format(FONT | {"align": "left", "num_format": "yyyy-mm-dd"})
        self.amount = book.add_format(FONT | {"align": "left"})


class ReportSheet:
    """A worksheet. `name` is where formulas and charts find it."""

    def __init__(self, book: "Workbook", styles: Styles, name: str, footer: str) -> None:
        self.name = name
        self.styles = styles
        self.sheet = book.add_worksheet(name)
        self.sheet.set_landscape()
        self.sheet.set_paper(A4)
        self.sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
        self.sheet.fit_to_pages(1, 0)
        # A single ampersand would be a code; Excel takes no more than 255 characters.
        self.sheet.set_footer(f"&L{footer[:100].replace('&', '&&')}&R&P / &N")

    def put(self, row: int, column: int, value: object, style: "Format | None" = None) -> None:
        """Write one value as what it is: text never as a formula, dates as dates, None as an empty cell."""
        styles = self.styles
        if value is None or value == "":
            self.sheet.write_blank(row, column, None, style or styles.plain)
        elif isinstance(value, str):
            style = styles.quoted if starts_formula(value) else style or styles.plain
            self.sheet.write_string(row, column, writable(value)[:SHEET_LIMIT], style)
        elif isinstance(value, datetime):
            self.sheet.write_datetime(row, column, value, style or styles.minute)
        elif isinstance(value, date):
            day = datetime(value.year, value.month, value.day)
            self.sheet.write_datetime(row, column, day, style or styles.day)
        else:
            assert isinstance(value, int | float)
            self.sheet.write_number(row, column, value, style or styles.number)

    def put_row(self, row: int, values: Iterable[object], style: "Format | None" = None) -> None:
        for column, value in enumerate(values):
            self.put(row, column, value, style)

    def set_height(self, row: int, widths: Sequence[int], values: Sequence[object]) -> None:
        """Make the row as high as its longest text: not every reader does so by itself."""
        texts = ((text, width) for text, width in zip(values, widths, strict=True) if isinstance(text, str))
        lines = max((_lines(text, width) for text, width in texts), default=1)
        if lines > 1:
            self.sheet.set_row(row, min(LINE_HEIGHT * lines, HIGHEST))

    def write_table[T](self, columns: Sequence[ReportColumn[T]], rows: Sequence[T]) -> None:
        """The whole sheet as one table: filters, heads that stay on the screen and on every page."""
        for place, column in enumerate(columns):
            self.sheet.set_column(place, place, column.width)
        self.put_row(0, (column.heading for column in columns), self.styles.heading)
        widths = [column.width for column in columns]
        for line, row in enumerate(rows, 1):
            values = [column.value(row) for column in columns]
            self.set_height(line, widths, values)
            self.put_row(line, values)
        self.sheet.freeze_panes(1, 2)
        self.sheet.autofilter(0, 0, max(len(rows), 1), len(columns) - 1)
        self.sheet.repeat_rows(0)
        self.sheet.print_area(0, 0, len(rows), sum(column.printed for column in columns) - 1)


def _lines(text: str, width: int) -> int:
    """Estimate the number of lines of a text in a column; a Chinese character counts as two Latin ones."""
    if len(text) * 2 <= width and "\n" not in text:
        return 1
    # Three bytes make a Chinese character, one a Latin letter.
    wide = ((len(line) + len(line.encode())) // 2 for line in text.splitlines() or [""])
    return sum(-(-max(one, 1) // width) for one in wide)
