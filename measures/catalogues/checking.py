"""What is wrong in a draft before it can be published: the rules of loading, for all its rows at once."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from measures.catalogues.codes import out_of_order, prefixes
from measures.catalogues.draft import Draft, DraftPart, texts_of_row
from measures.catalogues.rows import code_fault
from measures.models import Measure


@dataclass(frozen=True)
class DraftFault:
    """What is wrong with a row, by its key and its code."""

    key: str
    code: str
    text: str


def faults_of(draft: Draft) -> list[DraftFault]:
    """All faults in the order of the draft; none for one that can be published."""
    parts, measures = list(draft.parts()), list(draft.measures())
    if not measures:
        return [DraftFault("", "–", _("The catalogue has no measure."))]
    found = [*_of_parts(draft, parts), *_of_measures(draft, measures)]
    place = {key: number for number, key in enumerate(draft.keys())}
    return sorted(found, key=lambda fault: place[fault.key])


def codes_name_parts(draft: Draft) -> bool:
    """Whether most codes name the part that their measure belongs to: 1.2.3 is in 1.2."""
    named = [bool(prefixes(one.code, draft.depth)) for one in draft.measures()]
    return sum(named) * 2 > len(named)


def _of_parts(draft: Draft, parts: list[DraftPart]) -> Iterator[DraftFault]:
    tops, below = set[str](), set[str]()
    names: dict[tuple[str, str], str] = {}
    by_codes = codes_name_parts(draft)
    for part in parts:
        code = part.row.code
        if wrong := code_fault(code):
            yield DraftFault(part.key, code, wrong)
        seen = below if part.level > 1 else tops
        if code in seen:
            yield DraftFault(part.key, code, _("There is a part with this code already."))
        seen.add(code)
        titles = texts_of_row(part.row, "title", draft.languages)
        yield from (DraftFault(part.key, code, text) for text in _untranslated(titles))
        name = (part.parent.key if part.parent else "", titles[draft.languages[0]])
        if by_codes and names.setdefault(name, part.key) != part.key:
            text = _("Another part here has this name already. Give each its own.")
            yield DraftFault(part.key, code, text)
        if not part.parts and not part.measures:
            yield DraftFault(part.key, code, _("Nothing is in this part. Add to it, or remove it."))


def _untranslated(titles: dict[str, str]) -> Iterator[str]:
    lacking = [language for language, text in titles.items() if not text]
    if lacking:
        yield _("The title is missing in: %(languages)s.") % {"languages": _names(lacking)}


def _names(languages: list[str]) -> str:
    words = {"zh-hans": "简体中文", "zh-hant": "繁體中文", "en": "English"}
    return _(", ").join(words[one] for one in languages)


def _of_measures(draft: Draft, measures: list[Measure]) -> Iterator[DraftFault]:
    codes = [one.code for one in measures]
    wrong_place = {f"m{measures[at].pk}" for at in out_of_order(codes)}
    by_codes = codes_name_parts(draft)
    seen = set[str]()
    for measure in measures:
        key, code = f"m{measure.pk}", measure.code
        if wrong := code_fault(code):
            yield DraftFault(key, code, wrong)
        if code in seen:
            yield DraftFault(key, code, _("There is a measure with this code already."))
        elif key in wrong_place:
            text = _(
                "This code is out of order: a greater one is above it. Move the row, or correct the code."
            )
            yield DraftFault(key, code, text)
        seen.add(code)
        if by_codes:
            yield from _of_prefix(draft, measure, key)
        titles = texts_of_row(measure, "title", draft.languages)
        yield from (DraftFault(key, code, text) for text in _untranslated(titles))


def _of_prefix(draft: Draft, measure: Measure, key: str) -> Iterator[DraftFault]:
    own, path = prefixes(measure.code, draft.depth), draft.part_of(measure).path
    if not own:
        yield DraftFault(key, measure.code, _("This code has another form than the others."))
    elif own != path:
        said = _("This code is not below its part: measures of this part begin with %(code)s.")
        yield DraftFault(key, measure.code, said % {"code": path[-1]})
