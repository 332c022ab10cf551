"""The commands and files of docs/operations.md, as make book-test reads them from the page."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tests.checkout import ROOT

PAGE = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
# Every fenced block of these sections is run or written, in the order of the page.
FOLLOWED = (
    "A server",
    "Without a network",
    "SQLite or PostgreSQL",
    "From one to the other",
    "Backup",
    "Every day",
    "Reminders",
    "Upgrade",
    "Uninstall",
)
# Commands that reach outside the machine.
OUTSIDE = re.compile(r"apt-get|git clone|pip download")


@dataclass(frozen=True)
class Block:
    """A fenced block of the page. `number` counts those of its section, from 1."""

    section: str
    number: int
    language: str
    text: str

    @property
    def file(self) -> str:
        """The path in a comment on the first line, if it names one: then the block is that file."""
        named = re.match(r"# (/\S+)\n", self.text)
        return named[1] if named else ""

    @property
    def needs_network(self) -> bool:
        return bool(OUTSIDE.search(self.text))


def blocks(page: str = PAGE) -> Iterator[Block]:
    """Every fenced block, in order."""
    heading = re.compile(r"^#{2,3} (?P<section>.+)$")
    section, number = "", 0
    lines: list[str] = []
    language: str | None = None
    for line in page.splitlines(keepends=True):
        if language is None and (found := heading.match(line)):
            section, number = found["section"].strip(), 0
        elif line.startswith("```") and language is None:
            language, lines = line[3:].strip(), []
        elif line.startswith("```"):
            number += 1
            yield Block(section, number, language or "", "".join(lines))
            language = None
        elif language is not None:
            lines.append(line)


def fill(text: str, values: dict[str, str]) -> str:
    """The text with the page's placeholders replaced, longest first. ValueError if one is left."""
    for placeholder in sorted(values, key=len, reverse=True):
        text = text.replace(placeholder, values[placeholder])
    if left := re.findall(r"\S*…\S*|<[a-z ]+>", text):
        raise ValueError(f"nothing to write in place of {left}")
    return text
