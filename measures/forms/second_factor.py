"""The forms of the second factor: the code of a sign-in, and the first one."""

from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from measures.forms.accounts import PASSWORD_LENGTH, CutWhenShown


class CodeForm(forms.Form):
    """A code of the second factor, or a recovery code, however people space it."""

    code = CutWhenShown(
        label=pgettext_lazy("second factor", "Code"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autofocus": True}),
    )

    def clean_code(self) -> str:
        return "".join(sign for sign in self.cleaned_data["code"].lower() if sign.isalnum())

    @property
    def sent(self) -> str:
        """What was typed, without spaces and hyphens."""
        return str(self.cleaned_data["code"])

    def refuse(self) -> None:
        """Say that the code is not the right one, unless something else is wrong already."""
        if not self.errors:
            said = _("This code is wrong, or has been used. Wait for the next one and try again.")
            self.add_error("code", ValidationError(said, code="code_incorrect"))


class FirstCodeForm(CodeForm):
    """The first code, and the password: a session left open ties no stranger's phone to an account.

    Users who sign in through the office's provider have no password here, and are not asked for one.
    """

    password = forms.CharField(
        label=gettext_lazy("Your password"),
        strip=False,
        max_length=PASSWORD_LENGTH,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        if not user.has_usable_password():
            del self.fields["password"]

    def clean_password(self) -> str:
        password = str(self.cleaned_data["password"])
        if not self.user.check_password(password):
            raise ValidationError(
                _("This is not the password that you sign in with. Type it again."), code="password_incorrect"
            )
        return password
