"""What was done in the period: by pillar, what moved, and entries of units chosen by rules."""

import re
from collections.abc import Iterator
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from measures.lights import local_day
from measures.progress import Counts
from measures.reports.counts import counted_name
from measures.reports.language import day
from measures.reports.loop_rows import EntryRow
from measures.reports.model import MoveKind, Report
from measures.reports.text.model import Chapter, Fact, Paragraph, Sentence, TextPart
from measures.reports.text.quotes import lines_taken, quotation, with_rest

NUMBER = re.compile(r"[0-9０-９]")
AT_MOST = 3  # quotations a pillar


def progress_of(report: Report, room: float) -> Chapter:
    """The chapter within so many lines; each pillar gets the same share of what its first sentence leaves."""
    if report.since is None:
        return Chapter(TextPart.PROGRESS, (Paragraph((_no_period(),)),))
    firsts = [(pillar, _moved(report, pillar)) for pillar in report.pillars if pillar.total]
    chosen = {pillar.code: list(_chosen(report, pillar)) for pillar, _first in firsts}
    left = room - sum(lines_taken(_lead(pillar) + first.text) for pillar, first in firsts)
    paragraphs: dict[str, list[Sentence]] = {pillar.code: [first] for pillar, first in firsts}
    # In turns, so that no pillar takes what the next one needs.
    for turn in range(AT_MOST):
        for pillar, _first in firsts:
            if turn >= len(chosen[pillar.code]):
                continue
            sentence = chosen[pillar.code][turn]
            before = "".join(one.text for one in paragraphs[pillar.code]) + _lead(pillar)
            more = lines_taken(before + sentence.text) - lines_taken(before)
            if more <= left:
                paragraphs[pillar.code].append(sentence)
                left -= more
    made = (Paragraph(tuple(paragraphs[pillar.code]), _lead(pillar)) for pillar, _first in firsts)
    return Chapter(TextPart.PROGRESS, tuple(made))


def _lead(pillar: Counts) -> str:
    return pgettext("lead of a paragraph", "%(pillar)s. ") % {"pillar": pillar.title}


def _no_period() -> Sentence:
    text = _("No earlier day was chosen to compare with, so this report covers no period.")
    return Sentence(text, _("The days of the report"))


def _codes_in(report: Report, pillar: Counts) -> set[str]:
    return {row.code for row in report.rows if row.pillar == counted_name(pillar)}


def _moved(report: Report, pillar: Counts) -> Sentence:
    """How many items of the pillar were finished or started, milestones met and entries given."""
    inside = _codes_in(report, pillar)
    moved = {
        kind: [move.code for move in report.moved(kind) if move.code in inside]
        for kind in (MoveKind.FINISHED, MoveKind.STARTED)
    }
    met = [row.code for row in report.milestones if row.code in inside and is_met(report, row.done_on)]
    told = [row.code for row in valid_entries(report) if row.code in inside]
    clauses, facts = [], []
    for name, codes, words in (
        ("finished", moved[MoveKind.FINISHED], _("%(count)d finished or made standing")),
        ("started", moved[MoveKind.STARTED], _("%(count)d started")),
        ("milestones_done", met, _("%(count)d milestones done")),
        ("entries", told, _("%(count)d entries")),
    ):
        if codes:
            clauses.append(words % {"count": len(codes)})
            facts.append(Fact(f"{name}:{pillar.code}", str(len(codes))))
    source = _("Counted: what moved, milestones and entries from the day after %(since)s to %(day)s") % {
        "since": day(report.since),
        "day": date_format(report.as_of),
    }
    if not clauses:
        return Sentence(_("Nothing was reported in this period."), source)
    text = _("In this period: %(clauses)s.") % {"clauses": _(", ").join(clauses)}
    named = tuple(dict.fromkeys((*moved[MoveKind.FINISHED], *moved[MoveKind.STARTED], *met, *told)))
    return Sentence(text, source, named, tuple(facts))


def is_met(report: Report, done_on: date | None) -> bool:
    """Whether a milestone was done in the period."""
    return done_on is not None and report.since is not None and report.since < done_on <= report.as_of


def valid_entries(report: Report) -> tuple[EntryRow, ...]:
    return tuple(row for row in report.entries if not row.withdrawn)


def _chosen(report: Report, pillar: Counts) -> Iterator[Sentence]:
    """The pillar's newest entry of each item: first of what was finished, then milestones, then numbers."""
    inside = _codes_in(report, pillar)
    newest = {
        row.code: row for row in valid_entries(report) if quotation(row.progress) and row.code in inside
    }
    finished = {move.code for move in report.moved(MoveKind.FINISHED)}
    met = {row.code for row in report.milestones if is_met(report, row.done_on)}

    def rank(row: EntryRow) -> tuple[int, int]:
        chosen_for = 4 * (row.code in finished) + 2 * (row.code in met) + bool(NUMBER.search(row.progress))
        return -chosen_for, len(row.progress)

    for row in sorted(newest.values(), key=rank)[:AT_MOST]:
        yield _quoted(row)


def _quoted(row: EntryRow) -> Sentence:
    quote = quotation(row.progress)
    text = _("%(title)s (%(code)s, %(unit)s): %(quote)s.") % {
        "title": row.title,
        "code": row.code,
        "unit": row.unit,
        "quote": with_rest(quote, row.progress),
    }
    return Sentence(text, entry_source(row), (row.code,), quoted=quote)


def entry_source(row: EntryRow) -> str:
    return _("Quoted: entry of %(day)s by %(unit)s about %(code)s") % {
        "day": date_format(local_day(row.at)),
        "unit": row.unit,
        "code": row.code,
    }
