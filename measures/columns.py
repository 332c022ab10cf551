"""The columns of an item that a list, a saved view or a sheet may show, by their names in addresses."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from measures.choices import Cadence, Status
from measures.models import Item


@dataclass(frozen=True)
class Column:
    """One column: name in addresses, heading, what a sheet holds in it on a day, width in characters."""

    name: str
    heading: Any
    value: Callable[[Item, date], Any]
    width: int


ALL: dict[str, Column] = {
    column.name: column
    for column in (
        Column("code", _("Code"), lambda item, on: item.measure.code, 9),
        Column("title", _("Title"), lambda item, on: item.measure.marked_title, 40),
        Column("pillar", _("Pillar"), lambda item, on: str(item.measure.section.pillar), 16),
        Column("section", _("Section"), lambda item, on: str(item.measure.section), 22),
        Column(
            "light", pgettext_lazy("traffic", "Light"), lambda item, on: str(item.lit(on).light.label), 10
        ),
        Column("status", _("Status"), lambda item, on: str(Status(item.status).label), 12),
        Column("owner", _("Owner"), lambda item, on: item.owner.name if item.owner else "", 18),
        Column("due", _("Due"), lambda item, on: item.due, 12),
        Column("notes", _("Notes"), lambda item, on: item.notes, 60),
        Column("updated", _("Updated"), lambda item, on: item.updated_at, 17),
        Column("cadence", _("Cadence"), lambda item, on: str(Cadence(item.measure.cadence).label), 12),
        Column("source", _("Source"), lambda item, on: item.measure.source, 9),
    )
}
DEFAULT = ("code", "title", "section", "light", "status", "owner", "due", "updated")


def chosen(names: Iterable[str]) -> list[Column]:
    """The columns of these names, in their order, each once; the default ones where none is known."""
    known = [ALL[name] for name in dict.fromkeys(names) if name in ALL]
    return known or [ALL[name] for name in DEFAULT]
