"""Counts expensive actions of users. Rows live for minutes."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from measures.querysets.ledger import UseQuerySet


class Use(models.Model):
    """One time that a user took a file away, or sent one: kept for as long as it counts."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="uses", verbose_name=_("user")
    )
    action = models.CharField(_("action"), max_length=20)
    at = models.DateTimeField(_("at"))

    objects = UseQuerySet.as_manager()

    class Meta:
        verbose_name = _("use")
        verbose_name_plural = _("uses")
        indexes = [models.Index(fields=["user", "action", "at"], name="use_of_action_by_user")]

    def __str__(self) -> str:
        return f"{self.user} {self.action} {self.at:%Y-%m-%d %H:%M}"
