"""The form that takes a list of units and people."""

from django import forms
from django.utils.translation import gettext_lazy as _

from measures.forms.pasted import PastedOrFileForm, pasted_cells

PASTE_LIMIT = 100_000  # characters


class PeopleSheetForm(PastedOrFileForm):
    """A file, or rows that were pasted."""

    first = "pasted"
    neither = _("Paste rows here, or choose a file.")
    both = _("Paste rows or choose a file, not both.")
    pasted = pasted_cells(
        _("Rows from a spreadsheet"),
        rows=10,
        limit=PASTE_LIMIT,
        help_text=_("Copy the rows in Excel or WPS and paste them here, with or without headings."),
    )
    file = forms.FileField(
        label=_("Or a file"),
        required=False,
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv"}),
        help_text=_("XLSX or CSV, up to 5 MB and 200 rows."),
    )
