"""What the spreadsheet writers share: the columns of each table, and text that no spreadsheet runs."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from operator import attrgetter
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from measures.choices import Light, Status
from measures.models.state import BY_NAME, FIELDS, Kind
from measures.reports.model import ItemState, JournalRow, Move, MoveKind, Row

# OWASP ASVS 5.0, 1.2.10, and the full-width forms that a Chinese keyboard types.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")
_STARTS = frozenset(FORMULA_STARTS)


def starts_formula(value: object) -> bool:
    """Whether a spreadsheet might run this value: text that starts as a formula. -3 is a number, not text."""
    return isinstance(value, str) and value[:1] in _STARTS


def safe_cell(value: object) -> object:
    """The value with an apostrophe before it where it is text that a spreadsheet might run."""
    return f"'{value}" if starts_formula(value) else value


@dataclass(frozen=True)
class Column[T]:
    """A column: its heading, what stands in it for a row, and how wide it is in characters.

    What is not `printed` is for sorting and filtering: on paper, it would make the rest too small to read.
    """

    heading: str
    value: Callable[[T], Any]
    width: int
    printed: bool = True


# Items are printed with more columns than a list has; these are narrower, so that they fit.
NARROW = {"status": 10, "owner": 16, "due": 11, "notes": 52}


def _written(*, narrow: bool = False) -> list[tuple[str, Column[ItemState]]]:
    """By its name, the column of each field that people write."""
    statuses = labels(Status)
    values: dict[str, Callable[[ItemState], Any]] = {one.name: attrgetter(one.name) for one in FIELDS}
    values |= {one.name: lambda row: statuses[row.status] for one in FIELDS if one.kind == Kind.STATUS}
    widths = NARROW if narrow else {}
    return [
        (one.name, Column(str(one.label), values[one.name], widths.get(one.name, one.width)))
        for one in FIELDS
    ]


def item_columns() -> list[Column[Row]]:
    """The columns of every spreadsheet of items, headings in the active language."""
    lights = labels(Light)
    late: Column[Row] = Column(_("Days late"), lambda row: row.days_late or None, 8)
    written: list[Column[Row]] = []
    for name, column in _written(narrow=True):
        written += [column, late] if BY_NAME[name].has_days_late else [column]
    return [
        Column(_("Code"), lambda row: row.code, 9),
        Column(_("Title"), lambda row: row.title, 34),
        Column(_("Pillar"), lambda row: row.pillar, 14),
        Column(_("Section"), lambda row: row.section, 18),
        *written,
        Column(_("Last update"), lambda row: local_minute(row.updated), 16),
        Column(_("Updated by"), lambda row: row.updated_by, 12, printed=False),
        Column(_("Reason"), lambda row: row.reason, 30, printed=False),
        Column(pgettext("traffic", "Light"), lambda row: lights[row.light], 8, printed=False),
        Column(_("Why this light"), lambda row: row.light_reason, 20, printed=False),
    ]


def move_columns() -> list[Column[Move]]:
    """The columns of what moved in the period."""
    kinds = labels(MoveKind)
    return [
        Column(_("What moved"), lambda move: kinds[move.kind], 20),
        Column(_("Code"), lambda move: move.code, 9),
        Column(_("Title"), lambda move: move.title, 40),
        Column(_("Owner"), lambda move: move.owner, 18),
        Column(_("Before"), lambda move: move.before, 18),
        Column(_("After"), lambda move: move.after, 18),
        Column(_("Recorded"), lambda move: local_minute(move.at), 17),
        Column(_("By"), lambda move: move.by, 12),
        Column(_("Reason"), lambda move: move.reason, 40),
    ]


def journal_columns() -> list[Column[JournalRow]]:
    """The columns of the updates: each with the whole state after it."""
    return [
        Column(_("When"), lambda row: local_minute(row.at), 17),
        Column(_("Code"), lambda row: row.code, 9),
        Column(_("Title"), lambda row: row.title, 40),
        Column(_("By"), lambda row: row.by, 12),
        Column(_("Way"), lambda row: row.via, 10),
        *(column for _name, column in _written()),
        Column(_("Reason"), lambda row: row.reason, 40),
    ]


def labels[E: (Status, Light, MoveKind)](words: type[E]) -> dict[E, str]:
    """Each word's label in the active language: looked up once, and not in every row."""
    return {word: str(word.label) for word in words}


def local_minute(moment: datetime | None) -> datetime | None:
    """A moment as the site's clock showed it, to the minute and without a zone: sheets know no zones."""
    if moment is None:
        return None
    # The site has one zone; the active one would be looked up for every row.
    local = moment.astimezone(timezone.get_default_timezone())
    return local.replace(second=0, microsecond=0, tzinfo=None)


def as_text(value: Any) -> str:
    """A cell as text, for formats without types: 2026-11-24, 2026-11-24 09:30."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat(" ", "minutes")
    return value.isoformat() if isinstance(value, date) else str(value)
