"""What the rules ask for before an application to close an item is made, and before it is granted."""

from django.utils.translation import gettext

from measures.choices import ApplicationKind
from measures.models.tracking import Item


class EvidenceMissing(Exception):
    """The rules ask for evidence of the result, and there is none; the message says so to the user."""


def lacks_evidence(item: Item) -> bool:
    """Whether closing the item needs evidence that is not there. One query, none where no rule asks for it.

    Evidence of an entry or an application of the item counts; what was withdrawn or destroyed does not.
    """
    if not item.checklist.rules.asks_for_evidence(marked=item.measure.needs_evidence):
        return False
    return not item.evidence.not_withdrawn().not_removed().exists()


def refuse_without_evidence(item: Item, kind: ApplicationKind) -> None:
    """Raise EvidenceMissing for an application to close an item that lacks evidence."""
    if kind == ApplicationKind.CLOSE and lacks_evidence(item):
        raise EvidenceMissing(
            gettext(
                "Nothing shows the result yet. Add a file or a link under “Evidence” before it is closed."
            )
        )
