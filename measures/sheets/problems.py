"""What is wrong in a file, and where; equal faults together."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

ROWS_NAMED = 10


@dataclass(frozen=True)
class Problem:
    """One fault: a row's number as the sheet shows it (0 for the whole sheet), and a column's heading.

    `sheet` is named where the file has several. `owner` is the name of an owner that does not exist yet:
    somebody who manages owners can create it.
    """

    row: int
    column: str
    value: str
    message: str
    sheet: str = ""
    owner: str = ""


@dataclass(frozen=True)
class ProblemGroup:
    """The same fault in one or more rows."""

    first: Problem
    rows: list[tuple[str, int]]

    @property
    def where(self) -> str:
        """The numbers of the first rows, and how many rows there are in all where these are many."""
        named = [self._name(sheet, row) for sheet, row in self.rows[:ROWS_NAMED] if row]
        text = _(", ").join(named)
        count = len(self.rows)
        if count <= ROWS_NAMED:
            return text
        counted = ngettext("%(count)d row", "%(count)d rows", count) % {"count": count}
        return f"{text} … ({counted})"

    @staticmethod
    def _name(sheet: str, row: int) -> str:
        return f"{sheet}!{row}" if sheet else str(row)


def grouped(problems: Iterable[Problem]) -> list[ProblemGroup]:
    """Equal faults as one group each, in the order of their first rows."""
    found: dict[tuple[str, str, str], ProblemGroup] = {}
    for one in problems:
        group = found.setdefault((one.column, one.value, one.message), ProblemGroup(one, []))
        group.rows.append((one.sheet, one.row))
    return list(found.values())
