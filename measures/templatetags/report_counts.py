"""Rows of a report's tables of counts, drawn without templates: each figure leads to the items it counts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape  # Django's own asks of each text whether it is lazy

from django import template
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from measures.choices import WELL_STATUSES
from measures.models import Checklist
from measures.progress import Counts, OnTime, percent
from measures.templatetags.taizhang import bar

register = template.Library()

WELL = "".join(f"&amp;status={status.value}" for status in WELL_STATUSES)


@dataclass(frozen=True)
class Lists:
    """The lists of items that figures lead to, of the report's day and filters."""

    address: str
    owners: Mapping[str, str]  # the value of the filter for each owner, by name

    @classmethod
    def of(cls, context: template.Context) -> "Lists | None":
        """None for a frozen report, which says nothing of today's lists."""
        checklist = context.get("checklist")
        if not isinstance(checklist, Checklist) or "list_query" not in context:
            return None
        items = reverse("items", args=[checklist.slug])
        return cls(f"{items}?{context['list_query']}", context.get("owner_keys") or {})

    def of_group(self, counts: Counts, by: str) -> str | None:
        """The address of a group's items; None for an owner that has another name now."""
        if not by:
            return self.address
        value = self.owners.get(counts.title) if by == "owner" else counts.code
        return None if value is None else f"{self.address}&{urlencode({by: value})}"


@register.simple_tag(takes_context=True)
def counts_rows(
    context: template.Context, groups: Sequence[Counts], whole: Counts | None, by: str
) -> SafeString:
    """A row for each group and, if it is given, for the whole. The filter `by` keeps the items of a group."""
    lists = Lists.of(context)
    rows = [_row(counts, lists.of_group(counts, by) if lists else None) for counts in groups]
    if whole:
        rows.append(_row(whole, lists.address if lists else None, ' class="whole"'))
    return mark_safe("".join(rows))  # noqa: S308 - every text in it is escaped


def _row(counts: Counts, address: str | None, of_class: str = "") -> str:
    start = escape(address) if address else ""

    def figure(number: int, kept: str = "") -> str:
        """The number as a link; plain where there is nothing to see."""
        return f'<a class="of" href="{start}{kept}">{number}</a>' if start and number else str(number)

    statuses = []
    for one in counts.statuses:
        faint = "" if one.count else " nought"
        share = f'<br><span class="quiet small">{percent(one.share)}</span>' if one.count else ""
        leads = figure(one.count, f"&amp;status={one.status.value}")
        more = _difference(counts.difference(one.status))
        statuses.append(f'<td class="number{faint}">{leads}{more}{share}</td>')
    return (
        f'<tr{of_class}><th scope="row">{escape(counts.code)} {escape(counts.title)}</th>'
        f'<td class="bar-cell">{bar(counts)}</td>'
        f'<td class="number"><b>{percent(counts.well_share) or "–"}</b><br>'
        f'<span class="quiet small">{figure(counts.well, WELL)} / {counts.in_force}</span></td>'
        f'<td class="number">{figure(counts.total)}</td>{"".join(statuses)}'
        f'<td class="number {"late" if counts.overdue else "nought"}">'
        f"{figure(counts.overdue, '&amp;due=overdue')}</td>{_on_time(counts.on_time)}</tr>\n"
    )


def _difference(more: int) -> str:
    """How many more or fewer, as a sign and a number; a screen reader hears it in words."""
    if not more:
        return ""
    words = (_("%(count)d more") if more > 0 else _("%(count)d fewer")) % {"count": abs(more)}
    sign = "▲" if more > 0 else "▼"
    return f' <span class="difference" role="img" aria-label="{escape(words)}">{sign}{abs(more)}</span>'


def _on_time(known: OnTime) -> str:
    """The cells of those done in time, by the present due dates and by the first ones."""
    by_the_present, by_the_first = (known.share, known.in_time), (known.share_first, known.in_time_first)
    return "".join(
        [
            f'<td class="number">{percent(share) or "–"}<br>'
            f'<span class="quiet small">{in_time} / {of}</span></td>'
            for (share, in_time), of in ((by_the_present, known.of), (by_the_first, known.of_first))
        ]
    )
