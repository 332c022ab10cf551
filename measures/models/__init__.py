"""All models, so that `from measures.models import Item` works wherever a model lives."""

from measures.models.accounts import Account, PastPassword, RecoveryCode, Session, forget_second_factor
from measures.models.catalogue import Catalogue, Measure, Pillar, Section
from measures.models.checklists import Checklist
from measures.models.people import Membership, Owner
from measures.models.saved_views import SavedView
from measures.models.tracking import (
    Batch,
    Change,
    Item,
    Outcome,
    ReasonRequired,
    StaleVersion,
    Update,
    change_items,
)

__all__ = [
    "Account",
    "Batch",
    "Catalogue",
    "Change",
    "Checklist",
    "Item",
    "Measure",
    "Membership",
    "Outcome",
    "Owner",
    "PastPassword",
    "Pillar",
    "ReasonRequired",
    "RecoveryCode",
    "SavedView",
    "Section",
    "Session",
    "StaleVersion",
    "Update",
    "change_items",
    "forget_second_factor",
]
