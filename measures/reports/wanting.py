"""The chapter on what needs attention, for DOCX and PDF."""

from collections.abc import Iterable
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from measures.lights import days_late_when_done
from measures.reports.counts import cell_lines, counted_words, title_line
from measures.reports.loop_rows import MilestoneRow
from measures.reports.model import Report, ReportRow
from measures.reports.outline import Document, Table, TableColumn, TableLine, Text


def add_wanting(made: Document, report: Report) -> None:
    """Add what is overdue, blocked, missed or was never updated."""
    made.start_chapter(_("What needs attention"))
    made.start_section(counted_words(_("Overdue or blocked"), len(report.attention)))
    made.add(_attention(report.attention) if report.attention else Text(_("None.")))
    if report.milestones:
        made.start_section(counted_words(_("Milestones missed"), len(report.missed_milestones)))
        missed = report.missed_milestones
        made.add(_missed(missed, report.as_of) if missed else Text(_("None.")))
    made.start_section(counted_words(_("Never updated"), len(report.untouched)))
    made.add(_untouched(report.untouched) if report.untouched else Text(_("None.")))


def _attention(rows: Iterable[ReportRow]) -> Table:
    columns = (
        TableColumn(_("Code"), 13, "center"),
        TableColumn(_("Title and reason"), 64, lead=True),
        TableColumn(_("Owner"), 26),
        TableColumn(_("Status"), 17, "center"),
        TableColumn(_("Due"), 22, "center"),
        TableColumn(_("Days late"), 14, "center"),
    )
    lines = (
        TableLine(
            (
                row.code,
                cell_lines(title_line(row.title), row.reason),
                row.owner,
                str(row.status.label),
                row.due.isoformat() if row.due else "",
                str(row.days_late) if row.is_overdue else "",
            )
        )
        for row in rows
    )
    return Table(columns, tuple(lines))


def _missed(rows: Iterable[MilestoneRow], as_of: date) -> Table:
    columns = (
        TableColumn(_("Code"), 13, "center"),
        TableColumn(_("Title and milestone"), 81, lead=True),
        TableColumn(_("Owner"), 26),
        TableColumn(pgettext("milestone", "Date"), 22, "center"),
        TableColumn(_("Days late"), 14, "center"),
    )
    lines = (
        TableLine(
            (
                row.code,
                cell_lines(title_line(row.title), row.text),
                row.owner,
                row.due.isoformat(),
                str(days_late_when_done(as_of, row.due)),
            )
        )
        for row in rows
    )
    return Table(columns, tuple(lines))


def _untouched(rows: Iterable[ReportRow]) -> Table:
    columns = (
        TableColumn(_("Code"), 13, "center"),
        TableColumn(_("Title"), 87),
        TableColumn(_("Owner"), 34),
        TableColumn(_("Due"), 22, "center"),
    )
    lines = (
        TableLine((row.code, row.title, row.owner, row.due.isoformat() if row.due else "")) for row in rows
    )
    return Table(columns, tuple(lines))
