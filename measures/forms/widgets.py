"""Form widgets that forms and filters share."""

from collections.abc import Mapping
from html import escape
from typing import Any

from django import forms
from django.utils.safestring import SafeString, mark_safe


class Drawn:
    """A widget that draws itself: Django's own templates take half the time of a page with many filters."""

    def _render(self, template_name: str, context: dict[str, Any], renderer: object = None) -> SafeString:
        return mark_safe(_input(context["widget"]))  # noqa: S308 - every value in it is escaped


def _attributes(given: Mapping[str, object]) -> str:
    """As Django's: True is there without a value, False is not there."""
    return "".join(
        f" {name}" if value is True else f' {name}="{escape(str(value))}"'
        for name, value in given.items()
        if value is not False and value is not None
    )


def _input(widget: Mapping[str, Any]) -> str:
    value = "" if widget["value"] is None else f' value="{escape(str(widget["value"]))}"'
    return f'<input type="{widget["type"]}" name="{widget["name"]}"{value}{_attributes(widget["attrs"])}>'


class TextInput(Drawn, forms.TextInput):
    pass


class NumberInput(Drawn, forms.NumberInput):
    pass


class Select(forms.Select):
    """One that draws itself too, without groups of options: there are none in this site."""

    def render(
        self,
        name: str,
        value: object,
        attrs: Mapping[str, object] | None = None,
        renderer: object = None,
    ) -> SafeString:
        chosen, options = self.format_value(value), []
        for key, label in self.choices:
            said = "" if key is None else str(key)
            selected = said in chosen
            chosen = [] if selected else chosen  # one at most
            mark = " selected" if selected else ""
            options.append(f'<option value="{escape(said)}"{mark}>{escape(str(label))}</option>')
        given = _attributes(self.build_attrs(self.attrs, dict(attrs or {})))
        return mark_safe(f'<select name="{name}"{given}>{"".join(options)}</select>')  # noqa: S308 - escaped


class CheckboxSelectMultiple(Drawn, forms.CheckboxSelectMultiple):
    """To be drawn box by box, as `{% for box in field %}` does."""


class DateInput(Drawn, forms.DateInput):
    """The browser's own date picker; it sends and takes ISO dates in every language."""

    input_type = "date"

    def __init__(self, attrs: dict[str, object] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")
