"""The cells and headings of the roll-up's table."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Self

from django import template
from django.http import QueryDict
from django.template import Context
from django.template.defaulttags import querystring
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from measures.forms.days import UnitsForm
from measures.progress import percent
from measures.reports.outline import TableColumn, TableLine
from measures.tree.loops import LoopSums
from measures.tree.matrix import FIGURES, Figure, Matrix, MatrixCell, MatrixRow, Part, Spread
from measures.tree.sums import Unit

register = template.Library()
# What comes first when a heading is clicked is what is worst: of these, the most.
MOST_FIRST = {"late", "silent", "items", "unheard"}


@register.simple_tag
def list_address(unit: Unit, form: UnitsForm, *, own: bool = False) -> str:
    """The list of a unit's items, with those of all below it where there are any: more filters may follow."""
    # The list of a closed unit alone shows its items even where they do not count.
    below = "below=1&" if (unit.children and not own) or not unit.is_counted else ""
    closed = "closed=1&" if below and form.with_closed else ""
    return f"{reverse('items', args=[unit.slug])}?{below}{closed}"


@register.simple_tag
def drill(found: MatrixCell, base: str, form: UnitsForm) -> str:
    """The address of the items that a figure counts."""
    return f"{base}{_filters(found.figure, found.part, form)}"


def _filters(figure: Figure, part: Part | None, form: UnitsForm) -> str:
    """What finds the items that a figure counts, in a list's address."""
    query = figure.query.format(start=form.first.isoformat())
    if part:
        query = f"{'section' if part.pillar else 'pillar'}={part.code}&{query}"
    if form.past:
        query += f"&as_of={form.past.isoformat()}"
    return query


@register.simple_tag(takes_context=True)
def matrix_rows(context: Context) -> SafeString:
    """The rows of a table of units: their sum and the own items of the one above, if there are any, and each.

    Takes `matrix`, `rows` and `form`; `whole`, `own` and `here` if there are any.
    """
    drawn = RowsDrawn.of(context)
    whole, own, here = context.get("whole"), context.get("own"), context.get("here")
    found = [drawn.row(whole, "whole", _("Total"))] if whole else []
    if own and own.unit.own.items:
        found.append(drawn.row(own, "own", _("Own items"), alone=True))
    found += [
        drawn.row(row, "here" if here and row.unit.key == here.unit.key else "") for row in context["rows"]
    ]
    return mark_safe("".join(found))  # noqa: S308 - every text in it is escaped


@dataclass(frozen=True)
class RowsDrawn:
    """Draws the rows of a table of units. Holds what is the same in all of them, escaped."""

    form: UnitsForm
    filters: list[str]  # of each column
    to_units: str  # what the address of a unit's own table keeps of this one's
    past: str
    merged: str
    closed: str
    reported: str
    not_reported: str
    nought: str
    worst: str

    @classmethod
    def of(cls, context: Context) -> Self:
        matrix: Matrix = context["matrix"]
        form: UnitsForm = context["form"]
        nothing, worst = escape(_("nothing in force")), escape(_("worst in this column"))
        return cls(
            form=form,
            filters=[escape(_filters(figure, part, form)) for figure, part in matrix.columns],
            to_units=escape(querystring(context, page=None, sort=None, format=None, rows=None)),
            past=f"as_of={form.past.isoformat()}" if form.past else "",
            merged=escape(_("Merged")),
            closed=escape(_("Closed")),
            reported=escape(_("reported")),
            not_reported=escape(_("Not reported")),
            nought=f'<td class="number nought"><span title="{nothing}">–</span></td>',
            worst=f'<span class="worst" role="img" aria-label="{worst}" title="{worst}">▼</span>',
        )

    def row(self, row: MatrixRow, kind: str, label: str = "", *, alone: bool = False) -> str:
        """A unit's row. With `label`, that of a sum; `alone`: without the units below it."""
        unit = row.unit
        items = escape(list_address(unit, self.form, own=alone))
        count = unit.own.items if alone else unit.whole.items
        figures = [
            self.cell(one, f"{items}{filters}")
            for one, filters in zip((row.whole, row.late, row.silent, *row.cells), self.filters, strict=True)
        ]
        # Who has not reported comes after the three figures of the whole, before those of the parts.
        figures.insert(3, self.unheard(unit, alone))
        return (
            f"<tr{f' class="{kind}"' if kind else ''}>"
            f'<th scope="row">{escape(label) if label else self.name(unit)}</th>'
            f'<td class="number">{"" if label else row.rank or "–"}</td>'
            f'<td class="number"><a href="{items}{self.past}">{count}</a></td>{"".join(figures)}</tr>\n'
        )

    def name(self, unit: Unit) -> str:
        """A unit's name, which leads to its own table where others are below it, and what is to be known."""
        page, kept = ("units", self.to_units) if unit.children else ("overview", "")
        said = f'<a href="{reverse(page, args=[unit.slug])}{kept}">{escape(unit.name)}</a>'
        if unit.is_merged or not unit.is_open:
            said += f' <span class="quiet small">{self.merged if unit.is_merged else self.closed}</span>'
        if unit.children:
            count = ngettext("%(number)s unit", "%(number)s units", unit.units) % {"number": unit.units}
            said += f' <span class="quiet small figures">{escape(count)}</span>'
        return said

    def cell(self, found: MatrixCell, address: str) -> str:
        """A figure: share and counts, tinted, the worst marked; it leads to what it counts."""
        if found.share is None:
            return self.nought
        return (
            f'<td class="number heat {found.tint}"><a href="{address}">{self.worst if found.is_worst else ""}'
            f"<b>{percent(found.share)}</b> <small>{found.count}/{found.of}</small></a></td>"
        )

    def unheard(self, unit: Unit, own: bool) -> str:
        """Whether a unit has reported in the period; of one with others below it, how many have not."""
        if unit.children and not own:
            shown = f"<b>{unit.unheard}</b> <small>/{unit.units}</small>"
            return f'<td class="number {"late" if unit.unheard else "nought"}">{shown}</td>'
        if unit.is_unheard:
            return f'<td class="number"><span class="chip warning">{self.not_reported}</span></td>'
        return f'<td class="number nought">{self.reported if unit.own.in_force else "–"}</td>'


@register.simple_tag
def loop_rows(loop: LoopSums, loops: Iterable[tuple[Unit, LoopSums]]) -> SafeString:
    """The rows of the loop of units: the sum of all, and each unit with its sums."""
    labels = [
        *(escape(_("Done in time")), escape(_("Done by the first due date"))),
        *(escape(_("Entries given")), escape(_("Applications waiting"))),
    ]
    rows = [_loop_row(' class="whole"', _("Total"), loop, labels)]
    rows += [_loop_row("", unit.name, sums, labels) for unit, sums in loops]
    return mark_safe("".join(rows))  # noqa: S308 - every text in it is escaped


def _loop_row(kind: str, name: str, sums: LoopSums, labels: Sequence[str]) -> str:
    known = sums.on_time
    shares = (
        (known.share, known.in_time, known.of),
        (known.share_first, known.in_time_first, known.of_first),
        (sums.share_given, sums.given, sums.owed),
    )
    cells = "".join(
        [
            f'<td class="number" data-label="{label}">{percent(share) or "–"} '
            f'<span class="quiet small">{count} / {of}</span></td>'
            for label, (share, count, of) in zip(labels, shares, strict=False)
        ]
    )
    nought = "" if sums.waiting else " nought"
    return (
        f'<tr{kind}><th scope="row">{escape(name)}</th>{cells}'
        f'<td class="number{nought}" data-label="{labels[-1]}">{sums.waiting}</td></tr>\n'
    )


@register.simple_tag
def unit_links(units: Iterable[Unit]) -> SafeString:
    """The names of these units as a list's elements, which lead to their overviews."""
    links = [
        f'<li><a href="{reverse("overview", args=[unit.slug])}">{escape(unit.name)}</a></li>'
        for unit in units
    ]
    return mark_safe("".join(links))  # noqa: S308 - every text in it is escaped


@register.simple_tag
def spread_cells(matrix: Matrix, which: str) -> SafeString:
    """One of average, lowest, median and highest of every column, as cells."""
    cells = [percent(getattr(spread, which)) if spread else "–" for spread in matrix.spreads]
    cells.insert(3, "")  # nobody averages who has not reported
    return format_html_join("", '<td class="number">{}</td>', ((text,) for text in cells))


@register.simple_tag(takes_context=True)
def sort_heading(context: Context, name: str, label: str, *, rows: int = 1) -> SafeString:
    """A column's heading, which sorts: worst first, and at the second click the other way round."""
    matrix: Matrix = context["matrix"]
    asked = matrix.sort or matrix.figure.name
    is_sorted, backwards = asked.removeprefix("-") == name, asked.startswith("-")
    query: QueryDict = context["request"].GET.copy()
    query.pop("page", None)
    query["sort"] = f"-{name}" if is_sorted and not backwards else name
    of_part = name not in {*FIGURES, *MOST_FIRST, "name"}
    most_first = name in MOST_FIRST or (of_part and not matrix.figure.few_is_bad)
    direction = "descending" if most_first != backwards else "ascending"
    return format_html(
        '<th scope="col"{}{}{}><a class="sort" href="?{}">{}</a></th>',
        "" if name == "name" else SafeString(' class="number"'),
        format_html(' rowspan="{}"', rows) if rows > 1 else "",
        format_html(' aria-sort="{}"', direction) if is_sorted else "",
        query.urlencode(),
        label,
    )


@register.simple_tag
def rank_words(rank: int | None, of: int) -> str:
    """Which place among how many, in words."""
    return pgettext("rank", "%(rank)d of %(of)d") % {"rank": rank, "of": of} if rank else "–"


@register.simple_tag
def points(share: float | None, average: Spread | None) -> str:
    """Return a share's distance from the average, with its sign: +4.2, −1.3."""
    if share is None or average is None:
        return "–"
    return f"{share - average.mean:+z.1f}".replace("-", "−")


@register.filter
def under(line: TableLine, columns: Sequence[TableColumn]) -> list[tuple[TableColumn, str]]:
    """Each cell of a report's line with its column."""
    return list(zip(columns, line.cells, strict=True))
