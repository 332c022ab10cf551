"""A row of the list while nobody edits it. Fifty by a template take 30 ms, by these functions one."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from html import escape  # Django's own asks of each text whether it is lazy
from operator import attrgetter
from typing import TYPE_CHECKING

from django import template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from measures.choices import Cadence, Status
from measures.ledger.columns import UNIT, Column, closing, label
from measures.models.state import FIELDS, Kind, StateField
from measures.templatetags.taizhang import light_chip

if TYPE_CHECKING:
    from measures.views.items.rows import Row

register = template.Library()


def _code(row: "Row") -> str:
    return f'<td class="code"><a href="{row.address}">{row.facts.code}</a></td>'


def _lang(row: "Row") -> str:
    return f' lang="{row.language}"' if row.language else ""


def _title(row: "Row") -> str:
    local = f' <span class="local">{escape(_("local"))}</span>' if row.facts.is_local else ""
    return f'<td class="title"><a href="{row.address}"{_lang(row)}>{escape(row.facts.title)}</a>{local}</td>'


def _unit(row: "Row") -> str:
    return f'<td class="unit"><a href="{row.unit_address}">{escape(row.facts.unit)}</a></td>'


def _classes(one: StateField) -> str:
    """The classes of a cell of a field that people write. Style sheets know the kinds by them."""
    of_kind = {
        Kind.DAY: "nowrap figures",
        Kind.TEXT: "text",
        Kind.UNITS: "text",
        Kind.LONG_TEXT: "notes",
    }.get(one.kind, "")
    return " ".join(dict.fromkeys([one.name, *of_kind.split()]))


# Lines of a long text in a row.
NEWEST = 2
CLASSES = {one.name: _classes(one) for one in FIELDS}


@register.filter
def cell_classes(column: Column) -> str:
    """The classes of this column's cells."""
    return CLASSES[column.name]


def _late_finish(row: "Row") -> str:
    """That an item was done after its due date: it must not look like one that was done in time."""
    days = row.facts.days_late_when_done
    if not days:
        return ""
    words = ngettext("%(days)s day late", "%(days)s days late", days) % {"days": days}
    return f' <span class="warned small">{escape(words)}</span>'


def _moved(row: "Row") -> str:
    """The first due date and how often it was extended, beside the present one."""
    times, first = row.facts.extensions, row.facts.first_due
    if not times or not first:
        return ""
    words = ngettext(
        "%(day)s at first, extended %(times)d time", "%(day)s at first, extended %(times)d times", times
    )
    said = words % {"day": first.isoformat(), "times": times}
    return f' <span class="quiet small">{escape(said)}</span>'


def _done_of_milestones(row: "Row") -> str:
    """3/5, marked if one was missed: which one is in the reason of the light."""
    said = row.facts.milestones
    if not row.missed:
        return said
    words = escape(_("missed %(day)s") % {"day": row.missed.isoformat()})
    return f'<span class="late" title="{words}">{said}<span class="hidden-visually"> {words}</span></span>'


def _steps(row: "Row") -> str:
    """How many milestones are done, beside the due date, where one is missed and no column says so.

    The reason of the light is long there as well: in any other row this would take another line.
    """
    if not row.missed or any(column.name == "milestones" for column in row.columns):
        return ""
    name = escape(_("Milestones"))
    return f' <span class="quiet small nowrap figures" title="{name}">{_done_of_milestones(row)}</span>'


def _day_cell(name: str) -> Callable[["Row"], str]:
    value = attrgetter(f"facts.{name}")

    def cell(row: "Row") -> str:
        held = value(row)
        return f'<td class="nowrap figures quiet">{held.isoformat() if held else ""}</td>'

    return cell


def _written(one: StateField) -> Callable[["Row"], str]:
    """What draws the cell of a field that people write."""
    value, start = attrgetter(f"facts.{one.name}"), f'<td class="{CLASSES[one.name]}">'

    def status(row: "Row") -> str:
        held = value(row)
        by = (
            f' <span class="quiet small">{escape(closing(row.facts.closed_by))}</span>'
            if row.facts.closed_by
            else ""
        )
        return f'{start}<span class="chip {held}">{escape(label(Status(held)))}</span>{by}</td>'

    def day(row: "Row") -> str:
        held = value(row)
        late = ' class="late"' if one.name == "due" and row.days_late else ""
        more = _moved(row) + _late_finish(row) + _steps(row) if one.name == "due" else ""
        return f"{start}<span{late}>{held.isoformat()}</span>{more}</td>" if held else f"{start}{more}</td>"

    match one.kind:
        case Kind.STATUS:
            return status
        case Kind.DAY:
            return day
        case Kind.LONG_TEXT:
            return lambda row: f"{start}<div>{escape(newest_first(value(row)))}</div></td>"
        case _:
            return lambda row: f"{start}{escape(value(row) or '')}</td>"


def newest_first(text: str) -> str:
    """The last lines of a text to which people add below, the newest first: a row has room for two."""
    lines = [line for line in text.splitlines() if line.strip()]
    return "\n".join(lines[: -1 - NEWEST : -1])


def _updated(row: "Row") -> str:
    day = row.facts.updated_on
    return f'<td class="updated nowrap figures quiet">{day.isoformat() if day else ""}</td>'


def _last_entry(row: "Row") -> str:
    day = row.facts.last_entry_on
    if not day:
        return '<td class="entry"></td>'
    said = f'<span class="figures quiet">{day.isoformat()}</span> {escape(row.last_entry)}'
    return f'<td class="entry"><div>{said}</div></td>'


def _light(row: "Row") -> str:
    return f'<td class="lights">{light_chip(row.lit)}</td>'


def _milestones(row: "Row") -> str:
    return f'<td class="milestones nowrap figures">{_done_of_milestones(row)}</td>'


CELLS: dict[str, Callable[["Row"], str]] = {
    "code": _code,
    "title": _title,
    UNIT.name: _unit,
    "light": _light,
    **{one.name: _written(one) for one in FIELDS},
    "milestones": _milestones,
    "updated": _updated,
    "last_entry": _last_entry,
    "first_due": _day_cell("first_due"),
    "extensions": lambda row: f'<td class="figures quiet">{row.facts.extensions or ""}</td>',
    "done_on": _day_cell("done_on"),
    "closed_by": lambda row: f"<td>{escape(closing(row.facts.closed_by))}</td>",
    "section": lambda row: f'<td class="section"{_lang(row)}>{escape(row.facts.section)}</td>',
    "pillar": lambda row: f'<td class="section"{_lang(row)}>{escape(row.facts.pillar)}</td>',
    "cadence": lambda row: f'<td class="section">{escape(label(Cadence(row.facts.cadence)))}</td>',
    "source": lambda row: f'<td class="section figures">{escape(row.facts.source)}</td>',
}


@register.simple_tag
def row_cell(row: "Row", column: Column) -> SafeString:
    """One cell of a plain row."""
    return mark_safe(CELLS[column.name](row))  # noqa: S308 - every text in it is escaped above


@dataclass(frozen=True)
class Words:
    """What is the same in every row of a page: looked up once."""

    tick: str
    edit: str
    edit_it: str
    address: str  # of this page with `edit=` at its end, to be followed by a code; none for a single row

    @classmethod
    def of(cls, context: template.Context) -> "Words":
        single = context["request"].headers.get("X-Fragment")
        address = "" if single else escape(context["list_state"].to_edit)
        return cls(escape(_("Tick %(code)s")), escape(_("Edit")), escape(_("Edit %(code)s")), address)


@register.simple_tag(takes_context=True)
def plain_row(context: template.Context, row: "Row") -> SafeString:
    """A plain row, with a checkbox and a link to edit it if the user may."""
    return drawn_rows(context, [row])


@register.simple_tag(takes_context=True)
def drawn_rows(context: template.Context, rows: Iterable["Row"]) -> SafeString:
    """Plain rows, one below the other."""
    words = Words.of(context)
    return mark_safe("".join([_plain(row, words) for row in rows]))  # noqa: S308 - texts are escaped above


def _plain(row: "Row", words: Words) -> str:
    code, address, tick, edit = row.facts.code, row.address, "", ""
    if row.may_change:
        named = {"code": code}
        box = f'name="codes" value="{code}" form="bulk" aria-label="{words.tick % named}"'
        tick = f'<input type="checkbox" {box}>'
        at = f"{words.address}{code}#row-{code}" if words.address else address
        edit = f'<a class="edit" href="{at}" aria-label="{words.edit_it % named}">{words.edit}</a>'
    cells = "".join([CELLS[column.name](row) for column in row.columns])
    return (
        f'<tbody data-row="{code}" data-address="{address}"><tr tabindex="-1"><td class="tick">{tick}</td>'
        f'{cells}<td class="do">{edit}</td></tr></tbody>\n'
    )
