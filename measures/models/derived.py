"""What an item holds only so that lists can filter, sort and count by it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from measures.choices import ClosedBy


class Derived(models.Model):
    """DERIVED_FIELDS. `measures/querysets/loop.py` says what they mean; `ItemQuerySet.derive` writes them."""

    last_entry_at = models.DateTimeField(_("last entry"), null=True, editable=False)
    silent_since = models.DateTimeField(_("silent since"), null=True, editable=False)
    done_on = models.DateField(_("done on"), null=True, editable=False)
    first_due = models.DateField(_("first due date"), null=True, editable=False)
    extensions = models.PositiveIntegerField(_("extensions"), default=0, db_default=0, editable=False)
    returned = models.BooleanField(_("returned"), default=False, db_default=False, editable=False)
    closed_by = models.CharField(
        _("closed by"), max_length=16, choices=ClosedBy, blank=True, default="", db_default="", editable=False
    )
    asked_in_time = models.BooleanField(_("asked in time"), default=False, db_default=False, editable=False)

    milestone_count = models.PositiveSmallIntegerField(
        _("milestones"), default=0, db_default=0, editable=False
    )
    milestones_done = models.PositiveSmallIntegerField(
        _("milestones done"), default=0, db_default=0, editable=False
    )
    next_milestone = models.DateField(_("next milestone"), null=True, editable=False)

    class Meta:
        abstract = True
