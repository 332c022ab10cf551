"""What people fill in. Forms clean and explain; roles.py decides rights, the model writes state."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from measures.models import Item
from measures.models.tracking import STATE_FIELDS
from measures.widgets import DateInput

PER_PAGE = 50
PER_PAGE_LIMIT = 200


class PageSizeForm(forms.Form):
    """`per_page` of a list's address."""

    per_page = forms.IntegerField(
        label=_("Rows a page"), required=False, min_value=1, max_value=PER_PAGE_LIMIT
    )


class ItemForm(forms.ModelForm):
    """An item's annotations, with the version that its user saw."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        required=False,
        help_text=_("Why it changes, if that is worth keeping. It stands in the journal."),
    )

    class Meta:
        model = Item
        fields = STATE_FIELDS
        widgets = {"due": DateInput, "notes": forms.Textarea(attrs={"rows": 6})}

    def __init__(self, *args: Any, may_hand_over: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["version"] = self.instance.version
        owner = cast(forms.ModelChoiceField, self.fields["owner"])
        owner.queryset = self.instance.checklist.owners.order_by("name")
        owner.empty_label = _("No owner")
        if not may_hand_over:
            owner.disabled = True
            owner.help_text = _("Only an administrator of the checklist gives an item to another owner.")

    def clean_notes(self) -> str:
        """Line breaks as one character, whichever the browser sends."""
        return self.cleaned_data["notes"].replace("\r\n", "\n").replace("\r", "\n")

    def values(self) -> dict[str, Any]:
        """The state asked for, for `Item.change`."""
        return {name: self.cleaned_data[name] for name in STATE_FIELDS}
