"""The demo's receipts: units have confirmed nearly all items that they lead."""

from measures.choices import Status
from measures.demo.plots import Days
from measures.models import Checklist, Membership, Receipt

CONFIRMED = -7  # the day on which they are
NEW = 2  # items of each unit that wait


def confirm_what_was_received(checklist: Checklist, days: Days) -> None:
    """Each unit confirms all that it leads but the last few that it has not begun."""
    at = days.moment(CONFIRMED, 430)
    for held in Membership.objects.filter(checklist=checklist, owner__isnull=False).select_related("user"):
        led = checklist.items.filter(owner=held.owner_id)
        waiting = led.filter(status=Status.NOT_STARTED).order_by("-measure__position")[:NEW]
        known = led.exclude(pk__in=list(waiting.values_list("pk", flat=True)))
        assert held.owner
        Receipt.confirm(known, held.owner, seen=at, by=held.user, at=at)
