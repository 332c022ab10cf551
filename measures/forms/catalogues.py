"""The form that loads a catalogue."""

from django import forms
from django.utils.translation import gettext_lazy as _


class LoadCatalogueForm(forms.Form):
    """A file, and what a sheet does not say about itself."""

    file = forms.FileField(
        label=_("File"),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv,.json"}),
        help_text=_("XLSX, CSV or JSON, up to 5 MB and 2,000 measures."),
    )
    title = forms.CharField(
        label=_("Name of the catalogue"),
        max_length=200,
        required=False,
        help_text=_("Leave empty if the file has one."),
    )
    slug = forms.SlugField(
        label=_("Short name"),
        max_length=50,
        required=False,
        help_text=_("Part of its address: letters a–z, digits, hyphens. Leave empty if the file has one."),
    )
    date = forms.DateField(
        label=_("Date of this edition"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Leave empty for that of the file, or today."),
    )
