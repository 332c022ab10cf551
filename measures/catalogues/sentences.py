"""What a person does with the sentences of an article: accept, set aside, and correct what was proposed.

Each act is one transaction, with its record in the audit trail. A measure may answer several sentences.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import User
from django.db.models import F, Max, Min
from django.utils.translation import gettext as _

from measures.articles.propose import cadence_of, read_sentence
from measures.articles.terms import key_terms_of
from measures.articles.text import ArticleSentence
from measures.catalogues.from_article import line_of, short_title
from measures.catalogues.outline import DETAIL_LIMIT, MEASURES_LIMIT, MeasureLine
from measures.catalogues.store import CatalogueRefused, texts_of
from measures.choices import Audited, Cadence, Verdict
from measures.database.locks import audited_transaction
from measures.models import Catalogue, CatalogueSentence, Measure, Section, audit
from measures.models.local_codes import LOCAL_FROM
from measures.querysets.sentences import SentenceQuerySet


@dataclass(frozen=True)
class NewWording:
    """What somebody typed about a measure, in the catalogue's own language."""

    title: str
    detail: str
    cadence: Cadence
    key_terms: list[str]


@contextmanager
def _recorded(draft: Catalogue, act: str, at: datetime, by: User, **what: object) -> Iterator[None]:
    with audited_transaction():
        locked = Catalogue.objects.select_for_update().get(pk=draft.pk)
        if not locked.is_draft:
            raise CatalogueRefused(_("A published edition stays."))
        yield
        after = {"slug": locked.slug, "act": act, **what}
        audit(Audited.CATALOGUE_LOADED, by=by, at=at, about=locked, after=after)


def sentences_of(draft: Catalogue) -> SentenceQuerySet:
    """All sentences of the article that the draft was proposed from."""
    return CatalogueSentence.objects.filter(catalogue=draft)


def accept(draft: Catalogue, chosen: SentenceQuerySet, *, at: datetime, by: User) -> int:
    """Take what is proposed for these: their measures, or that they ask for nothing. Return how many."""
    with _recorded(draft, "accept", at, by):
        left = dict(chosen.unaccounted().values_list("pk", "measures"))
        asking = [key for key, measure in left.items() if measure]
        CatalogueSentence.objects.filter(pk__in=left).update(verdict=Verdict.NOT_ASKED)
        CatalogueSentence.objects.filter(pk__in=asking).update(verdict=Verdict.ASKED)
    return len(left)


def set_aside(
    draft: Catalogue, sentence: CatalogueSentence, verdict: Verdict, *, at: datetime, by: User
) -> None:
    """It asks for nothing, or is left out: its measures go, except those that answer another sentence too."""
    with _recorded(draft, verdict.value, at, by, sentence=sentence.number):
        _take_measures(draft, sentence)
        _decide(sentence, verdict)


def propose_again(draft: Catalogue, sentence: CatalogueSentence, *, at: datetime, by: User) -> int:
    """Replace its measures with what the sentence asks for if it is read by itself, without its headings."""
    alone = ArticleSentence(sentence.number, sentence.text, 0, (), False, True, False, False)
    language = draft.languages[0]
    one = read_sentence(alone, english=language == "en")
    with _recorded(draft, "propose", at, by, sentence=sentence.number):
        _take_measures(draft, sentence)
        for thing in one.things:
            _insert(draft, sentence, line_of(thing, one, language))
        _decide(sentence, Verdict.OPEN)
    return len(one.things)


def add_to(draft: Catalogue, sentence: CatalogueSentence, title: str, *, at: datetime, by: User) -> Measure:
    """A measure that a person finds in the sentence, after those that it has."""
    with _recorded(draft, "add", at, by, sentence=sentence.number, title=title):
        made = _insert(draft, sentence, _line(draft, sentence, title))
        _decide(sentence, Verdict.ASKED)
    return made


def reword(draft: Catalogue, measure: Measure, wording: NewWording, *, at: datetime, by: User) -> None:
    """Other words for a measure, or another cadence."""
    with _recorded(draft, "reword", at, by, code=measure.code, title=wording.title):
        _write(draft, measure, wording)


def split(draft: Catalogue, measure: Measure, titles: list[str], *, at: datetime, by: User) -> None:
    """The measure becomes the first of these; the others come after it, for the same sentences."""
    with _recorded(draft, "split", at, by, code=measure.code, titles=titles):
        sentences = list(measure.sentences.order_by("number"))
        first, *others = titles
        _retitle(draft, measure, first)
        after = measure
        for title in others:
            after = _insert(draft, sentences[0], _line(draft, sentences[0], title), after=after)
            after.sentences.set(sentences)


def merge(draft: Catalogue, measure: Measure, *, at: datetime, by: User) -> Measure | None:
    """Join a measure to the one before it, which then answers the sentences of both; None if none is."""
    before: Measure | None = Measure.objects.shared_by(draft).filter(position__lt=measure.position).last()
    if before is None:
        return None
    with _recorded(draft, "merge", at, by, codes=[before.code, measure.code]):
        language = draft.languages[0]
        column, detail = (f"{name}_{language.replace('-', '_')}" for name in ("title", "detail"))
        joint = "; " if language == "en" else "；"
        terms = [*before.key_terms_in(language), *measure.key_terms_in(language)]
        details = dict.fromkeys((getattr(before, detail), getattr(measure, detail)))
        wording = NewWording(
            short_title(f"{getattr(before, column)}{joint}{getattr(measure, column)}"),
            "\n".join(one for one in details if one)[:DETAIL_LIMIT],
            Cadence(before.cadence),
            list(dict.fromkeys(terms)),
        )
        _write(draft, before, wording)
        before.sentences.add(*measure.sentences.all())
        _delete(draft, measure)
    return before


def remove(draft: Catalogue, measure: Measure, *, at: datetime, by: User) -> None:
    """Leave one measure out. A sentence without any is to be decided again."""
    with _recorded(draft, "remove", at, by, code=measure.code):
        _delete(draft, measure)


def _decide(sentence: CatalogueSentence, verdict: Verdict) -> None:
    sentence.verdict = verdict
    sentence.save(update_fields=["verdict"])


def _write(draft: Catalogue, measure: Measure, wording: NewWording) -> None:
    language = draft.languages[0]
    title, detail = {language: wording.title}, {language: wording.detail}
    line = MeasureLine((), "", title, detail, wording.cadence, "", {language: wording.key_terms})
    measure.reword(texts_of(line, draft.languages))
    measure.cadence = wording.cadence
    measure.save()


def _take_measures(draft: Catalogue, sentence: CatalogueSentence) -> None:
    """Delete its measures; one that answers another sentence too only loses this one."""
    measures = list(sentence.measures.order_by("-position"))
    through = CatalogueSentence.measures.through.objects.filter(measure__in=measures)
    counts = Counter(through.values_list("measure_id", flat=True))
    for measure in measures:
        if counts[measure.pk] > 1:
            sentence.measures.remove(measure)
        else:
            _delete(draft, measure)


def _delete(draft: Catalogue, measure: Measure) -> None:
    section, position = measure.section, measure.position
    measure.delete()
    later = Measure.objects.shared_by(draft).filter(position__gt=position)
    later.update(position=F("position") - 1)
    _number(section)


def _line(draft: Catalogue, sentence: CatalogueSentence, title: str) -> MeasureLine:
    """A measure that a person words: the rules give only its key terms and cadence."""
    language = draft.languages[0]
    terms = [] if language == "en" else list(key_terms_of(title))
    titles, details = {language: short_title(title)}, {language: sentence.text[:DETAIL_LIMIT]}
    return MeasureLine((), "", titles, details, cadence_of(title), sentence.source, {language: terms})


def _retitle(draft: Catalogue, measure: Measure, title: str) -> None:
    line = _line(draft, measure.sentences.order_by("number")[0], title)
    kept = {name: text for name, text in texts_of(line, draft.languages).items() if "detail" not in name}
    measure.reword(kept)
    measure.save()


def _insert(
    draft: Catalogue, sentence: CatalogueSentence, line: MeasureLine, *, after: Measure | None = None
) -> Measure:
    """Put a measure after that one, or after the last of its sentence, or where the sentence belongs."""
    shared = Measure.objects.shared_by(draft)
    if shared.count() >= MEASURES_LIMIT:
        raise CatalogueRefused(_("A catalogue has at most %(limit)d measures.") % {"limit": MEASURES_LIMIT})
    after = after or shared.filter(sentences=sentence).last()
    section = after.section if after else _section_for(draft, sentence)
    if section.measures.count() >= LOCAL_FROM - 1:
        raise CatalogueRefused(_("A part has at most %(limit)d measures.") % {"limit": LOCAL_FROM - 1})
    if after:
        last = after.position
    else:
        earlier = shared.filter(section=section, sentences__number__lt=sentence.number)
        within = shared.filter(section=section).aggregate(first=Min("position"))["first"]
        before = shared.filter(section__in=_sections_before(draft, section))
        last = earlier.aggregate(last=Max("position"))["last"] or (
            within - 1 if within else before.aggregate(last=Max("position"))["last"] or 0
        )
    shared.filter(position__gt=last).update(position=F("position") + 1)
    made = Measure.objects.create(
        section=section,
        code=f"{section.code}.new",
        position=last + 1,
        source=line.source,
        cadence=line.cadence,
        **texts_of(line, draft.languages),
    )
    sentence.measures.add(made)
    _number(section)
    return made


def _section_for(draft: Catalogue, sentence: CatalogueSentence) -> Section:
    """The part of the sentence; where it has none, that of the next sentence with one, or of the last."""
    if sentence.section:
        return sentence.section
    placed = CatalogueSentence.objects.filter(catalogue=draft).exclude(section=None)
    near = placed.filter(number__gt=sentence.number).first() or placed.last()
    section = near.section if near else Section.objects.leaves(draft.pk).first()
    if section is None:
        raise CatalogueRefused(_("The catalogue has no part that this measure could belong to."))
    return section


def _sections_before(draft: Catalogue, section: Section) -> list[int]:
    keys = list(Section.objects.leaves(draft.pk).values_list("pk", flat=True))
    return keys[: keys.index(section.pk)]


def _number(section: Section) -> None:
    """Give the measures of a part their codes anew, in their order."""
    measures = list(section.measures.filter(checklist=None).order_by("position"))
    moved = []
    for place, measure in enumerate(measures, 1):
        code = f"{section.code}.{place}"
        if measure.code != code:
            moved.append((measure, code))
    # First a code that nobody has: the new one may be another's until then.
    for measure, _code in moved:
        measure.code = f"new{measure.pk}"
    Measure.objects.bulk_update([one for one, _code in moved], ["code"], batch_size=200)
    for measure, code in moved:
        measure.code = code
    Measure.objects.bulk_update([one for one, _code in moved], ["code"], batch_size=200)
