"""Receipts in random histories, in plain Python: which items a unit has still to confirm on a day."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import User

from measures.models import Owner, Receipt
from measures.querysets.ledger import ItemQuerySet
from measures.querysets.waiting import unconfirmed
from tests.replay_told import ENDED, ToldItem, ToldState


@dataclass(frozen=True)
class ToldReceipt:
    """A unit confirmed that it has received the item."""

    item: ToldItem
    at: datetime
    unit: str


class ToldReceipts(list[ToldReceipt]):
    """All that were given, in order of time. What was handed out before `since` needs none."""

    def __init__(self, since: datetime | None) -> None:
        super().__init__()
        self.since = since

    def confirm(
        self,
        items: ItemQuerySet,
        told: list[ToldItem],
        unit: Owner,
        *,
        seen: datetime,
        at: datetime,
        by: User,
    ) -> None:
        """Confirm what the unit had to confirm when it read its list, at `seen`, and must confirm still."""
        expected = [
            one
            for one in told
            if one.now.owner == unit.name
            and self.is_unconfirmed(one, one.now, seen)
            and self.is_unconfirmed(one, one.now, None)
        ]
        made = Receipt.confirm(items, unit, seen=seen, by=by, at=at)
        assert [receipt.item.measure.code for receipt in made] == [one.code for one in expected]
        self.extend(ToldReceipt(one, at, unit.name) for one in expected)

    def is_unconfirmed(self, item: ToldItem, state: ToldState, until: datetime | None) -> bool:
        """Whether the unit that leads in this state has still to confirm what was handed to it."""
        handed_at, owner = None, ""
        for update in item.updates:
            if until is None or update.at < until:
                if update.state.owner != owner:
                    handed_at = update.at
                owner = update.state.owner
        if not state.owner or state.owner != owner or state.status in ENDED or handed_at is None:
            return False
        if self.since and handed_at < self.since:
            return False
        return not any(
            one.item is item and one.unit == owner and one.at >= handed_at
            for one in self
            if until is None or one.at < until
        )

    def compare(self, then: ItemQuerySet, told: list[tuple[ToldItem, ToldState]], day_end: datetime) -> None:
        """With what the ledger says at the end of a day."""
        codes = then.filter(unconfirmed(day_end)).in_order().values_list("measure__code", flat=True)
        assert list(codes) == [item.code for item, state in told if self.is_unconfirmed(item, state, day_end)]
