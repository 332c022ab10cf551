"""What is late, blocked, waiting or missing: a table of items with their units' reasons, and sentences."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from measures.choices import Status
from measures.reports.loop_rows import ApplicationState
from measures.reports.model import Report, ReportRow
from measures.reports.summary import trouble
from measures.reports.text.model import Chapter, Fact, Paragraph, Sentence, TextPart, Trouble
from measures.reports.text.quotes import QUOTE_LIMIT, lines_taken, quotation, row_lines, with_rest

# Widths of the columns in mm: code, title, unit, days late or blocked, the unit's reason.
TROUBLE_WIDTHS = (13, 66, 19, 17, 41)
HEAD_LINES = 1.2
SHORTER = (QUOTE_LIMIT, 80, 50, 30)
UNITS_NAMED = 5


def problems_of(report: Report, room: float) -> Chapter:
    """The chapter within so many lines: fewer words of reasons first, then fewer rows of the table.

    The codes of rows that do not fit are in a sentence.
    """
    first = Paragraph((trouble(report),))
    rest = tuple(Paragraph((one,)) for one in (*_waiting(report), *_unheard(report), *_missed(report)))
    left = room - sum(lines_taken(one.text) for part in (first, *rest) for one in part.sentences)
    for limit in SHORTER:
        rows = tuple(trouble_of(row, limit) for row in report.attention)
        if table_lines(rows) <= left:
            return Chapter(TextPart.PROBLEMS, (first, *rest), rows)
    shown = len(rows)
    while shown:
        others = _others(report, report.attention[shown:], left)
        if table_lines(rows[:shown]) + lines_taken(others.text) <= left:
            break
        shown -= 1
    others = _others(report, report.attention[shown:], left)
    return Chapter(TextPart.PROBLEMS, (first, Paragraph((others,)), *rest), rows[:shown])


def trouble_of(row: ReportRow, limit: int | None = None) -> Trouble:
    """The item with its reason, whole or as a quotation within so many characters."""
    reason = row.reason
    if reason and limit:
        reason = with_rest(quotation(reason, limit), reason)
    return Trouble(
        code=row.code,
        title=row.title,
        unit=row.owner,
        days_late=row.days_late,
        blocked=row.status == Status.BLOCKED,
        reason=reason,
    )


def trouble_cells(row: Trouble) -> tuple[str, ...]:
    """The row of the table: what is wrong in words, and that no reason was given."""
    words = filter(None, (late_words(row.days_late), str(Status.BLOCKED.label) if row.blocked else ""))
    unit = row.unit or _("No owner")
    return row.code, row.title, unit, _(", ").join(words), row.reason or _("No reason given")


def late_words(days: int) -> str:
    """How late an item is; empty if it is not."""
    return ngettext("%(days)d day late", "%(days)d days late", days) % {"days": days} if days else ""


def table_lines(rows: Sequence[Trouble]) -> float:
    """How many lines of text the table of these rows takes."""
    return HEAD_LINES + sum(map(_height, rows)) if rows else 0.0


def _height(row: Trouble) -> float:
    return row_lines(tuple(zip(trouble_cells(row), TROUBLE_WIDTHS, strict=True)))


def _others(report: Report, rows: Sequence[ReportRow], room: float) -> Sentence:
    """The items that the table has no room for: by unit with days, or as codes alone if that is shorter."""
    codes = tuple(row.code for row in rows)
    source = _("Counted: due dates and statuses at the end of %(day)s") % {"day": date_format(report.as_of)}
    comma, semicolon = pgettext("between names", ", "), pgettext("between facts", "; ")
    by_unit: dict[str, list[str]] = {}
    for row in rows:
        by_unit.setdefault(row.owner or _("No owner"), []).append(_with_days(row))
    listed = semicolon.join(
        _("%(unit)s: %(items)s") % {"unit": unit, "items": comma.join(items)}
        for unit, items in by_unit.items()
    )
    text = _("The other %(count)d: %(items)s.")
    long = text % {"count": len(codes), "items": listed}
    short = text % {"count": len(codes), "items": comma.join(codes)}
    days = tuple(Fact(f"days_late:{row.code}", str(row.days_late)) for row in rows if row.days_late)
    fits = lines_taken(long) <= max(4.0, room / 2)
    facts = (Fact("left_out_of_table", str(len(codes))), *(days if fits else ()))
    return Sentence(long if fits else short, source, codes, facts)


def _with_days(row: ReportRow) -> str:
    if not row.days_late:
        return row.code
    return ngettext("%(code)s (%(days)d day)", "%(code)s (%(days)d days)", row.days_late) % {
        "code": row.code,
        "days": row.days_late,
    }


def _waiting(report: Report) -> Iterator[Sentence]:
    waiting = [row for row in report.applications if row.state == ApplicationState.WAITING]
    if not waiting:
        return
    named = [
        _("%(code)s, %(unit)s, %(kind)s") % {"code": row.code, "unit": row.owner, "kind": row.kind.label}
        for row in waiting[:UNITS_NAMED]
    ]
    text = ngettext(
        "%(count)d application waits for a decision: %(items)s.",
        "%(count)d applications wait for a decision: %(items)s.",
        len(waiting),
    )
    if len(waiting) > UNITS_NAMED:
        text = _("%(count)d applications wait for a decision, among them %(items)s.")
    values = {"count": len(waiting), "items": pgettext("between facts", "; ").join(named)}
    source = _("Counted: applications without a decision at the end of %(day)s") % {
        "day": date_format(report.as_of)
    }
    codes = tuple(row.code for row in waiting)
    yield Sentence(text % values, source, codes, (Fact("waiting", str(len(waiting))),))


def _unheard(report: Report) -> Iterator[Sentence]:
    """How many entries were due and given, and which units owe how many."""
    known = report.reporting
    if known is None or not known.due:
        return
    source = _("Counted: the entries that units owed for the period")
    facts = (
        Fact("entries_due", str(known.due)),
        Fact("entries_given", str(known.given)),
        Fact("entries_given_share", f"{known.share:.1f}%"),
    )
    values = {"due": known.due, "given": known.given, "share": f"{known.share:.1f}%"}
    text = ngettext(
        "Units owed %(due)d entry in this period and gave %(given)d (%(share)s).",
        "Units owed %(due)d entries in this period and gave %(given)d (%(share)s).",
        known.due,
    )
    first = Sentence(text % values, source, known.missing, facts)
    if not known.missing:
        yield first
        return
    owners = {row.code: row.owner for row in report.rows}
    counted: dict[str, int] = {}
    for code in known.missing:
        counted[owners.get(code, "")] = counted.get(owners.get(code, ""), 0) + 1
    most = sorted(counted.items(), key=lambda one: -one[1])[:UNITS_NAMED]
    units = pgettext("between names", ", ").join(
        _("%(unit)s (%(count)d)") % {"unit": unit or _("No owner"), "count": count} for unit, count in most
    )
    words = (
        _("Items without one: %(units)s.")
        if len(counted) <= UNITS_NAMED
        else _("Items without one, most of all: %(units)s.")
    )
    named = tuple(Fact(f"entries_missing:{unit}", str(count)) for unit, count in most)
    joined = _joined_sentences(first.text, words % {"units": units})
    yield replace(first, text=joined, facts=(*facts, *named))


def _joined_sentences(*texts: str) -> str:
    space = "" if texts[0][-1:] == "。" else " "
    return space.join(texts)


def _missed(report: Report) -> Iterator[Sentence]:
    missed = report.missed_milestones
    if not missed:
        return
    text = ngettext(
        "%(count)d milestone was not done by its date: %(codes)s.",
        "%(count)d milestones were not done by their dates: %(codes)s.",
        len(missed),
    )
    codes = tuple(dict.fromkeys(row.code for row in missed))
    if len(codes) > 3 * UNITS_NAMED:
        text = _("%(count)d milestones were not done by their dates, among them of %(codes)s.")
    source = _("Counted: milestones missed at the end of %(day)s") % {"day": date_format(report.as_of)}
    listed = pgettext("between names", ", ").join(_first(codes))
    values = {"count": len(missed), "codes": listed}
    yield Sentence(text % values, source, codes, (Fact("milestones_missed", str(len(missed))),))


def _first(codes: Sequence[str]) -> Iterable[str]:
    return codes[: 3 * UNITS_NAMED]
