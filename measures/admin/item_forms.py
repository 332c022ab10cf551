"""Forms that write an item: they know which fields their user touched and what version they saw.

Django's own editable list writes all that a page shows, old values of untouched rows included. Here each
field carries, in a hidden input, the value that the page was loaded with. Only fields that differ from it
count as touched, and they are written only if the item still has the version that the page was loaded with.
"""

from collections.abc import Mapping
from copy import copy
from datetime import date
from typing import Any, ClassVar, cast

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import QueryDict
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from measures.admin.desk import Desk, OwnersByKey
from measures.forms.drawing import drawn_input
from measures.forms.generic import ModelForm
from measures.forms.items import FIELD_CLASSES, REASON_WANTED, RULE_REFUSED, state_widgets
from measures.forms.widgets import Select
from measures.models import Item, Owner
from measures.models.state import BY_NAME, COLUMN_FIELDS, FIELDS, StateValue, needs_reason
from measures.rights.roles import Action
from measures.texts import REASON_LIMIT, one_line_break


class VersionInput(forms.HiddenInput):
    """The number to read, and a hidden input that sends it back."""

    is_hidden = False

    def render(self, name: str, value: object, attrs: Any = None, renderer: Any = None) -> SafeString:
        return format_html("{}{}", value, super().render(name, value, attrs, renderer))


class InitialInput(forms.HiddenInput):
    """The value that the page was loaded with. Half of the inputs of a list are of this kind."""

    def render(
        self,
        name: str,
        value: object,
        attrs: Mapping[str, object] | None = None,
        renderer: object = None,
    ) -> SafeString:
        drawn = {"type": "hidden", "name": name, "value": self.format_value(value), "attrs": attrs or {}}
        return SafeString(drawn_input(drawn))


class VersionField(forms.IntegerField):
    """The version that the page was loaded with. Another's change doesn't make the row a touched one."""

    widget = VersionInput

    def has_changed(self, initial: object, data: Any) -> bool:
        return False


class OwnerField(forms.TypedChoiceField):
    """A choice among owners that were read before: a ModelChoiceField would ask the database for each row."""

    owners: OwnersByKey

    def offer(self, owners: OwnersByKey) -> None:
        self.owners = owners
        self.coerce = self._find
        self.choices = [("", _("No owner")), *((key, owner.name) for key, owner in owners.items())]

    def _find(self, key: str) -> Owner:
        try:
            return self.owners[key]
        except KeyError:
            raise ValueError(key) from None


REASON = forms.CharField(max_length=REASON_LIMIT, required=False)  # of the list; as long as the journal holds


def as_sent(value: object) -> str:
    """A value as shown in a form's input."""
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, date) else str(value)


class AdminItemForm(ModelForm[Item]):
    """An item's state, its touched fields and its version. `desk` is set on a subclass for each request."""

    desk: ClassVar[Desk]
    reason_stands_at: str | None = "reason"

    owner = OwnerField(label=gettext_lazy("Owner"), required=False, empty_value=None, widget=Select)
    version = VersionField(label=capfirst(Item._meta.get_field("version").verbose_name), min_value=1)

    class Meta:
        model = Item
        fields = COLUMN_FIELDS
        field_classes = FIELD_CLASSES
        widgets = state_widgets(rows=8, cols=80)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in COLUMN_FIELDS:
            if name in self.fields:
                self.fields[name].show_hidden_initial = True
                self.fields[name].hidden_widget = InitialInput
        if self.instance._state.adding:
            return
        self.initial["version"] = self.instance.version
        # Cleaning fills the instance with what was typed; the state before it stays here.
        self.before = copy(self.instance)
        owner = self.fields.get("owner")
        if isinstance(owner, OwnerField):
            if self.desk.rights.may(Action.HAND_OVER, self.instance.checklist):
                owner.offer(self.desk.owners[self.instance.checklist_id])
            else:
                del self.fields["owner"]

    def touched(self) -> list[str]:
        """The fields of the item's state that the user changed on the page."""
        return [name for name in COLUMN_FIELDS if name in self.changed_data]

    def values(self) -> dict[str, StateValue]:
        """What the user wants of the item, for `Item.change`."""
        return {name: self.cleaned_data[name] for name in self.touched()}

    def clean(self) -> dict[str, object]:
        super().clean()
        if (
            self.touched()
            and self.cleaned_data.get("version", self.instance.version) != self.instance.version
        ):
            message = self._newer_values()
            self._show_newer()
            raise ValidationError(message)
        wanted = {name: self.cleaned_data[name] for name in self.touched() if name in self.cleaned_data}
        if wanted and not self.desk.rights.allows(self.before, wanted):
            raise ValidationError(RULE_REFUSED)
        if not self.cleaned_data.get("reason"):
            values = {name: self.cleaned_data[name] for name in self.touched() if name in self.cleaned_data}
            if needs_reason(self.before, values):
                self.add_error(self.reason_stands_at, REASON_WANTED)
        return self.cleaned_data

    def _newer_values(self) -> list[str]:
        newest = self.instance.updates.first()
        told = [
            _("%(name)s changed this item after you opened it. Its current values:")
            % {"name": newest.by_name if newest else _("Someone")}
        ]
        for name, present in self.before.state().items():
            loaded = self.data.get(self.add_initial_prefix(name))
            same = loaded is None or one_line_break(loaded) == as_sent(self.initial.get(name))
            if name in self.touched() or not same:
                told.append(f"{BY_NAME[name].label}: {BY_NAME[name].in_words(present) or '–'}")
        told.append(
            _("What you typed is still here. Save again to replace those values, or change it first.")
        )
        return told

    def _show_newer(self) -> None:
        """Make the page's next save one that was made with the newer values in view.

        What was typed stays; what was not touched shows what is true now.
        """
        data = cast(QueryDict, self.data).copy()
        for name in COLUMN_FIELDS:
            if name in self.fields:
                now = as_sent(self.initial.get(name))
                data[self.add_initial_prefix(name)] = now
                if name not in self.touched():
                    data[self.add_prefix(name)] = now
        data[self.add_prefix("version")] = str(self.instance.version)
        self.data = data


class ItemRowForm(AdminItemForm):
    """An item in the list. One reason, given below the list, goes for every row that is changed."""

    reason_stands_at = None

    class Meta(AdminItemForm.Meta):
        widgets = {**state_widgets(rows=2, cols=30), "status": Select}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # A row that was not touched needs no validation, which would cost queries.
        self.empty_permitted = True
        self.refused: list[str] = []
        if self.instance._state.adding:
            if self.is_bound:
                raise PermissionDenied(
                    _("You may not see one of the items in this list. Open the list again.")
                )
            return
        if not self.desk.rights.may_change(self.instance):
            if self.is_bound and self.touched():
                self.refused = [self._typed(name) for name in self.touched()]
            for name in (*COLUMN_FIELDS, "version"):
                self.fields.pop(name, None)
            return
        for one in FIELDS:
            if one.name in self.fields:  # a column's heading is no label
                label = f"{self.instance.measure.code} {one.label}"
                self.fields[one.name].widget.attrs["aria-label"] = label

    def _typed(self, name: str) -> str:
        value = self[name].data or ""
        choices = dict(getattr(self.fields[name], "choices", ()))
        return f"{BY_NAME[name].label}: {choices.get(value, value)}"

    def clean(self) -> dict[str, object]:
        if self.refused:
            # Said aloud, as it was the user's to change when the page was loaded.
            raise ValidationError(
                [_("You may not change this item, or no longer. You typed:"), *self.refused]
            )
        self.cleaned_data["reason"] = REASON.clean(self.data.get("reason"))
        return super().clean()


class ItemPageForm(AdminItemForm):
    """An item on its own page, where a reason may be given."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=REASON_LIMIT,
        required=False,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
        help_text=gettext_lazy("The reason for the change, if worth recording. The journal shows it."),
    )

    def clean(self) -> dict[str, object]:
        if self.cleaned_data.get("reason") and not self.touched():
            self.add_error("reason", _("Nothing else was changed, so there is nothing to give a reason for."))
        return super().clean()
