"""A file of any layout → what it says: `read_ledger`."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from measures.takeover.choosing import columns_of
from measures.takeover.columns import LedgerColumn
from measures.takeover.contents import Looks, looks_of
from measures.takeover.corrections import (
    Corrections,
    corrections_at,
    corrections_of,
    heading_by_corrections,
)
from measures.takeover.dues import full_year
from measures.takeover.grid import Grid
from measures.takeover.guessed import heading_by_contents
from measures.takeover.headings import Means
from measures.takeover.ledger import Ledger, LedgerSheet, LedgerTable, LeftRow, Why
from measures.takeover.opening import open_file, open_paste
from measures.takeover.rows import ItemReader
from measures.takeover.sorting import RowKind, kinds_of
from measures.takeover.statuses import legend_of
from measures.takeover.tables import HeadingBlock, headings_of, looks_numbered
from measures.takeover.texts import HAN, TO_SIMPLIFIED, in_one_script, squeezed
from measures.takeover.units import UNIT_NAME

YEAR = re.compile(
    r"(20\d\d)|民国(1[0-4]\d)年?|(?<!\d)(1[0-4]\d)年度?|([二][〇零○][一二三四五六七八九〇零○]{2})年?"
)
UNIT_ABOVE = re.compile(
    r"(?:责任|牵头|填报|承办|主办|报送|填表|实施|落实|主责|申报|上报|编制|制表|整改|被巡察|被督查|所属|本)?(?:单位|部门|处室|科室|机关|乡镇)(?:名称)?(?:[(（][^)）]*[)）])*[:：]\s*(\S+)"
    r"|(?:department|team|unit|directorate|division|lead team|owner)\s*[:：]\s*(.+)",
    re.IGNORECASE,
)
STAMP = re.compile(r"[(（](?:盖章|公章|签章|章)[)）]")
NOT_A_UNIT = re.compile(r"^(?:万|亿)?元|^[%个项件户人亩吨米公]|^\d|^[(（]?(?:盖章|公章|签章)")
# What tells a ledger of items from a summary of them.
TELLING = {
    Means.LEAD,
    Means.SUPPORTING,
    Means.LEADER,
    Means.CONTACT,
    Means.DUE,
    Means.STATUS,
    Means.PROGRESS,
    Means.TARGET,
    Means.REMARK,
    Means.NEXT_STEPS,
    Means.PROBLEMS,
}


def read_ledger(content: bytes, name: str, *, today: date, corrections: Corrections | None = None) -> Ledger:
    """What the file says. `corrections` say what columns are, by sheet and column. Raises SheetError."""
    return read_grids(open_file(content, name), name, today=today, corrections=corrections)


def read_pasted(text: str, name: str, *, today: date, corrections: Corrections | None = None) -> Ledger:
    """What cells that were copied and pasted say."""
    return read_grids(open_paste(text, name), name, today=today, corrections=corrections)


def read_grids(
    grids: list[Grid], name: str, *, today: date, corrections: Corrections | None = None
) -> Ledger:
    """The ledger in these sheets."""
    of_file = _year_in(name)
    sheets = [_read_sheet(grid, of_file or today.year, corrections or {}, len(grids)) for grid in grids]
    years = [sheet.year for sheet in sheets if sheet.tables]
    year = max(set(years), key=years.count) if years else of_file or today.year
    return Ledger(name, year, _language(grids), sheets)


def _read_sheet(grid: Grid, year: int, corrections: Corrections, sheet_count: int) -> LedgerSheet:
    headings = headings_of(grid)
    mine = corrections_of(corrections, grid.name)
    if not headings and (guessed := heading_by_corrections(grid, mine) or heading_by_contents(grid)):
        headings = [guessed]
    first = headings[0].first if headings else 0
    titles = [text for row in grid.rows if row < first for text in grid.filled(row).values()]
    sheet = LedgerSheet(
        grid.name, _year_of([*titles, grid.name]) or year, comments=grid.comments, beyond=grid.beyond
    )
    unit = _unit_of(titles, grid.name, sheet_count)
    groups = _grouped(headings)
    above = {group[0].first: _alone(grid, group[0].first - 1) for group in groups}
    ends = [
        *(group[0].first - (2 if above[group[0].first] else 1) for group in groups[1:]),
        max(grid.rows, default=0),
    ]
    styles = [looks_numbered(text) for text in above.values() if looks_numbered(text)]
    parts = {first for first, text in above.items() if styles.count(looks_numbered(text)) > 1}
    for group, end in zip(groups, ends[: len(groups)], strict=True):
        if table := TableReader(grid, sheet, mine, titles, unit, group[0].first in parts).read(group, end):
            sheet.tables.append(table)
    _name_what_is_left(grid, sheet)
    return sheet


def _alone(grid: Grid, row: int) -> str:
    """What a row says that says one thing only."""
    texts = grid.filled(row)
    return next(iter(texts.values())) if len(texts) == 1 and row > 1 else ""


def _grouped(headings: list[HeadingBlock]) -> list[list[HeadingBlock]]:
    """Headings that say the same head one table: they come again for the sake of the reader."""
    groups: list[list[HeadingBlock]] = []
    for heading in headings:
        if groups and groups[-1][0].key == heading.key:
            groups[-1].append(heading)
        else:
            groups.append([heading])
    return groups


@dataclass
class TableReader:
    """Reads a table of a sheet. `titles` stand above the first; `unit` is the one that the sheet is of.

    `is_part`: the row above its headings names a part of the sheet, as those above other tables do.
    """

    grid: Grid
    sheet: LedgerSheet
    mine: Mapping[str, str]
    titles: list[str]
    unit: str
    is_part: bool

    def read(self, group: list[HeadingBlock], end: int) -> LedgerTable | None:
        """The table below these headings, down to this row; nothing if it holds no items."""
        grid, heading = self.grid, group[0]
        mine = corrections_at(self.mine, heading.first)
        repeated = {row for one in group for row in range(one.first, one.last + 1)}
        rows = [row for row in grid.rows if heading.last < row <= end and row not in repeated]
        likely = [row for row in rows if len(grid.filled(row)) >= 2]
        found = {column for row in rows for column in grid.filled(row)} | set(heading.names)
        looks = {column: looks_of(grid, column, likely, self.sheet.year) for column in sorted(found)}
        columns = columns_of(heading, looks, mine, 0)
        kinds = kinds_of(grid, columns, heading, rows, is_part=self.is_part)
        if levels := {kind.level for kind in kinds.values() if kind.why is Why.SECTION}:
            columns = columns_of(heading, looks, mine, max(levels))
        items = [row for row in rows if kinds[row].why is None]
        telling = [
            column for column in columns if column.role in TELLING and looks[column.index].numeric < 0.9
        ]
        is_ledger = any(column.role is Means.MEASURE for column in columns) and (telling or mine)
        if not items or not is_ledger or (not mine and _is_summary(columns, looks)):
            return None
        table = LedgerTable(heading.first, end, (heading.first, heading.last), columns)
        if not table.has(Means.LEAD):
            self.sheet.unit = self.unit
        self._read_rows(table, rows, kinds)
        table.left += [_left(grid, row, Why.HEADING) for row in sorted(repeated) if row in grid.cells]
        return table

    def _read_rows(self, table: LedgerTable, rows: list[int], kinds: Mapping[int, RowKind]) -> None:
        notes = [
            text for row in rows if kinds[row].why is Why.NOTE for text in self.grid.filled(row).values()
        ]
        legend = legend_of([*self.titles, *notes])
        reader = ItemReader(self.grid, table.columns, self.sheet.year, legend, self.sheet.unit)
        reader.look_ahead([row for row in rows if kinds[row].why is None])
        if above := kinds.get(0):
            reader.start_section(above.level, above.text)
            table.left.append(_left(self.grid, table.first - 1, Why.SECTION))
        for row in rows:
            kind = kinds[row]
            if kind.why is None:
                table.rows.append(reader.read(row))
                continue
            if kind.why is Why.SECTION:
                reader.start_section(kind.level, kind.text)
            table.left.append(_left(self.grid, row, kind.why))


def _is_summary(columns: list[LedgerColumn], looks: Mapping[int, Looks]) -> bool:
    """Whether the rows count the work of each unit: one row a unit, several counts, and no time for it."""
    roles = {column.role: looks[column.index] for column in columns}
    counts = [
        column for column in columns if column.role is Means.EXTRA and looks[column.index].numeric > 0.9
    ]
    units = roles.get(Means.LEAD)
    is_each_once = units is not None and units.distinct == 1 and Means.NUMBER not in roles
    return is_each_once and len(counts) >= 2 and Means.DUE not in roles


def _name_what_is_left(grid: Grid, sheet: LedgerSheet) -> None:
    """Every other row of the sheet with something in it, be it spaces only."""
    named = {left.row for table in sheet.tables for left in table.left} | {row.row for row in sheet.rows}
    for row in grid.rows:
        if row not in named:
            why = Why.NO_TABLE
            if not grid.filled(row):
                why = Why.BLANK
            elif sheet.tables and row < sheet.tables[0].first:
                why = Why.TITLE
            sheet.left.append(_left(grid, row, why))


def _left(grid: Grid, row: int, why: Why) -> LeftRow:
    return LeftRow(
        row,
        why,
        {LedgerColumn(column, "", Means.EXTRA).letter: text for column, text in grid.filled(row).items()},
    )


def _year_in(text: str) -> int | None:
    found = YEAR.search(in_one_script(text).replace(" ", ""))
    if not found:
        return None
    if found[4]:
        digits = dict(zip("〇零○一二三四五六七八九", "000123456789", strict=True))
        return int("".join(digits[sign] for sign in found[4]))
    return full_year(found[1] or found[2] or found[3])


def _year_of(texts: list[str]) -> int | None:
    return next((year for text in texts if (year := _year_in(text))), None)


def _unit_of(titles: list[str], name: str, sheet_count: int) -> str:
    """The one unit whose sheet this is: named above the table, or by the sheet itself."""
    for text in titles:
        for found in UNIT_ABOVE.finditer(text):
            unit = STAMP.sub("", found[1] or found[2] or "").strip(" ,，;；。")
            if unit and not NOT_A_UNIT.match(unit):
                return unit
    if sheet_count > 1 and UNIT_NAME.search(name) and len(name) <= 16:
        return name.strip()
    return ""


def _language(grids: list[Grid]) -> str:
    sample = "".join(text for grid in grids for row in grid.rows[:60] for text in grid.filled(row).values())
    han = HAN.findall(sample)
    if len(han) * 10 < len(squeezed(sample)):
        return "en"
    traditional = sum(sign in TRADITIONAL for sign in han)
    return "zh-Hant" if traditional * 25 > len(han) else "zh-Hans"


TRADITIONAL = {
    chr(sign)
    for sign, into in TO_SIMPLIFIED.items()
    if chr(sign) != into and chr(sign) not in "于后准范复征占启周"
}
