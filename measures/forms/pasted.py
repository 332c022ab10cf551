"""What forms that take cells, pasted or as a file, have in common."""

from typing import ClassVar

from django import forms

from measures.texts import Label


def pasted_cells(label: Label, *, rows: int, limit: int, help_text: Label) -> forms.CharField:
    """A field for cells copied from a spreadsheet; `limit` in characters."""
    return forms.CharField(
        label=label,
        max_length=limit,
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": rows, "class": "pasted", "spellcheck": "false", "wrap": "off"}),
        help_text=help_text,
    )


class PastedOrFileForm(forms.Form):
    """One of two fields, `pasted` and `file`, is filled in; `first` is the one that the page shows first."""

    first: ClassVar[str]
    neither: ClassVar[Label]
    both: ClassVar[Label]

    def clean(self) -> None:
        super().clean()
        if self.errors:
            return
        pasted, file = self.cleaned_data["pasted"].strip(), self.cleaned_data["file"]
        if not pasted and not file:
            self.add_error(self.first, self.neither)
        elif pasted and file:
            self.add_error("file", self.both)
