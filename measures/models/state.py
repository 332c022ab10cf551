"""What people write about an item: status, owner, due date and notes. Items and updates share it."""

from collections.abc import Mapping
from typing import Any

from django.db import models
from django.db.models import Q
from django.db.models.functions import Length
from django.db.models.lookups import LessThanOrEqual
from django.utils.translation import gettext_lazy as _

from measures.choices import REASON_STATUSES, Status
from measures.models.people import Owner

NOTES_LIMIT = 10_000  # characters
STATE_FIELDS = ("status", "owner", "due", "notes")


class State(models.Model):
    """The four fields that people write: as they are now on the item, as they were after it on an update."""

    status = models.CharField(_("status"), max_length=16, choices=Status, default=Status.NOT_STARTED)
    owner = models.ForeignKey(
        Owner, models.PROTECT, related_name="%(class)ss", verbose_name=_("owner"), null=True, blank=True
    )
    due = models.DateField(_("due"), null=True, blank=True)
    notes = models.TextField(
        _("notes"), max_length=NOTES_LIMIT, blank=True, help_text=_("What has been done so far.")
    )

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=Status.values),
                name="%(class)s_status_known",
                violation_error_message=_("Choose one of the statuses listed."),
            ),
            models.CheckConstraint(
                condition=LessThanOrEqual(Length("notes"), NOTES_LIMIT),
                name="%(class)s_notes_within_limit",
                violation_error_message=_("The notes are too long. Keep them to 10,000 characters."),
            ),
        ]

    def state(self) -> dict[str, Any]:
        """The four fields by name."""
        return {name: getattr(self, name) for name in STATE_FIELDS}


def needs_reason(before: State, values: Mapping[str, Any]) -> bool:
    """Whether a change from this state to these values must say why."""
    status = values.get("status", before.status)
    sets_aside = status in REASON_STATUSES and status != before.status
    moves_due = before.due is not None and values.get("due", before.due) != before.due
    return sets_aside or moves_due
