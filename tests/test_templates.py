"""The shape of the templates: lines that a person can read side by side."""

import pytest

from tests.test_structure import ROOT

pytestmark = pytest.mark.no_database

LONGEST_LINE = 160  # characters


def test_no_line_of_a_template_is_too_long_to_read() -> None:
    templates = [*(ROOT / "templates").rglob("*.html"), *(ROOT / "measures").rglob("*.html")]
    wrong = [
        f"{path.relative_to(ROOT)}:{number}: {len(line)} characters"
        for path in templates
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if len(line) > LONGEST_LINE
    ]

    assert len(templates) > 50
    assert wrong == []
