"""Saved views that name a code of the article: what they are to say after an upgrade."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping

from django.http import QueryDict

from measures.editions.mapping import MappedPair
from measures.models import Checklist, SavedView

QUERY_LIMIT = 2_000  # characters


def rewritten_views(checklist: Checklist, pairs: Iterable[MappedPair]) -> list[tuple[SavedView, str]]:
    """The views that change, with the address that each had."""
    named = list(checklist.saved_views.filter(query__regex=r"(^|[&?])(q|section|pillar)="))
    if not named:
        return []
    measures = {old: pair.new[0] for pair in pairs for old in pair.old if pair.new}
    sections = _likeliest(measures, lambda code: code.rpartition(".")[0])
    pillars = _likeliest(measures, lambda code: code.partition(".")[0])
    changed = []
    for view in named:
        old, query = view.query, QueryDict(view.query, mutable=True)
        for name, codes in (("q", measures), ("section", sections), ("pillar", pillars)):
            if name in query:
                query.setlist(name, [_renamed(text, codes) for text in query.getlist(name)])
        made = query.urlencode()
        if QueryDict(made) != QueryDict(old) and len(made) <= QUERY_LIMIT:
            view.query = made
            changed.append((view, old))
    return changed


def _renamed(text: str, codes: Mapping[str, str]) -> str:
    return " ".join(codes.get(word, word) for word in text.split(" "))


def _likeliest(measures: Mapping[str, str], part: Callable[[str], str]) -> dict[str, str]:
    """Where most measures of each part go."""
    went: dict[str, Counter[str]] = {}
    for old, new in measures.items():
        went.setdefault(part(old), Counter())[part(new)] += 1
    return {old: counted.most_common(1)[0][0] for old, counted in went.items()}
