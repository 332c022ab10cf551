"""Querysets for the catalogue, and the column that holds each of its languages.

Nothing here imports a model: a manager knows its own as `self.model`.
"""

from collections.abc import Sequence
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Case, Q, TextField, When
from django.db.models.functions import Cast
from django.utils.translation import get_language

if TYPE_CHECKING:
    from measures.models.catalogue import Catalogue, Measure, Section

LANGUAGE_SUFFIXES = ("en", "zh_hans", "zh_hant")
KEY_TERMS = ("key_terms", "key_terms_zh_hant", "key_terms_en")
# Fewer keys than these go into a query as they are, so that it can be planned by them.
MANY_MEASURES = 1_000


class NaturalKeyManager[Row: models.Model](models.Manager[Row]):
    """Finds rows by what fixtures call them: the values of some lookups, in order."""

    def __init__(self, *lookups: str) -> None:
        super().__init__()
        self.lookups = lookups

    def get_by_natural_key(self, *key: str) -> Row:
        return self.get(**dict(zip(self.lookups, key, strict=True)))


class SectionManager(NaturalKeyManager["Section"]):
    def in_order(self, catalogue: int) -> "models.QuerySet[Section]":
        """All sections of the catalogue of this key, in its order."""
        order = ("pillar__position", "pillar__code", "position", "code")
        return self.filter(pillar__catalogue=catalogue).order_by(*order)

    def leaves(self, catalogue: int) -> "models.QuerySet[Section]":
        """Those that measures belong to."""
        return self.in_order(catalogue).filter(parts=None)


class MeasureManager(NaturalKeyManager["Measure"]):
    """A catalogue's measures by its slug and their code; a unit's own also by their checklist's slug."""

    def get_by_natural_key(self, *key: str) -> "Measure":
        whose = {"checklist__slug": key[2]} if len(key) > len(self.lookups) else {"checklist": None}
        return self.get(**dict(zip(self.lookups, key[:2], strict=True)), **whose)

    def shared_by(self, catalogue: "Catalogue") -> "models.QuerySet[Measure]":
        """What this catalogue asks of everybody, in its order."""
        return self.filter(section__pillar__catalogue=catalogue, checklist=None).order_by("position")

    def saying(self, words: Sequence[str]) -> dict[str, object]:
        """Return for each word the keys of the measures that contain it, in any language. One query for all.

        If there are very many, the value is a queryset instead of keys.
        """
        measures = self.annotate(**{f"{name}_text": Cast(name, TextField()) for name in KEY_TERMS})
        wanted = [measure_says(word) for word in words]
        says = {f"says_{place}": When(one, then=True) for place, one in enumerate(wanted)}
        found = measures.filter(reduce(or_, wanted)).annotate(
            **{name: Case(when, default=False) for name, when in says.items()}
        )
        rows = list(found.values_list("pk", *says)[: MANY_MEASURES + 1])
        if len(rows) > MANY_MEASURES:
            return {word: measures.filter(one).values("pk") for word, one in zip(words, wanted, strict=True)}
        return {word: [row[0] for row in rows if row[place]] for place, word in enumerate(words, start=1)}


def measure_says(word: str) -> Q:
    """Return the condition that a measure contains the word; needs its key terms annotated as text."""
    anywhere = Q(code__startswith=word)
    texts = [f"{name}_{suffix}" for name in ("title", "detail") for suffix in LANGUAGE_SUFFIXES]
    # Key terms are searched as JSON, and these are signs of JSON between them.
    terms = [] if set(word) & {*'[]",\\'} else [f"{name}_text" for name in KEY_TERMS]
    for column in (*terms, *texts):
        anywhere |= Q(**{f"{column}__icontains": word})
    return anywhere


def in_language(field: str, language: str | None = None) -> str:
    """The column that holds a catalogue text in a language (the active one): title → title_zh_hans."""
    return f"{field}_{(language or get_language() or 'zh-hans').replace('-', '_')}"
