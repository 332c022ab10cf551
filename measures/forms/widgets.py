"""Form widgets that forms and filters share."""

from collections.abc import Mapping
from html import escape
from typing import Any

from django import forms
from django.utils.safestring import SafeString, mark_safe

from measures.forms.drawing import attributes_of, drawn_input

TextInput = forms.TextInput
NumberInput = forms.NumberInput


class Select(forms.Select):
    """One that draws itself, without groups of options: there are none in this site."""

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
        given = attributes_of(self.build_attrs(self.attrs, dict(attrs or {})))
        return mark_safe(f'<select name="{name}"{given}>{"".join(options)}</select>')  # noqa: S308 - escaped


class CheckboxSelectMultiple(forms.CheckboxSelectMultiple):
    """To be drawn box by box, as `{% for box in field %}` does."""

    def _render(self, template_name: str, context: dict[str, Any], renderer: object = None) -> SafeString:
        return mark_safe(drawn_input(context["widget"]))  # noqa: S308 - every value in it is escaped


class DateInput(forms.DateInput):
    """The browser's own date picker; it sends and takes ISO dates in every language."""

    input_type = "date"

    def __init__(self, attrs: dict[str, object] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")
