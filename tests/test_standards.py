"""What docs/security.md says of the standards: each requirement once, and each test that it names exists."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
DOCUMENT = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
LEVELS = (ROOT / "tests" / "data" / "asvs-5.0-levels-1-and-2.txt").read_text(encoding="utf-8")
NUMBER = r"\d+\.\d+\.\d+"
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


def test_every_test_that_is_named_exists() -> None:
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in (ROOT / "tests").rglob("test_*.py")]
    there = {node.name for tree in trees for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    named = set(re.findall(r"`(test_\w+)`", DOCUMENT))

    assert len(named) > 60
    assert named - there == set()


def test_every_file_that_is_named_exists() -> None:
    paths = set(re.findall(r"`((?:tests|measures|config|docs)/[\w./]+)", DOCUMENT))

    assert [path for path in sorted(paths) if not (ROOT / path).exists()] == []
