"""Items without those that an upgrade has retired, unless somebody asks for them."""

from copy import copy
from datetime import date
from typing import TYPE_CHECKING, cast

from django.db import models

from measures.querysets.ledger import ItemQuerySet

if TYPE_CHECKING:
    from measures.models.tracking import Item  # noqa: F401 (its name is in quotes below)

EveryItemManager = models.Manager.from_queryset(ItemQuerySet)


class ItemManager(EveryItemManager["Item"]):
    """Today's items. A retired item answers no measure of today's edition: no list and no count has it."""

    with_retired = False

    def get_queryset(self) -> ItemQuerySet:
        found = cast("ItemQuerySet", super().get_queryset())
        return found if self.with_retired else found.filter(retired_at=None)

    @property
    def everything(self) -> ItemQuerySet:
        """The retired ones as well: what was reported of them stays."""
        asked = copy(self)
        asked.with_retired = True
        return asked.get_queryset()

    def as_of(self, day: date) -> ItemQuerySet:
        """As `ItemQuerySet.as_of`, of the items that were retired since as well."""
        return self.everything.as_of(day)
