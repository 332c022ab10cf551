"""What people say that columns are, where the reader was wrong or not sure."""

import re
from collections.abc import Mapping

from openpyxl.utils import column_index_from_string

from measures.choices import Status
from measures.takeover.columns import LedgerColumn
from measures.takeover.grid import Grid
from measures.takeover.headings import Means
from measures.takeover.tables import HeadingBlock

# By sheet and column. «C» is that column in every table of the sheet; «C12» is the one of the table whose
# headings begin in row 12, and comes before «C».
type Corrections = Mapping[tuple[str, str], str]
COLUMN = re.compile(r"([A-Z]{1,3})(\d*)")
MOST_LEVELS = 4


def corrections_of(corrections: Corrections, sheet: str) -> dict[str, str]:
    """Those of one sheet, by column."""
    return {column: name for (of, column), name in corrections.items() if of == sheet}


def corrections_at(mine: Mapping[str, str], first_row: int) -> dict[str, str]:
    """Those of the table whose headings begin in this row, by letter."""
    everywhere = {column: name for column, name in mine.items() if column.isalpha()}
    here = {
        found[1]: name
        for column, name in mine.items()
        if (found := COLUMN.fullmatch(column)) and found[2] == str(first_row)
    }
    return everywhere | here


def is_part_name(name: str) -> bool:
    """Whether a correction may say this: due, level2, progress:9月, status:done, extra."""
    role, _, detail = name.partition(":")
    if role == Means.STATUS and detail:
        return detail in {*Status.values, "no"}
    if found := re.fullmatch(r"level([1-9])", role):
        return not detail and int(found[1]) <= MOST_LEVELS
    return role in set(Means) - {Means.LEVEL} and (not detail or role == Means.PROGRESS)


def corrected_column(index: int, heading: str, name: str) -> LedgerColumn:
    """The column as a person says that it is. Raises ValueError if there is no such part."""
    if not is_part_name(name):
        raise ValueError(name)
    role, _, detail = name.partition(":")
    if role.startswith("level"):
        role, detail = "level", role.removeprefix("level")
    return LedgerColumn(index, heading, Means(role), detail, 1.0, is_corrected=True)


def heading_by_corrections(grid: Grid, mine: Mapping[str, str]) -> HeadingBlock | None:
    """A heading where none was found but people say what columns are: the first row that has them all."""
    places = [column_index_from_string(found[1]) for column in mine if (found := COLUMN.fullmatch(column))]
    for row in grid.rows if places else []:
        texts = grid.filled(row)
        if all(place in texts for place in places):
            return HeadingBlock(row, row, {place: (text,) for place, text in texts.items()})
    return None
