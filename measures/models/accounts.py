"""What signing in needs to know about a user, besides what Django keeps."""

from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db import models
from django.utils.translation import gettext_lazy as _


class Account(models.Model):
    """When a user's password was set. measures/passwords.py keeps it, whichever way a password changes."""

    user = models.OneToOneField(
        User, models.CASCADE, related_name="account", verbose_name=_("user"), primary_key=True
    )
    password_changed_at = models.DateTimeField(_("password changed"))
    must_change_password = models.BooleanField(_("must change the password"), default=False)

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")

    def __str__(self) -> str:
        return str(self.user)

    @classmethod
    def of(cls, user: User) -> "Account":
        """The user's account; one not yet saved for a user whose password is as old as they are."""
        try:
            return user.account
        except cls.DoesNotExist:
            return cls(user=user, password_changed_at=user.date_joined)

    def is_password_old(self, *, at: datetime, days: int) -> bool:
        """Whether more than so many days have passed since the password was set; never for 0."""
        return bool(days) and at - self.password_changed_at > timedelta(days=days)


class PastPassword(models.Model):
    """A hash of a password that a user has had, so that they don't take it again."""

    user = models.ForeignKey(User, models.CASCADE, related_name="past_passwords", verbose_name=_("user"))
    password = models.CharField(_("password"), max_length=128)

    class Meta:
        verbose_name = _("past password")
        verbose_name_plural = _("past passwords")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return str(self.user)
