"""What a person is called."""

import unicodedata

from django.contrib.auth.models import User


def person_name(user: User) -> str:
    """The full name, family name first and unspaced where it is in Chinese; else the sign-in name."""
    name = f"{user.last_name}{user.first_name}"
    if any(unicodedata.name(letter, "").startswith("CJK") for letter in name):
        return name
    return user.get_full_name() or user.get_username()
