"""What comes next: the units' own next steps, and what is due in the next period."""

from collections.abc import Iterator
from datetime import date, timedelta

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from measures.choices import OPEN_STATUSES, MilestoneState
from measures.reports.loop_rows import EntryRow
from measures.reports.model import Report
from measures.reports.text.model import Chapter, Fact, Paragraph, Sentence, TextPart
from measures.reports.text.progress import valid_entries
from measures.reports.text.quotes import joined_lines, lines_taken, quotation, with_rest

DUE_NAMED = 8
USUAL = timedelta(days=30)
STEPS = 6


def ahead_of(report: Report, room: float) -> Chapter:
    """The chapter within so many lines."""
    due = _due(report)
    left = room - lines_taken(due.text)
    steps: list[Paragraph] = []
    for sentence in _steps(report):
        lines = lines_taken(sentence.text)
        if lines <= left and len(steps) < STEPS:
            steps.append(Paragraph((sentence,)))
            left -= lines
    return Chapter(TextPart.AHEAD, (Paragraph((due,)), *steps))


def next_period(report: Report) -> tuple[date, date]:
    """The days after the report's: as long as its period, a whole month after a month's end."""
    first = report.as_of + timedelta(days=1)
    if first.day == 1:
        last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        return first, last
    length = report.as_of - report.since if report.since else USUAL
    return first, report.as_of + max(length, timedelta(days=1))


def _due(report: Report) -> Sentence:
    first, last = next_period(report)
    rows = [
        row for row in report.rows if row.status in OPEN_STATUSES and row.due and first <= row.due <= last
    ]
    rows.sort(key=lambda row: row.due or last)
    milestones = [
        row for row in report.milestones if row.state == MilestoneState.OPEN and first <= row.due <= last
    ]
    source = _("Counted: due dates and milestones from %(first)s to %(last)s") % {
        "first": date_format(first),
        "last": date_format(last),
    }
    values = {"first": date_format(first), "last": date_format(last)}
    if not rows and not milestones:
        return Sentence(_("From %(first)s to %(last)s, nothing is due.") % values, source)
    clauses, facts = [], []
    if rows:
        listed = pgettext("between names", ", ").join(row.code for row in rows[:DUE_NAMED])
        words = ngettext("%(count)d item: %(items)s", "%(count)d items: %(items)s", len(rows))
        if len(rows) > DUE_NAMED:
            words = _("%(count)d items, first %(items)s")
        clauses.append(words % {"count": len(rows), "items": listed})
        facts.append(Fact("due_next", str(len(rows))))
    if milestones:
        words = ngettext("%(count)d milestone", "%(count)d milestones", len(milestones))
        clauses.append(words % {"count": len(milestones)})
        facts.append(Fact("milestones_next", str(len(milestones))))
    values["what"] = pgettext("between facts", "; ").join(clauses)
    codes = tuple(dict.fromkeys((*(row.code for row in rows), *(row.code for row in milestones))))
    text = _("From %(first)s to %(last)s, the following is due: %(what)s.") % values
    return Sentence(text, source, codes, tuple(facts))


def _steps(report: Report) -> Iterator[Sentence]:
    """The units' newest next steps, those of late and blocked items first; the same words only once."""
    newest = {row.code: row for row in valid_entries(report) if quotation(row.next_steps)}
    troubled = {row.code for row in report.attention}
    together: dict[str, list[EntryRow]] = {}
    for row in sorted(newest.values(), key=lambda row: row.code not in troubled):
        together.setdefault(joined_lines(row.next_steps), []).append(row)
    # Words that many items share say less than those of one.
    ordered = sorted(together.items(), key=lambda one: (one[1][0].code not in troubled, len(one[1])))
    for text, rows in ordered:
        quote = quotation(text)
        yield Sentence(_said(rows, with_rest(quote, text)), _source(rows), _codes(rows), quoted=quote)


def _said(rows: list[EntryRow], quote: str) -> str:
    """Whose next steps: a unit with its items, or so many items of so many units."""
    units = list(dict.fromkeys(row.unit for row in rows))
    comma = pgettext("between names", ", ")
    if len(rows) <= 3:
        named = comma.join(
            _("%(unit)s (%(codes)s)")
            % {"unit": unit, "codes": comma.join(row.code for row in rows if row.unit == unit)}
            for unit in units
        )
        return _("%(units)s: %(quote)s.") % {"units": named, "quote": quote}
    return _("%(units)s, each in its entries: %(quote)s.") % {"units": comma.join(units[:5]), "quote": quote}


def _codes(rows: list[EntryRow]) -> tuple[str, ...]:
    return tuple(row.code for row in rows)


def _source(rows: list[EntryRow]) -> str:
    named = pgettext("between names", ", ").join(_codes(rows))
    return _("Quoted: the next steps in the entries about %(codes)s") % {"codes": named}
