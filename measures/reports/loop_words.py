"""What a report says of the loop in words: done in time, how due dates moved, the last entry."""

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from measures.choices import ClosedBy
from measures.loop.milestones import done_of
from measures.progress import percent
from measures.reports.model import Report, ReportRow


def labelled(label: str, value: object) -> str:
    """A label and its value: 报告期：2026年."""
    return f"{label}{pgettext('between label and value', ': ')}{value}"


def on_time_words(report: Report) -> Iterator[str]:
    """How many items were done in time, by the present and the first due dates, and how they were closed."""
    known = report.whole.on_time
    if known.of or known.of_first:
        yield _(
            "Done in time: %(in_time)d of %(of)d (%(share)s) by the present due dates, %(first)d of "
            "%(of_first)d (%(first_share)s) by the first ones."
        ) % {
            "in_time": known.in_time,
            "of": known.of,
            "share": percent(known.share) or "–",
            "first": known.in_time_first,
            "of_first": known.of_first,
            "first_share": percent(known.share_first) or "–",
        }
    office, one_hand = (sum(row.closed_by == way for row in report.rows) for way in ClosedBy)
    if office or one_hand:
        yield _("Closed without an application: %(office)d by the office, %(one_hand)d by one hand.") % {
            "office": office,
            "one_hand": one_hand,
        }


def due_lines(row: ReportRow) -> Iterator[str]:
    """The due date, how it moved, and when the item was done: a late finish says how late."""
    yield row.due.isoformat() if row.due else ""
    if row.extensions and row.first_due:
        words = ngettext(
            "%(day)s at first, extended %(times)d time",
            "%(day)s at first, extended %(times)d times",
            row.extensions,
        )
        yield words % {"day": row.first_due.isoformat(), "times": row.extensions}
    if row.is_overdue:
        yield row.light_reason
    if row.done_on:
        yield _("done %(day)s") % {"day": row.done_on.isoformat()}
    if row.days_late_when_done:
        words = ngettext("%(days)s day late", "%(days)s days late", row.days_late_when_done)
        yield words % {"days": row.days_late_when_done}
    if row.closed_by:
        yield str(ClosedBy(row.closed_by).label)


def last_entry_lines(row: ReportRow) -> Iterator[str]:
    """The newest entry below the notes, after its day."""
    if row.last_entry and row.last_entry_on:
        yield labelled(_("Entry of %(day)s") % {"day": row.last_entry_on.isoformat()}, row.last_entry)


def milestone_lines(row: ReportRow) -> Iterator[str]:
    """How many of its milestones are done, if it has any."""
    if words := done_of(row.milestones_done, row.milestone_count):
        yield labelled(_("Milestones"), words)
