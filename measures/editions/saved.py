"""Saved views that name a code of the article: what they are to say after an upgrade."""

from collections import Counter
from collections.abc import Mapping

from django.http import QueryDict

from measures.editions.mapping import pairs_of
from measures.models import Catalogue, Checklist, EditionMapping, Measure, SavedView, Section

QUERY_LIMIT = 2_000  # characters


def rewritten_views(checklist: Checklist, mapping: EditionMapping) -> list[tuple[SavedView, str]]:
    """The views that change, with the address that each had."""
    named = list(checklist.saved_views.filter(query__regex=r"(^|[&?])(q|section|pillar)="))
    if not named:
        return []
    measures = {old: pair.new[0] for pair in pairs_of(mapping) for old in pair.old if pair.new}
    pillars, sections = _parts_go(measures, mapping)
    changed = []
    for view in named:
        old, query = view.query, QueryDict(view.query, mutable=True)
        if "q" in query:
            query.setlist("q", [_renamed(text, measures) for text in query.getlist("q")])
        for name, codes in (("section", sections), ("pillar", pillars)):
            if name in query:
                query.setlist(name, [codes.get(code, code) for code in query.getlist(name)])
        made = query.urlencode()
        if QueryDict(made) != QueryDict(old) and len(made) <= QUERY_LIMIT:
            view.query = made
            changed.append((view, old))
    return changed


def _renamed(text: str, codes: Mapping[str, str]) -> str:
    return " ".join(codes.get(word, word) for word in text.split(" "))


def _parts_go(measures: Mapping[str, str], mapping: EditionMapping) -> tuple[dict[str, str], dict[str, str]]:
    """By the codes of the old top parts and of all parts below them, where most measures of each go."""
    before, after = _places(mapping.old), _places(mapping.new)
    tops: dict[str, Counter[str]] = {}
    parts: dict[str, Counter[str]] = {}
    for old, new in measures.items():
        if old not in before or new not in after:
            continue
        (top, within), (new_top, new_within) = before[old], after[new]
        tops.setdefault(top, Counter())[new_top] += 1
        # From the measure upwards: of two editions, one may have a level more.
        for one, other in zip(within, new_within, strict=False):
            parts.setdefault(one, Counter())[other] += 1
    return _likeliest(tops), _likeliest(parts)


def _likeliest(went: Mapping[str, Counter[str]]) -> dict[str, str]:
    return {old: counted.most_common(1)[0][0] for old, counted in went.items()}


def _places(catalogue: Catalogue) -> dict[str, tuple[str, list[str]]]:
    """By the code of a measure: the code of its top part, and of those below that it lies in, upwards."""
    rows = Section.objects.filter(pillar__catalogue=catalogue).values_list(
        "pk", "code", "parent_id", "pillar__code"
    )
    sections = {key: (code, parent, top) for key, code, parent, top in rows}
    found = {}
    for code, key in Measure.objects.shared_by(catalogue).values_list("code", "section_id"):
        within: list[str] = []
        place: int | None = key
        while place in sections:
            within.append(sections[place][0])
            place = sections[place][1]
        found[code] = (sections[key][2], within)
    return found
