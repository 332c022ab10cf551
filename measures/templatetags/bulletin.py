"""The tables of a bulletin on a page: their lines beside the values that they are made of."""

from collections.abc import Iterable, Sequence
from itertools import zip_longest

from django import template
from django.urls import reverse

from measures.forms.days import UnitsForm
from measures.models import Checklist
from measures.reports.bulletin import Bulletin, LateItem, Over, UnitFacts
from measures.reports.outline import TableLine

register = template.Library()


@register.filter
def beside(rows: Iterable[LateItem], lines: Iterable[TableLine]) -> list[tuple[LateItem, TableLine]]:
    return list(zip(rows, lines, strict=True))


@register.filter
def facts_beside(made: Bulletin, lines: Sequence[TableLine]) -> list[tuple[UnitFacts | None, TableLine]]:
    """Each line with the facts in it; none beside the average."""
    rows = [*made.rows, *([made.others] if made.others else []), made.whole]
    return list(zip_longest(rows, lines))


@register.simple_tag
def facts_address(row: UnitFacts, form: UnitsForm, checklist: Checklist, made: Bulletin) -> str:
    """The list of the items that a line counts: more filters may follow."""
    past = f"&as_of={form.past.isoformat()}" if form.past else ""
    if made.over == Over.OWNERS:
        return f"{reverse('items', args=[checklist.slug])}?{row.address}{past}"
    below = "" if row.address == checklist.slug else "below=1&"
    closed = "closed=1&" if below and form.with_closed else ""
    return f"{reverse('items', args=[row.address])}?{below}{closed}view=none{past}"
