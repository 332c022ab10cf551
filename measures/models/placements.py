"""Each checklist's place in the tree over time, which reports of earlier days use."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from measures.models.only_added import OnlyAdded
from measures.querysets.append_only import PlacementQuerySet

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
