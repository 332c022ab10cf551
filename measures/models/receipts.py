"""Receipts: a unit confirms that it has received an item of which it became the lead unit.

A receipt is no entry: it changes neither the item's state nor its silence. Only ever added, so that
`querysets/waiting.py: unconfirmed` can be asked about any day.
"""

from datetime import datetime
from typing import Self

from django.contrib.auth.models import User
from django.db import models
from django.utils.translation import gettext_lazy as _

from measures.choices import Audited
from measures.database.locks import audited_transaction
from measures.models.audit import audit
from measures.models.only_added import AppendOnly
from measures.models.people import Owner, person_name
from measures.models.tracking import Item
from measures.querysets.append_only import AppendOnlyQuerySet
from measures.querysets.ledger import ItemQuerySet
from measures.querysets.waiting import unconfirmed


class Receipt(AppendOnly):
    """A person of the unit confirmed that the unit has received the item."""

    item = models.ForeignKey(Item, models.PROTECT, related_name="receipts", verbose_name=_("item"))
    unit = models.ForeignKey(Owner, models.PROTECT, related_name="receipts", verbose_name=_("unit"))
    at = models.DateTimeField(_("at"))

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        verbose_name = _("receipt")
        verbose_name_plural = _("receipts")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.unit} {self.at:%Y-%m-%d %H:%M}"

    @classmethod
    @audited_transaction()
    def confirm(
        cls, items: ItemQuerySet, unit: Owner, *, seen: datetime, by: User, at: datetime
    ) -> list[Self]:
        """Confirm those of these items that the unit leads and has not confirmed; once each.

        Only what was handed to it by the moment `seen`, when the user read which items these are. The number
        of statements does not depend on that of the items.
        """
        handed = items.filter(unconfirmed(seen), owner=unit).values_list("pk", flat=True)
        locked = list(Item.objects.locked("measure").filter(pk__in=list(handed)).order_by("pk"))
        still = Item.objects.filter(unconfirmed(), owner=unit, pk__in=[item.pk for item in locked])
        new = list(still.select_related("measure").in_order())
        made = cls.objects.bulk_create(
            cls(item=item, unit=unit, by=by, by_name=person_name(by), at=max(at, item.updated_at or at))
            for item in new
        )
        if made:
            codes = ", ".join(item.measure.code for item in new)
            about = new[0].measure if len(new) == 1 else unit
            said = {"unit": unit, "items": codes}
            audit(Audited.RECEIPT_CONFIRMED, by=by, at=at, checklist=unit.checklist, about=about, after=said)
        return made
