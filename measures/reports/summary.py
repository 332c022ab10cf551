"""The report's first paragraph: a few sentences made from its own figures, in the active language."""

from collections.abc import Iterable

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, ngettext_lazy, pgettext

from measures.choices import WELL_STATUSES, Status
from measures.models.local_codes import is_local
from measures.progress import Counts, percent
from measures.reports.model import MoveKind, Report
from measures.texts import Label

MOVED_SENTENCES: dict[MoveKind, Label] = {
    MoveKind.FINISHED: ngettext_lazy(
        "%(count)d was finished or made standing", "%(count)d were finished or made standing", "count"
    ),
    MoveKind.STARTED: ngettext_lazy("%(count)d was started", "%(count)d were started", "count"),
    MoveKind.BLOCKED: ngettext_lazy("%(count)d was newly blocked", "%(count)d were newly blocked", "count"),
    MoveKind.LATE: ngettext_lazy("%(count)d fell overdue", "%(count)d fell overdue", "count"),
    MoveKind.DUE_MOVED: ngettext_lazy(
        "%(count)d due date was moved", "%(count)d due dates were moved", "count"
    ),
    MoveKind.OWNER_CHANGED: ngettext_lazy(
        "%(count)d changed its owner", "%(count)d changed their owner", "count"
    ),
}
# The statuses that are neither finished nor dropped, as a sentence names them.
OPEN_CLAUSES: dict[Status, Label] = {
    Status.IN_PROGRESS: ngettext_lazy("%(count)d is in progress", "%(count)d are in progress", "count"),
    Status.BLOCKED: ngettext_lazy("%(count)d is blocked", "%(count)d are blocked", "count"),
    Status.NOT_STARTED: ngettext_lazy("%(count)d has not started", "%(count)d have not started", "count"),
}


def summarise(report: Report) -> tuple[str, ...]:
    """Overall progress, best and worst pillar, what is late or blocked, what moved: one sentence each."""
    if not report.whole.total:
        return (_("No item matches these filters."),)
    sentences = (
        *(_how_far(report), _the_rest(report.whole), _dropped(report.whole), _local(report)),
        *(_pillars(report), _trouble(report), _moved(report)),
    )
    return tuple(sentence for sentence in sentences if sentence)


def _how_far(report: Report) -> str:
    whole = report.whole
    scope = _("%(organisation)s (as filtered)") if report.filters else "%(organisation)s"
    values = {
        "day": date_format(report.as_of),
        "scope": scope % {"organisation": report.organisation},
        "in_force": whole.in_force,
        "done": whole.by_status[Status.DONE],
        "standing": whole.by_status[Status.STANDING],
        "well": whole.well,
        "share": percent(whole.well_share),
    }
    if not whole.in_force:
        return _("By the end of %(day)s, %(scope)s has no item left to carry out.") % values
    text = ngettext(
        "By the end of %(day)s, %(scope)s had %(in_force)d item to carry out: %(done)d done and "
        "%(standing)d standing, together %(well)d, or %(share)s of it.",
        "By the end of %(day)s, %(scope)s had %(in_force)d items to carry out: %(done)d done and "
        "%(standing)d standing, together %(well)d, or %(share)s of them.",
        whole.in_force,
    )
    return text % values


def _the_rest(whole: Counts) -> str:
    """The items in force that are neither done nor standing, by status: with these the figures add up."""
    clauses = [
        str(text % {"count": whole.by_status[status]})
        for status, text in OPEN_CLAUSES.items()
        if whole.by_status[status]
    ]
    return _("Of the rest, %(clauses)s.") % {"clauses": _joined(clauses)} if clauses else ""


def _dropped(whole: Counts) -> str:
    if not whole.dropped:
        return ""
    text = ngettext(
        "Another %(count)d was dropped; it is counted separately and not part of the percentages above.",
        "Another %(count)d were dropped; they are counted separately and not part of the percentages above.",
        whole.dropped,
    )
    return text % {"count": whole.dropped}


def _local(report: Report) -> str:
    """How many of the items are for measures of the unit's own, and how many of those are well."""
    own = [row for row in report.rows if is_local(row.code) and row.status != Status.DROPPED]
    if not own:
        return ""
    text = ngettext(
        "Of these, %(count)d is for a local measure of the unit itself, with %(well)d done or standing.",
        "Of these, %(count)d are for local measures of the unit itself, with %(well)d done or standing.",
        len(own),
    )
    well = sum(row.status in WELL_STATUSES for row in own)
    return text % {"count": len(own), "well": well}


def _pillars(report: Report) -> str:
    """Empty if there is nothing to compare: only one pillar, or all with the same share."""
    compared = [pillar for pillar in report.pillars if pillar.in_force]
    shares = {pillar.well_share for pillar in compared}
    if len(shares) < 2:
        return ""
    first, last = (
        [pillar for pillar in compared if pillar.well_share == wanted]
        for wanted in (max(shares, key=_number), min(shares, key=_number))
    )
    text = _(
        "The most advanced pillar is %(first)s, with %(first_well)d of %(first_in_force)d items done or "
        "standing (%(first_share)s); the least advanced is %(last)s, with %(last_well)d of "
        "%(last_in_force)d (%(last_share)s)."
    )
    return text % (_place("first", first) | _place("last", last))


def _number(share: float | None) -> float:
    return share or 0.0


def _place(name: str, pillars: list[Counts]) -> dict[str, object]:
    """Pillars that are equally far, as one: their sums have the same share as each."""
    return {
        name: pgettext("between names", ", ").join(pillar.title for pillar in pillars),
        f"{name}_well": sum(pillar.well for pillar in pillars),
        f"{name}_in_force": sum(pillar.in_force for pillar in pillars),
        f"{name}_share": percent(pillars[0].well_share),
    }


def _trouble(report: Report) -> str:
    late, blocked = report.whole.overdue, report.whole.by_status[Status.BLOCKED]
    untouched = len(report.untouched)
    clauses = []
    if late:
        text = ngettext("%(count)d item is overdue", "%(count)d items are overdue", late)
        clauses.append(text % {"count": late})
    if blocked:
        text = ngettext("%(count)d is blocked", "%(count)d are blocked", blocked)
        clauses.append(text % {"count": blocked})
    if not clauses:
        clauses.append(_("nothing is overdue or blocked"))
    if untouched:
        text = ngettext("%(count)d has no update yet", "%(count)d have no update yet", untouched)
        clauses.append(text % {"count": untouched})
    return _("As for problems, %(clauses)s.") % {"clauses": _joined(clauses)}


def _moved(report: Report) -> str:
    if report.since is None:
        return ""
    day = date_format(report.since)
    counted = {kind: len(report.moved(kind)) for kind in MoveKind}
    clauses = [str(MOVED_SENTENCES[kind] % {"count": count}) for kind, count in counted.items() if count]
    if not clauses:
        return _("Since the end of %(day)s, nothing has moved.") % {"day": day}
    return _("Since the end of %(day)s, %(clauses)s.") % {"day": day, "clauses": _joined(clauses)}


def _joined(clauses: Iterable[str]) -> str:
    return _(", ").join(clauses)
