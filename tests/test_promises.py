"""What docs/security.md promises of the code, held by walking all of it."""

import re
from pathlib import Path

import pytest
from django import forms
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm, SetPasswordForm
from django.contrib.auth.models import User

from measures.forms.second_factor import FirstCodeForm

ROOT = Path(__file__).parent.parent
SCRIPTS = sorted((ROOT / "measures" / "static").rglob("*.js"))
# What turns text into code, changes what objects are, or speaks to windows of other sites.
FORBIDDEN = r"\beval\(|new Function|document\.write|postMessage|onmessage|__proto__|\.prototype\b|\bimport\("


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_no_script_of_ours_runs_text_or_talks_to_other_windows(script: Path) -> None:
    assert re.findall(FORBIDDEN, script.read_text("utf-8")) == []


def test_scripts_keep_two_switches_in_the_browser_and_the_rest_in_the_tab_alone() -> None:
    text = "\n".join(script.read_text("utf-8") for script in SCRIPTS)

    assert re.findall(r"indexedDB|document\.cookie", text) == []
    assert set(re.findall(r"localStorage\.setItem\(([^)]*)\)", text)) == {'OFF, "1"', 'key, "1"'}
    # What was ticked, and what somebody typed and could not save: both end with the tab.
    assert len(re.findall(r"sessionStorage\.setItem\(KEY, ", text)) == 2
    assert text.count("sessionStorage.setItem") == 2


def test_no_query_takes_a_pattern_from_anybody() -> None:
    """Lookups by regular expression are in constraints, with patterns of our own, and nowhere else."""
    found = {
        (path.name, line.strip())
        for path in (ROOT / "measures").rglob("*.py")
        for line in path.read_text("utf-8").splitlines()
        if re.search(r"__i?regex", line) and "migrations" not in path.parts
    }

    assert found
    for name, line in found:
        assert re.search(r'__regex=(?:r"|[A-Z_]+\))', line), (name, line)


@pytest.mark.parametrize(
    "form",
    [AuthenticationForm(), PasswordChangeForm(User()), SetPasswordForm(User()), FirstCodeForm],
    ids=["sign-in", "change", "first", "first code"],
)
def test_every_field_for_a_password_is_masked_and_taken_as_typed(form: forms.Form) -> None:
    fields = form.fields if isinstance(form, forms.Form) else form.base_fields
    found = {name: field for name, field in fields.items() if "password" in name}

    assert found
    for field in found.values():
        assert isinstance(field.widget, forms.PasswordInput)
        assert isinstance(field, forms.CharField)
        assert not field.strip
        assert field.widget.attrs["autocomplete"] in ("current-password", "new-password")
