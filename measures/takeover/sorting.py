"""Which rows of a table are items, and what the others are."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from measures.takeover.columns import LedgerColumn
from measures.takeover.corrections import MOST_LEVELS
from measures.takeover.grid import Grid
from measures.takeover.headings import Means
from measures.takeover.ledger import Why
from measures.takeover.tables import HeadingBlock, is_note, is_total, looks_numbered
from measures.takeover.texts import says_nothing, squeezed

ALONE_NUMBER = re.compile(
    r"^(?:[(（]?[一二三四五六七八九十]{1,3}[)）]?[、.．]?|[IVX]{1,4}\.?|[A-Z]\.?|第[一二三四五六七八九十]+部分?)$"
)


OF_ITEMS = (Means.LEAD, Means.DUE, Means.PROGRESS, Means.STATUS, Means.SUPPORTING)


@dataclass(frozen=True)
class RowKind:
    """Why a row is no item, or that it is one; for a heading of a part its level and its text."""

    why: Why | None = None
    level: int = 0
    text: str = ""


def kinds_of(
    grid: Grid, columns: list[LedgerColumn], heading: HeadingBlock, rows: list[int], *, is_part: bool
) -> Mapping[int, RowKind]:
    """The kind of each row. Under 0, the part that is named right above the headings."""
    sorter = Sorter(grid, columns, rows)
    kinds = {row: sorter.kind(row) for row in rows}
    last_item = max((row for row, kind in kinds.items() if kind.why is None), default=0)
    for row in rows:
        # Below the last item there are no parts any more, only feet.
        if row > last_item and kinds[row].why is Why.SECTION:
            kinds[row] = RowKind(Why.NOTE)
    styles: list[str] = []
    above = _part_above(grid, heading, [kinds[row] for row in rows], is_part)
    if above:
        kinds[0] = above
        styles.append(looks_numbered(above.text))
    for row in rows:
        kind = kinds[row]
        if kind.why is Why.SECTION:
            style = sorter.style(row)
            if style not in styles:
                styles.append(style)
            kinds[row] = RowKind(Why.SECTION, min(MOST_LEVELS, styles.index(style) + 1), kind.text)
    return kinds


def _part_above(grid: Grid, heading: HeadingBlock, kinds: list[RowKind], is_part: bool) -> RowKind | None:
    """The part that stands between the title and the headings, where later parts look alike."""
    texts = grid.filled(heading.first - 1)
    if heading.first < 3 or len(texts) != 1:
        return None
    text = next(iter(texts.values()))
    styles = {looks_numbered(kind.text) for kind in kinds if kind.why is Why.SECTION}
    style = looks_numbered(text)
    return RowKind(Why.SECTION, 1, text) if style and (is_part or style in styles) else None


class Sorter:
    """Tells rows apart by what most rows of their table have."""

    def __init__(self, grid: Grid, columns: list[LedgerColumn], rows: list[int]) -> None:
        self.grid = grid
        self.roles = {column.index: column.role for column in columns}
        self.by_role: dict[Means, list[int]] = {}
        for column in columns:
            self.by_role.setdefault(column.role, []).append(column.index)
        full = [row for row in rows if len(grid.filled(row)) >= 3]
        numbers = self.by_role.get(Means.NUMBER, [])
        numbered = sum(bool(numbers and grid.text(row, numbers[0])) for row in full)
        self.are_numbered = bool(full) and numbered >= 0.8 * len(full)
        # Items numbered 1.1 and 1.2 belong to a part that is numbered 1.
        dotted = sum(bool(re.fullmatch(r"\d+[.-]\d+", self._own(row, Means.NUMBER))) for row in full)
        self.are_dotted = bool(full) and dotted >= 0.8 * len(full)
        self.usual = sum(len(grid.filled(row)) for row in full) / len(full) if full else 0.0
        self.styles: dict[int, str] = {}

    def style(self, row: int) -> str:
        return self.styles.get(row, "")

    def kind(self, row: int) -> RowKind:
        """What this row is, looked at alone."""
        texts = self.grid.filled(row)
        told = {column: text for column, text in texts.items() if not says_nothing(text)}
        if not told:
            return RowKind(Why.BLANK)
        if len(told) >= 4 and [squeezed(told[place]).strip("()（）") for place in sorted(told)] == [
            str(number) for number in range(1, len(told) + 1)
        ]:
            return RowKind(Why.HEADING)  # a row that numbers the columns
        if is_total(told) and not (self._own(row, Means.LEAD) and self._own(row, Means.DUE)):
            return RowKind(Why.TOTAL)
        if set(told) <= set(self.by_role.get(Means.NUMBER, [])) and _is_number(told[min(told)]):
            return RowKind(Why.BLANK)
        if self._is_foot(row, told):
            return RowKind(Why.NOTE)
        return self._part(row, told) or RowKind(None if self._is_item(row) else Why.NOTE)

    def _is_item(self, row: int) -> bool:
        if self._text(row, Means.MEASURE):
            return True
        number = self._text(row, Means.NUMBER)
        if self.are_numbered and not _is_number(number):
            return False
        return sum(bool(self._own(row, role)) for role in OF_ITEMS) >= 2

    def _own(self, row: int, role: Means) -> str:
        return next(
            (text for index in self.by_role.get(role, []) if (text := self.grid.own_text(row, index))), ""
        )

    def _text(self, row: int, role: Means) -> str:
        return next(
            (text for index in self.by_role.get(role, []) if (text := self.grid.text(row, index))), ""
        )

    def _is_foot(self, row: int, told: dict[int, str]) -> bool:
        first = told[min(told)]
        if self._own(row, Means.NUMBER) and re.fullmatch(
            r"\d+(?:\.\d+)*|[A-Za-z]{1,4}-?\d+", squeezed(self._own(row, Means.NUMBER))
        ):
            return False
        if len(told) == 1:
            return is_note(first) and not looks_numbered(first)
        colons = sum(bool(re.search(r"[:：]", text)) for text in told.values())
        return is_note(first) and (colons >= 1 or len(told) <= 2) and len(told) <= max(3, self.usual / 2)

    def _part(self, row: int, told: dict[int, str]) -> RowKind | None:
        """A heading of a part: one text across the table, or a number and a text where items have more."""
        places = sorted(told)
        text = told[places[0]]
        if len(places) == 1:
            if not self._stands_alone(row, places[0], text):
                return None
            self.styles[row] = looks_numbered(text)
            return RowKind(Why.SECTION, 1, text)
        number = squeezed(text)
        heads_dotted = self.are_dotted and len(places) == 2 and re.fullmatch(r"\d+\.?", number)
        if not (ALONE_NUMBER.match(number) or heads_dotted) or self.usual < len(places) + 1:
            return None
        others = [self.roles.get(place) for place in places[1:]]
        if len(places) > 2 and any(role in {Means.LEAD, Means.DUE, Means.STATUS} for role in others):
            return None
        self.styles[row] = looks_numbered(
            f"{number}、" if re.fullmatch(r"[一二三四五六七八九十]+", number) else f"{number}x"
        )
        return RowKind(Why.SECTION, 1, told[places[1]])

    def _stands_alone(self, row: int, place: int, text: str) -> bool:
        merge = self.grid.merge_at(row, place)
        if merge and merge.width > max(2, len(self.roles) / 2):
            return True
        if self.usual < 2.5:
            return False
        measures = self.by_role.get(Means.MEASURE, [])
        if place in measures:
            numbered = looks_numbered(text) in {"第一部分", "一、", "（一）", "第一节"}
            return numbered or (self.are_numbered and not self._text(row, Means.NUMBER))
        # A text alone at the left, where no column of levels stands: elsewhere it may go with the row above.
        if self.roles.get(place) is Means.LEVEL:
            return not self._text(row, Means.MEASURE) and len(self.grid.spread[row]) <= 2
        return (
            place == min(self.roles) or self.roles.get(place) in {Means.NUMBER} or bool(looks_numbered(text))
        )


def _is_number(text: str) -> bool:
    """Whether a cell numbers a row that says nothing else: numbers are often filled in ahead."""
    words = squeezed(text)
    return (
        bool(re.fullmatch(r"[\d.()（）]+|[A-Za-z]{0,4}-?\d+|第?\d+号?", words))
        or ALONE_NUMBER.match(words) is not None
    )
