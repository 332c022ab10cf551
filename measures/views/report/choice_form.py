"""How a reader wants a report laid out, from an address: its parts, its title, whom it goes to."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from measures.forms.widgets import CheckboxSelectMultiple, TextInput
from measures.models.levels import Levels
from measures.reports.choice import CHOSEN_LIMIT, DEFAULT_CHOICE, REPORT_PARTS, USUAL_PARTS, Annex, Choice
from measures.reports.levels import figures_title
from measures.texts import Label


def words_field(label: Label) -> forms.CharField:
    """A line of a document that its reader may choose."""
    return forms.CharField(label=label, required=False, max_length=CHOSEN_LIMIT, widget=TextInput)


class ChoiceForm(forms.Form):
    """`title`, `to` and `signed` of an address, and `parts`, once for each; without any, the usual ones."""

    title = words_field(_("Title of the report"))
    to = words_field(_("Addressee"))
    signed = words_field(_("Signed by"))
    parts = forms.MultipleChoiceField(
        label=_("Parts"),
        required=False,
        choices=list(REPORT_PARTS.items()),
        widget=CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("Choose only from the listed parts.")},
    )

    levels: Levels = ()  # what the catalogue calls its parts

    @property
    def choice(self) -> Choice:
        """What was chosen; the usual for an address that says nothing, or nothing that is valid."""
        if not self.is_valid():
            return DEFAULT_CHOICE
        kept = self.cleaned_data
        parts = tuple(name for name in REPORT_PARTS if name in (kept["parts"] or USUAL_PARTS))
        return Choice(title=kept["title"], to=kept["to"], signed=kept["signed"], parts=parts)

    @property
    def shown_parts(self) -> list[tuple[str, str, bool]]:
        """Each part with its label, and whether it is chosen."""
        chosen = self.choice.parts
        labels = dict(REPORT_PARTS)
        if self.levels:
            title = pgettext("official document", "Annex: %(title)s")
            labels[Annex.FIGURES.value] = title % {"title": figures_title(self.levels)}
        return [(name, str(label), name in chosen) for name, label in labels.items()]

    def placeholders(self, **usual: str) -> None:
        """Show in the empty fields what the report says without them."""
        for name, text in usual.items():
            self.fields[name].widget.attrs["placeholder"] = text
