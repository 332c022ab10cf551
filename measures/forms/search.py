"""What somebody searches everything for."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from measures.forms.widgets import TextInput
from measures.texts import Label

TEXT_LIMIT = 100  # characters
WORDS_LIMIT = 8
# What is found, in the order of the page.
KINDS: dict[str, Label] = {
    "items": _("Items"),
    "entries": _("Progress entries"),
    "units": pgettext_lazy("search", "Units"),
    "checklists": _("Checklists"),
}


class SearchForm(forms.Form):
    """`q`, the words; `only`, the one kind of which more is shown."""

    q = forms.CharField(
        label=_("Search everything"),
        required=False,
        max_length=TEXT_LIMIT,
        widget=TextInput(
            attrs={
                "type": "search",
                "placeholder": _("A code, words of an item or an entry, the name of a unit"),
                "data-search": True,
            }
        ),
    )
    only = forms.ChoiceField(required=False, choices=list(KINDS.items()), widget=forms.HiddenInput)

    def clean_q(self) -> str:
        """The words. One of a single character alone would compare every text of the site."""
        text: str = self.cleaned_data["q"]
        words = text.split()
        if words and all(len(word) < 2 for word in words):
            raise forms.ValidationError(_("Write at least one word of two characters or more."))
        if len(words) > WORDS_LIMIT:
            raise forms.ValidationError(_("Write at most %(number)d words."), params={"number": WORDS_LIMIT})
        return " ".join(words)
