"""What applications ask for, what cannot be asked for, and why one is not decided."""

from datetime import date

from django.utils.translation import gettext

from measures.choices import ApplicationKind, Status
from measures.models.tracking import Item

BECOMES = {
    ApplicationKind.CLOSE: Status.DONE,
    ApplicationKind.STANDING: Status.STANDING,
    ApplicationKind.DROP: Status.DROPPED,
}


class AskedAlready(Exception):
    """An application of this kind waits for a decision already."""


class CannotAsk(Exception):
    """The item does not need it; the message says so to the user."""


class DecidedAlready(Exception):
    """Somebody else decided first, or withdrew it."""


class OwnApplication(Exception):
    """Nobody grants what they asked for, as long as somebody else can."""


def refuse_needless(item: Item, kind: ApplicationKind, new_due: date | None) -> None:
    """Raise CannotAsk where the item is so already, or an extension would extend nothing."""
    if kind == ApplicationKind.EXTEND:
        if item.due is None or not item.is_open:
            raise CannotAsk(gettext("Nothing is due here that could be extended."))
        if new_due is None or new_due <= item.due:
            raise CannotAsk(gettext("Choose a day after the present due date."))
    elif not item.is_open and not (item.status == Status.STANDING and kind != ApplicationKind.STANDING):
        raise CannotAsk(gettext("This item has ended already."))
