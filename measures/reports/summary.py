"""The report's first chapter: how far the items are, in sentences made from its own figures."""

from collections.abc import Iterable, Iterator

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, ngettext_lazy, pgettext

from measures.choices import WELL_STATUSES, Status
from measures.models.levels import pillar_word
from measures.models.local_codes import is_local
from measures.progress import Counts, percent
from measures.reports.model import MoveKind, Report
from measures.reports.text.model import Fact, Sentence
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
# The statuses in force in the order in which the sentence names them.
CLAUSES: dict[Status, Label] = {
    Status.DONE: gettext_lazy("%(count)d done (%(share)s)"),
    Status.STANDING: gettext_lazy("%(count)d standing (%(share)s)"),
    Status.IN_PROGRESS: gettext_lazy("%(count)d in progress (%(share)s)"),
    Status.BLOCKED: gettext_lazy("%(count)d blocked (%(share)s)"),
    Status.NOT_STARTED: gettext_lazy("%(count)d not started (%(share)s)"),
}


def summarise(report: Report) -> tuple[str, ...]:
    """The sentences of `overall`, and what is late or blocked."""
    if not report.whole.total:
        return (_("No item matches these filters."),)
    return (*(sentence.text for sentence in overall(report)), trouble(report).text)


def overall(report: Report) -> tuple[Sentence, ...]:
    """Every item accounted for, the best and the worst pillar, done in time, what moved: a sentence each."""
    if not report.whole.total:
        return (Sentence(_("No item matches these filters."), by_status(report)),)
    return (
        *_how_far(report),
        *_well(report),
        *_local(report),
        *_pillars(report),
        *_in_time(report),
        *_moved(report),
    )


def by_status(report: Report) -> str:
    return _("Counted: the statuses of the items at the end of %(day)s") % {"day": date_format(report.as_of)}


def _how_far(report: Report) -> Iterator[Sentence]:
    whole, source = report.whole, by_status(report)
    scope = _("%(organisation)s (as filtered)") if report.filters else "%(organisation)s"
    values = {
        "day": date_format(report.as_of),
        "scope": scope % {"organisation": report.organisation},
        "pillars": len(report.pillars),
        "level": pillar_word(report.levels),
        "total": whole.total,
        "in_force": whole.in_force,
    }
    facts: tuple[Fact, ...] = (
        Fact("pillars", str(len(report.pillars))),
        Fact("total", str(whole.total)),
    )
    if not whole.in_force:
        text = _("By the end of %(day)s, %(scope)s has no item left to carry out.") % values
        yield Sentence(text, source)
    else:
        text = ngettext(
            "By the end of %(day)s, %(scope)s had %(total)d item in %(pillars)d pillars, of which "
            "%(in_force)d was to be carried out.",
            "By the end of %(day)s, %(scope)s had %(total)d items in %(pillars)d pillars, of which "
            "%(in_force)d were to be carried out.",
            whole.total,
        )
        if report.levels:
            text = ngettext(
                "By the end of %(day)s, %(scope)s had %(total)d item (%(level)s: %(pillars)d), of which "
                "%(in_force)d was to be carried out.",
                "By the end of %(day)s, %(scope)s had %(total)d items (%(level)s: %(pillars)d), of which "
                "%(in_force)d were to be carried out.",
                whole.total,
            )
        if report.levels and len(report.pillars) == 1:
            # One part of all, as where a ledger had none, is nothing to count.
            facts = facts[1:]
            text = ngettext(
                "By the end of %(day)s, %(scope)s had %(total)d item, of which "
                "%(in_force)d was to be carried out.",
                "By the end of %(day)s, %(scope)s had %(total)d items, of which "
                "%(in_force)d were to be carried out.",
                whole.total,
            )
        yield Sentence(text % values, source, facts=(*facts, Fact("in_force", str(whole.in_force))))
    clauses, facts = [], ()
    for status, words in CLAUSES.items():
        if count := whole.by_status[status]:
            share = percent(100 * count / whole.in_force)
            clauses.append(str(words) % {"count": count, "share": share})
            facts += (Fact(status.value, str(count)), Fact(f"{status.value}_share", share))
    if clauses:
        text = _("Of these: %(clauses)s.") % {"clauses": _joined(clauses)}
        yield Sentence(text, source, facts=facts)
    if whole.dropped:
        text = ngettext(
            "Another %(count)d was dropped; it is counted separately and not part of the percentages above.",
            "Another %(count)d were dropped; they are counted separately and not part of the percentages "
            "above.",
            whole.dropped,
        )
        facts = (Fact("dropped", str(whole.dropped)),)
        yield Sentence(text % {"count": whole.dropped}, source, facts=facts)


def _well(report: Report) -> Iterator[Sentence]:
    """How many are done or standing together, and how the share moved."""
    whole = report.whole
    if not whole.in_force:
        return
    now, before = whole.well_share or 0.0, whole.well_share_before
    values = {"well": whole.well, "share": percent(now), "points": "", "since": ""}
    facts: tuple[Fact, ...] = (Fact("well", str(whole.well)), Fact("well_share", percent(now)))
    text = _("Done or standing together: %(well)d, or %(share)s.")
    if before is not None and report.since:
        points = f"{abs(round(now, 1) - round(before, 1)):.1f}"
        values |= {"points": points, "since": date_format(report.since)}
        if points == "0.0":
            text = _("Done or standing together: %(well)d, or %(share)s, as at the end of %(since)s.")
        else:
            facts = (*facts, Fact("well_points", points))
            text = (
                _(
                    "Done or standing together: %(well)d, or %(share)s, %(points)s percentage points more "
                    "than at the end of %(since)s."
                )
                if now > before
                else _(
                    "Done or standing together: %(well)d, or %(share)s, %(points)s percentage points less "
                    "than at the end of %(since)s."
                )
            )
    yield Sentence(text % values, by_status(report), facts=facts)


def _local(report: Report) -> Iterator[Sentence]:
    """How many of the items are for measures of the unit's own, and how many of those are well."""
    own = [row for row in report.rows if is_local(row.code) and row.status != Status.DROPPED]
    if not own:
        return
    text = ngettext(
        "Of these, %(count)d is for a local measure of the unit itself, with %(well)d done or standing.",
        "Of these, %(count)d are for local measures of the unit itself, with %(well)d done or standing.",
        len(own),
    )
    well = sum(row.status in WELL_STATUSES for row in own)
    facts = (Fact("local", str(len(own))), Fact("local_well", str(well)))
    codes = tuple(row.code for row in own)
    yield Sentence(text % {"count": len(own), "well": well}, by_status(report), codes, facts)


def _pillars(report: Report) -> Iterator[Sentence]:
    """Nothing if there is nothing to compare: only one pillar, or all with the same share."""
    compared = [pillar for pillar in report.pillars if pillar.in_force]
    shares = {pillar.well_share for pillar in compared}
    if len(shares) < 2:
        return
    first, last = (
        [pillar for pillar in compared if pillar.well_share == wanted]
        for wanted in (max(shares, key=_number), min(shares, key=_number))
    )
    text = _(
        "The most advanced pillar is %(first)s, with %(first_well)d of %(first_in_force)d items done or "
        "standing (%(first_share)s); the least advanced is %(last)s, with %(last_well)d of "
        "%(last_in_force)d (%(last_share)s)."
    )
    if report.levels:
        text = _(
            "By %(level)s, the most advanced is %(first)s, with %(first_well)d of %(first_in_force)d items "
            "done or standing (%(first_share)s); the least advanced is %(last)s, with %(last_well)d of "
            "%(last_in_force)d (%(last_share)s)."
        )
    values = _place("first", first) | _place("last", last) | {"level": pillar_word(report.levels)}
    facts = []
    for place, pillars in (("first", first), ("last", last)):
        codes = "+".join(pillar.code for pillar in pillars)
        names = ("in_force", "well", "share")
        facts += [Fact(f"{name}:{codes}", str(values[f"{place}_{name}"])) for name in names]
    yield Sentence(text % values, by_status(report), facts=tuple(facts))


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


def _in_time(report: Report) -> Iterator[Sentence]:
    known = report.whole.on_time
    if not known.of:
        return
    text = _("Of the %(of)d items that were to be done by now, %(in_time)d were done in time (%(share)s).")
    values = {"of": known.of, "in_time": known.in_time, "share": percent(known.share)}
    source = _("Counted: the due dates of the items, and the days on which they were done")
    facts = (
        Fact("to_be_done", str(known.of)),
        Fact("in_time", str(known.in_time)),
        Fact("in_time_share", percent(known.share)),
    )
    yield Sentence(text % values, source, facts=facts)


def trouble(report: Report) -> Sentence:
    """How many items are overdue or blocked, and how many nobody has touched."""
    late, blocked = report.whole.overdue, report.whole.by_status[Status.BLOCKED]
    untouched = len(report.untouched)
    clauses, facts = [], []
    if late:
        text = ngettext("%(count)d item is overdue", "%(count)d items are overdue", late)
        clauses.append(text % {"count": late})
        facts.append(Fact("overdue", str(late)))
    if blocked:
        text = ngettext("%(count)d is blocked", "%(count)d are blocked", blocked)
        clauses.append(text % {"count": blocked})
        facts.append(Fact("blocked", str(blocked)))
    if not clauses:
        clauses.append(_("nothing is overdue or blocked"))
    if untouched:
        text = ngettext("%(count)d has no update yet", "%(count)d have no update yet", untouched)
        clauses.append(text % {"count": untouched})
        facts.append(Fact("untouched", str(untouched)))
    codes = tuple(row.code for row in report.attention)
    text = _("As for problems, %(clauses)s.") % {"clauses": _joined(clauses)}
    return Sentence(text, by_status(report), codes, tuple(facts))


def _moved(report: Report) -> Iterator[Sentence]:
    if report.since is None:
        return
    day = date_format(report.since)
    counted = {kind: len(report.moved(kind)) for kind in MoveKind}
    clauses = [str(MOVED_SENTENCES[kind] % {"count": count}) for kind, count in counted.items() if count]
    source = _("Compared: the items at the end of %(since)s and of %(day)s") % {
        "since": day,
        "day": date_format(report.as_of),
    }
    if not clauses:
        yield Sentence(_("Since the end of %(day)s, nothing has moved.") % {"day": day}, source)
        return
    text = _("Since the end of %(day)s, %(clauses)s.") % {"day": day, "clauses": _joined(clauses)}
    facts = tuple(Fact(f"moved:{kind.value}", str(count)) for kind, count in counted.items() if count)
    yield Sentence(text, source, tuple(dict.fromkeys(move.code for move in report.moves)), facts)


def _joined(clauses: Iterable[str]) -> str:
    return _(", ").join(clauses)
