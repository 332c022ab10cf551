"""mypy is strict, so all that is left to check is how much of the code it is told nothing about."""

import re

import pytest

from tests.test_structure import ROOT

pytestmark = pytest.mark.no_database

# Lines that may name Any. Lower it when there are fewer; say what a value is rather than raise it.
ANY_LIMIT = 150


def test_few_lines_take_anything_at_all() -> None:
    lines = [
        f"{path.relative_to(ROOT)}:{number}"
        for folder in ("measures", "config")
        for path in sorted((ROOT / folder).rglob("*.py"))
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if re.search(r"\bAny\b", line)
    ]
    assert len(lines) <= ANY_LIMIT, f"{len(lines)} lines name Any; {ANY_LIMIT} may.\n" + "\n".join(lines)
