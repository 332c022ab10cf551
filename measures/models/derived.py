"""What an item holds only so that lists can filter, sort and count by it."""

from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

from measures.choices import OPEN_STATUSES, ClosedBy
from measures.lights import days_late_when_done

if TYPE_CHECKING:
    from datetime import date

    from measures.models.catalogue import Measure


class Derived(models.Model):
    """DERIVED_FIELDS. `measures/querysets/loop.py` says what they mean; `ItemQuerySet.derive` writes them."""

    # The item's own.
    measure: "models.ForeignKey[Measure, Measure]"
    status: "models.CharField[str, str]"
    due: "models.DateField[date | None, date | None]"

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

    # What the item's newest Answered says (models/editions.py): since when it is in no list, and whether its
    # unit has still to confirm a new wording.
    retired_at = models.DateTimeField(_("retired"), null=True, editable=False)
    to_confirm = models.BooleanField(_("to confirm"), default=False, db_default=False, editable=False)

    class Meta:
        abstract = True

    @property
    def address(self) -> str:
        """What its page's address calls it: the code; of a retired item also the edition that had it."""
        code = self.measure.code
        return code if self.retired_at is None else f"{code}@{self.measure.section.pillar.catalogue.slug}"

    @property
    def days_late_when_done(self) -> int:
        """As `lights.days_late_when_done`."""
        return days_late_when_done(self.done_on, self.due)

    @property
    def is_open(self) -> bool:
        return self.status in OPEN_STATUSES
