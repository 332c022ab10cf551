"""A catalogue as plain values, between files and the database, and what is wrong in a file."""

from dataclasses import dataclass, field
from datetime import date

from openpyxl.utils import get_column_letter

from measures.choices import Cadence

# A text by language; the first is the catalogue's own.
type Texts = dict[str, str]
# The codes of the parts from the top down.
type Path = tuple[str, ...]

LANGUAGES = ("zh-hans", "zh-hant", "en")
TITLE_LIMIT, CODE_LIMIT, SOURCE_LIMIT, DETAIL_LIMIT = 200, 24, 24, 4_000
MEASURES_LIMIT = 2_000
# A title that a draft lacks in one of its languages.
UNTRANSLATED = "…"


@dataclass(frozen=True)
class OutlinePart:
    """One part; the codes of those above it and its own are its path."""

    path: Path
    title: Texts
    summary: Texts = field(default_factory=dict)

    @property
    def code(self) -> str:
        return self.path[-1]


@dataclass(frozen=True)
class MeasureLine:
    """One measure, below the part of this path."""

    path: Path
    code: str
    title: Texts
    detail: Texts
    cadence: Cadence
    source: str = ""
    key_terms: dict[str, list[str]] = field(default_factory=dict)
    needs_evidence: bool = False


@dataclass
class Outline:
    """A whole catalogue in its order. `levels` are the names of its levels, from the top to the measure."""

    slug: str = ""
    title: Texts = field(default_factory=dict)
    issuer: Texts = field(default_factory=dict)
    day: date | None = None
    levels: list[Texts] = field(default_factory=list)
    languages: list[str] = field(default_factory=list)
    parts: list[OutlinePart] = field(default_factory=list)
    measures: list[MeasureLine] = field(default_factory=list)


@dataclass(frozen=True)
class SheetFault:
    """What is wrong in a cell, or in a whole row if `last` is another column than `first`."""

    row: int
    first: int
    text: str
    sheet: str = ""
    last: int = 0

    @property
    def column(self) -> str:
        """As a spreadsheet shows it: D, or A:H."""
        if not self.first:
            return "-"
        letter = get_column_letter(self.first)
        return f"{letter}:{get_column_letter(self.last)}" if self.last > self.first else letter

    def __str__(self) -> str:
        return f"{self.sheet or '-'} {self.row} {self.column}: {self.text}"
