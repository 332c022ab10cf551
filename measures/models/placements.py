"""Each checklist's place in the tree over time, and when it was closed: reports of earlier days use both."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from measures.choices import ChecklistStatus
from measures.models.only_added import OnlyAdded
from measures.querysets.append_only import PlacementQuerySet, TurnQuerySet

PATH_LIMIT = 1000  # characters


class Placement(OnlyAdded):
    """A checklist's place from a moment on; a move adds one for each that moved with it. Append-only."""

    checklist = models.ForeignKey(
        "measures.Checklist", models.PROTECT, related_name="placements", verbose_name=_("checklist")
    )
    parent = models.ForeignKey(
        "measures.Checklist", models.PROTECT, related_name="+", verbose_name=_("parent"), null=True
    )
    path = models.CharField(_("place in the tree"), max_length=PATH_LIMIT)
    at = models.DateTimeField(_("at"))

    objects = PlacementQuerySet.as_manager()

    class Meta:
        verbose_name = _("placement")
        verbose_name_plural = _("placements")
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["checklist", "-at", "-id"], name="placement_newest")]

    def __str__(self) -> str:
        return f"{self.path} {self.at:%Y-%m-%d}"


class Turn(OnlyAdded):
    """A checklist's status from a moment on. One that was never turned is open. Append-only.

    `merged_into`: the checklist in which its work continues, if it was closed by a merger.
    """

    checklist = models.ForeignKey(
        "measures.Checklist", models.PROTECT, related_name="turns", verbose_name=_("checklist")
    )
    status = models.CharField(_("state"), max_length=16, choices=ChecklistStatus)
    merged_into = models.ForeignKey(
        "measures.Checklist", models.PROTECT, related_name="+", verbose_name=_("merged into"), null=True
    )
    at = models.DateTimeField(_("at"))

    objects = TurnQuerySet.as_manager()

    class Meta:
        verbose_name = _("closing or reopening")
        verbose_name_plural = _("closings and reopenings")
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["checklist", "-at", "-id"], name="turn_newest")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(status__in=ChecklistStatus.values),
                name="turn_status_known",
                violation_error_message=_("Choose one of the listed states."),
            ),
            models.CheckConstraint(
                condition=models.Q(merged_into=None) | models.Q(status=ChecklistStatus.CLOSED),
                name="turn_merged_is_closed",
                violation_error_message=_("Only a closed checklist is merged into another."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_status_display()} {self.at:%Y-%m-%d}"
