"""Reminders as they leave the site, and what each person wants of them."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from measures.choices import ReminderDoor
from measures.models.catalogue import ReadableJSON

ERROR_LIMIT = 300  # characters


class Reminder(models.Model):
    """One message to one person on one day by one door: the outbox. Rows are deleted after a month.

    `body` is what it says, as data: `reminders/digest.py` makes and reads it. Without `sent_at` it was not
    sent, or the process was killed before it could say so.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="reminders", verbose_name=_("user")
    )
    day = models.DateField(_("day"))
    door = models.CharField(pgettext_lazy("reminder", "by way of"), max_length=16, choices=ReminderDoor)
    language = models.CharField(_("language"), max_length=10)
    body = models.JSONField(pgettext_lazy("reminder", "content"), encoder=ReadableJSON)
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    error = models.CharField(_("last error"), max_length=ERROR_LIMIT, blank=True)
    sent_at = models.DateTimeField(_("sent"), null=True)
    next_try = models.DateTimeField(_("not tried again before"), null=True)

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        ordering = ["day", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "day", "door"],
                name="reminder_once_a_day",
                violation_error_message=_("This person has a reminder for this day already."),
            ),
            models.CheckConstraint(
                condition=Q(door__in=ReminderDoor.values),
                name="reminder_door_known",
                violation_error_message=_("Choose one of the listed ways."),
            ),
        ]
        indexes = [
            models.Index(fields=["day", "id"], name="reminder_not_sent", condition=Q(sent_at__isnull=True))
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.day:%Y-%m-%d}"


class ReminderChoice(models.Model):
    """What a person wants: the language of their reminders (empty: the site's), and the kinds they don't get.

    Somebody without a row gets every kind.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="reminder_choice",
        verbose_name=_("user"),
        primary_key=True,
    )
    language = models.CharField(_("language"), max_length=10, blank=True)
    off = models.JSONField(pgettext_lazy("reminder", "kinds switched off"), default=list)

    class Meta:
        verbose_name = _("choice about reminders")
        verbose_name_plural = _("choices about reminders")

    def __str__(self) -> str:
        return str(self.user)
