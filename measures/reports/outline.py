"""A document as plain blocks, top to bottom: what DOCX and PDF draw, so that both say the same."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from django.utils.translation import pgettext

from measures.choices import Status
from measures.reports.language import in_chinese
from measures.texts import one_line_break

PAGE_LINES = 40  # a row of more lines than this may break, for it may be taller than what is left of any page
TEXT_WIDTH = 156  # mm between the margins of an official document
WIDE = 247  # mm, of a page that lies on its side

# Of each status: the fill of its part of a bar, and the ink on it. The page's own (tokens.css).
COLOURS = {
    Status.NOT_STARTED: ("C3CAD3", "1B2430"),
    Status.IN_PROGRESS: ("3B7DD8", "FFFFFF"),
    Status.BLOCKED: ("D0453A", "FFFFFF"),
    Status.DONE: ("2F9461", "FFFFFF"),
    Status.STANDING: ("1AA3A3", "FFFFFF"),
    Status.DROPPED: ("8B93A0", "FFFFFF"),
}

# Control characters and the like: no XML may hold them, and no font shows them.
UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


class TextRole(StrEnum):
    """What a paragraph is for."""

    BODY = "body"
    NOTE = "note"
    SIGNATURE = "signature"
    ADDRESSEE = "addressee"
    ANNEXES = "annexes"  # the list of annexes between text and signature


@dataclass(frozen=True)
class DocumentHeading:
    """Level 1 is 一、, level 2 （一）; both appear in the outline for navigation."""

    level: int
    text: str


@dataclass(frozen=True)
class Text:
    """A paragraph; its `lead` comes first, in the face of a heading （一）."""

    text: str
    role: TextRole = TextRole.BODY
    lead: str = ""


@dataclass(frozen=True)
class AnnexStart:
    """A new page that begins an annex, with its number and its title. A wide one lies on its side."""

    mark: str
    title: str
    wide: bool = False


@dataclass(frozen=True)
class TableColumn:
    """`width` in mm. With `lead`, the first line of a cell is set in the heading's face."""

    heading: str
    width: int
    align: str = "left"
    lead: bool = False


class LineKind(StrEnum):
    PLAIN = "plain"
    SUM = "sum"
    GROUP = "group"  # one cell across the table, as a head of the lines below it
    ACROSS = "across"  # one cell across the table, as a line


@dataclass(frozen=True)
class TableLine:
    """A row of a table. A line feed in a cell starts a new line."""

    cells: tuple[str, ...]
    kind: LineKind = LineKind.PLAIN


@dataclass(frozen=True)
class Table:
    """Its heads repeat on each page, and a row stays on one page unless it is too tall to."""

    columns: tuple[TableColumn, ...]
    lines: tuple[TableLine, ...]
    small: bool = False  # 8.5 pt instead of 五号: a ledger of 120 items fits five pages

    @property
    def width(self) -> int:
        """In mm."""
        return sum(column.width for column in self.columns)

    def may_break(self, line: TableLine) -> bool:
        """Return whether it may be too tall for a page. Three characters of a table take about 11 mm."""
        if len(line.cells) < len(self.columns):
            return False
        cells = zip(self.columns, line.cells, strict=True)
        return any(
            sum(1 + len(part) * 11 // (3 * column.width) for part in cell.split("\n")) > PAGE_LINES
            for column, cell in cells
        )


@dataclass(frozen=True)
class Bars:
    """Stacked bars, one a row: its label, and how many have each status."""

    rows: tuple[tuple[str, tuple[tuple[Status, int], ...]], ...]


Block = DocumentHeading | Text | Table | Bars | AnnexStart


@dataclass
class Document:
    """A title, lines under it, and blocks. `add` appends; headings number themselves.

    `generator` names the release that the document comes from, such as Taizhang 0.1.0, if it is known.
    """

    title: str
    subtitle: tuple[str, ...]
    language: str
    author: str
    organisation: str
    made_at: datetime
    generator: str = ""
    blocks: list[Block] = field(default_factory=list)
    chapter: int = 0
    section: int = 0
    annexes: int = 0

    @property
    def is_chinese(self) -> bool:
        return self.language.startswith("zh")

    def add(self, *blocks: Block) -> None:
        self.blocks += blocks

    def start_chapter(self, text: str) -> None:
        """A heading 一、 (1 in English)."""
        self.chapter, self.section = self.chapter + 1, 0
        number = f"{in_chinese(self.chapter)}、" if self.is_chinese else f"{self.chapter}. "
        self.add(DocumentHeading(1, number + text))

    def start_annex(self, title: str, *, number: bool, wide: bool = False) -> None:
        """Begin an annex; its number is only said where there is more than one."""
        self.annexes, self.chapter = self.annexes + 1, 0
        mark = pgettext("official document", "Annex")
        if number:
            mark = pgettext("official document", "Annex %(number)d") % {"number": self.annexes}
        self.add(AnnexStart(mark, title, wide))

    def start_section(self, text: str) -> None:
        """A heading （一） (1.1 in English)."""
        self.section += 1
        number = f"（{in_chinese(self.section)}）" if self.is_chinese else f"{self.chapter}.{self.section} "
        self.add(DocumentHeading(2, number + text))


def writable(text: str) -> str:
    """The text as documents can hold it: without control characters, its lines ended in one way."""
    return UNWRITABLE.sub("", one_line_break(text))


def shares(counts: Sequence[int], units: int) -> list[int]:
    """The units of a bar by their counts: together all, one or more where the count is not nought."""
    total = sum(counts)
    if not total:
        return [0 for _count in counts]
    given = [max(1, units * count // total) if count else 0 for count in counts]
    while (left := units - sum(given)) != 0:
        step = 1 if left > 0 else -1
        # Where the share is furthest from what was given.
        errors = [(units * count / total - given[place]) * step for place, count in enumerate(counts)]
        candidates = [place for place, count in enumerate(counts) if count and given[place] + step > 0]
        given[max(candidates, key=lambda place: errors[place])] += step
    return given
