"""XLSX: a summary with charts, the items; their evidence; of a period what moved, and more."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import xlsxwriter
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from measures.choices import Status
from measures.models.levels import pillar_word, section_word
from measures.progress import Counts
from measures.reports.cells import (
    application_columns,
    as_text,
    chaser_columns,
    entry_columns,
    evidence_columns,
    item_columns,
    journal_columns,
    local_minute,
    milestone_columns,
    move_columns,
)
from measures.reports.language import day, full_title, in_its_language
from measures.reports.levels import pillar_heading, section_heading
from measures.reports.loop_words import on_time_words
from measures.reports.model import MoveKind, Report
from measures.reports.outline import COLOURS, writable
from measures.reports.sheet import ReportSheet, Styles
from measures.reports.words import completeness_words

if TYPE_CHECKING:
    from xlsxwriter.chart import Chart
    from xlsxwriter.workbook import Workbook

CHART_ROWS = 16
ROW_HEIGHT = 20  # pixels
HEAD_HEIGHT = 45  # points


@in_its_language
def write_xlsx(report: Report) -> bytes:
    output = io.BytesIO()
    book = xlsxwriter.Workbook(
        output,
        {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    book.set_properties(
        {
            "title": writable(full_title(report)),
            "author": writable(report.made_by),
            "company": writable(report.organisation),
            "comments": writable(report.generator),
            "created": report.made_at.replace(tzinfo=None),
        }
    )
    styles = Styles(book)
    footer = f"{full_title(report)} {day(report.as_of)}"
    _Summary(book, ReportSheet(book, styles, pgettext("sheet", "Summary"), footer)).write(report)
    ReportSheet(book, styles, pgettext("sheet", "Items"), footer).write_table(
        item_columns(report.levels), report.rows
    )
    if report.milestones:
        ReportSheet(book, styles, pgettext("sheet", "Milestones"), footer).write_table(
            milestone_columns(), report.milestones
        )
    if report.since is not None:
        ReportSheet(book, styles, pgettext("sheet", "Changes"), footer).write_table(
            move_columns(), report.moves
        )
        ReportSheet(book, styles, pgettext("sheet", "Updates"), footer).write_table(
            journal_columns(), report.journal
        )
        ReportSheet(book, styles, pgettext("sheet", "Entries"), footer).write_table(
            entry_columns(), report.entries
        )
        ReportSheet(book, styles, pgettext("sheet", "Applications"), footer).write_table(
            application_columns(), report.applications
        )
        ReportSheet(book, styles, pgettext("sheet", "Chasers"), footer).write_table(
            chaser_columns(), report.chasers
        )
    ReportSheet(book, styles, pgettext("sheet", "Evidence"), footer).write_table(
        evidence_columns(), report.evidence
    )
    book.close()
    return output.getvalue()


@dataclass(frozen=True)
class _Range:
    """The rows of a table on the sheet, heads left out."""

    first: int
    last: int


@dataclass
class _Summary:
    book: "Workbook"
    sheet: ReportSheet
    line: int = 0

    def write(self, report: Report) -> None:
        self._write_head(report)
        charts_at = self.line + 1
        self.line += CHART_ROWS + 2
        levels = report.levels
        groups = [*report.pillars, report.whole]
        pillars = self._write_counts(pillar_heading(levels), pillar_word(levels), groups)
        if section_word(levels):
            self._write_counts(section_heading(levels), section_word(levels), report.sections)
        if report.owners:
            self._write_counts(_("By owner"), _("Owner"), report.owners)
        if report.timeline:
            self._add_timeline_chart(charts_at, self._write_timeline(report))
        self._add_pillar_chart(charts_at, pillars, pillar_heading(levels))
        if report.since is not None:
            self._write_differences(report)
            self._write_moves(report)
        self._write_overdue(report)
        self.sheet.sheet.set_column(0, 0, 30)
        self.sheet.sheet.set_column(1, 1, 12)
        self.sheet.sheet.set_column(2, 10 + 2 * len(Status), 9)
        self.sheet.sheet.hide_gridlines(2)

    def _write_head(self, report: Report) -> None:
        self.sheet.put(0, 0, full_title(report), self.sheet.styles.title)
        self.line = 2
        known = report.completeness
        facts: list[tuple[str, str | int | date | None]] = [
            (_("Catalogue"), report.catalogue),
            (_("Edition"), report.edition),
            (pgettext("report", "Period"), report.period),
            (_("As of"), report.as_of),
            (_("Since"), report.since),
            (pgettext("saved view", "View"), report.view),
            *report.filters,
            (_("Made by"), report.made_by),
            (_("Made at"), as_text(local_minute(report.made_at))),
            (_("Revision"), report.revision),
            (_("Items"), known.total),
            (_("With an owner"), known.with_owner),
            (_("With a due date"), known.with_due),
            (_("Updated in this period"), known.updated),
        ]
        for label, value in facts:
            if value not in (None, ""):
                self.sheet.put(self.line, 0, label, self.sheet.styles.bold)
                style = self.sheet.styles.amount if isinstance(value, int) else self.sheet.styles.fact
                self.sheet.put(self.line, 1, value, style)
                self.line += 1
        for paragraph in (*report.summary, completeness_words(report), *on_time_words(report)):
            self.sheet.put(self.line, 0, paragraph, self.sheet.styles.fact)
            self.line += 1

    def _write_counts(self, caption: str, kind: str, groups: Sequence[Counts]) -> _Range:
        """A table of counts and shares, each share of its own row's total."""
        note = _("Each percentage is of the items in its row.")
        self._caption(caption, note)
        headings = [kind, _("Items")]
        for status in Status:
            headings += [str(status.label), f"{status.label} %"]
        headings += [_("Overdue"), _("Done or standing"), _("Done or standing, % of those in force")]
        headings += [_("Done in time"), _("of"), _("Done in time, %")]
        headings += [_("Done by the first due date"), _("of"), _("Done by the first due date, %")]
        self.sheet.put_row(self.line, headings, self.sheet.styles.heading)
        self.sheet.sheet.set_row(self.line, HEAD_HEIGHT)
        first = self.line + 1
        for counts in groups:
            self.line += 1
            self._write_count(counts)
        last, self.line = self.line, self.line + 2
        return _Range(first, last)

    def _write_count(self, counts: Counts) -> None:
        styles, line = self.sheet.styles, self.line
        self.sheet.put(line, 0, _name(counts))
        self.sheet.put(line, 1, counts.total)
        for place, status in enumerate(counts.statuses):
            self.sheet.put(line, 2 + 2 * place, status.count)
            self.sheet.put(line, 3 + 2 * place, _fraction(status.share), styles.percent)
        after = 2 + 2 * len(Status)
        self.sheet.put(line, after, counts.overdue)
        self.sheet.put(line, after + 1, counts.well)
        self.sheet.put(line, after + 2, _fraction(counts.well_share), styles.percent)
        known = counts.on_time
        self.sheet.put(line, after + 3, known.in_time)
        self.sheet.put(line, after + 4, known.of)
        self.sheet.put(line, after + 5, _fraction(known.share), styles.percent)
        self.sheet.put(line, after + 6, known.in_time_first)
        self.sheet.put(line, after + 7, known.of_first)
        self.sheet.put(line, after + 8, _fraction(known.share_first), styles.percent)

    def _write_timeline(self, report: Report) -> _Range:
        self._caption(_("Progress over time"))
        headings = [_("Day"), *(str(status.label) for status in Status)]
        self.sheet.put_row(self.line, headings, self.sheet.styles.heading)
        first = self.line + 1
        for point in report.timeline:
            self.line += 1
            self.sheet.put_row(self.line, [point.day, *(point.by_status[status] for status in Status)])
        last, self.line = self.line, self.line + 2
        return _Range(first, last)

    def _write_differences(self, report: Report) -> None:
        self._caption(_("Difference since %(day)s") % {"day": day(report.since)})
        self.sheet.put_row(
            self.line, ["", *(str(status.label) for status in Status)], self.sheet.styles.heading
        )
        for counts in (*report.pillars, report.whole, *report.sections, *report.owners):
            self.line += 1
            self.sheet.put(self.line, 0, _name(counts))
            for place, status in enumerate(Status, 1):
                self.sheet.put(self.line, place, counts.difference(status), self.sheet.styles.signed)
        self.line += 2

    def _write_moves(self, report: Report) -> None:
        self._caption(_("Moved since the end of %(day)s") % {"day": day(report.since)})
        for kind in MoveKind:
            self.sheet.put_row(self.line, [str(kind.label), len(report.moved(kind))])
            self.line += 1
        self.line += 1

    def _write_overdue(self, report: Report) -> None:
        self._caption(_("Overdue"), len(report.overdue))
        headings = [_("Code"), _("Owner"), _("Due"), _("Days late"), _("Title")]
        self.sheet.put_row(self.line, headings, self.sheet.styles.heading)
        for row in report.overdue:
            self.line += 1
            # The title comes last: it overflows into the narrow columns next to it.
            self.sheet.put_row(self.line, [row.code, row.owner, row.due, row.days_late])
            self.sheet.put(self.line, 4, row.title, self.sheet.styles.fact)

    def _caption(self, caption: str, beside: str | int | None = None) -> None:
        self.sheet.put(self.line, 0, caption, self.sheet.styles.bold)
        if beside is not None:
            self.sheet.put(self.line, 1, beside, self.sheet.styles.note)
        self.line += 1

    def _add_pillar_chart(self, line: int, rows: _Range, title: str) -> None:
        """Stacked bars, the first pillar on top; the sum of them, the last row, would dwarf the rest."""
        chart = self.book.add_chart({"type": "bar", "subtype": "stacked"})
        assert chart is not None
        self._add_series(chart, _Range(rows.first, rows.last - 1), step=2, start=2)
        chart.set_y_axis({"reverse": True})
        self._place(chart, title, line, 0)

    def _add_timeline_chart(self, line: int, rows: _Range) -> None:
        chart = self.book.add_chart({"type": "area", "subtype": "stacked"})
        assert chart is not None
        self._add_series(chart, rows, step=1, start=1)
        chart.set_x_axis({"text_axis": True, "num_format": "yyyy-mm-dd"})
        self._place(chart, _("Progress over time"), line, 8)

    def _add_series(self, chart: "Chart", rows: _Range, step: int, start: int) -> None:
        head = rows.first - 1
        for place, status in enumerate(Status):
            column = start + step * place
            chart.add_series(
                {
                    "name": [self.sheet.name, head, column],
                    "categories": [self.sheet.name, rows.first, 0, rows.last, 0],
                    "values": [self.sheet.name, rows.first, column, rows.last, column],
                    "fill": {"color": f"#{COLOURS[status][0]}"},
                    "gap": 60,
                }
            )

    def _place(self, chart: "Chart", title: str, line: int, column: int) -> None:
        chart.set_title({"name": title, "name_font": {"size": 11}})
        chart.set_legend({"position": "bottom"})
        chart.set_size({"width": 560, "height": CHART_ROWS * ROW_HEIGHT - 10})
        self.sheet.sheet.insert_chart(line, column, chart, {"description": title})


def _name(counts: Counts) -> str:
    return f"{counts.code} {counts.title}".strip() or _("No owner")


def _fraction(share: float | None) -> float | None:
    return None if share is None else share / 100
