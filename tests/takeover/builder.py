"""Makes a sheet row by row, and keeps what is true of each."""

import io
from datetime import datetime
from typing import Any

import openpyxl
from openpyxl.utils import get_column_letter

# As JSON holds it.
type Truth = dict[str, Any]


class SheetMaker:
    """One sheet. Each row is added with what it is; `truth` says it as `manage.py read_ledger` prints it."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.cells: list[list[object]] = []
        self.merges: list[str] = []
        self.rows: list[Truth] = []
        self.ignored: list[int] = []
        self.sections: list[int] = []
        self.columns: dict[str, str] = {}
        self.extra: dict[str, str] = {}
        self.unit = ""

    def add(self, *cells: object) -> int:
        self.cells.append(list(cells))
        return len(self.cells)

    def aside(self, *cells: object, merge: str = "") -> int:
        """A row that is no item: a title, headings, a total, a foot."""
        number = self.add(*cells)
        self.ignored.append(number)
        if merge:
            first, last = merge.split(":")
            self.merges.append(f"{first}{number}:{last}{number}")
        return number

    def section(self, *cells: object, merge: str = "") -> None:
        self.sections.append(self.aside(*cells, merge=merge))
        self.ignored.pop()

    def item(self, *cells: object, **true: object) -> None:
        self.rows.append({"row": self.add(*cells), **true})

    def merge(self, *ranges: str) -> None:
        self.merges += ranges

    def means(self, *names: str) -> None:
        """What the columns are, from A on: the name of a part, or «=» and the heading of an extra one."""
        for place, name in enumerate(names, 1):
            known = self.extra if name.startswith("=") else self.columns
            if name:
                known[get_column_letter(place)] = name.lstrip("=")

    @property
    def truth(self) -> Truth:
        found: Truth = {
            "rows": self.rows,
            "ignored_rows": sorted(self.ignored),
            "columns": self.columns,
            "extra": self.extra,
        }
        if self.sections:
            found["section_rows"] = self.sections
        if self.unit:
            found["unit"] = self.unit
        if not self.rows:
            found["ignored"] = True
        return found


def workbook(*sheets: SheetMaker, hidden: str = "") -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for sheet in sheets:
        page = book.create_sheet(sheet.name)
        for number, cells in enumerate(sheet.cells, 1):
            for place, cell in enumerate(cells, 1):
                if isinstance(cell, str | int | float | datetime) and cell != "":
                    page.cell(number, place, cell)
        for merge in sheet.merges:
            page.merge_cells(merge)
        if sheet.name == hidden:
            page.sheet_state = "hidden"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
