"""Data for signing in, in addition to Django's."""

import uuid
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, ClassVar

from django.contrib.auth.hashers import check_password
from django.contrib.auth.models import User
from django.contrib.sessions.base_session import AbstractBaseSession, BaseSessionManager
from django.db import models, transaction
from django.utils.crypto import get_random_string
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_otp.plugins.otp_totp.models import TOTPDevice

from measures.keyed_hash import keyed_hash

if TYPE_CHECKING:
    from measures.accounts.sessions import SessionStore


class Account(models.Model):
    """When a user's password was set. accounts/passwords.py updates it on every change."""

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


class SessionManager(BaseSessionManager["Session"]):
    def get_queryset(self) -> "models.QuerySet[Session]":
        """With the user's account, which every page needs."""
        return super().get_queryset().select_related("user__account")

    def of(self, user: User, *, at: datetime) -> "models.QuerySet[Session]":
        """The user's sessions that have not ended, the last used first."""
        return self.filter(user=user, expire_date__gt=at).order_by("-seen_at")


class Session(AbstractBaseSession):
    """A browser's session, and whose it is. measures/accounts/sessions.py writes it.

    Its primary key is a hash of the key that the cookie holds.
    """

    # What addresses and forms hold: the primary key stays in the database.
    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(
        User, models.CASCADE, related_name="sessions", verbose_name=_("user"), null=True, editable=False
    )
    started_at = models.DateTimeField(_("signed in"))
    seen_at = models.DateTimeField(_("last seen"))
    address = models.CharField(_("network address"), max_length=45, blank=True)
    browser = models.CharField(_("browser"), max_length=60, blank=True)

    managing: str | None  # which rights its user has to manage accounts: models/managing.py

    objects: ClassVar[SessionManager] = SessionManager()

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessions")

    @classmethod
    def get_session_store_class(cls) -> "type[SessionStore]":
        # By name, since the store needs this model.
        store: type[SessionStore] = import_string("measures.accounts.sessions.SessionStore")
        return store


class RecoveryCode(models.Model):
    """A one-time code that replaces a user's phone. Stored as a keyed hash, which one lookup finds.

    Codes of earlier releases have ten letters and are kept as argon2 hashes, each of which must be tried.
    They work until they are used or renewed.
    """

    COUNT = 10
    LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
    LENGTH = 25  # 123 bits: from 112 on, a standard needs no slow hash (OWASP ASVS 5.0, 6.5.2)
    OLD_LENGTH = 10

    user = models.ForeignKey(User, models.CASCADE, related_name="recovery_codes", verbose_name=_("user"))
    code = models.CharField(pgettext_lazy("second factor", "code"), max_length=128)

    class Meta:
        verbose_name = _("recovery code")
        verbose_name_plural = _("recovery codes")
        constraints = [models.UniqueConstraint(fields=["user", "code"], name="recovery_code_of_a_user_once")]

    def __str__(self) -> str:
        return str(self.user)

    @classmethod
    @transaction.atomic
    def renew(cls, user: User) -> list[str]:
        """Replace the codes with ten new ones. Only their hashes are stored."""
        codes = [get_random_string(cls.LENGTH, cls.LETTERS) for _number in range(cls.COUNT)]
        cls.objects.filter(user=user).delete()
        user.recovery_codes.bulk_create([cls(user=user, code=_hash_of_code(code)) for code in codes])
        return ["-".join(code[start : start + 5] for start in range(0, cls.LENGTH, 5)) for code in codes]

    @classmethod
    def use(cls, user: User, code: str) -> bool:
        """Whether this, without its hyphens, is one of the user's codes. It is none afterwards.

        A code costs one query, whether it is right or wrong. Of two who use it at once, one takes it away.
        """
        if len(code) == cls.OLD_LENGTH:
            return cls._use_old(user, code)
        return cls.objects.filter(user=user, code=_hash_of_code(code)).delete()[0] == 1

    @classmethod
    def _use_old(cls, user: User, code: str) -> bool:
        for kept in cls.old_ones_of(user)[: cls.COUNT]:
            if check_password(code, kept.code):
                return cls.objects.filter(pk=kept.pk).delete()[0] == 1
        return False

    @classmethod
    def old_ones_of(cls, user: User) -> models.QuerySet["RecoveryCode"]:
        """The user's codes of earlier releases, which they should renew."""
        return cls.objects.filter(user=user, code__contains="$")


def _hash_of_code(code: str) -> str:
    return keyed_hash("recovery code", code)


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


@transaction.atomic
def forget_second_factor(user: User) -> None:
    """Take a user's second factor away, recovery codes and all."""
    TOTPDevice.objects.filter(user=user).delete()
    RecoveryCode.objects.filter(user=user).delete()


NAME_LENGTH = 150  # of Django's own column
