"""The loop of one item for people to read: its entries, now or at the end of a past day."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from measures.lights import end_of_day
from measures.models import Entry, Item, Period, Withdrawal

ENTRIES_SHOWN = 10


@dataclass(frozen=True)
class ShownEntry:
    """An entry, how it was withdrawn if it was, and whether its reader may withdraw it."""

    entry: Entry
    withdrawal: Withdrawal | None
    may_withdraw: bool = False


@dataclass(frozen=True)
class ShownEntries:
    """Entries, newest first. `previous` is the newest that is not withdrawn."""

    shown: list[ShownEntry]
    previous: Entry | None
    go_on: bool


def entries_of(
    item: Item,
    *,
    as_of: date | None = None,
    everything: bool = False,
    may_withdraw: Callable[[Entry], bool] = lambda entry: False,
) -> ShownEntries:
    """The item's entries now or, with `as_of`, as they were at the end of that day. One query."""
    written = Entry.objects.filter(item=item).select_related("unit", "withdrawal").order_by("-at", "-id")
    if as_of:
        written = written.up_to(as_of)
    read = list(written if everything else written[: ENTRIES_SHOWN + 1])
    shown = [_shown(entry, as_of, may_withdraw) for entry in read]
    standing = (one.entry for one in shown if one.withdrawal is None)
    return ShownEntries(
        shown if everything else shown[:ENTRIES_SHOWN],
        next(standing, None),
        not everything and len(shown) > ENTRIES_SHOWN,
    )


def _shown(entry: Entry, as_of: date | None, may_withdraw: Callable[[Entry], bool]) -> ShownEntry:
    withdrawal = getattr(entry, "withdrawal", None)
    if withdrawal and as_of and withdrawal.at >= end_of_day(as_of):
        withdrawal = None
    return ShownEntry(entry, withdrawal, withdrawal is None and as_of is None and may_withdraw(entry))


def previous_entry(item: Item) -> Entry | None:
    """The item's newest entry that is not withdrawn. One query."""
    return Entry.objects.filter(item=item).standing().order_by("-at", "-id").first()


@dataclass(frozen=True)
class Owed:
    """The reporting period of a day, and whether the item's unit has given the entry that it owes for it."""

    period: Period
    given: bool


def owed_now(item: Item, periods: list[Period], on: date) -> Owed | None:
    """What is owed for the period of the day `on`; None without a period, or if the item does not run."""
    present = next((one for one in periods if one.starts <= on <= one.ends), None)
    if present is None or item.owner_id is None or not item.owes_entries:
        return None
    given = Entry.objects.filter(item=item).standing().counting_for(present.starts, present.ends)
    return Owed(present, given.exists())
