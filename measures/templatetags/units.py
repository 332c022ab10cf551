"""The cells and headings of the roll-up's table."""

from collections.abc import Sequence

from django import template
from django.http import QueryDict
from django.template import Context
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from measures.forms.days import UnitsForm
from measures.progress import percent
from measures.reports.outline import TableColumn, TableLine
from measures.tree.matrix import FIGURES, Matrix, MatrixCell, Spread
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
    query = found.figure.query.format(start=form.first.isoformat())
    if found.part:
        query = f"{'section' if found.part.pillar else 'pillar'}={found.part.code}&{query}"
    if form.past:
        query += f"&as_of={form.past.isoformat()}"
    return f"{base}{query}"


@register.simple_tag
def cell(found: MatrixCell, base: str, form: UnitsForm) -> SafeString:
    """A figure as a table's cell: share and counts, tinted, the worst marked; it leads to what it counts."""
    if found.share is None:
        return format_html('<td class="number nought"><span title="{}">–</span></td>', _("nothing in force"))
    return format_html(
        '<td class="number heat {}"><a href="{}">{}<b>{}</b> <small>{}/{}</small></a></td>',
        found.tint,
        drill(found, base, form),
        _worst() if found.is_worst else "",
        percent(found.share),
        found.count,
        found.of,
    )


@register.simple_tag
def unheard_cell(unit: Unit, own: bool = False) -> SafeString:
    """Whether a unit has reported in the period; of one with others below it, how many have not."""
    if unit.children and not own:
        shown = format_html("<b>{}</b> <small>/{}</small>", unit.unheard, unit.units)
        return format_html('<td class="number{}">{}</td>', " late" if unit.unheard else " nought", shown)
    if unit.is_unheard:
        return format_html('<td class="number"><span class="chip warning">{}</span></td>', _("Not reported"))
    return format_html('<td class="number nought">{}</td>', _("reported") if unit.own.in_force else "–")


def _worst() -> SafeString:
    words = _("worst in this column")
    return format_html('<span class="worst" role="img" aria-label="{}" title="{}">▼</span>', words, words)


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
