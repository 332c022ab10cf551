"""What an article asks for, proposed from its text by rules: a help for whoever writes a catalogue.

A person decides. Nothing is stored, no model is used and nothing is fetched.
"""

import re
from dataclasses import dataclass

from measures.articles import words
from measures.articles.english import english_asked_of
from measures.articles.folding import folded
from measures.articles.lists import AskedSpan
from measures.articles.neighbours import with_told
from measures.articles.plain import is_plain
from measures.articles.rules import asked_of
from measures.articles.terms import key_terms_of
from measures.articles.text import Article, ArticleSentence, read_article
from measures.choices import Cadence

LEADING = re.compile("^(?:要(?![求素点件])|都要|还要|应当?(?![急用])|必须|同时|并)")


@dataclass(frozen=True)
class ProposedThing:
    """One thing that a sentence asks for. `start` and `end` are in the article's text."""

    text: str
    start: int
    end: int
    key_terms: tuple[str, ...]
    cadence: Cadence


@dataclass(frozen=True)
class ReadSentence:
    """A sentence, whether it asks for something, and what. `plain`: there is little doubt about it."""

    sentence: ArticleSentence
    things: tuple[ProposedThing, ...]
    plain: bool = False

    @property
    def asks(self) -> bool:
        return bool(self.things)


@dataclass(frozen=True)
class ArticleProposal:
    """An article with what each of its sentences asks for."""

    article: Article
    sentences: tuple[ReadSentence, ...]


def propose(text: str) -> ArticleProposal:
    """The proposal for this text. Raises ArticleError if it is too long."""
    article = read_article(text)
    if article.english:
        return ArticleProposal(article, tuple(read_sentence(one, True) for one in article.sentences))
    asked = with_told(article.sentences, [asked_of(one) for one in article.sentences])
    return ArticleProposal(article, tuple(map(_read, article.sentences, asked)))


def read_sentence(sentence: ArticleSentence, english: bool) -> ReadSentence:
    """What one sentence asks for."""
    return _read(sentence, english_asked_of(sentence) if english else asked_of(sentence), english)


def _read(sentence: ArticleSentence, asked: list[AskedSpan], english: bool = False) -> ReadSentence:
    things = tuple(_proposed(sentence, one, english) for one in asked)
    return ReadSentence(sentence, things, not english and is_plain(sentence, asked))


def _proposed(sentence: ArticleSentence, asked: AskedSpan, english: bool) -> ProposedThing:
    own = sentence.text[asked.start : asked.end]
    whole = sentence.text[slice(*asked.before)] + own + sentence.text[slice(*asked.after)]
    plain = whole.strip() if english else LEADING.sub("", whole.strip())
    return ProposedThing(
        *(plain, sentence.start + asked.start, sentence.start + asked.end),
        key_terms=() if english else key_terms_of(own),
        cadence=cadence_of(plain),
    )


def cadence_of(text: str) -> Cadence:
    """How often a thing is done, by its words; once if they say nothing."""
    plain = folded(text).lower()
    if any(word in plain for word in words.RECURRING):
        return Cadence.RECURRING
    if any(word in plain for word in words.STANDING):
        return Cadence.STANDING
    return Cadence.ONCE
