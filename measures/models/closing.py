"""What the rules ask for before an application to close an item is made, and before it is granted."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.apps import apps
from django.utils.translation import gettext

from measures.choices import ApplicationKind
from measures.models.tracking import Item

if TYPE_CHECKING:
    from measures.models.evidence import Evidence


class EvidenceMissing(Exception):
    """The rules ask for evidence of the result, and there is none; the message says so to the user."""

    def __init__(self) -> None:
        super().__init__(
            gettext(
                "Nothing shows the result yet. Add a file or a link under “Evidence” before it is closed."
            )
        )


def lacking_evidence(items: Iterable[Item]) -> set[int]:
    """The keys of those that need evidence to be closed, and have none. One query, none where no rule asks.

    Evidence of an entry or an application of the item counts; what was withdrawn or destroyed does not.
    """
    asked = {
        item.pk
        for item in items
        if item.checklist.rules.asks_for_evidence(marked=item.measure.needs_evidence)
    }
    if not asked:
        return asked
    evidence: type[Evidence] = apps.get_model("measures.Evidence")
    kept = evidence.objects.filter(item__in=asked).not_withdrawn().not_removed()
    return asked.difference(kept.order_by().values_list("item", flat=True).distinct())


def lacks_evidence(item: Item) -> bool:
    """Whether closing the item needs evidence that is not there."""
    return bool(lacking_evidence([item]))


def refuse_without_evidence(item: Item, kind: ApplicationKind) -> None:
    """Raise EvidenceMissing for an application to close an item that lacks evidence."""
    if kind == ApplicationKind.CLOSE and lacks_evidence(item):
        raise EvidenceMissing
