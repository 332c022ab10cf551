"""Items as the edition of a past day had them: its codes, its places and its words.

Nothing here imports a model.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.apps import apps
from django.db import models
from django.db.models import BigIntegerField, Exists, F, FilteredRelation, OuterRef, Q, Subquery, Value
from django.db.models.fields.json import KT
from django.db.models.functions import Coalesce

from measures.querysets.append_only import AppendOnlyQuerySet
from measures.querysets.catalogue import LANGUAGE_SUFFIXES, in_language
from measures.querysets.lights import LitQuerySet

if TYPE_CHECKING:
    from measures.models.catalogue import Catalogue
    from measures.models.editions import Answered, EditionMapping, PastWording
    from measures.models.tracking import Item

# The lookups of the parts of the article that items are counted by.
PARTS = {"pillar": "pillar", "section": "measure__section"}
PAST_WORDS = "past_words"
PILLAR, SECTION = "measure__section__pillar", "measure__section"
TITLES = tuple(f"title_{suffix}" for suffix in LANGUAGE_SUFFIXES)
# What lists, files and counts read of a measure. The parts that are keys come last: a lookup that begins with
# the name of an annotation is looked for in it.
READ_OF_MEASURE = {
    **{f"measure__{name}": f"measure__{name}" for name in ("code", "position", "cadence", "source", *TITLES)},
    **{f"{SECTION}__{name}": f"{SECTION}__{name}" for name in ("code", *TITLES)},
    **{f"{PILLAR}__{name}": f"{PILLAR}__{name}" for name in ("code", *TITLES)},
    **{f"pillar__{name}": f"{PILLAR}__{name}" for name in ("code", *TITLES)},
}
KEYS = {"measure_id": "measure", "pillar_id": PILLAR, "then_section": SECTION, "then_pillar": PILLAR}
HIDDEN_KEYS = {"measure__section": SECTION, "pillar": PILLAR}


def code_then(code: str, had: Sequence[tuple[datetime, str]], before: datetime) -> str:
    """How to address the item that had this code just before a moment, whatever its code is now.

    `had`: since when the checklist has had which edition, the present one last.
    """
    then = next((slug for at, slug in reversed(had) if at < before), had[0][1] if had else "")
    return f"{code}@{then}" if had and then != had[-1][1] else code


class EditionedQuerySet(LitQuerySet):
    def of_editions(self, until: datetime) -> Self:
        """After `as_of`: the measures that the items answered before `until`, in the words of then.

        One query tells whether any was another or said anything else; only then is more read than now.
        """
        answers: type[Answered] = apps.get_model("measures.Answered")
        words: type[PastWording] = apps.get_model("measures.PastWording")
        catalogues: type[Catalogue] = apps.get_model("measures.Catalogue")
        since = (
            Exists(answers.objects.filter(at__gte=until)),
            Exists(words.objects.filter(until__gte=until)),
        )
        found = catalogues.objects.order_by().values_list(*since)[:1]
        upgraded, reworded = next(iter(found), (False, False))
        past = self._answering(until) if upgraded else self
        if reworded:
            past._read_past_words(until)
        return past

    def _answering(self, until: datetime) -> Self:
        answers: type[Answered] = apps.get_model("measures.Answered")
        newest = answers.objects.filter(item=OuterRef("pk"), at__lt=until).order_by("-at", "-id")
        past = self.annotate(
            answered=FilteredRelation("answers", condition=Q(answers__pk=Subquery(newest.values("pk")[:1])))
        )
        # As in `as_of`: the annotations hide the fields that they are named like.
        for name, lookup in READ_OF_MEASURE.items():
            then = Coalesce(F(f"answered__{lookup}"), F(lookup))
            past.query.add_annotation(then, name, select=True)
        for names, selected in ((KEYS, True), (HIDDEN_KEYS, False)):
            for name, lookup in names.items():
                now = f"{lookup}__pk" if lookup != "measure" else "measure__id"
                then = Coalesce(F(f"answered__{now}"), F(now), output_field=BigIntegerField())
                past.query.add_annotation(then, name, select=selected)
        return past.prefetch_related(PILLAR)

    def _read_past_words(self, until: datetime) -> None:
        """Read the titles of then in the active language. Changes this queryset, which is new."""
        words: type[PastWording] = apps.get_model("measures.PastWording")
        title = in_language("title")
        for kind, key, lookups in (
            ("measure", "measure_id", ["measure"]),
            ("section", SECTION, [SECTION]),
            ("pillar", "pillar", [PILLAR, "pillar"]),
        ):
            old = words.objects.filter(**{kind: OuterRef(key)}, until__gte=until).order_by("until", "id")
            for lookup in lookups:
                name = f"{lookup}__{title}"
                then = Subquery(old.values(old_title=KT(f"texts__{title}"))[:1])
                now = self.query.annotations.get(name) or F(name)
                field = models.CharField()
                self.query.add_annotation(Coalesce(then, now, output_field=field), name, select=True)
        self.query.add_annotation(Value(True), PAST_WORDS, select=False)

    @property
    def has_past_words(self) -> bool:
        """After `as_of`: whether any measure, section or pillar said anything else then."""
        return PAST_WORDS in self.query.annotations

    def that_answers(self, measure: int) -> "Item | None":
        """The item in force that answers this measure, answered it, or took it in."""
        answers: type[Answered] = apps.get_model("measures.Answered")
        asked = Q(measure=measure) | Q(answers__measure=measure)
        if found := self.filter(asked).first():
            return found
        merged = answers.objects.filter(item__measure=measure, origin__isnull=False, in_force=False)
        return self.filter(pk__in=merged.values("origin")).first()

    def in_force(self) -> Self:
        """Those that no upgrade has retired; after `as_of`, that none had retired by then."""
        if "then_pillar" not in self.query.annotations:
            return self.filter(retired_at=None)
        return self.filter(Q(checklist__upgraded_at=None) | Q(answered__in_force=True))


def part_lookup(items: models.QuerySet[models.Model], by: str) -> str:
    """The lookup of a part of the article, "pillar" or "section", now or on the day of `as_of`."""
    return f"then_{by}" if f"then_{by}" in items.query.annotations else PARTS[by]


class AnsweredQuerySet(AppendOnlyQuerySet["Answered"]):
    def codes_in(self, edition: str) -> dict[int, str]:
        """By the key of an item, its code while it was in force in an edition, named by its short name."""
        found = self.filter(in_force=True, measure__section__pillar__catalogue__slug=edition)
        return dict(found.order_by("at", "id").values_list("item", "measure__code"))


class MappingQuerySet(AppendOnlyQuerySet["EditionMapping"]):
    def newest(self, old: int, new: int) -> "EditionMapping | None":
        """The mapping in force between two catalogues."""
        return self.filter(old=old, new=new).order_by("-revision").first()
