"""The progress report over a checklist and all below it, as a document: page, DOCX and PDF draw the same."""

from collections.abc import Iterable
from datetime import date, datetime

from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from measures.models.levels import Levels, pillar_word
from measures.progress import percent
from measures.reports.counts import on_time_note
from measures.reports.language import joined
from measures.reports.levels import pillar_heading
from measures.reports.outline import Document, LineKind, Table, TableColumn, TableLine, Text, TextRole
from measures.tree.loops import Loops, LoopSums
from measures.tree.matrix import FIGURES, Matrix, MatrixCell, MatrixRow, Spread
from measures.tree.sums import Unit

NAMED = 3  # of the best and of the worst
UNHEARD_NAMED = 200


def units_document(
    top: Unit,
    matrix: Matrix,
    loops: Loops,
    *,
    catalogue: str,
    levels: Levels = (),
    as_of: date,
    start: date,
    made_at: datetime,
    made_by: str,
) -> Document:
    """The report in the active language. `matrix` holds the units directly below, by pillar."""
    words = _("As of %(day)s, period from %(start)s") % {
        "day": date_format(as_of),
        "start": date_format(start),
    }
    made = Document(
        title=_("%(organisation)s progress report with all units below") % {"organisation": top.name},
        subtitle=(pgettext("under a title", "(%(words)s)") % {"words": words},),
        language=get_language() or "",
        author=made_by,
        organisation=top.name,
        made_at=made_at,
        generator=settings.GENERATOR,
    )
    ranked = Matrix(matrix.units, matrix.parts, FIGURES["well"], "-well")
    made.start_chapter(_("Overall"))
    made.add(Text(joined(*_overall(top, ranked, as_of, start))))
    made.add(Text(_("Catalogue: %(catalogue)s.") % {"catalogue": catalogue}))
    made.start_chapter(pillar_heading(levels))
    made.add(_by_pillar(ranked, top, levels))
    made.start_chapter(_("By unit"))
    made.add(_by_unit(ranked, top), Text(_note(), TextRole.NOTE))
    made.start_chapter(_("Done in time, entries and applications"))
    made.add(_loops(matrix, top, loops), Text(on_time_note(), TextRole.NOTE))
    made.start_chapter(_("Not reported in this period"))
    made.add(Text(_unheard(top)))
    at = timezone.localtime(made_at)
    made.add(Text(top.name, TextRole.SIGNATURE), Text(date_format(at.date()), TextRole.SIGNATURE))
    by = _("Made by %(name)s at %(at)s.") % {"name": made_by, "at": f"{at:%Y-%m-%d %H:%M}"}
    made.add(Text(by, TextRole.NOTE))
    return made


def _note() -> str:
    return _(
        "Each unit includes all units below it. Percentages are of the items in force. No entry: unfinished "
        "items without an entry in the period. Not reported: how many of these units entered nothing, out "
        "of all of them."
    )


def _overall(top: Unit, matrix: Matrix, as_of: date, start: date) -> Iterable[str]:
    whole, row = top.whole, matrix.row(top)
    yield ngettext(
        "By the end of %(day)s, %(name)s and the units below it, %(units)d in all, had %(in_force)d item to "
        "carry out: %(well)d done or standing, or %(share)s of it; %(late)d overdue (%(late_share)s).",
        "By the end of %(day)s, %(name)s and the units below it, %(units)d in all, had %(in_force)d items to "
        "carry out: %(well)d done or standing, or %(share)s of them; %(late)d overdue (%(late_share)s).",
        whole.in_force,
    ) % {
        "day": date_format(as_of),
        "name": top.name,
        "units": top.units,
        "in_force": whole.in_force,
        "well": whole.well,
        "share": percent(row.whole.share) or "0%",
        "late": whole.late,
        "late_share": percent(row.late.share) or "0%",
    }
    if whole.dropped:
        yield ngettext(
            "%(count)d was dropped and is not included in the percentages.",
            "%(count)d were dropped and are not included in the percentages.",
            whole.dropped,
        ) % {"count": whole.dropped}
    yield ngettext(
        "Since %(start)s, %(silent)d unfinished item had no entry (%(share)s).",
        "Since %(start)s, %(silent)d unfinished items had no entry (%(share)s).",
        whole.silent,
    ) % {
        "start": date_format(start),
        "silent": whole.silent,
        "share": percent(row.silent.share) or "0%",
    }
    yield ngettext(
        "%(count)d unit has reported nothing.", "%(count)d units have reported nothing.", top.unheard
    ) % {"count": top.unheard}
    known = [one for one in matrix.sorted if one.key in matrix.ranks]
    if spread := matrix.spreads[0]:
        yield _("The %(count)d units directly below have %(mean)s on average, from %(low)s to %(high)s.") % {
            "count": len(known),
            "mean": percent(spread.mean),
            "low": percent(spread.low),
            "high": percent(spread.high),
        }
    if len(known) > 2 * NAMED:
        yield _("The most advanced are %(first)s; the least advanced are %(last)s.") % {
            "first": _named(known[:NAMED]),
            "last": _named(known[: -NAMED - 1 : -1]),
        }


def _named(units: Iterable[Unit]) -> str:
    figure = FIGURES["well"]
    words = pgettext("a name and its share", "%(name)s (%(share)s)")
    return pgettext("between names", ", ").join(
        words % {"name": unit.name, "share": percent(figure.share(unit.whole))} for unit in units
    )


def _by_pillar(matrix: Matrix, top: Unit, levels: Levels) -> Table:
    columns = (
        TableColumn(pillar_word(levels), 56),
        TableColumn(_("In force"), 25, "center"),
        *(TableColumn(str(figure.label), 25, "center") for figure in FIGURES.values()),
    )
    lines = []
    tables = [Matrix([], matrix.parts, figure).row(top) for figure in FIGURES.values()]
    for place, part in enumerate(matrix.parts):
        cells = [row.cells[place] for row in tables]
        lines.append(TableLine((str(part), str(cells[0].of), *(_both(cell) for cell in cells))))
    row = tables[0]
    whole = (_both(cell) for cell in (row.whole, row.late, row.silent))
    lines.append(TableLine((_("Total"), str(row.whole.of), *whole), LineKind.SUM))
    return Table(columns, tuple(lines))


def _both(cell: MatrixCell) -> str:
    return f"{cell.count}\n{percent(cell.share)}" if cell.of else "–"


def _by_unit(matrix: Matrix, top: Unit) -> Table:
    """Ranked, with the sum of all and the average of the units at the foot."""
    width = (156 - 10 - 30 - 14 - 17 - 15 - 15 - 15) // max(1, len(matrix.parts))
    columns = (
        TableColumn(_("Rank"), 10, "center"),
        TableColumn(_("Unit"), 30),
        TableColumn(_("In force"), 14, "center"),
        TableColumn(str(FIGURES["well"].label), 17, "center"),
        *(TableColumn(part.title, width, "center") for part in matrix.parts),
        TableColumn(str(FIGURES["late"].label), 15, "center"),
        TableColumn(str(FIGURES["silent"].label), 15, "center"),
        TableColumn(_("Not reported"), 15, "center"),
    )
    lines = [_unit(row, row.unit.name, str(row.rank or "–")) for row in matrix.rows()]
    if top.own.items:
        own = _unit(
            matrix.row(top, own=True), _("Own items"), "", int(top.is_unheard), int(top.own.in_force > 0)
        )
        lines.insert(0, own)
    lines.append(_unit(matrix.row(top), _("Total"), "", kind=LineKind.SUM))
    if len(matrix.units) > 1:
        well, late, silent, *parts = (_mean(spread) for spread in matrix.spreads)
        average = ("", _("Average of the units"), "", well, *parts, late, silent, "")
        lines.append(TableLine(average, LineKind.SUM))
    return Table(columns, tuple(lines))


def _loops(matrix: Matrix, top: Unit, loops: Loops) -> Table:
    """By unit, in the order of the other tables: each share over what it is of."""
    columns = (
        TableColumn(_("Unit"), 48),
        TableColumn(_("Done in time"), 27, "center"),
        TableColumn(_("Done by the first due date"), 27, "center"),
        TableColumn(_("Entries given"), 27, "center"),
        TableColumn(_("Applications waiting"), 27, "center"),
    )
    lines = [TableLine(_loop_cells(unit.name, loops.whole[unit.key])) for unit in matrix.sorted]
    return Table(columns, (*lines, TableLine(_loop_cells(_("Total"), loops.whole[top.key]), LineKind.SUM)))


def _loop_cells(name: str, sums: LoopSums) -> tuple[str, ...]:
    known = sums.on_time
    return (
        name,
        f"{percent(known.share) or '–'}\n{known.in_time} / {known.of}",
        f"{percent(known.share_first) or '–'}\n{known.in_time_first} / {known.of_first}",
        f"{percent(sums.share_given) or '–'}\n{sums.given} / {sums.owed}",
        str(sums.waiting),
    )


def _mean(spread: Spread | None) -> str:
    return percent(spread.mean) if spread else "–"


def _unit(
    row: MatrixRow,
    name: str,
    rank: str,
    unheard: int | None = None,
    units: int | None = None,
    *,
    kind: LineKind = LineKind.PLAIN,
) -> TableLine:
    figures = (row.whole, *row.cells, row.late, row.silent)
    unheard = row.unit.unheard if unheard is None else unheard
    units = row.unit.units if units is None else units
    shares = (percent(cell.share) or "–" for cell in figures)
    return TableLine((rank, name, str(row.whole.of), *shares, f"{unheard}/{units}"), kind)


def _unheard(top: Unit) -> str:
    units = [unit.name for unit in top.walk() if unit.is_unheard]
    if not units:
        return _("None.")
    words = (
        ngettext("%(count)d unit: %(names)s.", "%(count)d units: %(names)s.", len(units))
        if len(units) <= UNHEARD_NAMED
        else _("%(count)d units, among them %(names)s.")
    )
    names = pgettext("between names", ", ").join(units[:UNHEARD_NAMED])
    return words % {"count": len(units), "names": names}
