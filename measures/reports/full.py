"""The annexes with all figures, what moved and every item in full, as DOCX and PDF draw them."""

from collections.abc import Iterable, Iterator
from itertools import groupby

from django.utils import timezone
from django.utils.translation import gettext as _

from measures.choices import Status
from measures.models.levels import pillar_word, section_word
from measures.models.state import FIELDS
from measures.progress import Counts
from measures.reports.counts import (
    cell_lines,
    counted_name,
    counted_words,
    counts_table,
    on_time_note,
    on_time_table,
    title_line,
)
from measures.reports.language import day, joined
from measures.reports.levels import pillar_heading, section_heading
from measures.reports.loop_words import (
    due_lines,
    evidence_lines,
    labelled,
    last_entry_lines,
    milestone_lines,
    on_time_words,
)
from measures.reports.model import Move, MoveKind, Report, ReportRow
from measures.reports.outline import Bars, Document, LineKind, Table, TableColumn, TableLine, Text, TextRole
from measures.reports.words import basis_words, completeness_words, signs_note


def add_figures(made: Document, report: Report) -> None:
    made.add(Text(basis_words(report), TextRole.NOTE))
    made.add(Text(completeness_words(report)))
    if words := joined(*on_time_words(report)):
        made.add(Text(words))
    made.start_chapter(_("Progress"))
    note = _(
        "Done or standing: as a percentage of the items in force, which excludes dropped ones. Each status: "
        "as a percentage of all items in the row."
    )
    levels = report.levels
    made.start_section(pillar_heading(levels))
    made.add(
        Bars(tuple((counted_name(counts), _parts(counts)) for counts in (*report.pillars, report.whole)))
    )
    made.add(counts_table(pillar_word(levels), report.pillars, report.whole), Text(note, TextRole.NOTE))
    if report.since is not None:
        made.add(Text(signs_note(report), TextRole.NOTE))
    if section_word(levels):
        made.start_section(section_heading(levels))
        made.add(counts_table(section_word(levels), report.sections))
    if report.owners:
        made.start_section(_("By owner"))
        made.add(counts_table(_("Owner"), report.owners))
        made.start_section(_("Done in time"))
        made.add(on_time_table(_("Owner"), report.owners, report.whole), Text(on_time_note(), TextRole.NOTE))
    if report.timeline:
        made.start_section(_("Progress over time"))
        made.add(_timeline(report))


def _parts(counts: Counts) -> tuple[tuple[Status, int], ...]:
    return tuple((one.status, one.count) for one in counts.statuses)


def _timeline(report: Report) -> Table:
    columns = (
        TableColumn(_("Day"), 48),
        *(TableColumn(str(status.label), 18, "center") for status in Status),
    )
    lines = (
        TableLine((day(point.day), *(str(point.by_status[status]) for status in Status)))
        for point in report.timeline
    )
    return Table(columns, tuple(lines))


def add_moves(made: Document, report: Report) -> None:
    made.start_chapter(_("Moved since the end of %(day)s") % {"day": day(report.since)})
    for kind in MoveKind:
        moves = report.moved(kind)
        made.start_section(counted_words(str(kind.label), len(moves)))
        made.add(_moves(moves) if moves else Text(_("None.")))


def _moves(moves: Iterable[Move]) -> Table:
    columns = (
        TableColumn(_("Code"), 13, "center"),
        TableColumn(_("Title and reason"), 57, lead=True),
        TableColumn(_("Owner"), 24),
        TableColumn(_("Before"), 20, "center"),
        TableColumn(_("After"), 20, "center"),
        TableColumn(_("Recorded"), 22, "center"),
    )
    lines = (
        TableLine(
            (
                move.code,
                cell_lines(title_line(move.title), move.reason),
                move.owner,
                move.before,
                move.after,
                timezone.localtime(move.at).date().isoformat() if move.at else "",
            )
        )
        for move in moves
    )
    return Table(columns, tuple(lines))


def add_items(made: Document, report: Report) -> None:
    """Every item in order: a table a pillar, in it a line across for each section."""
    made.start_chapter(counted_words(_("All items"), len(report.rows)))
    titles = {counted_name(counts): counts.title for counts in report.pillars}
    for pillar, of_pillar in groupby(report.rows, key=lambda row: row.pillar):
        lines: list[TableLine] = []
        for section, rows in groupby(of_pillar, key=lambda row: row.section):
            if section:
                lines.append(TableLine((section,), LineKind.GROUP))
            lines += (_item(row) for row in rows)
        # The heading counts by itself.
        made.start_section(titles.get(pillar, pillar))
        made.add(Table(_item_columns(), tuple(lines)))


def _item_columns() -> tuple[TableColumn, ...]:
    return (
        TableColumn(_("Code"), 13, "center"),
        TableColumn(_("Title and notes"), 63, lead=True),
        TableColumn(_("Status"), 17, "center"),
        TableColumn(_("Owner"), 21),
        TableColumn(_("Due"), 21, "center"),
        TableColumn(_("Last update"), 21, "center"),
    )


def _item(row: ReportRow) -> TableLine:
    return TableLine(
        (
            row.code,
            cell_lines(
                title_line(row.title),
                *(*_others(row), *milestone_lines(row)),
                row.notes,
                *last_entry_lines(row),
                *evidence_lines(row),
            ),
            str(row.status.label),
            row.owner,
            cell_lines(*due_lines(row)),
            timezone.localtime(row.updated).date().isoformat() if row.updated else "",
        )
    )


# These have a column in the table of items. The other fields go below the title.
PLACED = ("status", "owner", "due", "notes")


def _others(row: ReportRow) -> Iterator[str]:
    for one in FIELDS:
        if one.name not in PLACED and (words := one.in_words(getattr(row, one.name))):
            yield labelled(str(one.label), words)
