"""What a person chooses about their reminders."""

from collections.abc import Mapping

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from measures.choices import ReminderKind
from measures.forms.widgets import CheckboxSelectMultiple, Select
from measures.models import ReminderChoice


class ReminderForm(forms.Form):
    """The kinds that one gets, and the language. Chasers cannot be switched off."""

    kinds = forms.MultipleChoiceField(
        label=_("Remind me of"),
        choices=[(kind.value, kind.label) for kind in ReminderKind if kind != ReminderKind.CHASED],
        required=False,
        widget=CheckboxSelectMultiple,
        help_text=_("You are always told of chasers. The last four come once a week."),
    )
    language = forms.ChoiceField(label=_("Language"), required=False, widget=Select)

    def __init__(self, data: Mapping[str, object] | None, *, choice: ReminderChoice) -> None:
        kinds = [kind for kind in ReminderKind if kind not in choice.off]
        super().__init__(data, initial={"kinds": kinds, "language": choice.language})
        language = self.fields["language"]
        assert isinstance(language, forms.ChoiceField)
        language.choices = [("", _("That of the site")), *settings.LANGUAGES]
        self.choice = choice

    def save(self) -> None:
        wanted = {*self.cleaned_data["kinds"], ReminderKind.CHASED}
        self.choice.off = [kind.value for kind in ReminderKind if kind not in wanted]
        self.choice.language = self.cleaned_data["language"]
        self.choice.save()
