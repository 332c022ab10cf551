"""What people fill in. Forms clean and explain; roles.py decides rights, the model writes state."""

from copy import copy
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from measures.choices import Status
from measures.forms.days import DayField, SureForm
from measures.forms.generic import ModelForm
from measures.forms.units import UnitField, UnitsField, named_once
from measures.forms.widgets import DateInput
from measures.loop.rules import Actor, may_move_due, statuses_allowed
from measures.models import Item
from measures.models.state import (
    COLUMN_FIELDS,
    FIELDS,
    STATE_FIELDS,
    Kind,
    StateValue,
    needs_reason,
)
from measures.texts import REASON_LIMIT, one_line_break

REASON_WANTED = _(
    "Give a reason for the journal. Blocking or dropping an item and moving its due date require one."
)
RULE_REFUSED = _("The rules of this checklist ask for an application here. Make one below.")


class LongTextField(forms.CharField):
    """A text of several lines, with one kind of line break whatever the browser sends."""

    def to_python(self, value: object) -> str:
        return one_line_break(super().to_python(value) or "")


FIELD_CLASSES: dict[str, type[forms.Field]] = {
    **{one.name: LongTextField for one in FIELDS if one.is_long},
    **{one.name: DayField for one in FIELDS if one.kind == Kind.DAY},
    **{one.name: UnitField for one in FIELDS if one.kind == Kind.OWNER},
}


def state_widgets(**of_long_texts: int) -> dict[str, forms.Widget | type[forms.Widget]]:
    """What the fields of an item's state are drawn by, with these attributes for the long texts."""
    days = {one.name: DateInput for one in FIELDS if one.kind == Kind.DAY}
    long = {one.name: forms.Textarea(attrs=of_long_texts) for one in FIELDS if one.is_long}
    return {**days, **long}


class ItemForm(ModelForm[Item], SureForm):
    """An item's annotations, with the version that its user saw."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    cooperating = UnitsField(
        label=_("Cooperating units"),
        required=False,
        help_text=_("They see the item among theirs and write entries; the owner leads."),
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=REASON_LIMIT,
        required=False,
        help_text=_("Required for blocked, dropped, and a moved due date; otherwise optional."),
    )

    class Meta:
        model = Item
        fields = COLUMN_FIELDS
        field_classes = FIELD_CLASSES
        widgets = state_widgets(rows=3)

    def __init__(
        self,
        *args: Any,
        may_hand_over: bool,
        actor: Actor = Actor.OFFICE,
        today: date | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.initial["version"] = self.instance.version
        # Validation writes what was typed into the instance; the state before it stays here.
        self.before = copy(self.instance)
        self._offer_units(may_hand_over)
        self._follow_rules(actor)

    def _offer_units(self, may_hand_over: bool) -> None:
        """The owners of the checklist, for both fields; to choose only by those who may hand items over."""
        owner, cooperating = self.fields["owner"], self.fields["cooperating"]
        assert isinstance(owner, UnitField)
        assert isinstance(cooperating, UnitsField)
        named = named_once(self.instance.checklist)
        owner.empty_label = _("No owner")
        owner.offer(self.instance.checklist, named, kept=self.instance.owner)
        cooperating.offer(self.instance.checklist, named)
        self.initial["cooperating"] = [str(unit.pk) for unit in self.instance.cooperating]
        if not may_hand_over:
            owner.disabled = cooperating.disabled = True
            owner.help_text = _("Only an administrator of the checklist can give an item to another owner.")
            cooperating.help_text = _("Only an administrator of the checklist can choose cooperating units.")

    def _get_validation_exclusions(self) -> set[str]:
        # The field has found it among the owners of the checklist.
        return {*super()._get_validation_exclusions(), "owner"}  # type: ignore[misc]

    def _follow_rules(self, actor: Actor) -> None:
        """Offer only what the user may set without an application."""
        item, rules = self.instance, self.instance.checklist.rules
        status = self.fields["status"]
        assert isinstance(status, forms.ChoiceField)
        allowed = statuses_allowed(item.status, item.measure.cadence, actor, rules)
        status.choices = [choice for choice in Status.choices if choice[0] in allowed]
        if len(allowed) < len(Status):
            status.error_messages["invalid_choice"] = RULE_REFUSED
        self.keeps_due = not may_move_due(item.due, actor, rules)
        if self.keeps_due:
            del self.fields["due"]

    @property
    def short(self) -> list[forms.BoundField]:
        """The fields of the item's state on one line, in their order."""
        return [self[one.name] for one in FIELDS if not one.is_long and one.name in self.fields]

    @property
    def long(self) -> list[forms.BoundField]:
        """Those of several lines."""
        return [self[one.name] for one in FIELDS if one.is_long]

    def clean(self) -> None:
        # Not super().clean(): it asks the database what the fields have checked, at each save.
        cleaned = self.cleaned_data
        if self.keeps_due and self.data.get("due", str(self.before.due)) != str(self.before.due):
            self.add_error(None, RULE_REFUSED)
        if cleaned.get("version") != self.before.version:
            return  # another user saved first: show that change before anything else
        if not cleaned.get("reason") and "reason" in cleaned and needs_reason(self.before, self.values()):
            self.add_error("reason", REASON_WANTED)
        self._ask_about_due()

    def _ask_about_due(self) -> None:
        """Refuse a new due date in the past or far away unless it is confirmed, in a form with `today`."""
        due = self.values().get("due")
        if self.today is None or due == self.before.due or not isinstance(due, date):
            return
        self.ask_about("due", self.today)

    def values(self) -> dict[str, StateValue]:
        """The valid values that were sent, for `Item.change`.

        A field that was not sent keeps its value. Otherwise a page that does not draw it would empty it.
        """
        return {
            name: self.cleaned_data[name]
            for name in STATE_FIELDS
            if name in self.cleaned_data and self._was_sent(name)
        }

    def _was_sent(self, name: str) -> bool:
        widget = self.fields[name].widget
        return not widget.value_omitted_from_data(self.data, self.files, self.add_prefix(name))


class RowForm(ItemForm):
    """The same in a row of the list. Its inputs are in cells, so each names its form."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        code = kwargs["instance"].measure.code
        super().__init__(*args, auto_id=f"row-{code}-%s", **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs["form"] = f"edit-{code}"
            if not field.widget.is_hidden:
                field.widget.attrs["aria-label"] = field.label or name
        for one in FIELDS:
            if one.is_long:
                self.fields[one.name].widget.attrs["rows"] = 2
            elif one.kind in (Kind.OWNER, Kind.UNITS):
                self.fields[one.name].help_text = ""


class UploadForm(forms.Form):
    """A spreadsheet to compare with the ledger."""

    file = forms.FileField(
        label=_("File"),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv"}),
        help_text=_("XLSX or CSV, up to 5 MB and 5,000 rows."),
    )


class ApplyForm(forms.Form):
    """The reason for a spreadsheet's changes; rows with their own reason keep it."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=REASON_LIMIT,
        required=False,
        # The preview's tables are between this field and its form.
        widget=forms.TextInput(attrs={"form": "apply"}),
        help_text=_("Required for blocked, dropped, and a moved due date; otherwise optional."),
    )
