"""The report as a document: its chapters, their content and order."""

from collections.abc import Iterable, Iterator
from itertools import groupby

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from measures.choices import Status
from measures.models.state import FIELDS
from measures.progress import Counts, percent
from measures.reports.counts import (
    cell_lines,
    counted_name,
    counted_words,
    counts_table,
    on_time_note,
    on_time_table,
    title_line,
)
from measures.reports.language import day, full_title, joined
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
from measures.reports.wanting import add_wanting


def document(report: Report) -> Document:
    """The whole document, in the active language."""
    made = Document(
        title=full_title(report),
        subtitle=_subtitle(report),
        language=report.language,
        author=report.made_by,
        organisation=report.organisation,
        made_at=report.made_at,
        generator=report.generator,
    )
    _add_overall(made, report)
    _add_progress(made, report)
    if report.since is not None:
        _add_moves(made, report)
    add_wanting(made, report)
    _add_items(made, report)
    _add_signature(made, report)
    return made


def _edition(report: Report) -> str:
    words = pgettext("a catalogue", "%(catalogue)s (edition of %(edition)s)")
    return words % {"catalogue": report.catalogue, "edition": report.edition}


def completeness_words(report: Report) -> str:
    """How many of the items have an owner, a due date and an update in the period, in a sentence."""
    known = report.completeness
    words = ngettext(
        "Of %(total)d item, %(owner)d has an owner and %(due)d has a due date.",
        "Of %(total)d items, %(owner)d have an owner and %(due)d have a due date.",
        known.total,
    ) % {"total": known.total, "owner": known.with_owner, "due": known.with_due}
    if known.updated is None:
        return words
    updated = ngettext(
        "%(updated)d was updated in this period.", "%(updated)d were updated in this period.", known.updated
    )
    return joined(words, updated % {"updated": known.updated}, *_reporting_words(report))


def _reporting_words(report: Report) -> Iterator[str]:
    """How many entries were due and given in the period."""
    known = report.reporting
    if known is None or not known.due:
        return
    yield ngettext(
        "Units owed %(due)d entry in this period and gave %(given)d (%(share)s).",
        "Units owed %(due)d entries in this period and gave %(given)d (%(share)s).",
        known.due,
    ) % {"due": known.due, "given": known.given, "share": percent(known.share)}
    if known.nothing_new or known.by_office:
        yield _("Of all entries, %(nothing)d said that nothing was new, and the office wrote %(office)d.") % {
            "nothing": known.nothing_new,
            "office": known.by_office,
        }


def _subtitle(report: Report) -> tuple[str, ...]:
    words = _("As of %(day)s") % {"day": day(report.as_of)}
    if report.since is not None:
        words = _("As of %(day)s, compared with %(since)s") % {
            "day": day(report.as_of),
            "since": day(report.since),
        }
    lines = [pgettext("under a title", "(%(words)s)") % {"words": words}]
    if report.revision is not None and report.revision > 1:
        lines.append(_("Revision %(number)d") % {"number": report.revision})
    return tuple(lines)


def _add_overall(made: Document, report: Report) -> None:
    made.start_chapter(_("Overall"))
    made.add(Text(joined(*report.summary)))
    made.add(Text(completeness_words(report)))
    if words := joined(*on_time_words(report)):
        made.add(Text(words))
    basis = [labelled(_("Catalogue"), _edition(report))]
    if report.period:
        basis.append(labelled(pgettext("report", "Period"), report.period))
    if report.view:
        basis.append(labelled(pgettext("saved view", "View"), report.view))
    basis += [labelled(label, value) for label, value in report.filters]
    made.add(Text(pgettext("between facts", "; ").join(basis) + pgettext("ends a sentence", ".")))


def _add_progress(made: Document, report: Report) -> None:
    made.start_chapter(_("Progress"))
    note = _(
        "Done or standing: as a percentage of the items in force, which excludes dropped ones. Each status: "
        "as a percentage of all items in the row."
    )
    made.start_section(_("By pillar"))
    made.add(
        Bars(tuple((counted_name(counts), _parts(counts)) for counts in (*report.pillars, report.whole)))
    )
    made.add(counts_table(_("Pillar"), report.pillars, report.whole), Text(note, TextRole.NOTE))
    made.start_section(_("By section"))
    made.add(counts_table(_("Section"), report.sections))
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


def _add_moves(made: Document, report: Report) -> None:
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


def _add_items(made: Document, report: Report) -> None:
    """Every item in order: a table a pillar, in it a line across for each section."""
    made.start_chapter(counted_words(_("All items"), len(report.rows)))
    for pillar, of_pillar in groupby(report.rows, key=lambda row: row.pillar):
        lines: list[TableLine] = []
        for section, rows in groupby(of_pillar, key=lambda row: row.section):
            lines.append(TableLine((section,), LineKind.GROUP))
            lines += (_item(row) for row in rows)
        # The heading counts by itself.
        made.start_section(pillar.lstrip("0123456789 "))
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


def _add_signature(made: Document, report: Report) -> None:
    at = timezone.localtime(report.made_at)
    made.add(Text(report.organisation, TextRole.SIGNATURE), Text(day(at.date()), TextRole.SIGNATURE))
    words = _("Made by %(name)s at %(at)s.") % {"name": report.made_by, "at": f"{at:%Y-%m-%d %H:%M}"}
    made.add(Text(words, TextRole.NOTE))
