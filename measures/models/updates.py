"""The journal: every change to an item, and the batches of those that were made together."""

import uuid

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from measures.choices import ClosedBy, Via
from measures.models.checklists import Checklist
from measures.models.only_added import AppendOnly, ByPerson
from measures.models.state import State
from measures.querysets.append_only import UpdateQuerySet
from measures.texts import REASON_LIMIT


class Batch(ByPerson):
    """The updates of one bulk edit, import or undo: they happened together and can be undone together."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    checklist = models.ForeignKey(
        Checklist, models.PROTECT, related_name="batches", verbose_name=_("checklist")
    )
    via = models.CharField(_("by way of"), max_length=16, choices=Via)
    at = models.DateTimeField(_("at"))
    reason = models.CharField(_("reason"), max_length=REASON_LIMIT, blank=True)
    undoes = models.ForeignKey(
        "self", models.PROTECT, related_name="undone_by", verbose_name=_("undoes"), null=True, blank=True
    )

    class Meta:
        verbose_name = _("batch")
        verbose_name_plural = _("batches")
        ordering = ["-at"]
        indexes = [models.Index(fields=["checklist", "-at"], name="batch_checklist_newest")]
        constraints = [
            models.CheckConstraint(
                condition=Q(via__in=Via.values),
                name="batch_via_known",
                violation_error_message=_("Choose one of the listed ways."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_via_display()} {timezone.localtime(self.at):%Y-%m-%d %H:%M}"

    def get_absolute_url(self) -> str:
        return reverse("batch", args=[self.checklist.slug, self.pk])


class Update(AppendOnly, State):
    """One entry in an item's journal: the whole state after a change. Append-only.

    The state at any moment is the newest update up to then (ties by id); an item without one is not started.
    The database refuses changes as well, by a trigger (measures/database/append_only.py).
    """

    item = models.ForeignKey("measures.Item", models.PROTECT, related_name="updates", verbose_name=_("item"))
    reason = models.CharField(_("reason"), max_length=REASON_LIMIT, blank=True)
    at = models.DateTimeField(_("at"))
    via = models.CharField(_("by way of"), max_length=16, choices=Via)
    batch = models.ForeignKey(
        Batch, models.PROTECT, related_name="updates", verbose_name=_("batch"), null=True, blank=True
    )

    # Empty unless the office ended the item with this update although units ask for that here.
    closed_by = models.CharField(
        _("closed by"), max_length=16, choices=ClosedBy, blank=True, default="", db_default=""
    )

    previous_id: int | None  # as UpdateQuerySet.with_previous found

    objects = UpdateQuerySet.as_manager()

    class Meta(State.Meta):
        abstract = False
        verbose_name = _("update")
        verbose_name_plural = _("updates")
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["item", "-at", "-id"], name="update_item_newest"),
        ]
        constraints = [
            *State.Meta.constraints,
            models.CheckConstraint(
                condition=Q(via__in=Via.values),
                name="update_via_known",
                violation_error_message=_("Choose one of the listed ways."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.by_name} {self.at:%Y-%m-%d %H:%M}"
