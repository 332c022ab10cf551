"""Reports over random ledgers, for the tests of their text."""

from dataclasses import dataclass, field
from datetime import timedelta

from django.utils import translation
from hypothesis import strategies as st

from measures.choices import ApplicationKind, MilestoneState, Status
from measures.reports import Report
from measures.reports.loop_rows import ApplicationRow, ApplicationState, EntryRow, MilestoneRow
from measures.reports.model import Move, MoveKind, Reporting, ReportRow
from measures.reports.text.tell import tell
from tests.reports_make import AS_OF, MADE_AT, make_counts, make_report, make_row

UNITS = ["干部一处", "考核办公室", "研究室", ""]
WORDS = st.text("一二三四五，。；、12ab \n", max_size=300)


@dataclass
class Ledger:
    """A report that says little of itself: hypothesis writes each example down."""

    report: Report = field(repr=False)


@st.composite
def ledgers(draw: st.DrawFn) -> Ledger:
    """A report with random items, entries, moves, milestones and applications."""
    codes = [f"{p}.{s}.{m}" for p in range(1, 4) for s in (1, 2) for m in range(1, draw(st.integers(2, 9)))]
    rows = tuple(_row(draw, code) for code in codes)
    some = st.sampled_from(rows)
    moves = tuple(
        Move(draw(st.sampled_from(MoveKind)), row.code, row.title, row.owner, "", "")
        for row in draw(st.lists(some, max_size=12, unique_by=lambda row: row.code))
    )
    missing = tuple(row.code for row in draw(st.lists(some, max_size=6, unique_by=lambda row: row.code)))
    given_ = draw(st.integers(0, 9))
    bare = make_report(
        rows=rows,
        moves=moves,
        filters=(),
        entries=tuple(_entry(draw, row) for row in draw(st.lists(some, max_size=12))),
        milestones=tuple(_milestone(draw, row) for row in draw(st.lists(some, max_size=6))),
        applications=tuple(_application(draw, row) for row in draw(st.lists(some, max_size=12))),
        reporting=Reporting(len(missing) + given_, given_, 0, 0, missing),
        pillars=make_counts(rows),
    )
    with translation.override("zh-hans"):
        return Ledger(make_report(**{**vars(bare), "text": tell(bare)}))


def _row(draw: st.DrawFn, code: str) -> ReportRow:
    status = draw(st.sampled_from(Status))
    late = draw(st.integers(0, 60)) if status in (Status.IN_PROGRESS, Status.BLOCKED) else 0
    due = AS_OF - timedelta(late) if late else draw(st.sampled_from([None, AS_OF + timedelta(20)]))
    reason, unit = draw(WORDS), draw(st.sampled_from(UNITS))
    return make_row(code, status=status, days_late=late, due=due, reason=reason, owner=unit)


def _entry(draw: st.DrawFn, row: ReportRow) -> EntryRow:
    return EntryRow(
        code=row.code,
        title=row.title,
        unit=row.owner or UNITS[0],
        at=MADE_AT - timedelta(20),
        counts_on=AS_OF - timedelta(20),
        by="王芳",
        side="牵头单位",
        by_office=False,
        nothing_new=False,
        progress=draw(WORDS),
        problems="",
        next_steps=draw(WORDS),
        withdrawn=draw(st.booleans()),
    )


def _milestone(draw: st.DrawFn, row: ReportRow) -> MilestoneRow:
    state = draw(st.sampled_from([MilestoneState.DONE, MilestoneState.MISSED, MilestoneState.OPEN]))
    due = AS_OF + timedelta(draw(st.integers(1, 80)) if state == MilestoneState.OPEN else -9)
    return MilestoneRow(
        code=row.code,
        title=row.title,
        owner=row.owner,
        text="完成",
        due=due,
        first_due=due,
        state=state,
        done_on=due if state == MilestoneState.DONE else None,
        wanted=None,
        set_by="主管单位",
        by="",
        at=MADE_AT,
    )


def _application(draw: st.DrawFn, row: ReportRow) -> ApplicationRow:
    return ApplicationRow(
        code=row.code,
        title=row.title,
        owner=row.owner,
        kind=ApplicationKind.CLOSE,
        side="牵头单位",
        by="",
        at=MADE_AT,
        reason="",
        due=None,
        new_due=None,
        state=draw(st.sampled_from(ApplicationState)),
    )
