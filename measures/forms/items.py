"""What people fill in. Forms clean and explain; roles.py decides rights, the model writes state."""

from copy import copy
from datetime import date
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from measures.choices import Status
from measures.forms.days import CONFIRM, UNUSUAL, DayField, is_unusual
from measures.forms.generic import ModelForm
from measures.forms.widgets import DateInput
from measures.loop.rules import Actor, may_move_due, statuses_allowed
from measures.models import Checklist, Item, Owner, SavedView
from measures.models.people import names_in_order
from measures.models.state import FIELDS, STATE_FIELDS, Kind, StateValue, needs_reason
from measures.texts import as_counted, one_line_break

REASON_WANTED = _(
    "Give a reason for the journal. Blocking or dropping an item and moving its due date require one."
)
NOBODY = "none"


class LongTextField(forms.CharField):
    """A text of several lines, with one kind of line break whatever the browser sends."""

    def to_python(self, value: object) -> str:
        return one_line_break(super().to_python(value) or "")


FIELD_CLASSES: dict[str, type[forms.Field]] = {
    **{one.name: LongTextField for one in FIELDS if one.is_long},
    **{one.name: DayField for one in FIELDS if one.kind == Kind.DAY},
}


def state_widgets(**of_long_texts: int) -> dict[str, forms.Widget | type[forms.Widget]]:
    """What the fields of an item's state are drawn by, with these attributes for the long texts."""
    days = {one.name: DateInput for one in FIELDS if one.kind == Kind.DAY}
    long = {one.name: forms.Textarea(attrs=of_long_texts) for one in FIELDS if one.is_long}
    return {**days, **long}


class ItemForm(ModelForm[Item]):
    """An item's annotations, with the version that its user saw."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        required=False,
        help_text=_("Required for blocked, dropped, and a moved due date; otherwise optional."),
    )

    # Drawn only where the due date is asked about.
    unusual = forms.BooleanField(label=CONFIRM, required=False, widget=forms.HiddenInput)

    class Meta:
        model = Item
        fields = STATE_FIELDS
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
        owner = self.fields["owner"]
        assert isinstance(owner, forms.ModelChoiceField)
        owners = self.instance.checklist.owners.all()
        owner.queryset = owners
        owner.empty_label = _("No owner")
        owner.choices = lambda: [("", owner.empty_label), *names_in_order(owners)]
        if not may_hand_over:
            owner.disabled = True
            owner.help_text = _("Only an administrator of the checklist can give an item to another owner.")
        self._follow_rules(actor)

    def _follow_rules(self, actor: Actor) -> None:
        """Offer only what the user may set without an application."""
        item, rules = self.instance, self.instance.checklist.rules
        status, due = self.fields["status"], self.fields["due"]
        assert isinstance(status, forms.ChoiceField)
        allowed = statuses_allowed(item.status, item.measure.cadence, actor, rules)
        status.choices = [choice for choice in Status.choices if choice[0] in allowed]
        if not may_move_due(item.due, actor, rules):
            due.disabled = True
            due.help_text = _("Ask for an extension to move it.")

    @property
    def short(self) -> list[forms.BoundField]:
        """The fields of the item's state on one line, in their order."""
        return [self[one.name] for one in FIELDS if not one.is_long]

    @property
    def long(self) -> list[forms.BoundField]:
        """Those of several lines."""
        return [self[one.name] for one in FIELDS if one.is_long]

    def clean(self) -> None:
        # Not super().clean(): it asks the database what the fields have checked, at each save.
        cleaned = self.cleaned_data
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
        if is_unusual(due, self.today):
            unusual = self.fields["unusual"]
            unusual.widget = forms.CheckboxInput(attrs=unusual.widget.attrs)
            if not self.cleaned_data.get("unusual"):
                self.add_error("due", UNUSUAL)

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
        self.fields["due"].help_text = ""
        for name, field in self.fields.items():
            field.widget.attrs["form"] = f"edit-{code}"
            if not field.widget.is_hidden:
                field.widget.attrs["aria-label"] = field.label or name
        for one in FIELDS:
            if one.is_long:
                self.fields[one.name].widget.attrs["rows"] = 2
            elif one.kind == Kind.OWNER:
                self.fields[one.name].help_text = ""


class BulkForm(forms.Form):
    """What many items become. A field left empty stays as it is on each of them."""

    status = forms.ChoiceField(label=_("Status"), required=False)
    owner = forms.ChoiceField(label=_("Owner"), required=False)
    due = DayField(label=_("Due"), required=False)
    clear_due = forms.BooleanField(label=_("Clear the due date"), required=False)
    append = forms.CharField(
        label=_("Add to the notes"),
        required=False,
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Added as a new paragraph below the existing notes."),
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        required=False,
        help_text=_("Required for blocked, dropped, and a moved due date; otherwise optional."),
    )

    def __init__(self, *args: Any, checklist: Checklist, may_hand_over: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        leave = ("", _("Leave as it is"))
        status, owner = self.fields["status"], self.fields["owner"]
        assert isinstance(status, forms.ChoiceField)
        assert isinstance(owner, forms.ChoiceField)
        status.choices = [leave, *Status.choices]
        found = sorted(checklist.owners.all(), key=lambda one: as_counted(one.name))
        self.owners = {str(owner.pk): owner for owner in found}
        names = [(key, owner.name) for key, owner in self.owners.items()]
        owner.choices = [leave, (NOBODY, _("No owner")), *names]
        if not may_hand_over:
            del self.fields["owner"]

    def clean_append(self) -> str:
        return one_line_break(self.cleaned_data["append"])

    def clean(self) -> None:
        super().clean()
        cleaned = self.cleaned_data
        if cleaned.get("due") and cleaned.get("clear_due"):
            self.add_error("clear_due", _("Either set a due date or clear it, not both."))
        if not self.errors and not (self.values() or cleaned.get("append")):
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
        return values


class HandOverForm(forms.Form):
    """From which owner to which, and why."""

    giver = forms.ModelChoiceField(Owner.objects.none(), label=_("From owner"))
    taker = forms.ModelChoiceField(Owner.objects.none(), label=_("To owner"))
    reason = forms.CharField(
        label=_("Reason"), max_length=500, help_text=_("The journal of every item shows it.")
    )

    def __init__(self, *args: Any, checklist: Checklist, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("giver", "taker"):
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)
            owners = checklist.owners.all()
            field.queryset = owners
            field.choices = lambda owners=owners: [("", "---------"), *names_in_order(owners)]

    def clean(self) -> None:
        super().clean()
        cleaned = self.cleaned_data
        if cleaned.get("giver") and cleaned.get("giver") == cleaned.get("taker"):
            self.add_error("taker", _("Choose a different owner from the one who hands over."))


class SavedViewForm(ModelForm[SavedView]):
    """A name for what the list shows now."""

    class Meta:
        model = SavedView
        fields = ("name", "is_shared", "is_default", "query")
        widgets = {"query": forms.HiddenInput}

    def clean_query(self) -> str:
        """What belongs to the view itself; not the page that happened to be open."""
        query = QueryDict(self.cleaned_data["query"], mutable=True)
        for passing in ("page", "view", "edit", "format"):
            query.pop(passing, None)
        return query.urlencode()


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
        max_length=500,
        required=False,
        # The preview's tables are between this field and its form.
        widget=forms.TextInput(attrs={"form": "apply"}),
        help_text=_("Required for blocked, dropped, and a moved due date; otherwise optional."),
    )
