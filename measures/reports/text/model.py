"""What a report says in words, as plain values: chapters of sentences, each with what it rests on."""

from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from measures.texts import Label


class TextPart(StrEnum):
    """The chapters of the text, in their order."""

    OVERALL = "overall"
    PROGRESS = "progress"
    PROBLEMS = "problems"
    AHEAD = "ahead"

    @property
    def label(self) -> Label:
        return PART_LABELS[self]


PART_LABELS = {
    TextPart.OVERALL: _("Overall progress"),
    TextPart.PROGRESS: _("Main progress in this period"),
    TextPart.PROBLEMS: _("Main problems"),
    TextPart.AHEAD: _("Next steps"),
}


@dataclass(frozen=True)
class Fact:
    """A number in a sentence: its name, one of docs/report-schema.md, and how it is written."""

    name: str
    value: str


@dataclass(frozen=True)
class Sentence:
    """A sentence that the report's figures or a unit's own words make.

    `source` says in words where it comes from; `codes` names the items that it counts or quotes. What it
    quotes is in `quoted`, without the words around it.
    """

    text: str
    source: str
    codes: tuple[str, ...] = ()
    facts: tuple[Fact, ...] = ()
    quoted: str = ""


@dataclass(frozen=True)
class Paragraph:
    """Sentences after a lead, such as （一）思想引领方面。"""

    sentences: tuple[Sentence, ...]
    lead: str = ""


@dataclass(frozen=True)
class Trouble:
    """A late or blocked item: by how many days (0: not late), and the unit's own reason."""

    code: str
    title: str
    unit: str
    days_late: int
    blocked: bool
    reason: str


@dataclass(frozen=True)
class Chapter:
    """One part of the text. A table of `troubles` follows its first paragraph."""

    part: TextPart
    paragraphs: tuple[Paragraph, ...]
    troubles: tuple[Trouble, ...] = ()
