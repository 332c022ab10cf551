"""The bulletin as a document, in the order of GB/T 9704: page, DOCX and PDF draw the same."""

from collections.abc import Iterator
from statistics import fmean

from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from measures.progress import percent
from measures.reports.bulletin import Bulletin, Over, UnitFacts
from measures.reports.counts import cell_lines, on_time_note
from measures.reports.language import day, joined
from measures.reports.outline import Document, LineKind, Table, TableColumn, TableLine, Text, TextRole
from measures.reports.text.problems import late_words

FEWEST = 2  # units of which there is an average


def bulletin_title(made: Bulletin) -> str:
    words = pgettext("title of a bulletin", "Bulletin on the progress with %(catalogue)s")
    return made.choice.title or words % {"catalogue": made.catalogue}


def bulletin_addressee(made: Bulletin) -> str:
    return made.choice.to or pgettext("addressee", "All units")


def bulletin_signed(made: Bulletin) -> str:
    return made.choice.signed or made.organisation


def bulletin_document(made: Bulletin) -> Document:
    """The document in the active language."""
    paper = Document(
        title=bulletin_title(made),
        subtitle=(),
        language=get_language() or "",
        author=made.made_by,
        organisation=made.organisation,
        made_at=made.made_at,
        generator=settings.GENERATOR,
    )
    to = pgettext("addressee", "%(name)s:") % {"name": bulletin_addressee(made)}
    paper.add(Text(to, TextRole.ADDRESSEE), Text(_opening(made)))
    paper.start_chapter(_("Overall"))
    paper.add(Text(joined(*_overall(made))))
    paper.start_chapter(pgettext("bulletin", "By unit"))
    paper.add(_by_unit(made), Text(_note(made), TextRole.NOTE))
    paper.start_chapter(pgettext("bulletin", "Overdue items"))
    paper.add(Text(_late_words(made)))
    if made.late:
        paper.add(_late(made))
    on = timezone.localtime(made.made_at).date()
    paper.add(Text(bulletin_signed(made), TextRole.SIGNATURE), Text(day(on), TextRole.SIGNATURE))
    return paper


def _opening(made: Bulletin) -> str:
    text = _("The progress of the units from %(start)s to %(day)s is as follows.")
    return text % {"start": date_format(made.start), "day": date_format(made.as_of)}


def _overall(made: Bulletin) -> Iterator[str]:
    whole = made.whole
    yield ngettext(
        "By the end of %(day)s, %(name)s with its units, %(units)d in all, had %(in_force)d item to carry "
        "out: %(well)d done or standing (%(share)s), %(late)d overdue.",
        "By the end of %(day)s, %(name)s with its units, %(units)d in all, had %(in_force)d items to carry "
        "out: %(well)d done or standing (%(share)s), %(late)d overdue.",
        whole.in_force,
    ) % {
        "day": date_format(made.as_of),
        "name": made.organisation,
        "units": len(made.rows),
        "in_force": whole.in_force,
        "well": whole.well,
        "share": percent(whole.share) or "0%",
        "late": whole.late,
    }
    if whole.points is not None and made.before:
        values = {"points": f"{abs(whole.points):.1f}", "before": date_format(made.before)}
        text = _("The share is as at the end of %(before)s.")
        if whole.points > 0:
            text = _("That is %(points)s percentage points more than at the end of %(before)s.")
        elif whole.points < 0:
            text = _("That is %(points)s percentage points less than at the end of %(before)s.")
        yield text % values
    known = whole.on_time
    if known.of:
        text = _(
            "Of the %(of)d items that were to be done by now, %(in_time)d were done in time (%(share)s)."
        )
        yield text % {"of": known.of, "in_time": known.in_time, "share": percent(known.share)}
    if known.of_first:
        text = _("By their first due dates, it was %(in_time)d of %(of)d (%(share)s).")
        yield text % {
            "of": known.of_first,
            "in_time": known.in_time_first,
            "share": percent(known.share_first),
        }
    if whole.owed:
        text = ngettext(
            "Units owed %(due)d entry in this period and gave %(given)d (%(share)s).",
            "Units owed %(due)d entries in this period and gave %(given)d (%(share)s).",
            whole.owed,
        )
        yield text % {"due": whole.owed, "given": whole.given, "share": percent(whole.share_given)}
    if len(made.shares) >= FEWEST:
        yield _("On average, %(mean)s of a unit's items are done or standing, from %(low)s to %(high)s.") % {
            "mean": percent(fmean(made.shares)),
            "low": percent(min(made.shares)),
            "high": percent(max(made.shares)),
        }


def _by_unit(made: Bulletin) -> Table:
    columns = (
        TableColumn(_("Place"), 11, "center"),
        TableColumn(_("Unit"), 29),
        TableColumn(_("In force"), 12, "center"),
        TableColumn(_("Done or standing"), 18, "center"),
        TableColumn(_("Change"), 16, "center"),
        TableColumn(_("Overdue"), 12, "center"),
        TableColumn(_("Done in time"), 19, "center"),
        TableColumn(_("Done by the first due date"), 20, "center"),
        TableColumn(_("Entries given"), 19, "center"),
    )
    lines = [TableLine(facts_cells(row, str(row.place or "–"))) for row in made.rows]
    if made.others:
        lines.append(TableLine(facts_cells(made.others, "")))
    lines.append(TableLine(facts_cells(made.whole, ""), LineKind.SUM))
    if len(made.shares) >= FEWEST:
        average = ("", _("Average of the units"), "", percent(fmean(made.shares)), *[""] * 5)
        lines.append(TableLine(average, LineKind.SUM))
    return Table(columns, tuple(lines))


def facts_cells(row: UnitFacts, place: str) -> tuple[str, ...]:
    """Each share with what it is of."""
    known = row.on_time
    return (
        place,
        row.name,
        str(row.in_force),
        _share(row.share, row.well, row.in_force),
        _signed(row.points),
        str(row.late),
        _share(known.share, known.in_time, known.of),
        _share(known.share_first, known.in_time_first, known.of_first),
        _share(row.share_given, row.given, row.owed),
    )


def _signed(points: float | None) -> str:
    """With its sign, a true minus; no sign where nothing moved."""
    if points is None:
        return "–"
    return f"{points:+.1f}".replace("-", "−") if points else "0.0"


def _share(share: float | None, count: int, of: int) -> str:
    return cell_lines(percent(share), f"{count} / {of}") if of else "–"


def _note(made: Bulletin) -> str:
    notes = [_("Each share is above what it is of. Places go by the share done or standing.")]
    if made.before:
        text = _("Change: by how many percentage points that share differs from the end of %(before)s.")
        notes.append(text % {"before": date_format(made.before)})
    if made.over == Over.UNITS:
        notes.append(_("Each unit includes all units below it."))
    notes.append(on_time_note())
    notes.append(
        _(
            "Entries given: of the items that were running in the period, how many their units have reported "
            "on."
        )
    )
    return joined(*notes)


def _late_words(made: Bulletin) -> str:
    if not made.whole.late:
        return _("Nothing is overdue.")
    text = ngettext(
        "%(count)d item is overdue, with the reason that its unit gave:",
        "%(count)d items are overdue, the latest first, with the reasons that their units gave:",
        made.whole.late,
    )
    if made.late_left_out:
        text = _(
            "%(count)d items are overdue. The %(listed)d that are latest are listed, with the reasons that "
            "their units gave:"
        )
    return text % {"count": made.whole.late, "listed": len(made.late)}


def _late(made: Bulletin) -> Table:
    columns = (
        TableColumn(_("Code"), 13, "center"),
        TableColumn(_("Title"), 46),
        TableColumn(_("Unit"), 29),
        TableColumn(_("Days late"), 17, "center"),
        TableColumn(_("Reason given by the unit"), 51),
    )
    return Table(
        columns,
        tuple(
            TableLine(
                (row.code, row.title, row.unit, late_words(row.days_late), row.reason or _("No reason given"))
            )
            for row in made.late
        ),
        small=True,
    )
