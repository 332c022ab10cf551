"""The tables and lists of the overview, each drawn in one go: words are looked up once, not once a row."""

from collections.abc import Iterable, Mapping
from html import escape  # Django's own asks of each text whether it is lazy
from typing import TYPE_CHECKING

from django import template
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from measures.choices import Status
from measures.ledger.journal import Difference, JournalEntry
from measures.models import Checklist
from measures.progress import Counts, percent
from measures.templatetags.taizhang import bar_of, light_chip

if TYPE_CHECKING:
    from measures.views.site.overview import ShortRow

register = template.Library()

FAINT = (" nought", "")  # zeros are drawn faintly


def _labels() -> dict[Status, str]:
    return {status: escape(str(status.label)) for status in Status}


@register.simple_tag
def counted_rows(pillars: Iterable[Counts], list_address: str) -> SafeString:
    """A row for each pillar and section. Each figure leads to what it counts."""
    labels, drawn = _labels(), []
    for pillar in pillars:
        drawn.append(_counted_row(pillar, f"{list_address}?pillar={escape(pillar.code)}", "whole", labels))
        drawn += [
            _counted_row(section, f"{list_address}?section={escape(section.code)}", "part", labels)
            for section in pillar.parts
            if section.title
        ]
    return mark_safe("".join(drawn))  # noqa: S308 - every text in it is escaped


def _counted_row(counts: Counts, address: str, row_class: str, labels: Mapping[Status, str]) -> str:
    statuses = "".join(
        [
            f'<td class="number spare{FAINT[counts.by_status[status] > 0]}">'
            f'<a href="{address}&amp;status={status.value}">{counts.by_status[status]}</a></td>'
            for status in Status
        ]
    )
    late = ' class="late"' if counts.overdue else ""
    return (
        f'<tr class="{row_class}">'
        f'<th scope="row"><a href="{address}">{escape(counts.code)} {escape(counts.title)}</a></th>'
        f'<td class="bar-cell">{bar_of(counts, labels)}</td>'
        f'<td class="number"><a href="{address}">{counts.total}</a></td>{statuses}'
        f'<td class="number{FAINT[counts.overdue > 0]}">'
        f'<a{late} href="{address}&amp;due=overdue">{counts.overdue}</a></td></tr>\n'
    )


@register.simple_tag
def owner_rows(owners: Iterable[Counts], list_address: str) -> SafeString:
    """A row for each owner, the last of those without one."""
    labels, nobody = _labels(), escape(_("Without a lead unit"))
    drawn = [_owner_row(one, f"{list_address}?owner={one.code or 'none'}", labels, nobody) for one in owners]
    return mark_safe("".join(drawn))  # noqa: S308 - every text in it is escaped


def _owner_row(one: Counts, address: str, labels: Mapping[Status, str], nobody: str) -> str:
    blocked, known = one.by_status[Status.BLOCKED], one.on_time
    late = ' class="late"' if one.overdue else ""
    in_time = (
        f'{percent(known.share)} <span class="quiet">{known.in_time} / {known.of}</span>' if known.of else "–"
    )
    of = f' <span class="quiet">/ {one.in_force}</span>' if one.in_force else ""
    return (
        f'<tr><th scope="row"><a href="{address}">{escape(one.title) or nobody}</a></th>'
        f'<td class="bar-cell">{bar_of(one, labels)}</td>'
        f'<td class="number spare"><a href="{address}">{one.total}</a></td>'
        f'<td class="number{FAINT[one.overdue > 0]}">'
        f'<a{late} href="{address}&amp;due=overdue">{one.overdue}</a></td>'
        f'<td class="number spare{FAINT[blocked > 0]}">'
        f'<a href="{address}&amp;status=blocked">{blocked}</a></td>'
        f'<td class="number"><a class="of" href="{address}&amp;status=done&amp;status=standing">'
        f"{one.well}</a>{of}</td>"
        f'<td class="number spare">{in_time}</td></tr>\n'
    )


def _item_link(checklist: Checklist, code: str) -> str:
    return f'<a class="figures" href="{reverse("item", args=[checklist.slug, code])}">{escape(code)}</a>\n'


@register.simple_tag
def short_list(rows: Iterable["ShortRow"], checklist: Checklist) -> SafeString:
    """A few items with their lights."""
    drawn = [
        f"<li>{_item_link(checklist, one.code)}"
        f'<div class="what">{escape(one.title)}<p>{escape(one.unit or "–")}</p></div>'
        f'<span class="side">{light_chip(one.lit)}</span></li>\n'
        for one in rows
    ]
    return mark_safe(f'<ul class="rows">\n{"".join(drawn)}</ul>')  # noqa: S308 - every text in it is escaped


@register.simple_tag
def lately_list(entries: Iterable[JournalEntry], checklist: Checklist) -> SafeString:
    """Updates with what each changed; of a long text only that it did."""
    long, between = _("notes added to"), _("; ")

    def words(one: Difference) -> str:
        return long if one.is_long else f"{one.label} {one.before or '–'} → {one.after or '–'}"

    drawn = []
    for entry in entries:
        measure, at = entry.update.item.measure, timezone.localtime(entry.update.at)
        changed = between.join([words(one) for one in entry.differences])
        drawn.append(
            f'<li>{_item_link(checklist, measure.code)}<div class="what">{escape(measure.title)}'
            f"<p>{escape(changed)}</p></div>"
            f'<span class="side quiet">{escape(entry.update.by_name)} <br>'
            f'<span class="figures">{at:%m-%d %H:%M}</span></span></li>\n'
        )
    return mark_safe(f'<ul class="rows">\n{"".join(drawn)}</ul>')  # noqa: S308 - every text in it is escaped
