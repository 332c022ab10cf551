"""Django's form classes that name their model, as in `ModelForm[Item]`.

Their stubs are generic. When the code runs, Django's own classes take no parameter; these ignore it.
"""

from typing import TYPE_CHECKING


class Parametrized:
    """Put before a class of Django's that takes no parameter when the code runs: it ignores one."""

    def __class_getitem__(cls, models: object) -> type:
        return cls


if TYPE_CHECKING:
    from django.contrib.auth.forms import UserChangeForm
    from django.forms import ModelChoiceField, ModelForm, ModelMultipleChoiceField
else:
    from django import forms
    from django.contrib.auth import forms as auth_forms

    class ModelForm(Parametrized, forms.ModelForm):
        pass

    class UserChangeForm(Parametrized, auth_forms.UserChangeForm):
        pass

    class ModelChoiceField(Parametrized, forms.ModelChoiceField):
        pass

    class ModelMultipleChoiceField(Parametrized, forms.ModelMultipleChoiceField):
        pass


__all__ = ["ModelChoiceField", "ModelForm", "ModelMultipleChoiceField", "UserChangeForm"]
