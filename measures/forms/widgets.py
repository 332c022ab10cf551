"""Form widgets that forms and filters share."""

from collections.abc import Mapping
from html import escape
from typing import Any

from django import forms
from django.utils.safestring import SafeString, mark_safe


class Drawn:
    """A widget that draws itself: Django's own templates take half the time of a page with many filters."""

    def _render(self, template_name: str, context: dict[str, Any], renderer: object = None) -> SafeString:
        widget = context["widget"]
        draw = _select if "optgroups" in widget and "type" not in widget else _input
        return mark_safe(draw(widget))  # noqa: S308 - every value in it is escaped


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


def _select(widget: Mapping[str, Any]) -> str:
    options = "".join(
        f'<option value="{escape(str(option["value"]))}"{_attributes(option["attrs"])}>'
        f"{escape(str(option['label']))}</option>"
        for _group, found, _index in widget["optgroups"]
        for option in found
    )
    return f'<select name="{widget["name"]}"{_attributes(widget["attrs"])}>{options}</select>'


class TextInput(Drawn, forms.TextInput):
    pass


class NumberInput(Drawn, forms.NumberInput):
    pass


class Select(Drawn, forms.Select):
    """Without groups of options: there are none in this site."""


class CheckboxSelectMultiple(Drawn, forms.CheckboxSelectMultiple):
    """To be drawn box by box, as `{% for box in field %}` does."""


class DateInput(Drawn, forms.DateInput):
    """The browser's own date picker; it sends and takes ISO dates in every language."""

    input_type = "date"

    def __init__(self, attrs: dict[str, object] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")
