"""How entries come into the ledger: alone or many at once, with the changes that belong to them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Self

from django.contrib.auth.models import User

from measures.choices import Audited, Side, Via
from measures.database.locks import audited_transaction
from measures.lights import local_day
from measures.models.audit import audit
from measures.models.changes import Change, Outcome, RuleRefused
from measures.models.entries import ENTRY_TEXTS, Entry
from measures.models.people import Owner, person_name
from measures.models.state import StateValue
from measures.models.tracking import Item, change_items
from measures.models.updates import Batch, Update
from measures.querysets.loop import DERIVED_FROM_ENTRIES


@dataclass(frozen=True)
class NewEntry:
    """What a unit reports about one item, and what it changes of the item's state at the same time.

    `version` is the item's that the user saw; it matters only where `values` change something. `counts_on`
    is None for the day on which the entry is written.
    """

    item_id: int
    progress: str = ""
    problems: str = ""
    next_steps: str = ""
    nothing_new: bool = False
    counts_on: date | None = None
    version: int = 0
    values: Mapping[str, StateValue] = field(default_factory=dict)
    reason: str = ""

    @classmethod
    def on(cls, item: Item, **said: object) -> Self:
        """An entry about an item at the version that it has."""
        return cls(item.pk, version=item.version, **said)  # type: ignore[arg-type]


class NoUnit(Exception):
    """An item without an owner has no unit that could report."""


class StaleEntries(Exception):
    """Somebody changed items whose state these entries change too; `items` are the items as they are."""

    def __init__(self, items: list[Item]) -> None:
        super().__init__(", ".join(str(item.pk) for item in items))
        self.items = items


@audited_transaction()
def write_entries(
    new: Iterable[NewEntry],
    *,
    side: Side,
    by: User,
    at: datetime,
    via: Via,
    batch: Batch | None = None,
    unit: Owner | None = None,
) -> list[Entry]:
    """Add entries with the changes that belong to them, in one transaction: all of them or none.

    They are of the unit that leads each item or, with `unit`, of this one, which cooperates. The number of
    statements does not depend on the number of entries. Raises NoUnit, StaleEntries, and what
    `change_items` raises.
    """
    asked = {one.item_id: one for one in new}
    outcome = _change(asked.values(), by=by, at=at, via=via, batch=batch)
    if outcome.stale:
        raise StaleEntries(outcome.stale)
    if outcome.refused:
        raise RuleRefused(", ".join(str(item.pk) for item in outcome.refused))
    updates = {update.item_id: update for update in outcome.written}
    locked = Item.objects.locked("owner", "checklist", "measure")
    items = list(locked.filter(pk__in=asked).order_by("pk"))
    made = Entry.objects.bulk_create(
        _entry(
            asked[item.pk],
            item,
            unit=unit,
            update=updates.get(item.pk),
            side=side,
            by=by,
            at=at,
            via=via,
            batch=batch,
        )
        for item in items
    )
    Item.objects.filter(pk__in=asked).derive(DERIVED_FROM_ENTRIES)
    _audit_entries(made, by=by, at=at, via=via)
    return made


def _change(new: Iterable[NewEntry], *, by: User, at: datetime, via: Via, batch: Batch | None) -> Outcome:
    changes = [Change(one.item_id, one.version, one.values, one.reason) for one in new if one.values]
    if not changes:
        return Outcome()
    return change_items(changes, by=by, at=at, via=via, batch=batch, derived_later=DERIVED_FROM_ENTRIES)


def _entry(
    one: NewEntry,
    item: Item,
    *,
    unit: Owner | None,
    update: Update | None,
    side: Side,
    by: User,
    at: datetime,
    via: Via,
    batch: Batch | None,
) -> Entry:
    if item.owner is None:
        raise NoUnit(str(item.pk))
    texts = {name: getattr(one, name) for name in ENTRY_TEXTS}
    entry = Entry(item=item, unit=unit or item.owner, side=side, nothing_new=one.nothing_new, **texts)
    entry.counts_on = one.counts_on or local_day(at)
    entry.by, entry.by_name, entry.at, entry.via = by, person_name(by), at, via
    entry.update, entry.batch = update, batch
    return entry


def _audit_entries(made: list[Entry], *, by: User, at: datetime, via: Via) -> None:
    """One record: of one entry what it says; of several how many there are."""
    if not made:
        return
    first = made[0]
    after: dict[str, object] = first.said if len(made) == 1 else {"items": len(made)}
    if first.batch_id:
        after["batch"] = str(first.batch_id)
    about = first.item.measure if len(made) == 1 else first.batch or ""
    audit(
        Audited.ENTRY_WRITTEN, by=by, at=at, via=via, checklist=first.item.checklist, about=about, after=after
    )
