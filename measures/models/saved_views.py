"""Saved views: a list's filters, columns and sort order under a name."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from measures.models.checklists import Checklist
from measures.querysets.checklists import SavedViewQuerySet


class SavedView(models.Model):
    """A name for the query string of a list. Private, or shared with all who can read the checklist."""

    checklist = models.ForeignKey(
        Checklist, models.CASCADE, related_name="saved_views", verbose_name=_("checklist")
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_views", verbose_name=_("user")
    )
    name = models.CharField(_("name"), max_length=60)
    query = models.CharField(pgettext_lazy("view", "address"), max_length=2000, blank=True)
    is_shared = models.BooleanField(_("shared with the checklist"), default=False)
    is_default = models.BooleanField(_("opens first for me"), default=False)

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["checklist", "user", "name"],
                name="saved_view_name_once",
                violation_error_message=_("You already have a view with this name. Choose another name."),
            ),
            models.UniqueConstraint(
                fields=["checklist", "user"],
                condition=Q(is_default=True),
                name="saved_view_one_default",
                violation_error_message=_("You already have another default view."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("items", args=[self.checklist.slug]) + f"?view={self.pk}"

    @property
    def address(self) -> str:
        """The query string of this view, including its name."""
        return "&".join(part for part in (self.query, f"view={self.pk}") if part)
