"""The form that changes many items at once."""

from typing import Any

from django import forms
from django.db import models
from django.utils.translation import gettext_lazy as _

from measures.choices import Status
from measures.forms.days import DayField
from measures.forms.items import LongTextField
from measures.forms.units import UnitsField
from measures.models import Checklist, Item
from measures.models.entries import ENTRY_LIMIT
from measures.models.state import LEADER_LIMIT, TARGET_LIMIT, StateValue
from measures.texts import REASON_LIMIT, as_counted, one_line_break

NOBODY = "none"


class UnitsAct(models.TextChoices):
    """What a form for many items does with cooperating units."""

    ADD = "add", _("Add these units")
    REPLACE = "replace", _("Replace them by these units")
    CLEAR = "clear", _("No cooperating units")


# The texts that a form for many items replaces or clears; to the notes it only adds.
CLEARED_TEXTS = ("leader", "target")


class BulkForm(forms.Form):
    """What many items become. A field left empty stays as it is on each of them."""

    status = forms.ChoiceField(label=_("Status"), required=False)
    owner = forms.ChoiceField(label=_("Owner"), required=False)
    with_units = forms.ChoiceField(
        label=_("Cooperating units"),
        required=False,
        choices=[("", _("Leave as it is")), *UnitsAct.choices],
    )
    cooperating = UnitsField(label=_("These units"), required=False)
    due = DayField(label=_("Due"), required=False)
    clear_due = forms.BooleanField(label=_("Clear the due date"), required=False)
    leader = forms.CharField(label=_("Leader in charge"), required=False, max_length=LEADER_LIMIT)
    clear_leader = forms.BooleanField(label=_("Clear the leader in charge"), required=False)
    target = LongTextField(
        label=_("Target"),
        required=False,
        max_length=TARGET_LIMIT,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Replaces the target of each item."),
    )
    clear_target = forms.BooleanField(label=_("Clear the target"), required=False)
    progress = LongTextField(
        label=_("New entry"),
        required=False,
        max_length=ENTRY_LIMIT,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Written about each of the items, as progress in this period."),
    )
    append = forms.CharField(
        label=_("Add to the notes"),
        required=False,
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Added as a new paragraph below the existing notes."),
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=REASON_LIMIT,
        required=False,
        help_text=_("Required for blocked, dropped, and a moved due date; otherwise optional."),
    )

    def __init__(self, *args: Any, checklist: Checklist, may_hand_over: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        leave = ("", _("Leave as it is"))
        status, owner = self.fields["status"], self.fields["owner"]
        cooperating = self.fields["cooperating"]
        assert isinstance(status, forms.ChoiceField)
        assert isinstance(owner, forms.ChoiceField)
        assert isinstance(cooperating, UnitsField)
        status.choices = [leave, *Status.choices]
        found = sorted(checklist.owners.all(), key=lambda one: as_counted(one.name))
        self.owners = {str(owner.pk): owner for owner in found}
        names = [(key, owner.name) for key, owner in self.owners.items()]
        owner.choices = [leave, (NOBODY, _("No owner")), *names]
        cooperating.offer(checklist, lambda: [(one.pk, one.name) for one in found])
        if not may_hand_over:
            for name in ("owner", "with_units", "cooperating"):
                del self.fields[name]

    def clean_append(self) -> str:
        return one_line_break(self.cleaned_data["append"])

    def clean(self) -> None:
        super().clean()
        cleaned = self.cleaned_data
        if cleaned.get("due") and cleaned.get("clear_due"):
            self.add_error("clear_due", _("Either set a due date or clear it, not both."))
        for name in CLEARED_TEXTS:
            if cleaned.get(name) and cleaned.get(f"clear_{name}"):
                self.add_error(f"clear_{name}", _("Either write a text or clear it, not both."))
        act, units = cleaned.get("with_units"), cleaned.get("cooperating")
        if act in (UnitsAct.ADD, UnitsAct.REPLACE) and not units:
            self.add_error("cooperating", _("Tick at least one unit."))
        elif units and act in ("", UnitsAct.CLEAR):
            self.add_error("with_units", _("Choose whether to add these units or to replace the others."))
        asked = self.values() or cleaned.get("append") or cleaned.get("progress") or act
        if not self.errors and not asked:
            raise forms.ValidationError(_("Choose what to change: set at least one field."))

    def values(self) -> dict[str, StateValue]:
        """The fields that become the same on every item; what is added to the notes is not among them."""
        cleaned = self.cleaned_data
        values: dict[str, StateValue] = {}
        if cleaned.get("status"):
            values["status"] = cleaned["status"]
        if cleaned.get("owner"):
            values["owner"] = self.owners.get(cleaned["owner"])
        if cleaned.get("due") or cleaned.get("clear_due"):
            values["due"] = cleaned.get("due")
        for name in CLEARED_TEXTS:
            if cleaned.get(name) or cleaned.get(f"clear_{name}"):
                values[name] = cleaned.get(name, "")
        return values

    def values_for(self, item: Item) -> dict[str, StateValue]:
        """What this item becomes: the same as every item but for units that are added to its own."""
        units = self.cleaned_data.get("cooperating", ())
        match self.cleaned_data.get("with_units"):
            case UnitsAct.ADD:
                return {**self.values(), "cooperating": (*item.cooperating, *units)}
            case UnitsAct.REPLACE | UnitsAct.CLEAR:
                return {**self.values(), "cooperating": units}
        return self.values()
