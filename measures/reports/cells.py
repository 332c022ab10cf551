"""What the spreadsheet writers share: the columns of each table, and text that no spreadsheet runs."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from operator import attrgetter

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from measures.choices import ApplicationKind, ChaserLevel, ClosedBy, Light, MilestoneState, Status
from measures.loop.milestones import done_of
from measures.models.entries import ENTRY_TEXTS
from measures.models.levels import Levels, pillar_word, section_word
from measures.models.state import BY_NAME, FIELDS, Kind
from measures.reports.loop_rows import (
    ApplicationRow,
    ApplicationState,
    ChaserRow,
    EntryRow,
    EvidenceRow,
    MilestoneRow,
)
from measures.reports.model import ItemState, JournalRow, Move, MoveKind, ReportRow

# OWASP ASVS 5.0, 1.2.10, and the full-width forms that a Chinese keyboard types.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")
_STARTS = frozenset(FORMULA_STARTS)


def starts_formula(value: object) -> bool:
    """Return whether spreadsheets might run it: text that starts as a formula. -3 is a number, not text."""
    return isinstance(value, str) and value[:1] in _STARTS


def safe_cell(value: object) -> object:
    """Return the value, with an apostrophe in front if it is text that a spreadsheet might run."""
    return f"'{value}" if starts_formula(value) else value


@dataclass(frozen=True)
class ReportColumn[T]:
    """A column: its heading, its value for a row, and its width in characters.

    What is not `printed` is for sorting and filtering: on paper, it would make the rest too small to read.
    """

    heading: str
    value: Callable[[T], str | int | date | None]
    width: int
    printed: bool = True


# Items are printed with more columns than a list has; these are narrower, so that they fit.
NARROW = {"status": 10, "owner": 16, "due": 11, "notes": 52}


def _written(*, narrow: bool = False) -> list[tuple[str, ReportColumn[ItemState]]]:
    """By its name, the column of each field that people write."""
    statuses = labels(Status)
    values: dict[str, Callable[[ItemState], str | date | None]] = {
        one.name: attrgetter(one.name) for one in FIELDS
    }
    values |= {one.name: lambda row: statuses[row.status] for one in FIELDS if one.kind == Kind.STATUS}
    widths = NARROW if narrow else {}
    return [
        (one.name, ReportColumn(str(one.label), values[one.name], widths.get(one.name, one.width)))
        for one in FIELDS
    ]


def item_columns(levels: Levels) -> list[ReportColumn[ReportRow]]:
    """The columns of every spreadsheet of items, headings in the active language."""
    sections = section_word(levels)
    parts: list[ReportColumn[ReportRow]] = [ReportColumn(pillar_word(levels), lambda row: row.pillar, 14)]
    if sections:
        parts.append(ReportColumn(sections, lambda row: row.section, 18))
    lights = labels(Light)
    closings = labels(ClosedBy)
    late: ReportColumn[ReportRow] = ReportColumn(
        _("Days late"), lambda row: row.days_late or row.days_late_when_done or None, 8
    )
    written: list[ReportColumn[ReportRow]] = []
    for name, column in _written(narrow=True):
        written += [column, late] if BY_NAME[name].has_days_late else [column]
    return [
        ReportColumn(_("Code"), lambda row: row.code, 9),
        ReportColumn(_("Title"), lambda row: row.title, 34),
        *parts,
        *written,
        ReportColumn(
            _("Milestones"),
            lambda row: done_of(row.milestones_done, row.milestone_count),
            10,
            printed=False,
        ),
        ReportColumn(_("First due"), lambda row: row.first_due, 11, printed=False),
        ReportColumn(_("Extensions"), lambda row: row.extensions or None, 8, printed=False),
        ReportColumn(_("Done on"), lambda row: row.done_on, 11, printed=False),
        ReportColumn(
            _("Closed by"),
            lambda row: closings[ClosedBy(row.closed_by)] if row.closed_by else "",
            12,
            printed=False,
        ),
        ReportColumn(_("Last entry"), lambda row: row.last_entry_on, 11, printed=False),
        ReportColumn(_("What it says"), lambda row: row.last_entry, 40, printed=False),
        ReportColumn(_("Evidence"), lambda row: row.evidence, 40, printed=False),
        ReportColumn(_("Last update"), lambda row: local_minute(row.updated), 16),
        ReportColumn(_("Updated by"), lambda row: row.updated_by, 12, printed=False),
        ReportColumn(_("Reason"), lambda row: row.reason, 30, printed=False),
        ReportColumn(pgettext("traffic", "Light"), lambda row: lights[row.light], 8, printed=False),
        ReportColumn(_("Why this light"), lambda row: row.light_reason, 20, printed=False),
    ]


def move_columns() -> list[ReportColumn[Move]]:
    """The columns of what moved in the period."""
    kinds = labels(MoveKind)
    return [
        ReportColumn(_("What moved"), lambda move: kinds[move.kind], 20),
        ReportColumn(_("Code"), lambda move: move.code, 9),
        ReportColumn(_("Title"), lambda move: move.title, 40),
        ReportColumn(_("Owner"), lambda move: move.owner, 18),
        ReportColumn(_("Before"), lambda move: move.before, 18),
        ReportColumn(_("After"), lambda move: move.after, 18),
        ReportColumn(_("Recorded"), lambda move: local_minute(move.at), 17),
        ReportColumn(_("By"), lambda move: move.by, 12),
        ReportColumn(_("Reason"), lambda move: move.reason, 40),
    ]


def journal_columns() -> list[ReportColumn[JournalRow]]:
    """The columns of the updates: each with the whole state after it."""
    return [
        ReportColumn(_("When"), lambda row: local_minute(row.at), 17),
        ReportColumn(_("Code"), lambda row: row.code, 9),
        ReportColumn(_("Title"), lambda row: row.title, 40),
        ReportColumn(_("By"), lambda row: row.by, 12),
        ReportColumn(_("Way"), lambda row: row.via, 10),
        *(column for _name, column in _written()),
        ReportColumn(_("Reason"), lambda row: row.reason, 40),
    ]


def entry_columns() -> list[ReportColumn[EntryRow]]:
    """The columns of the progress entries."""
    return [
        ReportColumn(_("When"), lambda row: local_minute(row.at), 17),
        ReportColumn(_("Code"), lambda row: row.code, 9),
        ReportColumn(_("Title"), lambda row: row.title, 40),
        ReportColumn(_("Unit"), lambda row: row.unit, 18),
        ReportColumn(_("Written by"), lambda row: row.side, 12),
        ReportColumn(_("By"), lambda row: row.by, 12),
        ReportColumn(_("Counts on"), lambda row: row.counts_on, 12),
        ReportColumn(_("Nothing new"), lambda row: _("yes") if row.nothing_new else "", 8),
        ReportColumn(str(ENTRY_TEXTS["progress"]), lambda row: row.progress, 60),
        ReportColumn(str(ENTRY_TEXTS["problems"]), lambda row: row.problems, 40),
        ReportColumn(str(ENTRY_TEXTS["next_steps"]), lambda row: row.next_steps, 40),
        ReportColumn(_("Withdrawn"), lambda row: _("yes") if row.withdrawn else "", 8),
    ]


def application_columns() -> list[ReportColumn[ApplicationRow]]:
    """The columns of the applications."""
    kinds, states = labels(ApplicationKind), labels(ApplicationState)
    return [
        ReportColumn(_("Asked on"), lambda row: local_minute(row.at), 16),
        ReportColumn(_("Code"), lambda row: row.code, 9),
        ReportColumn(_("Title"), lambda row: row.title, 32),
        ReportColumn(_("Owner"), lambda row: row.owner, 16),
        ReportColumn(_("Application"), lambda row: kinds[row.kind], 12),
        ReportColumn(_("Reason or result"), lambda row: row.reason, 44),
        ReportColumn(_("Due"), lambda row: row.due, 11),
        ReportColumn(_("New due date"), lambda row: row.new_due, 11),
        ReportColumn(pgettext("application", "State"), lambda row: states[row.state], 10),
        ReportColumn(_("Decided on"), lambda row: local_minute(row.decided_at), 16),
        ReportColumn(_("Answer"), lambda row: row.answer, 30),
        ReportColumn(_("By one hand"), lambda row: _("yes") if row.by_one_hand else "", 8),
        ReportColumn(_("Side"), lambda row: row.side, 12, printed=False),
        ReportColumn(_("Asked by"), lambda row: row.by, 12, printed=False),
        ReportColumn(_("Decided by"), lambda row: row.decided_by, 12, printed=False),
    ]


def chaser_columns() -> list[ReportColumn[ChaserRow]]:
    """The columns of the chasers."""
    levels = labels(ChaserLevel)
    return [
        ReportColumn(_("Sent at"), lambda row: local_minute(row.at), 17),
        ReportColumn(_("Code"), lambda row: row.code, 9),
        ReportColumn(_("Title"), lambda row: row.title, 40),
        ReportColumn(_("Unit"), lambda row: row.unit, 18),
        ReportColumn(pgettext("chaser", "Level"), lambda row: levels[ChaserLevel(row.level)], 8),
        ReportColumn(pgettext("chaser", "What is asked"), lambda row: row.text, 50),
        ReportColumn(_("Answer by"), lambda row: row.answer_by, 12),
        ReportColumn(_("Answered at"), lambda row: local_minute(row.answered_at), 17),
        ReportColumn(_("Withdrawn at"), lambda row: local_minute(row.withdrawn_at), 17),
        ReportColumn(_("Sent by"), lambda row: row.by, 12),
    ]


def milestone_columns() -> list[ReportColumn[MilestoneRow]]:
    """The columns of the milestones."""
    states = labels(MilestoneState)
    return [
        ReportColumn(_("Code"), lambda row: row.code, 9),
        ReportColumn(_("Title"), lambda row: row.title, 36),
        ReportColumn(_("Owner"), lambda row: row.owner, 16),
        ReportColumn(_("Milestone"), lambda row: row.text, 44),
        ReportColumn(pgettext("milestone", "Date"), lambda row: row.due, 11),
        ReportColumn(pgettext("milestone", "State"), lambda row: states[row.state], 9),
        ReportColumn(_("Done on"), lambda row: row.done_on, 11),
        ReportColumn(_("Days late"), lambda row: row.days_late or None, 8),
        ReportColumn(_("Date at first"), lambda row: row.first_due, 11),
        ReportColumn(_("Date asked for"), lambda row: row.wanted, 11),
        ReportColumn(_("Set by"), lambda row: row.set_by, 12),
        ReportColumn(_("By"), lambda row: row.by, 12, printed=False),
        ReportColumn(_("Recorded"), lambda row: local_minute(row.at), 17, printed=False),
    ]


def evidence_columns() -> list[ReportColumn[EvidenceRow]]:
    """The columns of the evidence."""
    return [
        ReportColumn(_("Added at"), lambda row: local_minute(row.at), 17),
        ReportColumn(_("Code"), lambda row: row.code, 9),
        ReportColumn(_("Title"), lambda row: row.title, 40),
        ReportColumn(_("Unit"), lambda row: row.unit, 18),
        ReportColumn(_("File or link"), lambda row: row.name or row.link, 44),
        ReportColumn(_("Size in bytes"), lambda row: row.size or None, 12),
        ReportColumn("SHA-256", lambda row: row.sha256, 66),
        ReportColumn(_("Added by"), lambda row: row.by, 12),
        ReportColumn(_("Destroyed"), lambda row: _("yes") if row.destroyed else "", 8),
    ]


def labels[
    E: (
        Status,
        Light,
        MoveKind,
        ClosedBy,
        ApplicationKind,
        ApplicationState,
        ChaserLevel,
        MilestoneState,
    )
](words: type[E]) -> dict[E, str]:
    """Each word's label in the active language: looked up once, and not in every row."""
    return {word: str(word.label) for word in words}


def local_minute(moment: datetime | None) -> datetime | None:
    """A moment as the site's clock showed it, to the minute and without a zone: sheets know no zones."""
    if moment is None:
        return None
    # The site has one zone; the active one would be looked up for every row.
    local = moment.astimezone(timezone.get_default_timezone())
    return local.replace(second=0, microsecond=0, tzinfo=None)


def as_text(value: object) -> str:
    """A cell as text, for formats without types: 2026-11-24, 2026-11-24 09:30."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat(" ", "minutes")
    return value.isoformat() if isinstance(value, date) else str(value)
