"""Which kinds of rows there are about an item, asked in the query that reads it for its page.

Most items have few kinds, and each that need not be read is a query less.
"""

from django.db.models import BooleanField, Exists, ExpressionWrapper, Model, OuterRef, QuerySet

from measures.choices import AnswerKind
from measures.models import (
    Answered,
    Application,
    AssignmentStep,
    ChasedItem,
    Entry,
    Evidence,
    Item,
    Milestone,
    Receipt,
)
from measures.querysets.ledger import ItemQuerySet
from measures.querysets.waiting import unconfirmed


def with_kinds(items: ItemQuerySet) -> ItemQuerySet:
    """With what `has` says of each, and with `waits_for_receipt`."""
    its = OuterRef("pk")
    kinds: dict[str, QuerySet[Model]] = {
        "entries": Entry.objects.filter(item=its),
        "applications": Application.objects.filter(item=its),
        "evidence": Evidence.objects.filter(item=its),
        "chasers": ChasedItem.objects.filter(item=its),
        "milestones": Milestone.objects.filter(item=its),
        "receipts": Receipt.objects.filter(item=its),
        "parts": Answered.objects.filter(origin=its, in_force=True, kind=AnswerKind.SPLIT),
        # Of the whole checklist: which are about the item is more than one condition.
        "assignments": AssignmentStep.objects.filter(checklist=OuterRef("checklist")),
    }
    waits = ExpressionWrapper(unconfirmed(), output_field=BooleanField())
    found: ItemQuerySet = items.annotate(
        **{f"has_{name}": Exists(rows) for name, rows in kinds.items()}, waits_for_receipt=waits
    )
    return found


def has(item: Item, kind: str) -> bool:
    """Whether there may be any: where nobody asked, there may be."""
    return bool(vars(item).get(f"has_{kind}", True))
