"""A row of the list while nobody edits it. Fifty by a template take 30 ms, by these functions one."""

from collections.abc import Callable
from typing import Any

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from measures.choices import Cadence, Status
from measures.columns import UNIT, label
from measures.templatetags.taizhang import light_chip

register = template.Library()


def _code(row: Any) -> str:
    return f'<td class="code"><a href="{row.address}">{row.facts.code}</a></td>'


def _title(row: Any) -> str:
    local = f' <span class="local">{escape(_("local"))}</span>' if row.facts.is_local else ""
    return f'<td class="title"><a href="{row.address}">{escape(row.facts.title)}</a>{local}</td>'


def _unit(row: Any) -> str:
    return f'<td class="unit"><a href="{row.unit_address}">{escape(row.facts.unit)}</a></td>'


def _status(row: Any) -> str:
    word = escape(label(Status(row.facts.status)))
    return f'<td class="status"><span class="chip {row.facts.status}">{word}</span></td>'


def _due(row: Any) -> str:
    due = row.facts.due
    late = ' class="late"' if row.days_late else ""
    return f'<td class="due nowrap figures">{f"<span{late}>{due.isoformat()}</span>" if due else ""}</td>'


def _updated(row: Any) -> str:
    day = row.updated_on.isoformat() if row.updated_on else ""
    return f'<td class="updated nowrap figures quiet">{day}</td>'


CELLS: dict[str, Callable[[Any], str]] = {
    "code": _code,
    "title": _title,
    UNIT.name: _unit,
    "light": lambda row: f'<td class="lights">{light_chip(row.lit)}</td>',
    "status": _status,
    "owner": lambda row: f'<td class="owner">{escape(row.facts.owner or "")}</td>',
    "due": _due,
    "updated": _updated,
    "notes": lambda row: f'<td class="notes"><div>{escape(row.facts.notes)}</div></td>',
    "section": lambda row: f'<td class="section">{escape(row.facts.section)}</td>',
    "pillar": lambda row: f'<td class="section">{escape(row.facts.pillar)}</td>',
    "cadence": lambda row: f'<td class="section">{escape(label(Cadence(row.facts.cadence)))}</td>',
    "source": lambda row: f'<td class="section figures">{escape(row.facts.source)}</td>',
}


@register.simple_tag
def row_cell(row: Any, column: Any) -> SafeString:
    """One cell of a row, as it stands."""
    return mark_safe(CELLS[column.name](row))  # noqa: S308 - every text in it is escaped above


@register.simple_tag(takes_context=True)
def plain_row(context: template.Context, row: Any) -> SafeString:
    """The whole row, as it stands: with a box to tick and a link to edit it where its reader may."""
    request, code, address = context["request"], row.facts.code, row.address
    tick = edit = ""
    if row.may_change:
        name = escape(_("Tick %(code)s") % {"code": code})
        tick = f'<input type="checkbox" name="codes" value="{code}" form="bulk" aria-label="{name}">'
        at = address if request.headers.get("X-Fragment") else f"{_editing(request)}{code}#row-{code}"
        name = escape(_("Edit %(code)s") % {"code": code})
        edit = f'<a class="edit" href="{at}" aria-label="{name}">{escape(_("Edit"))}</a>'
    cells = "".join(CELLS[column.name](row) for column in row.columns)
    return mark_safe(  # noqa: S308 - every text in it is escaped above
        f'<tbody data-row="{code}" data-address="{address}"><tr tabindex="-1"><td class="tick">{tick}</td>'
        f'{cells}<td class="do">{edit}</td></tr></tbody>\n'
    )


def _editing(request: Any) -> str:
    """This address with `edit=` at its end, to be followed by a code. Worked out once for a page."""
    if not hasattr(request, "address_to_edit"):
        query = request.GET.copy()
        query.pop("edit", None)
        before = f"{escape(query.urlencode())}&amp;" if query else ""
        request.address_to_edit = f"?{before}edit="
    return str(request.address_to_edit)
