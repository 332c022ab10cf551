"""Inputs that are drawn without templates look, to the letter, as Django's own."""

from datetime import date
from typing import Any

import pytest
from django import forms
from django.forms.renderers import TemplatesSetting
from django.forms.utils import ErrorList
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _

from measures.forms import widgets
from measures.forms.drawing import DrawingRenderer

pytestmark = pytest.mark.no_database

AWKWARD = ["", None, "督促落实", "<b>'\"&", mark_safe("<i>safe</i>"), 0, 12345, True, False, _("Owner")]
GROUPED = [
    ("", "---"),
    (None, "nothing"),
    (1234, 5678),
    ("<", "<b>&'"),
    (_("Owner"), [("a", "A"), ("b", "B")]),
]
INPUTS = [
    *(forms.TextInput, forms.NumberInput, forms.EmailInput, forms.URLInput, forms.PasswordInput),
    forms.ClearableFileInput,
    *(forms.HiddenInput, forms.DateInput, forms.CheckboxInput, forms.Textarea, widgets.DateInput),
]
ATTRIBUTES: dict[str, Any] = {
    "id": "id_<x>",
    "required": True,
    "disabled": False,
    "data-empty": None,
    "maxlength": 1000,
    "aria-label": _("Owner"),
}


def drawn_both_ways(widget: forms.Widget, value: object, name: str = 'form-0-"x"') -> tuple[str, str]:
    ours, django = DrawingRenderer(), TemplatesSetting()
    return (
        widget.render(name, value, dict(ATTRIBUTES), ours),
        widget.render(name, value, dict(ATTRIBUTES), django),
    )


@pytest.mark.parametrize("kind", INPUTS)
def test_an_input(kind: type[forms.Widget]) -> None:
    for value in (*AWKWARD, date(2026, 11, 24)):
        ours, django = drawn_both_ways(kind(attrs={"class": "a b"}), value)
        assert ours == django


def test_a_choice() -> None:
    for value in ("", None, 1234, "<", "b", "unknown"):
        for widget in (forms.Select(choices=GROUPED), forms.NullBooleanSelect()):
            ours, django = drawn_both_ways(widget, value)
            assert ours == django
    ours, django = drawn_both_ways(forms.SelectMultiple(choices=GROUPED), ["a", "b", "<"])
    assert ours == django


def test_a_choice_of_our_own_keeps_its_values() -> None:
    choices = [("", "全部"), (None, "无"), (7, "<一处>"), ("8", _("Owner"))]
    for value in ("", None, 7, "8", "9"):
        drawn = widgets.Select(choices=choices).render("unit", value, {"id": "id_unit", "required": True})
        usual = forms.Select(choices=choices).render("unit", value, {"id": "id_unit", "required": True})
        assert drawn == "".join(line.strip() for line in usual.splitlines())


def test_what_is_wrong() -> None:
    for errors in ([], ["<b>"], ["一", "二"]):
        ours, django = (str(ErrorList(errors, renderer=one())) for one in (DrawingRenderer, TemplatesSetting))
        assert ours == django


def test_a_row_of_a_form_says_what_is_wrong_and_escapes_every_text() -> None:
    class Asked(forms.Form):
        name = forms.CharField(label="<b>名称", help_text=mark_safe("<em>as printed</em>"))

    form = Asked({"name": ""}, auto_id='x"%s', renderer=DrawingRenderer())
    form.add_error("name", "1 < 2")
    drawn = form["name"].as_field_group()
    assert '<label for="x&quot;name">&lt;b&gt;名称</label>' in drawn
    assert '<ul class="errors" id="x&quot;name_error">' in drawn
    assert "<li>1 &lt; 2</li>" in drawn
    assert '<div class="help" id="x&quot;name_helptext"><em>as printed</em></div>' in drawn
    assert f"\n{form['name']}" in drawn
    plain = forms.Form(renderer=DrawingRenderer())
    plain.fields["q"] = forms.CharField(required=False)
    assert "errors" not in plain["q"].as_field_group()
    assert "help" not in plain["q"].as_field_group()
