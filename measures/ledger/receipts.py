"""The receipt of one item for people to read, now or at the end of a past day."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

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
    """The receipt of the item by the unit that leads it. Two queries at most."""
    seen = timezone.now()
    if item.owner_id is None:
        return ShownReceipt(seen, waits=False)
    until = end_of_day(as_of) if as_of else None
    items = Item.objects.as_of(as_of) if as_of else Item.objects.all()
    if items.filter(unconfirmed(until), pk=item.pk).exists():
        return ShownReceipt(seen, waits=True)
    given = Receipt.objects.filter(item=item, unit=item.owner_id)
    given = given.filter(at__lt=until) if until else given
    return ShownReceipt(seen, waits=False, receipt=given.order_by("-pk").first())
