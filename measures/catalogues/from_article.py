"""An article's text → an outline of the measures that the rules propose, and the draft with its sentences."""

import re
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from django.contrib.auth.models import User
from django.utils.translation import gettext as _
from django.utils.translation import override

from measures.articles.folding import folded
from measures.articles.propose import ArticleProposal, ProposedThing, ReadSentence
from measures.articles.text import Article, ArticleError, ArticleHeading
from measures.catalogues.outline import (
    DETAIL_LIMIT,
    MEASURES_LIMIT,
    SOURCE_LIMIT,
    TITLE_LIMIT,
    MeasureLine,
    Outline,
    OutlinePart,
    Path,
    Texts,
)
from measures.catalogues.store import store
from measures.catalogues.write import LEVELS, WORDS
from measures.database.locks import audited_transaction
from measures.models import Catalogue, CatalogueSentence, Measure, Section
from measures.models.local_codes import LOCAL_FROM

# The words that an article's own headings have for the parts of each level.
OWN_WORDS = re.compile(r"^\s*第[一二三四五六七八九十百\d]+(章|编|編|篇|部分|节|節|条|條)", re.MULTILINE)
DEEPER = {"zh-hans": ("具体任务", "事项组"), "zh-hant": ("具體任務", "事項組"), "en": ("Task", "Group")}
FEW = 2  # measures of a part, on average; below it, headings of the deepest level are no parts
DEEPEST = 4
SEPARATORS = re.compile(r"[、，,/›>;；\s]+")


class DraftRefused(ArticleError):
    """The draft cannot be made of what was typed into this field of the form."""

    def __init__(self, text: str, field: str) -> None:
        super().__init__(text)
        self.field = field


@dataclass
class Placed:
    """A sentence with the path of the part that its measures belong to; empty for none."""

    sentence: ReadSentence
    path: Path = ()
    lines: list[int] = field(default_factory=list)  # its measures, as places in the outline


def language_of(article: Article) -> str:
    """The language of the text, by its letters and characters."""
    if article.english:
        return "en"
    changed = sum(1 for one, other in zip(article.text, folded(article.text), strict=True) if one != other)
    return "zh-hant" if changed * 50 > len(article.text) else "zh-hans"


def _ranks(proposal: ArticleProposal) -> list[int]:
    """The levels of its headings that become parts, at least one."""
    asking = [one for one in proposal.sentences if one.things]
    ranks = sorted({heading.level for one in asking for heading in one.sentence.headings})[:DEEPEST]
    while len(ranks) > 1:
        parts = {one.sentence.headings for one in asking if one.sentence.headings[-1:]}
        parts = {tuple(heading for heading in one if heading.level <= ranks[-1]) for one in parts}
        deepest = {one for one in parts if one and one[-1].level == ranks[-1]}
        things = sum(len(one.things) for one in asking if _cut(one, ranks[-1]) in deepest)
        if len(deepest) > 1 and things < FEW * len(deepest):
            ranks.pop()
        else:
            break
    return ranks or [1]


def _cut(one: ReadSentence, level: int) -> tuple[ArticleHeading, ...]:
    return tuple(heading for heading in one.sentence.headings if heading.level <= level)


def _names(proposal: ArticleProposal, ranks: list[int], language: str) -> list[str]:
    usual = (*LEVELS[language], *DEEPER[language], WORDS[language][1])
    own = dict.fromkeys(OWN_WORDS.findall(proposal.article.text))
    by_rank = {1: "章编編篇部分", 2: "节節", 3: "条條"}
    names = [
        next((word for word in own if word in by_rank.get(rank, "")), usual[place])
        for place, rank in enumerate(ranks)
    ]
    return [*names, usual[-1]]


def names_typed(text: str) -> list[str]:
    """The names of levels that somebody typed: 方面、重点任务、措施."""
    return [one[:40] for one in SEPARATORS.split(text.strip()) if one]


def outline_of_article(
    proposal: ArticleProposal, *, title: str = "", language: str = "", names: list[str] | None = None
) -> tuple[Outline, list[Placed]]:
    """The outline, and each sentence with its place in it. Raises ArticleError."""
    article = proposal.article
    language = language or language_of(article)
    ranks = _ranks(proposal)
    if names:
        found = sorted({heading.level for one in proposal.sentences for heading in one.sentence.headings})
        depth = len(names) - 1
        if not 1 <= depth <= max(len(found), 1):
            said = _(
                "Name two to %(most)d levels, the last for the measures: the article has no more headings."
            )
            raise DraftRefused(said % {"most": max(len(found), 1) + 1}, "levels")
        ranks = (found or [1])[:depth]
    names = names or _names(proposal, ranks, language)
    title = (title or article.title).strip()
    if not title:
        raise DraftRefused(_("The text has no title. Type one."), "title")
    outline = Outline(
        title={language: short_title(title)},
        levels=[{language: name} for name in names],
        languages=[language],
    )
    with override(language):
        placed = _Placing(outline, ranks, language).all(proposal)
    if not outline.measures:
        raise ArticleError(_("No sentence of this text asks for anything that the rules know."))
    if len(outline.measures) > MEASURES_LIMIT:
        said = _("The text asks for more than %(limit)d things. Load it in parts.")
        raise ArticleError(said % {"limit": MEASURES_LIMIT})
    return outline, placed


class _Placing:
    """Makes the parts as the sentences come, and puts the measures into them."""

    def __init__(self, outline: Outline, ranks: list[int], language: str) -> None:
        self.outline, self.ranks, self.language = outline, ranks, language
        self.codes: dict[tuple[ArticleHeading | None, ...], Path] = {}
        self.below: dict[Path, int] = {}
        self.counts: dict[Path, int] = {}

    def all(self, proposal: ArticleProposal) -> list[Placed]:
        placed = []
        for one in proposal.sentences:
            above = {heading.level: heading for heading in one.sentence.headings}
            key = tuple(above.get(rank) for rank in self.ranks)
            # A part that no heading names is made only for measures.
            path = self._path(key) if one.things or all(key) else ()
            lines = [self._add(path, one, thing) for thing in one.things]
            placed.append(Placed(one, path, lines))
        return placed

    def _path(self, key: tuple[ArticleHeading | None, ...]) -> Path:
        path: Path = ()
        title = self.outline.title[self.language]
        for depth in range(1, len(key) + 1):
            heading = key[depth - 1]
            title = heading.text if heading else title
            if key[:depth] not in self.codes:
                number = self.below[path] = self.below.get(path, 0) + 1
                code = f"{path[-1]}.{number}" if path else str(number)
                self.codes[key[:depth]] = (*path, code)
                part = OutlinePart(self.codes[key[:depth]], self._text(short_title(title)))
                self.outline.parts.append(part)
            path = self.codes[key[:depth]]
        return path

    def _add(self, path: Path, one: ReadSentence, thing: ProposedThing) -> int:
        number = self.counts[path] = self.counts.get(path, 0) + 1
        if number >= LOCAL_FROM:
            said = _("The part “%(part)s” asks for more than %(most)d things. Load it in parts.")
            raise ArticleError(said % {"part": path[-1], "most": LOCAL_FROM - 1})
        self.outline.measures.append(
            replace(proposed_line(thing, one, self.language), path=path, code=f"{path[-1]}.{number}")
        )
        return len(self.outline.measures) - 1

    def _text(self, text: str) -> Texts:
        return {self.language: text}


def proposed_line(thing: ProposedThing, one: ReadSentence, language: str) -> MeasureLine:
    """A proposed measure, without its place. What it asks for is its title, and its sentence the detail."""
    return MeasureLine(
        (),
        "",
        {language: short_title(thing.text)},
        {language: one.sentence.text[:DETAIL_LIMIT]},
        thing.cadence,
        one.sentence.locator[:SOURCE_LIMIT],
        {language: list(thing.key_terms)},
    )


def short_title(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= TITLE_LIMIT else text[: TITLE_LIMIT - 1] + "…"


@audited_transaction()
def draft_of_article(
    outline: Outline, placed: list[Placed], *, slug: str, day: date, at: datetime, by: User
) -> Catalogue:
    """Store the draft and its sentences. Raises CatalogueRefused."""
    outline.slug, outline.day = slug, day
    draft = store(outline, at=at, by=by, draft=True)
    measures = list(Measure.objects.shared_by(draft).values_list("pk", flat=True))
    sections = {one.code: one for one in Section.objects.leaves(draft.pk)}
    made = CatalogueSentence.objects.bulk_create(
        CatalogueSentence(
            catalogue=draft,
            number=one.sentence.sentence.number,
            source=one.sentence.sentence.locator[:SOURCE_LIMIT],
            headings=[heading.text[:TITLE_LIMIT] for heading in one.sentence.sentence.headings],
            text=one.sentence.sentence.text,
            section=sections[one.path[-1]] if one.path else None,
            is_plain=one.sentence.plain,
        )
        for one in placed
    )
    through = CatalogueSentence.measures.through
    through.objects.bulk_create(
        through(cataloguesentence=row, measure_id=measures[line])
        for row, one in zip(made, placed, strict=True)
        for line in one.lines
    )
    return draft
