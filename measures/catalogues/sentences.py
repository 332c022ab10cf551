"""What a person does with the sentences of an article: accept, set aside, and correct what was proposed.

Each act is one transaction, with its record in the audit trail. A measure may answer several sentences.
Measures change as in the outline of the draft (measures/catalogues/editing.py).
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime

from django.contrib.auth.models import User
from django.http import Http404
from django.utils.translation import gettext as _

from measures.articles.propose import cadence_of, read_sentence
from measures.articles.terms import key_terms_of
from measures.articles.text import ArticleSentence
from measures.catalogues import editing
from measures.catalogues.draft import Draft, DraftPart
from measures.catalogues.from_article import proposed_line, short_title
from measures.catalogues.numbering import NumbersUsedUp, counts_by_place, number_anew, number_within
from measures.catalogues.outline import DETAIL_LIMIT, MeasureLine
from measures.catalogues.store import CatalogueRefused
from measures.choices import Audited, Cadence, Ruling
from measures.models import Catalogue, CatalogueSentence, Measure, audit
from measures.querysets.sentences import SentenceQuerySet


@dataclass(frozen=True)
class NewWording:
    """What somebody typed about a measure, in the catalogue's own language."""

    title: str
    detail: str
    cadence: Cadence
    key_terms: list[str]


@contextmanager
def _editing(draft: Catalogue, act: str, *, by: User, at: datetime, **what: object) -> Iterator[Draft]:
    """The draft as a tree, which nobody else changes; at the end its places and codes are stored."""
    with editing.locked_draft(draft.slug) as tree:
        yield tree
        tree.settle()
        try:
            number_within(tree)
        except NumbersUsedUp as error:
            raise CatalogueRefused(str(error)) from error
        audit(Audited.CATALOGUE_EDITED, by=by, at=at, about=tree.catalogue, after={"act": act, **what})


def sentences_of(draft: Catalogue) -> SentenceQuerySet:
    """All sentences of the article that the draft was proposed from."""
    return CatalogueSentence.objects.filter(catalogue=draft)


def take_proposals(draft: Catalogue, chosen: SentenceQuerySet, *, at: datetime, by: User) -> int:
    """Take what is proposed for these: their measures, or that they ask for nothing. Return how many."""
    with _editing(draft, "accept", by=by, at=at):
        left = dict(chosen.unaccounted().values_list("pk", "measures"))
        asking = [key for key, measure in left.items() if measure]
        CatalogueSentence.objects.filter(pk__in=left).update(verdict=Ruling.NOT_ASKED)
        CatalogueSentence.objects.filter(pk__in=asking).update(verdict=Ruling.ASKED)
    return len(left)


def set_aside(
    draft: Catalogue, sentence: CatalogueSentence, verdict: Ruling, *, at: datetime, by: User
) -> None:
    """It asks for nothing, or is left out: its measures go, except those that answer another sentence too."""
    with _editing(draft, verdict.value, by=by, at=at, sentence=sentence.number) as tree:
        _take_measures(tree, sentence)
        _decide(sentence, verdict)


def propose_again(draft: Catalogue, sentence: CatalogueSentence, *, at: datetime, by: User) -> int:
    """Replace its measures with what the sentence asks for if it is read by itself, without its headings."""
    alone = ArticleSentence(sentence.number, sentence.text, 0, (), False, True, False, False)
    language = draft.languages[0]
    one = read_sentence(alone, english=language == "en")
    with _editing(draft, "propose", by=by, at=at, sentence=sentence.number) as tree:
        _take_measures(tree, sentence)
        for thing in one.things:
            _insert(tree, sentence, replace(proposed_line(thing, one, language), source=sentence.source))
        _decide(sentence, Ruling.OPEN)
    return len(one.things)


def add_to(draft: Catalogue, sentence: CatalogueSentence, title: str, *, at: datetime, by: User) -> Measure:
    """A measure that a person finds in the sentence, after those that it has."""
    with _editing(draft, "add", by=by, at=at, sentence=sentence.number, title=title) as tree:
        made = _insert(tree, sentence, _line(tree, sentence, title))
        _decide(sentence, Ruling.ASKED)
    return made


def reword_proposal(
    draft: Catalogue, measure: Measure, wording: NewWording, *, at: datetime, by: User
) -> None:
    """Other words for a measure, or another cadence."""
    with _editing(draft, "reword", by=by, at=at, code=measure.code, title=wording.title) as tree:
        row = _row(tree, measure)
        line, language = editing.line_of(tree, row), tree.languages[0]
        line = replace(
            line,
            title={**line.title, language: wording.title},
            detail={**line.detail, language: wording.detail},
            key_terms={**line.key_terms, language: wording.key_terms},
            cadence=wording.cadence,
        )
        editing.reword(tree, row, line)


def split_proposal(draft: Catalogue, measure: Measure, titles: list[str], *, at: datetime, by: User) -> None:
    """The measure becomes the first of these; the others come after it, for the same sentences."""
    with _editing(draft, "split", by=by, at=at, code=measure.code, titles=titles) as tree:
        row = _row(tree, measure)
        sentences = list(measure.sentences.order_by("number"))
        line, language = editing.line_of(tree, row), tree.languages[0]
        lines = [_line(tree, sentences[0], title) for title in titles]
        first = replace(line, title={**line.title, **lines[0].title}, cadence=lines[0].cadence)
        editing.reword(tree, row, replace(first, key_terms={**line.key_terms, **lines[0].key_terms}))
        for one in lines[1:]:
            detail = {language: line.detail.get(language, "")}
            added = editing.accept_measures(
                tree, tree.part_of(row), [replace(one, detail=detail, source=line.source)], after=row
            )
            row = _by_key(tree, added.key)
            row.sentences.set(sentences)


def merge_with_previous(draft: Catalogue, measure: Measure, *, at: datetime, by: User) -> Measure:
    """Join a measure to the one before it, which then answers the sentences of both."""
    with _editing(draft, "merge", by=by, at=at, code=measure.code) as tree:
        row, rows = _row(tree, measure), list(tree.measures())
        place = rows.index(row)
        if not place:
            raise CatalogueRefused(_("There is no measure before this one."))
        editing.merge(tree, rows[place - 1], row)
    return rows[place - 1]


def remove(draft: Catalogue, measure: Measure, *, at: datetime, by: User) -> None:
    """Leave one measure out. A sentence without any is to be decided again."""
    with _editing(draft, "remove", by=by, at=at, code=measure.code) as tree:
        editing.remove(tree, _row(tree, measure))


def drop_empty_parts(tree: Draft) -> None:
    """Remove the parts of an article's draft that nobody found a measure in, such as its introduction."""
    empty = [part for part in tree.parts() if not any(one.measures for one in part.walk())]
    if empty and CatalogueSentence.objects.filter(catalogue=tree.catalogue).exists():
        by_place = counts_by_place(tree)
        for part in reversed(empty):
            editing.remove(tree, part)
        tree.settle()
        if by_place:
            number_anew(tree)


def _row(tree: Draft, measure: Measure) -> Measure:
    return _by_key(tree, f"m{measure.pk}")


def _by_key(tree: Draft, key: str) -> Measure:
    row = tree.measure(key)
    if row is None:
        raise Http404
    return row


def _decide(sentence: CatalogueSentence, verdict: Ruling) -> None:
    sentence.verdict = verdict
    sentence.save(update_fields=["verdict"])


def _take_measures(tree: Draft, sentence: CatalogueSentence) -> None:
    """Delete its measures; one that answers another sentence too only loses this one."""
    measures = list(sentence.measures.all())
    through = CatalogueSentence.measures.through.objects.filter(measure__in=measures)
    counts = Counter(through.values_list("measure_id", flat=True))
    for measure in measures:
        if counts[measure.pk] > 1:
            sentence.measures.remove(measure)
        else:
            editing.remove(tree, _row(tree, measure))


def _line(tree: Draft, sentence: CatalogueSentence, title: str) -> MeasureLine:
    """A measure that a person words: the rules give only its key terms and cadence."""
    language = tree.languages[0]
    terms = [] if language == "en" else list(key_terms_of(title))
    titles, details = {language: short_title(title)}, {language: sentence.text[:DETAIL_LIMIT]}
    return MeasureLine((), "", titles, details, cadence_of(title), sentence.source, {language: terms})


def _insert(tree: Draft, sentence: CatalogueSentence, line: MeasureLine) -> Measure:
    """Put a measure after the last of its sentence, or where the sentence is among those of its part."""
    numbers: dict[int, int] = {}
    through = CatalogueSentence.measures.through.objects.filter(cataloguesentence__catalogue=tree.catalogue)
    for key, number in through.values_list("measure_id", "cataloguesentence__number"):
        numbers[key] = max(number, numbers.get(key, 0))
    own = [one for one in tree.measures() if numbers.get(one.pk) == sentence.number]
    part = tree.part_of(own[-1]) if own else _part_for(tree, sentence)
    earlier = [one for one in part.measures if 0 < numbers.get(one.pk, 0) <= sentence.number]
    after = own[-1] if own else earlier[-1] if earlier else None
    made = _by_key(tree, editing.accept_measures(tree, part, [line], after=after).key)
    if after is None:
        part.measures.remove(made)
        part.measures.insert(0, made)
    sentence.measures.add(made)
    return made


def _part_for(tree: Draft, sentence: CatalogueSentence) -> DraftPart:
    """The part of the sentence; where it has none, that of the next sentence with one, or of the last."""
    key = sentence.section_id
    if key is None:
        placed = CatalogueSentence.objects.filter(catalogue=tree.catalogue).exclude(section=None)
        near = placed.filter(number__gt=sentence.number).first() or placed.last()
        key = near.section_id if near else None
    found = tree.of_section.get(key or 0) or next(iter(tree.of_section.values()), None)
    if found is None:
        raise CatalogueRefused(_("Measures belong to the lowest parts. Add a part below this one first."))
    return found
