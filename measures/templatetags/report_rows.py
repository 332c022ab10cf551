"""Rows of a report's tables of items, drawn without templates: a hundred of them took a third of the page."""

from collections.abc import Iterable
from datetime import date, datetime
from html import escape  # Django's own asks of each text whether it is lazy

from django import template
from django.template.defaultfilters import linebreaksbr
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from measures.choices import Status
from measures.ledger.columns import label
from measures.lights import end_of_day, local_day
from measures.models import Checklist
from measures.models.state import FIELDS, Kind, StateField
from measures.reports.loop_words import due_lines
from measures.reports.model import Report, ReportRow
from measures.templatetags.taizhang import light_chip

register = template.Library()


@register.simple_tag
def item_rows(report: Report, checklist: Checklist) -> SafeString:
    """Every item: its code, title and state, its light, milestones, last entry with evidence, last update."""
    evidence = f"{escape(_('Evidence'))}{escape(pgettext('between label and value', ': '))}"
    rows, until = [], end_of_day(report.as_of)
    for row in report.rows:
        cells = [_head(row, checklist, until)]
        for one in FIELDS:
            cells.append(_state_cell(row, one))
            if one.name == "status":
                cells.append(f'<td class="lights">{light_chip(row.lit)}</td>')
        if report.milestones:
            done = f"{row.milestones_done}/{row.milestone_count}" if row.milestone_count else ""
            cells.append(f'<td class="nowrap figures">{done}</td>')
        cells += [_entry_cell(row, evidence), _update_cell(row)]
        rows.append(f"<tr>{''.join(cells)}</tr>\n")
    return mark_safe("".join(rows))  # noqa: S308 - every text in it is escaped


@register.simple_tag
def rows_of_attention(report: Report, checklist: Checklist) -> SafeString:
    """Every item that is overdue or blocked, with its reason."""
    rows, until = [], end_of_day(report.as_of)
    for row in report.attention:
        late = " late" if row.days_late else ""
        due = row.due.isoformat() if row.due else ""
        rows.append(
            f"<tr>{_head(row, checklist, until)}"
            f'<td class="unit">{escape(row.owner) or "–"}</td><td>{light_chip(row.lit)}</td>'
            f'<td class="nowrap figures">{due}</td><td class="number{late}">{row.days_late or "–"}</td>'
            f'<td class="reason">{escape(row.reason)}</td></tr>\n'
        )
    return mark_safe("".join(rows))  # noqa: S308 - every text in it is escaped


@register.simple_tag
def codes_named(codes: Iterable[str], checklist: Checklist, day: date) -> SafeString:
    """Codes that a sentence rests on, each a link to the item that had it on the day."""
    until = end_of_day(day)
    links = [
        f'<a class="figures" href="{escape(checklist.item_address(code, until))}">{escape(code)}</a> '
        for code in codes
    ]
    return mark_safe("".join(links))  # noqa: S308 - every text in it is escaped


def _head(row: ReportRow, checklist: Checklist, until: datetime) -> str:
    """The cells of its code, which leads to the item, and its title."""
    address = escape(checklist.item_address(row.code, until))
    return (
        f'<td class="nowrap figures"><a href="{address}">{escape(row.code)}</a></td>'
        f'<td class="title">{escape(row.title)}</td>'
    )


def _state_cell(row: ReportRow, one: StateField) -> str:
    value = getattr(row, one.name)
    match one.kind:
        case Kind.STATUS:
            return f'<td><span class="chip {value}">{escape(label(Status(value)))}</span></td>'
        case Kind.DAY:
            late = " late" if one.name == "due" and row.is_overdue else ""
            day = value.isoformat() if value else ""
            return f'<td class="nowrap figures{late}">{day}{_beside(row) if one.name == "due" else ""}</td>'
        case Kind.LONG_TEXT:
            return f'<td class="notes">{escape(value)}</td>'
        case Kind.OWNER | Kind.UNITS | Kind.TEXT:
            return f'<td class="unit">{escape(value)}</td>'


def _beside(row: ReportRow) -> str:
    """Below the due date: how it moved, and when the item was done. How late it is, its light says."""
    lines = [line for line in list(due_lines(row))[1:] if line != row.light_reason]
    return "".join([f'<br><span class="small">{escape(line)}</span>' for line in lines])


def _entry_cell(row: ReportRow, evidence: str) -> str:
    said = ""
    if row.last_entry_on:
        day = row.last_entry_on.isoformat()
        said = f'<span class="nowrap figures quiet">{day}</span> {escape(row.last_entry)}'
    if row.evidence:
        named = linebreaksbr(row.evidence)
        said += f' <span class="quiet small">{evidence} <span translate="no">{named}</span></span>'
    return f'<td class="notes">{said}</td>'


def _update_cell(row: ReportRow) -> str:
    if not row.updated:
        return "<td></td>"
    day = local_day(row.updated).isoformat()
    by = escape(row.updated_by)
    return f'<td><span class="nowrap figures">{day}</span> <span class="quiet small">{by}</span></td>'
