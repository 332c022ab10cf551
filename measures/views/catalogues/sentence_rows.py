"""The sentences of an article as its page shows them."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby

from measures.choices import Ruling
from measures.models import Catalogue, CatalogueSentence, Measure

SHOWN_AT_ONCE = 100
PIECES = re.compile("[，,；;]")
LISTED = re.compile("、")


@dataclass(frozen=True)
class MarkedText:
    """A piece of a sentence. `asked`: one of its measures says it in these words."""

    text: str
    asked: bool


@dataclass
class SentenceRow:
    """A sentence with its measures. `state` names how it looks."""

    sentence: CatalogueSentence
    measures: list[Measure]
    language: str

    @property
    def is_open(self) -> bool:
        """Whether it is still unaccounted for, as SentenceQuerySet.unaccounted says."""
        verdict = self.sentence.verdict
        return verdict == Ruling.OPEN or (verdict == Ruling.ASKED and not self.measures)

    @property
    def state(self) -> str:
        return "open" if self.is_open else str(self.sentence.verdict)

    @property
    def stretches(self) -> list[MarkedText]:
        """Its text, with those pieces marked that are the title of a measure."""
        text, at, found = self.sentence.text, 0, []
        for title in (title_of(one, self.language) for one in self.measures):
            start = text.find(title, at)
            if title and start >= 0:
                found += [MarkedText(text[at:start], False), MarkedText(title, True)]
                at = start + len(title)
        return [one for one in [*found, MarkedText(text[at:], False)] if one.text]


@dataclass
class PartOfArticle:
    """The sentences under the same headings, as far as this page shows them."""

    headings: list[str]
    first: int  # the number of its first sentence on the page
    rows: list[SentenceRow] = field(default_factory=list)
    open: int = 0  # in the whole part, also on other pages


def title_of(measure: Measure, language: str) -> str:
    return str(getattr(measure, f"title_{language.replace('-', '_')}") or "")


def article_parts(draft: Catalogue, sentences: Iterable[CatalogueSentence]) -> Iterator[PartOfArticle]:
    """The parts of the article with their sentences. `sentences` have their measures prefetched."""
    language = draft.languages[0]
    for headings, found in groupby(sentences, key=lambda one: list(one.headings)):
        rows = [SentenceRow(one, list(one.measures.all()), language) for one in found]
        yield PartOfArticle(headings, rows[0].sentence.number, rows)


def part_of(headings: list[tuple[int, list[str]]], number: int) -> list[int]:
    """The numbers of the sentences around this one that have the same headings."""
    for _key, found in groupby(headings, key=lambda one: one[1]):
        numbers = [one for one, _headings in found]
        if number in numbers:
            return numbers
    return []


def suggested_split(title: str) -> str:
    """The title in lines, where somebody is likely to split it."""
    pieces = [one.strip() for one in PIECES.split(title) if one.strip()]
    return "\n".join(pieces if len(pieces) > 1 else [one for one in LISTED.split(title) if one])
