"""An item's journal for people to read. What an update changed is derived, never stored."""

import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import batched

from django.db.models import QuerySet

from measures.database.prepared import prepared
from measures.models import Update
from measures.models.state import BY_NAME, FIELDS, UNTOUCHED, StateValue


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
    def can_be_taken(self) -> bool:
        """Whether one input of a form holds the whole field."""
        return BY_NAME[self.field].is_column

    @property
    def is_long(self) -> bool:
        """Whether the field is a long text; `lines` then shows its changes."""
        return BY_NAME[self.field].is_long

    @property
    def lines(self) -> list[tuple[str, str]]:
        """For a long text: its lines as (sign, line): "+" came, "-" went; those kept are left out."""
        return changed_lines(self.before, self.after)


def changed_lines(before: str, after: str) -> list[tuple[str, str]]:
    """The lines that came and went between two texts, as (sign, line)."""
    compared = difflib.ndiff(before.splitlines(), after.splitlines())
    return [(line[0], line[2:]) for line in compared if line[0] in "+-"]


@dataclass(frozen=True)
class JournalEntry:
    """One update and what it changed."""

    update: Update
    differences: list[Difference]


def as_field(value: StateValue) -> str:
    """A value of an item's state as shown in a form's input."""
    return "" if isinstance(value, tuple) else str(getattr(value, "pk", value) or "")


def differences(before: Mapping[str, StateValue], after: Mapping[str, StateValue]) -> list[Difference]:
    """The fields that differ between two states, in the order of the form."""
    return [
        Difference(
            one.name,
            str(one.label),
            one.in_words(before[one.name]),
            one.in_words(after[one.name]),
            as_field(before[one.name]),
        )
        for one in FIELDS
        if before[one.name] != after[one.name]
    ]


def journal_of(newest_first: Iterable[Update]) -> Iterator[JournalEntry]:
    """Each update with what it changed since the one before it, newest first.

    The last update given counts as the item's first: before it, the item was untouched.
    """
    updates = list(newest_first)
    for place, update in enumerate(updates):
        before = updates[place + 1].state() if place + 1 < len(updates) else UNTOUCHED
        yield JournalEntry(update, differences(before, update.state()))


@prepared
def _with_state(updates: list[int]) -> QuerySet[Update]:
    return Update.objects.filter(pk__in=updates).with_state()


def states_before(updates: Iterable[Update]) -> dict[int, Mapping[str, StateValue]]:
    """The item's state before each of these updates, by the update's key. They come from `with_previous`.

    One query for each thousand.
    """
    previous = {update.pk: update.previous_id for update in updates}
    wanted = [key for key in previous.values() if key]
    found = {one.pk: one for some in batched(wanted, 1000) for one in _with_state(list(some))}
    return {pk: found[key].state() if key else UNTOUCHED for pk, key in previous.items()}


def entries_apart(updates: Iterable[Update]) -> list[JournalEntry]:
    """Each of these updates with what it changed, in their order; they may be of many items.

    They come from `with_previous`. One query.
    """
    updates = list(updates)
    before = states_before(updates)
    return [JournalEntry(update, differences(before[update.pk], update.state())) for update in updates]
