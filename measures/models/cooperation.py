"""The units that cooperate on an item: which do now, and which did after each update.

`change_items` writes both, as a part of the item's state.
"""

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

from measures.models.only_added import OnlyAdded
from measures.models.people import Owner
from measures.querysets.append_only import AppendOnlyQuerySet

if TYPE_CHECKING:
    from measures.models.updates import Update


class Cooperation(models.Model):
    """A unit that cooperates on an item now."""

    item = models.ForeignKey(
        "measures.Item", models.PROTECT, related_name="cooperations", verbose_name=_("item"), db_index=False
    )
    unit = models.ForeignKey(
        Owner, models.PROTECT, related_name="cooperations", verbose_name=_("cooperating unit")
    )

    class Meta:
        verbose_name = _("cooperation")
        verbose_name_plural = _("cooperations")
        ordering = ["item", "unit"]
        constraints = [
            models.UniqueConstraint(
                fields=["item", "unit"],
                name="cooperation_once_on_item",
                violation_error_message=_("This unit cooperates on the item already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.item_id} – {self.unit}"


class UpdateCooperation(OnlyAdded):
    """A unit that cooperated on an item after an update. Append-only, like the update."""

    update = models.ForeignKey(
        "measures.Update",
        models.PROTECT,
        related_name="cooperations",
        verbose_name=_("update"),
        db_index=False,
    )
    unit = models.ForeignKey(Owner, models.PROTECT, related_name="+", verbose_name=_("cooperating unit"))

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        verbose_name = _("cooperation after an update")
        verbose_name_plural = _("cooperations after updates")
        ordering = ["update", "unit"]
        constraints = [
            models.UniqueConstraint(
                fields=["update", "unit"],
                name="update_cooperation_once",
                violation_error_message=_("This unit cooperated on the item already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.update_id} – {self.unit}"


def write_cooperations(written: Iterable["Update"], changed: Collection[int]) -> None:
    """Write who cooperates after each update and, of the items where that changed, who does now."""
    if changed:
        Cooperation.objects.filter(item__in=changed).delete()
        Cooperation.objects.bulk_create(
            Cooperation(item_id=update.item_id, unit=unit)
            for update in written
            if update.item_id in changed
            for unit in update.cooperating
        )
    UpdateCooperation.objects.bulk_create(
        UpdateCooperation(update=update, unit=unit) for update in written for unit in update.cooperating
    )
