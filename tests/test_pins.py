"""Every part is pinned to one version, and that is the one that runs."""

import re
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
# Below these something is known to be weak (docs/security.md says how to ask for more).
FLOORS = {"django": (6, 1, 3), "jinja2": (3, 1, 6), "gunicorn": (22, 0, 0), "pillow": (10, 3, 0)}


def lines() -> list[str]:
    """What requirements.txt and requirements-dev.txt name, without their comments."""
    texts = [
        (ROOT / name).read_text(encoding="utf-8") for name in ("requirements.txt", "requirements-dev.txt")
    ]
    found = [line.partition("#")[0].strip() for text in texts for line in text.splitlines()]
    return [line for line in found if line and not line.startswith("-r")]


@pytest.mark.parametrize("line", lines())
def test_a_part_is_pinned_to_the_version_that_runs(line: str) -> None:
    found = re.fullmatch(r"([A-Za-z0-9._-]+)(?:\[[a-z0-9,_-]+\])?==([0-9][0-9A-Za-z.]*)", line)
    assert found, f"{line}: write name==version."
    name, pinned = found.groups()

    assert version(name) == pinned
    floor = FLOORS.get(name.lower(), (0,))
    assert tuple(map(int, re.findall(r"\d+", pinned)[:3])) >= floor


def test_no_part_asks_for_another_version_than_is_there() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pip", "check"], capture_output=True, text=True, timeout=120, check=False
    )

    assert done.returncode == 0, done.stdout
