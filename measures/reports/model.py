"""A progress report as plain values, in one language. Writers read these and nothing else.

`build.py` makes them from the ledger; `as_json.py` writes them out as data and reads them back.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from measures.choices import Light, MilestoneState, Status
from measures.lights import Lit
from measures.progress import Counts
from measures.reports.choice import DEFAULT_CHOICE, Choice
from measures.reports.loop_rows import ApplicationRow, ChaserRow, EntryRow, EvidenceRow, MilestoneRow
from measures.reports.text.model import Chapter
from measures.texts import Label


class MoveKind(StrEnum):
    """What moved between two days; in the order in which a report tells it."""

    FINISHED = "finished"
    STARTED = "started"
    BLOCKED = "blocked"
    LATE = "late"
    DUE_MOVED = "due_moved"
    OWNER_CHANGED = "owner_changed"

    @property
    def label(self) -> Label:
        return MOVE_LABELS[self]


MOVE_LABELS = {
    MoveKind.FINISHED: _("Finished or made standing"),
    MoveKind.STARTED: _("Started"),
    MoveKind.BLOCKED: _("Newly blocked"),
    MoveKind.LATE: _("Newly overdue"),
    MoveKind.DUE_MOVED: _("Due dates moved"),
    MoveKind.OWNER_CHANGED: _("Owners changed"),
}


@dataclass(frozen=True, kw_only=True)
class ItemState:
    """One item, and what people had written about it at some moment.

    One attribute for each of `measures.models.state.FIELDS`, as `StateField.plain` returns it. One that was
    added later has its empty value as the default: reports kept from before lack it.
    """

    code: str
    title: str
    status: Status
    owner: str
    cooperating: str = ""
    leader: str = ""
    due: date | None
    target: str = ""
    notes: str


@dataclass(frozen=True, kw_only=True)
class ReportRow(ItemState):
    """One item at the end of the report's day.

    `reason` is what the unit said last about what holds it up (`reasons.reasons_of`); `light_reason` says why
    the light is what it is.
    `updated` is the moment of its newest update up to that day; None: nobody has touched it.
    `milestone_count` counts the milestones in force.
    `closed_by` is a ClosedBy, or empty; `last_entry` the texts of the newest entry that was not withdrawn;
    `evidence` has a line for each of the newest pieces of evidence.
    What has a default is missing in reports kept from before it was added.
    """

    pillar: str
    section: str
    light: Light
    light_reason: str
    updated: datetime | None
    updated_by: str
    reason: str
    days_late: int
    first_due: date | None = None
    extensions: int = 0
    done_on: date | None = None
    days_late_when_done: int = 0
    closed_by: str = ""
    last_entry_on: date | None = None
    last_entry: str = ""
    milestone_count: int = 0
    milestones_done: int = 0
    evidence: str = ""

    @property
    def lit(self) -> Lit:
        return Lit(self.light, self.light_reason)

    @property
    def is_overdue(self) -> bool:
        return self.days_late > 0

    @property
    def wants_attention(self) -> bool:
        """Overdue or blocked."""
        return self.is_overdue or self.status == Status.BLOCKED


@dataclass(frozen=True)
class Move:
    """One thing that moved between `since` and `as_of`: values before and after in words.

    `at`, `by` and `reason` are of the newest update that moved it; empty for what time alone did (late). The
    reason is empty as well if the update is one of a batch, by a bulk edit, an import or an undo.
    """

    kind: MoveKind
    code: str
    title: str
    owner: str
    before: str
    after: str
    at: datetime | None = None
    by: str = ""
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class JournalRow(ItemState):
    """One update made after the end of `since` and up to the end of `as_of`: the whole state after it."""

    at: datetime
    by: str
    via: str
    reason: str


@dataclass(frozen=True)
class Reporting:
    """Of the entries that units owed for the period, how many they gave.

    Due is one for each item with an owner that was in progress, blocked or standing on any of the days.
    `missing` names the items without one. `nothing_new` and `by_office` count entries.
    """

    due: int
    given: int
    nothing_new: int
    by_office: int
    missing: tuple[str, ...]

    @property
    def share(self) -> float | None:
        """Given in percent of due; None if nothing was due."""
        return 100 * self.given / self.due if self.due else None


@dataclass(frozen=True)
class TimePoint:
    """How many items had each status at the end of a day."""

    day: date
    by_status: dict[Status, int]


@dataclass(frozen=True)
class Completeness:
    """How many of `total` items have an owner, a due date, an update in the period (None: no `since`)."""

    total: int
    with_owner: int
    with_due: int
    updated: int | None


@dataclass(frozen=True)
class Report:
    """One checklist at the end of the day `as_of`, or the part of it that some filters keep.

    `filters` holds (label, value) in words, `view` the name of the saved view that was asked for.
    `whole` sums the pillars, and so do the sections and the owners; each share is a share of its row's total.
    With `since`, `moves` and `journal` tell what happened after the end of that day, and the counts carry
    what they were then; `entries` and `reporting` tell what units reported for these days, `applications`
    what they asked for, `chasers` what they were chased for. `evidence` lists what there was at the end of
    `as_of`, whenever it was added. `reporting` is None without `since`, and for
    days before the checklist had entries. `revision` is None unless a period was closed with this report.
    `milestones` are those of its items on that day, whatever the period.
    `text` is what it says in words; reports kept from before it was added have none (`text.told_text`).
    `superior` names the checklist above, to which it goes. `choice` is how a reader wants it laid out, and
    not part of its data.
    `generator` names the release that built it, such as Taizhang 0.1.0; it is empty in reports kept from
    before 0.1.0. `levels` names the levels of its catalogue, from the top part down to the measure; it is
    empty for pillar, section and measure.
    """

    title: str
    organisation: str
    catalogue: str
    edition: str
    period: str
    language: str
    as_of: date
    since: date | None
    made_at: datetime
    made_by: str
    filters: tuple[tuple[str, str], ...]
    view: str
    summary: tuple[str, ...]
    whole: Counts
    pillars: tuple[Counts, ...]
    owners: tuple[Counts, ...]
    timeline: tuple[TimePoint, ...]
    completeness: Completeness
    rows: tuple[ReportRow, ...]
    moves: tuple[Move, ...] = ()
    journal: tuple[JournalRow, ...] = ()
    entries: tuple[EntryRow, ...] = ()
    applications: tuple[ApplicationRow, ...] = ()
    chasers: tuple[ChaserRow, ...] = ()
    milestones: tuple[MilestoneRow, ...] = ()
    evidence: tuple[EvidenceRow, ...] = ()
    reporting: Reporting | None = None
    revision: int | None = None
    superior: str = ""
    text: tuple[Chapter, ...] = ()
    choice: Choice = field(default=DEFAULT_CHOICE, compare=False)
    generator: str = ""
    levels: tuple[str, ...] = ()

    @property
    def on(self) -> date:
        return self.as_of

    @property
    def sections(self) -> tuple[Counts, ...]:
        return tuple(section for pillar in self.pillars for section in pillar.parts)

    @property
    def overdue(self) -> tuple[ReportRow, ...]:
        """The rows that are late, the latest first."""
        return tuple(sorted((row for row in self.rows if row.is_overdue), key=lambda row: -row.days_late))

    @property
    def attention(self) -> tuple[ReportRow, ...]:
        """Overdue and blocked rows: the latest first, then what is blocked and not late."""
        wanting = (row for row in self.rows if row.wants_attention)
        return tuple(sorted(wanting, key=lambda row: -row.days_late))

    @property
    def missed_milestones(self) -> tuple[MilestoneRow, ...]:
        """Those that were not done by their date, the oldest first."""
        missed = (row for row in self.milestones if row.state == MilestoneState.MISSED)
        return tuple(sorted(missed, key=lambda row: row.due))

    @property
    def untouched(self) -> tuple[ReportRow, ...]:
        """Return the rows that nobody has ever updated."""
        return tuple(row for row in self.rows if row.updated is None)

    def moved(self, kind: MoveKind) -> tuple[Move, ...]:
        return tuple(move for move in self.moves if move.kind == kind)

    @property
    def moves_by_kind(self) -> tuple[tuple[MoveKind, tuple[Move, ...]], ...]:
        """The kinds of move that there were, each with its moves."""
        return tuple((kind, moves) for kind in MoveKind if (moves := self.moved(kind)))
