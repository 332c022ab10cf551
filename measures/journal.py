"""An item's journal for people to read. What an update changed is derived, never stored."""

import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from measures.choices import Status
from measures.models import Update
from measures.models.state import STATE_FIELDS

LABELS = {"status": _("Status"), "owner": _("Owner"), "due": _("Due"), "notes": _("Notes")}
UNTOUCHED: Mapping[str, Any] = {"status": Status.NOT_STARTED, "owner": None, "due": None, "notes": ""}


@dataclass(frozen=True)
class Difference:
    """One field's value before and after, in words; empty text where there was none.

    `before_value` is the value before as a form field holds it.
    """

    field: str
    label: str
    before: str
    after: str
    before_value: str = ""

    @property
    def lines(self) -> list[tuple[str, str]]:
        """For a long text: its lines as (sign, line): "+" came, "-" went; those kept are left out."""
        compared = difflib.ndiff(self.before.splitlines(), self.after.splitlines())
        return [(line[0], line[2:]) for line in compared if line[0] in "+-"]


@dataclass(frozen=True)
class Entry:
    """One update and what it changed."""

    update: Update
    differences: list[Difference]


def in_words(field: str, value: Any) -> str:
    """A value of an item's state as people read it."""
    if value is None or value == "":
        return ""
    if field == "status":
        return str(Status(value).label)
    return date_format(value) if field == "due" else str(value)


def as_field(value: Any) -> str:
    """A value of an item's state as an input of a form holds it."""
    return str(getattr(value, "pk", value) or "")


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    """The fields in which two states differ, in the order of the form."""
    return [
        Difference(
            name,
            str(LABELS[name]),
            in_words(name, before[name]),
            in_words(name, after[name]),
            as_field(before[name]),
        )
        for name in STATE_FIELDS
        if before[name] != after[name]
    ]


def entries(newest_first: Iterable[Update]) -> Iterator[Entry]:
    """Each update with what it changed since the one before it, newest first.

    The last update given counts as the item's first: before it, the item was untouched.
    """
    updates = list(newest_first)
    for place, update in enumerate(updates):
        before = updates[place + 1].state() if place + 1 < len(updates) else UNTOUCHED
        yield Entry(update, differences(before, update.state()))
