"""The forms for signing in and changing the password: Django's, with a maximum length for every field.

Strangers reach them, so whatever is too long is refused before it is looked up, hashed or shown again whole.
"""

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm, SetPasswordForm, UsernameField
from django.contrib.auth.models import User
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext_lazy as _

from measures.models.accounts import NAME_LENGTH

PASSWORD_LENGTH = 4096


class CutWhenShown(forms.CharField):
    """Truncates what was typed to the maximum length when the form is shown again."""

    def bound_data(self, data: object, initial: object) -> object:
        return str(data)[: self.max_length] if data else data


class NameField(CutWhenShown, UsernameField):
    """A sign-in name; NFKC can make one longer, and only then is it measured."""


def limit_passwords(form: forms.Form) -> None:
    """Refuse passwords that are too long. The browser is not told: it would cut a pasted one unseen."""
    for field in form.fields.values():
        if isinstance(field.widget, forms.PasswordInput):
            field.validators.append(MaxLengthValidator(PASSWORD_LENGTH))


class SignInForm(AuthenticationForm):
    username = NameField(max_length=NAME_LENGTH, widget=forms.TextInput(attrs={"autofocus": True}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        limit_passwords(self)


class ForgottenForm(forms.Form):
    """The name of the account whose password somebody has forgotten."""

    username = NameField(
        label=_("User name"), max_length=NAME_LENGTH, widget=forms.TextInput(attrs={"autofocus": True})
    )


class FirstPasswordForm(SetPasswordForm[User]):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        limit_passwords(self)


class PasswordForm(PasswordChangeForm):
    """One's own password. A new one is compared with earlier ones, by hashing, only after the old one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        limit_passwords(self)

    def validate_password_for_user(self, user: User, password_field_name: str = "password2") -> None:  # noqa: S107 - a field's name
        if "old_password" not in self.errors:
            super().validate_password_for_user(user, password_field_name)
