"""Sentences that several parts of a report share: what it is of, and how complete the ledger is."""

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from measures.progress import percent
from measures.reports.language import day, joined
from measures.reports.loop_words import labelled
from measures.reports.model import Report


def edition_words(report: Report) -> str:
    words = pgettext("a catalogue", "%(catalogue)s (edition of %(edition)s)")
    return words % {"catalogue": report.catalogue, "edition": report.edition}


def completeness_words(report: Report) -> str:
    """How many of the items have an owner, a due date and an update in the period, in a sentence."""
    known = report.completeness
    words = ngettext(
        "Of %(total)d item, %(owner)d has an owner and %(due)d has a due date.",
        "Of %(total)d items, %(owner)d have an owner and %(due)d have a due date.",
        known.total,
    ) % {"total": known.total, "owner": known.with_owner, "due": known.with_due}
    if known.updated is None:
        return words
    updated = ngettext(
        "%(updated)d was updated in this period.", "%(updated)d were updated in this period.", known.updated
    )
    return joined(words, updated % {"updated": known.updated}, *_reporting_words(report))


def _reporting_words(report: Report) -> Iterator[str]:
    """How many entries were due and given in the period."""
    known = report.reporting
    if known is None or not known.due:
        return
    yield ngettext(
        "Units owed %(due)d entry in this period and gave %(given)d (%(share)s).",
        "Units owed %(due)d entries in this period and gave %(given)d (%(share)s).",
        known.due,
    ) % {"due": known.due, "given": known.given, "share": percent(known.share)}
    if known.nothing_new or known.by_office:
        yield _("Of all entries, %(nothing)d said that nothing was new, and the office wrote %(office)d.") % {
            "nothing": known.nothing_new,
            "office": known.by_office,
        }


def basis_words(report: Report) -> str:
    """What the report is of: the catalogue, and the period, the view and the filters if there are any."""
    basis = [labelled(_("Catalogue"), edition_words(report))]
    if report.period:
        basis.append(labelled(pgettext("report", "Period"), report.period))
    if report.view:
        basis.append(labelled(pgettext("saved view", "View"), report.view))
    basis += [labelled(label, value) for label, value in report.filters]
    return pgettext("between facts", "; ").join(basis) + pgettext("ends a sentence", ".")


def signs_note(report: Report) -> str:
    """What a number with a sign in a cell says."""
    return _("A number with a sign in a cell: how many more or fewer than at the end of %(day)s.") % {
        "day": day(report.since)
    }
