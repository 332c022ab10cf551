"""Forms that take over a ledger: the file, and the names of what becomes of it."""

from collections.abc import Mapping

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from measures.forms.pasted import PastedOrFileForm, pasted_cells
from measures.models import Checklist

PASTE_LIMIT = 1_000_000  # characters


class LedgerForm(PastedOrFileForm):
    """A file, or cells that were pasted."""

    first = "file"
    neither = _("Choose a file, or paste cells.")
    both = _("Paste cells or choose a file, not both.")
    file = forms.FileField(
        label=_("Your ledger"),
        required=False,
        max_length=200,
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.xls,.csv,.txt"}),
        help_text=_("XLSX, XLS or CSV in any layout, up to 5 MB and 10,000 rows."),
    )
    pasted = pasted_cells(
        _("Or cells from a spreadsheet"),
        rows=5,
        limit=PASTE_LIMIT,
        help_text=_("Copy the table in Excel or WPS, headings included, and paste it here."),
    )


class NamesForm(forms.Form):
    """What the new checklist is called, and where it belongs."""

    name = forms.CharField(
        label=_("Name of the checklist"), max_length=100, help_text=_("It heads every page and the report.")
    )
    title = forms.CharField(
        label=_("Title of the ledger"), max_length=200, help_text=_("Becomes the name of the catalogue.")
    )
    period = forms.CharField(label=_("Period"), max_length=40, required=False)
    slug = forms.SlugField(
        label=pgettext_lazy("checklist", "Address"),
        max_length=50,
        help_text=_("Part of every page's address: lowercase letters a–z, digits and hyphens."),
    )
    parent: "forms.ModelChoiceField[Checklist]" = forms.ModelChoiceField(
        Checklist.objects.none(), label=_("Below"), required=False, empty_label=_("None: at the top")
    )

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        parents: list[int],
        initial: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(data, initial=dict(initial or {}))
        if parents:
            parent = self.fields["parent"]
            assert isinstance(parent, forms.ModelChoiceField)
            parent.queryset = Checklist.objects.filter(pk__in=parents).order_by("path")
        else:
            del self.fields["parent"]

    def clean(self) -> None:
        super().clean()
        if self.errors:
            return
        cleaned = self.cleaned_data
        new = Checklist(
            slug=cleaned["slug"],
            name=cleaned["name"],
            period=cleaned["period"],
            parent=cleaned.get("parent"),
        )
        try:
            new.full_clean(exclude={"path", "opened_at", "catalogue"})
        except ValidationError as error:
            for name, said in error.message_dict.items():
                self.add_error(name if name in self.fields else None, said)
