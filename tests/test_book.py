"""docs/operations.md, as far as `make book-test` reads it: every command and file of a server, once."""

import os
import re
import subprocess
import sys
from configparser import ConfigParser
from pathlib import Path

import pytest

from config.command import read_environment
from tests.book.__main__ import AFTER, Book
from tests.book.machine import Machine
from tests.book.page import FOLLOWED, PAGE, Block, blocks, fill

pytestmark = pytest.mark.no_database
ALL = list(blocks())
SECRET = "SECRET_KEY=…"


def of_language(name: str) -> list[Block]:
    return [block for block in ALL if block.language == name]


def test_every_fenced_block_is_in_a_section_that_is_followed_and_of_a_known_kind() -> None:
    assert {block.section for block in ALL} == set(FOLLOWED)
    assert len({(block.section, block.number) for block in ALL}) == len(ALL)
    for block in ALL:
        assert block.language in {"sh", "sql"} or block.file, block


def test_sections_are_followed_in_the_order_of_the_page() -> None:
    headings = re.findall(r"^#{2,3} (.+)$", PAGE, re.MULTILINE)

    assert sorted(FOLLOWED, key=headings.index) == list(FOLLOWED)


def test_no_command_of_a_server_is_outside_the_blocks_that_are_run() -> None:
    indented = re.findall(r"^ {4}(\S.*)$", re.sub(r"```.*?```", "", PAGE, flags=re.DOTALL), re.MULTILINE)
    programs = {line.split()[0] for line in indented}

    assert programs <= {"make", "docker", "git", "manage.py", "POSTGRES_IMAGE=postgres:17.10@sha256:…"} | {
        one for one in programs if one.startswith("2026-")
    }


def test_every_look_follows_a_block_that_is_there() -> None:
    assert set(AFTER) <= {(block.section, block.number) for block in ALL}


def test_every_placeholder_has_a_value(tmp_path: Path) -> None:
    values = Book(Machine(tmp_path)).values | {SECRET: "SECRET_KEY=x"}

    filled = [fill(block.text, values) for block in ALL]

    assert any("/srv/taizhang.git /opt/taizhang" in text for text in filled)
    with pytest.raises(ValueError, match="nothing to write in place of"):
        fill("<a new placeholder>", values)
    for placeholder in (*values, "taizhang-20261124-021500.zip"):
        assert placeholder in "".join(block.text for block in ALL), placeholder


def test_the_settings_and_the_unit_of_the_page_can_be_read() -> None:
    settings, unit = of_language("ini")
    parsed = ConfigParser(strict=False, interpolation=None)
    parsed.optionxform = str  # type: ignore[method-assign,assignment]
    parsed.read_string(unit.text)

    assert read_environment(settings.text)["DATABASE_URL"].startswith("sqlite:///")
    assert parsed["Service"]["EnvironmentFile"] == settings.file


@pytest.mark.parametrize("text", ["# /etc/x\na=1\n", "# a comment\n", "x /etc/x\n"])
def test_a_block_is_a_file_only_if_its_first_line_names_it(text: str) -> None:
    assert Block("", 1, "ini", text).file == ("/etc/x" if text.startswith("# /") else "")


def test_without_root_or_its_programs_it_says_so_and_ends_well() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.book"],
        env={"PATH": "/nowhere", "PYTHONPATH": os.getcwd()},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert "NOT TESTED: " in done.stdout
