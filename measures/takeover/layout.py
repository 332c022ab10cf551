"""The way back: a checklist written into the sheet that it was taken over from, with today's values.

Cells whose values have not changed since keep what the office wrote there: 6月底前 stays 6月底前.
"""

import io
from collections import Counter
from collections.abc import Iterable, Mapping
from copy import copy
from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import override
from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell, MergedCell
from openpyxl.styles import Alignment
from openpyxl.utils import get_column_letter
from openpyxl.utils.datetime import WINDOWS_EPOCH
from openpyxl.worksheet.worksheet import Worksheet

from measures.choices import Status
from measures.models import Entry, Item, Takeover, Update
from measures.models.people import BETWEEN_NAMES
from measures.reports.cells import safe_cell
from measures.sheets.guard import check_workbook
from measures.sheets.read import ZIP
from measures.takeover.dues import read_due
from measures.takeover.grid import Grid, grid_text
from measures.takeover.opening import open_file, open_paste

CELL_LIMIT = 32_767  # characters, of a spreadsheet
WIDEST = 40
TICK = "√"


@dataclass
class Written:
    """An item at its place in the sheet: as it was taken over, as it is, and its entries since."""

    row: int
    then: Update | None
    now: Item
    entries: list[Entry] = field(default_factory=list)

    def has_changed(self, *names: str) -> bool:
        return self.then is None or any(getattr(self.then, name) != getattr(self.now, name) for name in names)

    def newest(self, name: str) -> str:
        return next((text for entry in reversed(self.entries) if (text := getattr(entry, name))), "")


def write_back(takeover: Takeover) -> bytes:
    """The file as XLSX with today's values. Five queries, however many items there are."""
    book = _book(takeover)
    language = takeover.checklist.catalogue.languages[0] if takeover.checklist else "zh-hans"
    items = _written(takeover)
    with override(language):
        for table in takeover.tables:
            rows = {
                row: items[item]
                for place, row, item in takeover.places
                if place == table["sheet"] and table["first"] <= row <= table["last"] and item in items
            }
            TableWriter(book.worksheets[table["sheet"]], table, language).write(rows)
    output = io.BytesIO()
    book.save(output)
    return output.getvalue()


def _written(takeover: Takeover) -> dict[int, Written]:
    rows = {item: row for _place, row, item in takeover.places}
    mine = Item.objects.everything.filter(checklist=takeover.checklist_id)
    now = mine.with_cooperating().select_related("owner").in_bulk(list(rows))
    then = {one.item_id: one for one in Update.objects.filter(batch=takeover.batch_id).with_state()}
    found = {pk: Written(rows[pk], then.get(pk), item) for pk, item in now.items()}
    since = Entry.objects.filter(item__checklist=takeover.checklist_id).exclude(batch=takeover.batch_id)
    for entry in since.not_withdrawn().order_by("counts_on", "at", "id"):
        if entry.item_id in found:
            found[entry.item_id].entries.append(entry)
    return found


def _book(takeover: Takeover) -> Workbook:
    """The file itself without its formulas; of other kinds of files, the same cells."""
    content = bytes(takeover.content)
    if not takeover.is_pasted and content.startswith(ZIP):
        check_workbook(content)
        return load_workbook(io.BytesIO(content), data_only=True, keep_links=False)
    grids = (
        open_paste(content.decode(), takeover.name)
        if takeover.is_pasted
        else open_file(content, takeover.name)
    )
    book = Workbook()
    book.remove(book.worksheets[0])
    for grid in grids:
        _lay_out(book.create_sheet(), grid)
    return book


def _lay_out(sheet: Worksheet, grid: Grid) -> None:
    sheet.title = "".join(sign for sign in grid.name if sign not in r"[]:*?/\'")[:31] or "1"
    widths: Counter[int] = Counter()
    for row, cells in grid.cells.items():
        for column, cell in cells.items():
            is_number = isinstance(cell, int | float) and not isinstance(cell, bool)
            _put(sheet, row, column, cell if is_number else grid_text(cell))
            widths[column] = max(widths[column], min(WIDEST, 2 * len(grid_text(cell)) + 2))
    for merge in grid.merges:
        sheet.merge_cells(None, merge.first_row, merge.first_column, merge.last_row, merge.last_column)
    for column, width in widths.items():
        sheet.column_dimensions[get_column_letter(column)].width = width


def _put(sheet: Worksheet, row: int, column: int, value: object) -> None:
    """Write a value; no spreadsheet runs a text. Cells that were made one with others are parted first."""
    cell = sheet.cell(row, column)
    if isinstance(cell, MergedCell):
        _part(sheet, row, column)
        cell = sheet.cell(row, column)
    assert isinstance(cell, Cell)
    if isinstance(value, str):
        value = safe_cell(ILLEGAL_CHARACTERS_RE.sub("", value))
        cell.value = str(value)[:CELL_LIMIT] or None
    elif isinstance(value, int | float | date):
        cell.value = value


def _part(sheet: Worksheet, row: int, column: int) -> None:
    found = next(
        one
        for one in sheet.merged_cells.ranges
        if one.min_row <= row <= one.max_row and one.min_col <= column <= one.max_col
    )
    first = sheet.cell(found.min_row, found.min_col)
    sheet.unmerge_cells(str(found))
    for one in range(found.min_row, found.max_row + 1):
        _put(sheet, one, found.min_col, first.value)
        _dress(sheet.cell(one, found.min_col), first)


def _dress(cell: object, like: object) -> None:
    """Give a cell the looks of another."""
    if isinstance(cell, Cell) and isinstance(like, Cell) and like.has_style:
        cell._style = copy(like._style)  # type: ignore[attr-defined]


class TableWriter:
    """Writes the items of one table into their rows."""

    def __init__(self, sheet: Worksheet, table: Mapping[str, object], language: str) -> None:
        self.sheet, self.language = sheet, language
        columns = table["columns"]
        assert isinstance(columns, list)
        self.columns: list[tuple[int, str]] = [(int(index), str(name)) for index, name in columns]
        headings = table["headings"]
        assert isinstance(headings, list)
        self.heading_row = int(headings[1])
        self.year = int(str(table["year"]))

    def write(self, rows: Mapping[int, Written]) -> None:
        words = self._words(rows)
        months = self._months(rows.values())
        for row, one in rows.items():
            self._write_status(row, one, words)
            self._write_state(row, one)
            for (year, month), column in months.items():
                said = [
                    e.as_text for e in one.entries if (e.counts_on.year, e.counts_on.month) == (year, month)
                ]
                if said:
                    self._put(row, column, "\n".join(said))

    def _of(self, name: str) -> int | None:
        return next((index for index, found in self.columns if found == name), None)

    def _put(self, row: int, column: int | None, value: object) -> None:
        if column is not None:
            _put(self.sheet, row, column, value)

    def _text(self, row: int, column: int) -> str:
        return grid_text(self.sheet.cell(row, column).value)

    def _words(self, rows: Mapping[int, Written]) -> dict[str, str]:
        """The word that the office uses most for each status. A share says more than a status does."""
        used: dict[str, Counter[str]] = {}
        column = self._of("status")
        for row, one in rows.items() if column else ():
            assert column is not None
            text = self._text(row, column)
            status = one.then.status if one.then else Status.NOT_STARTED
            has_digits = any(sign.isdigit() for sign in text)
            if text and (not has_digits or status in (Status.DONE, Status.NOT_STARTED)):
                used.setdefault(status, Counter())[text] += 1
        return {status: words.most_common(1)[0][0] for status, words in used.items()}

    def _write_status(self, row: int, one: Written, words: Mapping[str, str]) -> None:
        then = one.then.status if one.then else Status.NOT_STARTED
        now = one.now.status
        if then == now:
            return
        self._put(row, self._of("status"), words.get(now) or str(Status(now).label))
        ticks = {name.partition(":")[2]: index for index, name in self.columns if name.startswith("status:")}
        signs = [text for index in ticks.values() if (text := self._text(row, index))]
        for index in ticks.values():
            self._put(row, index, "")
        self._put(row, ticks.get(now, ticks.get("no")), signs[0] if signs else TICK)

    def _write_state(self, row: int, one: Written) -> None:
        now = one.now
        if one.has_changed("owner", "cooperating"):
            others = [unit.name for unit in now.cooperating]
            lead = [now.owner.name] if now.owner else []
            if (column := self._of("supporting")) is not None:
                self._put(row, column, BETWEEN_NAMES.join(others))
                others = []
            self._put(row, self._of("lead"), BETWEEN_NAMES.join([*lead, *others]))
        for name in ("leader", "target"):
            if one.has_changed(name):
                self._put(row, self._of(name), getattr(now, name))
        if one.has_changed("due"):
            self._put(row, self._of("due"), self._day(now.due))
        if one.has_changed("notes") and (column := self._of("remark")) is not None:
            before = one.then.notes if one.then else ""
            added = now.notes.removeprefix(before).strip() if now.notes.startswith(before) else now.notes
            kept = self._text(row, column) if now.notes.startswith(before) else ""
            self._put(row, column, "\n".join(filter(None, [kept, added])))
        for name in ("progress", "problems", "next_steps"):
            if said := one.newest(name):
                self._put(row, self._of(name), said)

    def _day(self, day: date | None) -> str:
        if day is None:
            return ""
        return day.isoformat() if self.language == "en" else f"{day.year}年{day.month}月{day.day}日"

    def _months(self, rows: Iterable[Written]) -> dict[tuple[int, int], int]:
        """The column of each month in which something was reported since; new ones where there are none."""
        known: dict[tuple[int, int], int] = {}
        for index, name in self.columns:
            role, _colon, period = name.partition(":")
            end = (
                read_due(period, period, self.year, WINDOWS_EPOCH).day
                if role == "progress" and period
                else None
            )
            if end:
                is_quarter = "季" in period or period[:1] in "Qq"
                for month in range(end.month - 2 if is_quarter else end.month, end.month + 1):
                    known[end.year, month] = index
        if not known:
            return {}
        last = max(index for index, _name in self.columns)
        reported = sorted({(e.counts_on.year, e.counts_on.month) for one in rows for e in one.entries})
        for year, month in reported:
            if (year, month) not in known:
                last = max(last, self.sheet.max_column) + 1 if last < self.sheet.max_column else last + 1
                self._add_month(
                    last, max(known.values()), f"{month}月" if year == self.year else f"{year}年{month}月"
                )
                known[year, month] = last
        return {when: column for when, column in known.items() if when in reported}

    def _add_month(self, column: int, like: int, heading: str) -> None:
        """A column that looks like that of another month."""
        letters = get_column_letter(column), get_column_letter(like)
        self.sheet.column_dimensions[letters[0]].width = self.sheet.column_dimensions[letters[1]].width
        for row in range(self.heading_row, self.sheet.max_row + 1):
            _dress(self.sheet.cell(row, column), self.sheet.cell(row, like))
        _put(self.sheet, self.heading_row, column, heading)
        self.sheet.cell(self.heading_row, column).alignment = Alignment(wrap_text=True, vertical="center")
