"""Draws the common inputs of forms, to the letter as Django's own templates do, in a tenth of their time.

A list whose rows can be edited has hundreds of inputs. `tests/test_drawing.py` compares them with Django's.
"""

from collections.abc import Callable, Mapping
from html import escape  # Django's own asks of each text whether it is lazy
from typing import Any

from django.forms import BoundField
from django.forms.renderers import TemplatesSetting
from django.http import HttpRequest
from django.utils.formats import localize
from django.utils.safestring import SafeData

# What a widget tells its template.
type Drawable = Mapping[str, Any]


class DrawingRenderer(TemplatesSetting):
    # For `{{ field.as_field_group }}`: no file has this name.
    field_template_name = "field"

    def render(self, template_name: str, context: dict[str, Any], request: HttpRequest | None = None) -> str:
        if template_name == "django/forms/errors/list/default.html" and not context["errors"]:
            return ""
        if template_name == self.field_template_name:
            return drawn_field(context["field"])
        draw = DRAWN.get(template_name)
        # Of a file that is there already, Django's template says more.
        if draw is None or context["widget"].get("is_initial"):
            return super().render(template_name, context, request)
        return draw(context["widget"])


def drawn_field(field: BoundField) -> str:
    """One row of a form: label, input, what is wrong, what it is for."""
    labelled = f' for="{_text(field.id_for_label)}"' if field.id_for_label else ""
    key, errors, help_text = _text(field.auto_id), "", ""
    if field.errors:
        wrong = "".join([f"<li>{_text(error)}</li>" for error in field.errors])
        errors = f'\n<ul class="errors" id="{key}_error">{wrong}</ul>'
    if field.help_text:
        help_text = f'\n<div class="help" id="{key}_helptext">{_text(field.help_text)}</div>'
    label = f"<label{labelled}>{_text(field.label)}</label>"
    return f'<div class="field">\n{label}\n{field}{errors}{help_text}\n</div>\n'


def _text(value: object) -> str:
    """As a template shows a value."""
    said = value if isinstance(value, str) else str(localize(value))
    return said if isinstance(said, SafeData) else escape(said)


def _value(value: object) -> str:
    """The same without the signs of a language, as the server reads it again."""
    said = str(value)
    return said if isinstance(said, SafeData) else escape(said)


def attributes_of(given: Mapping[str, object]) -> str:
    """True gives one without a value, False none."""
    return "".join(
        [
            f" {name}" if value is True else f' {name}="{_value(value)}"'
            for name, value in given.items()
            if value is not False
        ]
    )


def drawn_input(widget: Drawable) -> str:
    name, attributes = _text(widget["name"]), attributes_of(widget["attrs"])
    value = "" if widget["value"] is None else f' value="{_value(widget["value"])}"'
    return f'<input type="{widget["type"]}" name="{name}"{value}{attributes}>'


def _textarea(widget: Drawable) -> str:
    said = _text(widget["value"]) if widget["value"] else ""
    return f'<textarea name="{_text(widget["name"])}"{attributes_of(widget["attrs"])}>\n{said}</textarea>'


def _select(widget: Drawable) -> str:
    groups = "".join([_group(name, options) for name, options, _index in widget["optgroups"]])
    return f'<select name="{_text(widget["name"])}"{attributes_of(widget["attrs"])}>{groups}\n</select>'


def _group(name: object, options: list[Drawable]) -> str:
    drawn = "".join(["\n  " + _option(one) for one in options])
    return f'\n  <optgroup label="{_text(name)}">{drawn}\n  </optgroup>' if name else drawn


def _option(one: Drawable) -> str:
    value, attributes = _value(one["value"]), attributes_of(one["attrs"])
    return f'<option value="{value}"{attributes}>{_text(one["label"])}</option>\n'


def _file(widget: Drawable) -> str:
    return f'<input type="{widget["type"]}" name="{_text(widget["name"])}"{attributes_of(widget["attrs"])}>'


INPUTS = ("input", "text", "number", "email", "url", "password", "hidden", "date", "checkbox")
DRAWN: dict[str, Callable[[Drawable], str]] = {
    **{f"django/forms/widgets/{name}.html": drawn_input for name in INPUTS},
    "django/forms/widgets/clearable_file_input.html": _file,
    "django/forms/widgets/textarea.html": _textarea,
    "django/forms/widgets/select.html": _select,
}
