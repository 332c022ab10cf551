"""What people fill in. Forms clean and explain; roles.py decides rights, the model writes state."""

from copy import copy
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from measures.models import Item
from measures.models.state import STATE_FIELDS, needs_reason
from measures.widgets import DateInput

REASON_WANTED = _(
    "Say why: blocking or dropping an item, and moving its due date, need a reason for the journal."
)
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
        help_text=_("Needed for blocked, dropped, and a moved due date; else if worth keeping."),
    )

    class Meta:
        model = Item
        fields = STATE_FIELDS
        widgets = {"due": DateInput, "notes": forms.Textarea(attrs={"rows": 6})}

    def __init__(self, *args: Any, may_hand_over: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["version"] = self.instance.version
        # Validation writes what was typed into the instance; the state before it stays here.
        self.before = copy(self.instance)
        owner = cast(forms.ModelChoiceField, self.fields["owner"])
        owner.queryset = self.instance.checklist.owners.order_by("name")
        owner.empty_label = _("No owner")
        if not may_hand_over:
            owner.disabled = True
            owner.help_text = _("Only an administrator of the checklist gives an item to another owner.")

    def clean_notes(self) -> str:
        """Line breaks as one character, whichever the browser sends."""
        return self.cleaned_data["notes"].replace("\r\n", "\n").replace("\r", "\n")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        values = {name: cleaned[name] for name in STATE_FIELDS if name in cleaned}
        if not cleaned.get("reason") and "reason" in cleaned and needs_reason(self.before, values):
            self.add_error("reason", REASON_WANTED)
        return cleaned

    def values(self) -> dict[str, Any]:
        """The state asked for, for `Item.change`."""
        return {name: self.cleaned_data[name] for name in STATE_FIELDS}
