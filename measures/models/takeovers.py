"""Ledgers that an office keeps elsewhere: uploaded, looked through, and taken over as checklists."""

from typing import Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from measures.models.catalogue import ReadableJSON
from measures.models.checklists import Checklist
from measures.models.only_added import ByPerson
from measures.models.updates import Batch


class TakeoverQuerySet(models.QuerySet["Takeover"]):
    def waiting_for(self, user: int) -> Self:
        """Uploads of this user that were not taken over. A new one replaces them."""
        return self.filter(by=user, checklist=None)


class Takeover(ByPerson):
    """A file as it was uploaded, how its user corrected what was understood of it, and what came of it.

    Small enough to be stored in the database. `content` of one that was pasted is its text in UTF-8.
    `places` has for each item its sheet and row, by which the checklist is written into the file again;
    `tables` what the columns of its tables are.
    """

    name = models.CharField(_("file"), max_length=200)
    is_pasted = models.BooleanField(_("pasted"), default=False)
    content = models.BinaryField(_("content"))
    at = models.DateTimeField(_("uploaded at"))
    corrections = models.JSONField(_("corrections"), default=dict, encoder=ReadableJSON)
    checklist = models.OneToOneField(
        Checklist, models.PROTECT, related_name="takeover", verbose_name=_("checklist"), null=True
    )
    batch = models.ForeignKey(
        Batch, models.PROTECT, related_name="takeovers", verbose_name=_("batch"), null=True
    )
    tables = models.JSONField(_("tables"), default=list, encoder=ReadableJSON)
    places = models.JSONField(_("places of its items"), default=list)
    taken_at = models.DateTimeField(_("taken over at"), null=True)
    undone_at = models.DateTimeField(_("undone at"), null=True)

    objects = TakeoverQuerySet.as_manager()

    class Meta:
        verbose_name = _("ledger")
        verbose_name_plural = _("ledgers")
        ordering = ["-at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(checklist=None, taken_at=None)
                | models.Q(checklist__isnull=False, taken_at__isnull=False),
                name="takeover_taken_with_checklist",
                violation_error_message=_("A ledger that was taken over has a checklist."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class KnownHeadings(models.Model):
    """What a user said that the columns below some headings are: offered when these headings come again."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="known_headings", verbose_name=_("user")
    )
    signature = models.CharField(_("signature"), max_length=64)
    columns = models.JSONField(_("columns"), default=dict, encoder=ReadableJSON)
    statuses = models.JSONField(_("statuses"), default=dict, encoder=ReadableJSON)
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("known headings")
        verbose_name_plural = _("known headings")
        ordering = ["-at"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "signature"],
                name="known_headings_once",
                violation_error_message=_("These headings are known already."),
            ),
        ]

    def __str__(self) -> str:
        return self.signature


def of_no_ledger() -> models.Q:
    """The condition that a catalogue was not made of somebody's ledger: those are offered to nobody else."""
    return models.Q(~models.Exists(Takeover.objects.filter(checklist__catalogue=models.OuterRef("pk"))))
