"""The form that takes a list of units and people."""

from django import forms
from django.utils.translation import gettext_lazy as _

PASTE_LIMIT = 100_000  # characters


class PeopleSheetForm(forms.Form):
    """A file, or rows that were pasted."""

    pasted = forms.CharField(
        label=_("Rows from a spreadsheet"),
        max_length=PASTE_LIMIT,
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 10, "class": "pasted", "spellcheck": "false", "wrap": "off"}),
        help_text=_("Copy the rows in Excel or WPS and paste them here, with or without headings."),
    )
    file = forms.FileField(
        label=_("Or a file"),
        required=False,
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv"}),
        help_text=_("XLSX or CSV, up to 5 MB and 200 rows."),
    )

    def clean(self) -> None:
        super().clean()
        if self.errors:
            return
        pasted, file = self.cleaned_data["pasted"].strip(), self.cleaned_data["file"]
        if not pasted and not file:
            self.add_error("pasted", _("Paste rows here, or choose a file."))
        elif pasted and file:
            self.add_error("file", _("Paste rows or choose a file, not both."))
