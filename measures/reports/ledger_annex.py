"""The annex that lists each item once: who, by when, how far, and what this period brought."""

from collections.abc import Sequence
from itertools import groupby

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from measures.choices import Status
from measures.reports.choice import Annex
from measures.reports.counts import cell_lines
from measures.reports.language import day
from measures.reports.loop_rows import EntryRow
from measures.reports.loop_words import due_lines, evidence_lines, last_entry_lines
from measures.reports.model import Report, ReportRow
from measures.reports.outline import Document, LineKind, Table, TableColumn, TableLine, Text, TextRole
from measures.reports.text.progress import valid_entries
from measures.reports.text.quotes import joined_lines
from measures.reports.words import basis_words

CODE, TITLE, OWNER, DUE, STATUS, ENTRY = 13, 62, 42, 26, 15, 89


def add_ledger(made: Document, report: Report) -> None:
    """Rows by pillar; below those of a pillar, a line with the codes of its items without change."""
    rows = ledger_rows(report)
    listed = {row.code for row in rows}
    entries = entries_by_code(report)
    lines: list[TableLine] = []
    for pillar, inside in groupby(report.rows, key=lambda row: row.pillar):
        lines.append(TableLine((pillar,), LineKind.GROUP))
        left_out = []
        for row in inside:
            if row.code in listed:
                lines.append(_line(report, row, entries.get(row.code)))
            else:
                left_out.append(row)
        if left_out:
            lines.append(TableLine((unchanged_words(left_out),), LineKind.ACROSS))
    if lines:
        made.add(Table(_columns(report), tuple(lines), small=True))
    words = _("As of %(day)s. Only entries of this period are shown. %(basis)s")
    if report.since is None:
        words = _("As of %(day)s, with the last entry about each item. %(basis)s")
    note = words % {"day": day(report.as_of), "basis": basis_words(report)}
    made.add(Text(note, TextRole.NOTE))


def unchanged_words(rows: Sequence[ReportRow]) -> str:
    """Items without change, by status: 推进中1.1.2、1.1.7；未启动1.1.13."""
    by_status: dict[Status, list[str]] = {}
    for row in rows:
        by_status.setdefault(row.status, []).append(row.code)
    comma, semicolon = pgettext("between names", ", "), pgettext("between facts", "; ")
    listed = semicolon.join(
        _("%(status)s %(codes)s") % {"status": status.label, "codes": comma.join(by_status[status])}
        for status in Status
        if status in by_status
    )
    words = ngettext(
        "%(count)d item without change in this period: %(items)s",
        "%(count)d items without change in this period: %(items)s",
        len(rows),
    )
    return words % {"count": len(rows), "items": listed}


def ledger_rows(report: Report) -> tuple[ReportRow, ...]:
    """Every item, or those with a change, an entry or a problem."""
    if Annex.UNCHANGED.value in report.choice.parts or report.since is None:
        return report.rows
    changed = {move.code for move in report.moves} | {row.code for row in valid_entries(report)}
    return tuple(row for row in report.rows if row.code in changed or row.wants_attention)


def entries_by_code(report: Report) -> dict[str, EntryRow]:
    """Of each item the newest entry of the period that says something, not those of cooperating units."""
    owners = {row.code: row.owner for row in report.rows}
    telling = (row for row in valid_entries(report) if not row.nothing_new)
    rows = sorted(telling, key=lambda row: (row.unit == owners.get(row.code) or row.by_office, row.at))
    return {row.code: row for row in rows}


def _columns(report: Report) -> tuple[TableColumn, ...]:
    return (
        TableColumn(_("Code"), CODE, "center"),
        TableColumn(_("Title"), TITLE),
        TableColumn(_("Owner"), OWNER),
        TableColumn(_("Due"), DUE, "center"),
        TableColumn(_("Status"), STATUS, "center"),
        TableColumn(_("Progress") if report.since is None else _("Progress in this period"), ENTRY),
    )


def _line(report: Report, row: ReportRow, entry: EntryRow | None) -> TableLine:
    told = cell_lines(*last_entry_lines(row)) if report.since is None else entry_words(entry)
    return TableLine(
        (
            row.code,
            row.title,
            owner_words(row),
            cell_lines(*due_lines(row)),
            str(row.status.label),
            cell_lines(told, *evidence_lines(row)),
        )
    )


def owner_words(row: ReportRow) -> str:
    """The owner with its leader, and the units that cooperate."""
    words = row.owner
    if row.leader:
        words = _("%(unit)s (%(leader)s)") % {"unit": row.owner, "leader": row.leader}
    if row.cooperating:
        words = _("%(unit)s, with %(units)s") % {"unit": words, "units": row.cooperating}
    return words


def entry_words(entry: EntryRow | None) -> str:
    """What the entry says was done and what holds it up, in full. Next steps are in the text and in XLSX."""
    if entry is None:
        return ""
    problems = _("Problems: %(text)s") % {"text": joined_lines(entry.problems)} if entry.problems else ""
    return cell_lines(joined_lines(entry.progress), problems)
