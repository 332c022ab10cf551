"""Units of a checklist in forms: several, ticked; and from which to which items are handed over."""

from collections.abc import Callable, Mapping
from functools import cache
from html import escape
from typing import Any

from django import forms
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from measures.forms.drawing import attributes_of, drawn_input
from measures.forms.generic import ModelChoiceField
from measures.models import Checklist, Owner
from measures.models.people import in_key_order, names_of_units
from measures.texts import REASON_LIMIT

type Named = Callable[[], list[tuple[int, str]]]


def named_once(checklist: Checklist) -> Named:
    """The keys and names of a checklist's owners, read at the first call. Several fields can share it."""
    return cache(lambda: names_of_units(checklist.pk))


class UnitBoxes(forms.CheckboxSelectMultiple):
    """Boxes that unfold, with a hidden input that a page sends even if no box is ticked."""

    def render(
        self, name: str, value: object, attrs: dict[str, Any] | None = None, renderer: object = None
    ) -> SafeString:
        widget = self.get_context(name, value, attrs)["widget"]
        given = widget["attrs"]
        options = [option for _group, options, _index in widget["optgroups"] for option in options]
        ticked = "、".join(str(option["label"]) for option in options if option["selected"])
        nobody = gettext("No unit")
        hidden = {"type": "hidden", "name": name, "value": ""} | _only(given, "form", "disabled")
        group = {"role": "group", "aria-label": self.attrs.get("aria-label", "")} | _only(given, "id")
        boxes = [f"<label>{drawn_input(one)} {escape(str(one['label']))}</label>" for one in options]
        return mark_safe(  # noqa: S308 - every value in it is escaped
            f'<details class="unit-boxes">\n<summary>{escape(ticked or nobody)}</summary>\n'
            f'<input{attributes_of(hidden)}>\n<div class="boxes"{attributes_of(group)}>\n'
            f"{'\n'.join(boxes)}\n</div>\n</details>\n"
        )

    def create_option(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Each box is named by its own label; the name of the field is that of their group."""
        option = super().create_option(*args, **kwargs)
        option["attrs"].pop("aria-label", None)
        return option

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        return [key for key in super().value_from_datadict(data, files, name) or [] if key]

    def value_omitted_from_data(self, data: Mapping[str, object], files: object, name: str) -> bool:
        return name not in data


def _only(given: Mapping[str, object], *names: str) -> dict[str, object]:
    return {name: given[name] for name in names if given.get(name)}


class UnitsField(forms.MultipleChoiceField):
    """Owners of one checklist, as a tuple in the order of their keys."""

    widget = UnitBoxes
    checklist: Checklist
    named: Named

    def offer(self, checklist: Checklist, named: Named) -> None:
        self.checklist, self.named = checklist, named
        self.widget.attrs["aria-label"] = self.label
        self.choices = lambda: [(str(key), name) for key, name in named()]

    def clean(self, value: object) -> tuple[Owner, ...]:
        chosen = super().clean(value)
        if not chosen:
            return ()
        names = dict(self.named())
        return in_key_order(
            Owner(pk=int(key), checklist_id=self.checklist.pk, name=names[int(key)]) for key in chosen
        )


class UnitField(ModelChoiceField[Owner]):
    """One owner of a checklist. No query asks whether there is `kept`, the one that the item has."""

    checklist: Checklist
    kept: Owner | None

    def offer(self, checklist: Checklist, named: Named, *, kept: Owner | None) -> None:
        self.checklist, self.kept = checklist, kept
        self.choices = lambda: [("", self.empty_label), *named()]

    def to_python(self, value: object) -> Owner | None:
        if self.kept is not None and str(value) == str(self.kept.pk):
            return self.kept
        self.queryset = self.checklist.owners.all()
        chosen: Owner | None = super().to_python(value)
        return chosen


class HandOverForm(forms.Form):
    """From which owner to which, and why."""

    giver = forms.ModelChoiceField(Owner.objects.none(), label=_("From owner"))
    taker = forms.ModelChoiceField(Owner.objects.none(), label=_("To owner"))
    reason = forms.CharField(
        label=_("Reason"), max_length=REASON_LIMIT, help_text=_("The journal of every item shows it.")
    )

    def __init__(self, *args: Any, checklist: Checklist, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = named_once(checklist)
        for name in ("giver", "taker"):
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)
            field.queryset = checklist.owners.all()
            field.choices = lambda: [("", "---------"), *named()]

    def clean(self) -> None:
        super().clean()
        cleaned = self.cleaned_data
        if cleaned.get("giver") and cleaned.get("giver") == cleaned.get("taker"):
            self.add_error("taker", _("Choose a different owner from the one who hands over."))
