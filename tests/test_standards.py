"""docs/security.md on the standards: each requirement exactly once, and only tests that exist."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

pytestmark = pytest.mark.no_database

ROOT = Path(__file__).parent.parent
DOCUMENT = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
LEVELS = (ROOT / "tests" / "data" / "asvs-5.0-levels-1-and-2.txt").read_text(encoding="utf-8")
NUMBER = r"\d+\.\d+\.\d+"
SECURITY = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
FOLDERS = "(?:tests|measures|config|docs|templates|deploy|bench|fixtures)/"
FILES = r"[\w-]+\.(?:txt|lock|yaml)|Dockerfile|Makefile"
ANSWER = r"yes|no|partly|not applicable|nearly|by the operator|under|where|one thing"
Requirement = tuple[int, ...]


def number(text: str) -> Requirement:
    return tuple(map(int, text.split(".")))


def asvs_rows() -> list[list[str]]:
    """The cells of each row of the table of ASVS."""
    part = DOCUMENT.partition("### ASVS 5.0")[2].partition("\n### ")[0]
    rows = [line.strip("|").split(" | ") for line in part.splitlines() if re.match(rf"\| {NUMBER}", line)]
    return [[cell.strip() for cell in row] for row in rows]


def test_every_requirement_of_levels_1_and_2_is_answered_once() -> None:
    wanted = {number(line.split()[0]) for line in LEVELS.splitlines()}
    told: list[Requirement] = []
    for first_cell, *_rest in asvs_rows():
        for first, last in re.findall(rf"({NUMBER})(?:–({NUMBER}))?", first_cell):
            low, high = number(first), number(last or first)
            told += [one for one in wanted if low <= one <= high]

    assert len(wanted) == 253
    assert sorted(told) == sorted(wanted)


def test_every_answer_says_how_or_why() -> None:
    for row in asvs_rows():
        assert len(row) == 3, row
        assert re.match(ANSWER, row[1]), row
        assert row[2], row


@cache
def functions_of(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def mlps_rows() -> list[list[str]]:
    """The cells of each row of the table of 等保."""
    part = DOCUMENT.partition("### 等保 level 3")[2].partition("\n### ")[0]
    rows = [line.strip("|").split(" | ") for line in part.splitlines() if re.match(r"\| [8k]", line)]
    return [[cell.strip() for cell in row] for row in rows]


@pytest.mark.parametrize("document", [DOCUMENT, SECURITY], ids=["docs/security.md", "SECURITY.md"])
def test_every_test_that_is_named_exists(document: str) -> None:
    there = {name for path in (ROOT / "tests").rglob("test_*.py") for name in functions_of(path)}
    named = set(re.findall(r"`(test_\w+)`", document))
    within = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", document)

    assert named - there == set()
    assert [(path, name) for path, name in within if name not in functions_of(ROOT / path)] == []


@pytest.mark.parametrize("document", [DOCUMENT, SECURITY], ids=["docs/security.md", "SECURITY.md"])
def test_every_file_that_is_named_exists(document: str) -> None:
    paths = set(re.findall(rf"`({FOLDERS}[\w./]+|{FILES})", document))
    # SECURITY.md names siblings of a file by their name alone.
    siblings = set(re.findall(r"`(test_\w+\.py)`", document))
    there = {path.name for path in (ROOT / "tests").rglob("test_*.py")}

    assert paths
    assert [path for path in sorted(paths) if not (ROOT / path).exists()] == []
    assert siblings - there == set()


@pytest.mark.parametrize("row", asvs_rows() + mlps_rows(), ids=lambda row: row[0].split()[0])
def test_every_yes_names_what_holds_it(row: list[str]) -> None:
    if not re.search(r"\byes\b", row[1]):
        return
    links = re.findall(r"\]\(([^)]+)\)", row[2])
    held = re.search(rf"`(?:test_\w+|{FOLDERS}[\w./]+|{FILES}|check --deploy|make \w+)", row[2])

    assert held or links, row
    for link in links:
        path, _, part = link.partition("#")
        assert (ROOT / "docs" / path).exists()
        assert not part or part in {anchor(heading) for heading in re.findall(r"^#+ (.+)$", DOCUMENT, re.M)}


def anchor(heading: str) -> str:
    """The anchor of a heading."""
    return re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-")


def test_the_table_of_mlps_is_read_whole() -> None:
    assert len(mlps_rows()) > 35
