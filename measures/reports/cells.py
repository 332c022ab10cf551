"""What the spreadsheet writers share: the columns of the items, and text that no spreadsheet runs."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from measures.reports.build import Row

# OWASP ASVS 5.0, 1.2.10, and the full-width forms that a Chinese keyboard types.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")


def starts_formula(value: object) -> bool:
    """Whether a spreadsheet might run this value: text that starts as a formula. -3 is a number, not text."""
    return isinstance(value, str) and value.startswith(FORMULA_STARTS)


def safe_cell(value: object) -> object:
    """The value with an apostrophe before it where it is text that a spreadsheet might run."""
    return f"'{value}" if starts_formula(value) else value


@dataclass(frozen=True)
class Column:
    """A column of the items: heading, what stands in it, and how wide it is in characters."""

    heading: str
    value: Callable[[Row], Any]
    width: int


def item_columns() -> list[Column]:
    """The columns of every spreadsheet of items, headings in the active language."""
    return [
        Column(_("Code"), lambda row: row.code, 9),
        Column(_("Title"), lambda row: row.title, 40),
        Column(_("Pillar"), lambda row: row.pillar, 16),
        Column(_("Section"), lambda row: row.section, 22),
        Column(_("Status"), lambda row: str(row.status.label), 12),
        Column(_("Owner"), lambda row: row.owner, 18),
        Column(_("Due"), lambda row: row.due, 12),
        Column(_("Days late"), lambda row: row.days_late or None, 10),
        Column(_("Notes"), lambda row: row.notes, 60),
        Column(_("Last update"), lambda row: local_minute(row.updated), 17),
    ]


def local_minute(moment: datetime | None) -> datetime | None:
    """A moment as the site's clock showed it, to the minute and without a zone: sheets know no zones."""
    if moment is None:
        return None
    return timezone.localtime(moment).replace(second=0, microsecond=0, tzinfo=None)


def as_text(value: Any) -> str:
    """A cell as text, for formats without types: 2026-11-24, 2026-11-24 09:30."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    return value.isoformat() if isinstance(value, date) else str(value)
