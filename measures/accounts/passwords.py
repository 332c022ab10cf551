"""What a password must be, over and above Django's own checks, and the record of every change.

Django tells its validators when a password has changed (`password_changed`), whether on a page, in the admin
or by a command. Only `createsuperuser` and `create_user` hash by themselves; `Account.of` makes up for those.
"""

from django.contrib.auth.hashers import check_password
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _

from measures.choices import Audited
from measures.database.locks import audited_transaction
from measures.models import Account, PastPassword, Session, audit
from measures.origin import COMMAND, present_origin


def kinds(password: str) -> int:
    """Count the kinds of characters used: small letters, capitals, digits, anything else."""
    small, capital, digit, other = False, False, False, False
    for sign in password:
        small |= sign.islower()
        capital |= sign.isupper()
        digit |= sign.isdecimal()
        other |= not (sign.islower() or sign.isupper() or sign.isdecimal())
    return small + capital + digit + other


class ThreeOfFourKinds:
    """Refuses a password of one or two kinds of signs."""

    def validate(self, password: str, user: User | None = None) -> None:
        if kinds(password) < 3:
            raise ValidationError(self.get_help_text(), code="password_too_plain")

    def get_help_text(self) -> str:
        return _(
            "Your password must contain at least three of these four: small letters, capital letters, "
            "digits, other characters."
        )


class NoWordOfTheSite:
    """Refuses a password that contains a word which is all over the site."""

    def __init__(self, words: list[str]) -> None:
        self.words = words

    def validate(self, password: str, user: User | None = None) -> None:
        if any(word in password.casefold() for word in self.words):
            raise ValidationError(self.told(self.words), code="password_of_the_site")

    def get_help_text(self) -> str:
        # No browser is to translate them: they are meant letter by letter.
        return self.told([format_html('<span translate="no">{}</span>', word) for word in self.words])

    @staticmethod
    def told(words: list[str]) -> str:
        joined = format_html_join(_(", "), "{}", ((word,) for word in words))
        return format_html(_("Your password must not contain any of these: {words}."), words=joined)


class PasswordRecord:
    """Refuses nothing. Records when a password was set."""

    remembered = 0

    def validate(self, password: str, user: User | None = None) -> None:
        pass

    def get_help_text(self) -> str:
        return _("A new password signs you out everywhere else.")

    @audited_transaction()
    def password_changed(self, password: str, user: User) -> None:
        if present_origin() == COMMAND:  # pages record it themselves, with who did it
            audit(Audited.PASSWORD_CHANGED, at=timezone.now(), about=user.get_username())
        Account.objects.update_or_create(
            user=user, defaults={"password_changed_at": timezone.now(), "must_change_password": False}
        )
        # Other browsers could not go on with the old one; this ends their sessions as well. The one in which
        # somebody changes their own is begun anew by Django.
        Session.objects.filter(user=user).delete()
        if self.remembered:
            PastPassword.objects.create(user=user, password=user.password)
        had = PastPassword.objects.filter(user=user)
        had.exclude(pk__in=[past.pk for past in had[: self.remembered]]).delete()


class NoneOfTheLast(PasswordRecord):
    """Refuses a password that the user has now, or had among the last few."""

    def __init__(self, remembered: int = 5) -> None:
        self.remembered = remembered

    def validate(self, password: str, user: User | None = None) -> None:
        if user is None or user.pk is None:
            return
        # The form has not set the new one yet; the present one is missing below where create_user made it.
        had = PastPassword.objects.filter(user=user).values_list("password", flat=True)[: self.remembered]
        if any(check_password(password, old) for old in {user.password, *had}):
            raise ValidationError(
                _("You have had this password before. Choose another."), code="password_had_before"
            )

    def get_help_text(self) -> str:
        return _(
            "Your password must not be one of your last %(count)d. A new one signs you out everywhere else."
        ) % {"count": self.remembered}
