"""The columns of an item that a list, a saved view or a sheet may show, by their names in addresses."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from operator import attrgetter

from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from measures.choices import Cadence, ClosedBy, Light, Status
from measures.ledger.facts import Facts
from measures.loop.milestones import done_of
from measures.models.state import FIELDS, Kind, StateField
from measures.texts import Label


@dataclass(frozen=True)
class Column:
    """One column: name in addresses, heading, what a sheet holds in it on a day, width in characters.

    Words of a closed list are values as they are; a sheet holds their labels. `reads` names the facts that
    the value depends on: a long file reads no others.
    """

    name: str
    heading: Label
    value: Callable[[Facts, date], str | date | None]
    width: int
    reads: tuple[str, ...]


def _written(one: StateField) -> Column:
    """The column of a field that people write."""
    if one.kind == Kind.STATUS:
        return Column(one.name, one.label, lambda facts, on: Status(facts.status), one.width, (one.name,))
    value = attrgetter(one.name)
    if one.kind == Kind.OWNER:
        return Column(one.name, one.label, lambda facts, on: value(facts) or "", one.width, (one.name,))
    return Column(one.name, one.label, lambda facts, on: value(facts), one.width, (one.name,))


READ_FOR_LIGHT = (
    *("status", "due", "silent_since", "asked_in_time"),
    *("due_soon_days", "silence_days", "counts_working_days"),
)
ALL: dict[str, Column] = {
    column.name: column
    for column in (
        Column("code", _("Code"), lambda facts, on: facts.code, 9, ("code",)),
        Column("title", _("Title"), lambda facts, on: facts.marked_title, 40, ("code", "title")),
        Column("pillar", _("Pillar"), lambda facts, on: facts.pillar, 16, ("pillar_code", "pillar_title")),
        Column(
            "section", _("Section"), lambda facts, on: facts.section, 22, ("section_code", "section_title")
        ),
        Column(
            "light", pgettext_lazy("traffic", "Light"), lambda facts, on: facts.light(on), 10, READ_FOR_LIGHT
        ),
        *(_written(one) for one in FIELDS),
        # In words: a spreadsheet takes 3/5 for a day in March.
        Column(
            "milestones",
            _("Milestones"),
            lambda facts, on: done_of(facts.milestones_done, facts.milestone_count),
            10,
            ("milestones_done", "milestone_count"),
        ),
        Column("updated", _("Updated"), lambda facts, on: facts.updated_at, 17, ("updated_at",)),
        Column("last_entry", _("Last entry"), lambda facts, on: facts.last_entry_at, 17, ("last_entry_at",)),
        Column("first_due", _("First due"), lambda facts, on: facts.first_due, 12, ("first_due",)),
        Column(
            "extensions", _("Extensions"), lambda facts, on: str(facts.extensions or ""), 8, ("extensions",)
        ),
        Column("done_on", _("Done on"), lambda facts, on: facts.done_on, 12, ("done_on",)),
        Column("closed_by", _("Closed by"), lambda facts, on: closing(facts.closed_by), 12, ("closed_by",)),
        Column("cadence", _("Cadence"), lambda facts, on: Cadence(facts.cadence), 12, ("cadence",)),
        Column("source", _("Source"), lambda facts, on: facts.source, 9, ("source",)),
    )
}
# Only in lists with items of several checklists.
UNIT = Column("unit", _("Unit"), lambda facts, on: facts.unit, 18, ("unit",))
DEFAULT = ("code", "title", "section", "light", "status", "owner", "due", "last_entry")


def closing(way: str) -> str:
    """The label of a ClosedBy; empty for an item that was closed in the usual way, or not at all."""
    return _label(ClosedBy(way), get_language()) if way else ""


def label(choice: Status | Light | Cadence) -> str:
    """Its label in the active language; looked up once for each, not for every row."""
    return _label(choice, get_language())


@cache
def _label(choice: Status | Light | Cadence | ClosedBy, language: str | None) -> str:
    return str(choice.label)


def chosen(names: Iterable[str]) -> list[Column]:
    """The columns of these names, in their order, each once; the default ones where none is known."""
    known = [ALL[name] for name in dict.fromkeys(names) if name in ALL]
    return known or [ALL[name] for name in DEFAULT]
