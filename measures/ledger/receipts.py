"""The receipt of one item for people to read, now or at the end of a past day."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet
from django.utils import timezone

from measures.database.prepared import prepared
from measures.ledger.about import has
from measures.lights import end_of_day
from measures.models import Item, Receipt
from measures.querysets.waiting import unconfirmed


@dataclass(frozen=True)
class ShownReceipt:
    """Whether the item waits for its lead unit to confirm receipt; if not, the last receipt, if there is any.

    `seen` is the moment of which this is true.
    """

    seen: datetime
    waits: bool
    receipt: Receipt | None = None


def receipt_of(item: Item, *, as_of: date | None = None) -> ShownReceipt:
    """The receipt of the item by the unit that leads it. Two queries at most; none where its page knows."""
    seen = item.seen_at or timezone.now()
    if item.owner_id is None:
        return ShownReceipt(seen, waits=False)
    if as_of is None:
        known = vars(item).get("waits_for_receipt")
        if _waiting(item.pk) if known is None else known:
            return ShownReceipt(seen, waits=True)
        last = _last(item.pk, item.owner_id) if has(item, "receipts") else []
        return ShownReceipt(seen, waits=False, receipt=last[0] if last else None)
    until = end_of_day(as_of)
    if Item.objects.as_of(as_of).filter(unconfirmed(until), pk=item.pk).exists():
        return ShownReceipt(seen, waits=True)
    given = Receipt.objects.filter(item=item, unit=item.owner_id, at__lt=until)
    return ShownReceipt(seen, waits=False, receipt=given.order_by("-pk").first())


@prepared
def _waiting(item: int) -> QuerySet[Item, tuple[int]]:
    return Item.objects.filter(unconfirmed(), pk=item).values_list("pk")


@prepared
def _last(item: int, unit: int) -> QuerySet[Receipt]:
    return Receipt.objects.filter(item=item, unit=unit).order_by("-pk")[:1]
