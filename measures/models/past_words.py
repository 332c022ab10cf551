"""PartWords of a published edition that are replaced: kept as they are loaded, and read for a past day."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from django.db import models

from measures.lights import end_of_day
from measures.models.catalogue import Measure, Pillar, Section
from measures.models.editions import PastWording
from measures.querysets.catalogue import KEY_TERMS, LANGUAGE_SUFFIXES

type WordedPart = Measure | Section | Pillar
type PartWords = dict[str, object]

WORDED: Mapping[type[WordedPart], tuple[str, ...]] = {
    Pillar: tuple(f"{name}_{one}" for name in ("title", "summary") for one in LANGUAGE_SUFFIXES),
    Section: tuple(f"{name}_{one}" for name in ("title", "summary") for one in LANGUAGE_SUFFIXES),
    Measure: (*(f"{name}_{one}" for name in ("title", "detail") for one in LANGUAGE_SUFFIXES), *KEY_TERMS),
}


def words_now() -> dict[tuple[type[WordedPart], int], PartWords]:
    """What every pillar, section and measure of a catalogue says now, by model and key."""
    found: dict[tuple[type[WordedPart], int], PartWords] = {}
    shared = Measure.objects.filter(checklist=None).order_by()
    rows: list[
        tuple[type[WordedPart], models.QuerySet[Pillar] | models.QuerySet[Section] | models.QuerySet[Measure]]
    ]
    rows = [(Pillar, Pillar.objects.order_by()), (Section, Section.objects.order_by()), (Measure, shared)]
    for model, of_model in rows:
        names = WORDED[model]
        for key, *texts in of_model.values_list("pk", *names):
            found[model, key] = dict(zip(names, texts, strict=True))
    return found


def keep_past_words(before: Mapping[tuple[type[WordedPart], int], PartWords], *, at: datetime) -> int:
    """Keep what differs now from what was said `before`; return how many wordings were kept.

    Whatever changes the words of a catalogue calls this in the same transaction.
    """
    now = words_now()
    kept = [
        PastWording(**{f"{model.__name__.lower()}_id": key}, texts=words, until=at)
        for (model, key), words in before.items()
        if now.get((model, key), words) != words
    ]
    PastWording.objects.bulk_create(kept)
    return len(kept)


def replace_words(part: WordedPart, words: PartWords, *, at: datetime) -> PartWords:
    """Store other words of a published edition and keep the old ones; return the old ones that differ."""
    names = WORDED[type(part)]
    before = {name: getattr(part, name) for name in names}
    part.reword(words)
    changed = {name: before[name] for name in names if getattr(part, name) != before[name]}
    if changed:
        part.save(update_fields=list(changed))
        PastWording.objects.create(**{type(part).__name__.lower(): part}, texts=before, until=at)
    return changed


def put_words_back(measures: Iterable[Measure], day: date) -> None:
    """Give these measures, their sections and pillars the words that they had at the end of the day.

    One query, however many they are.
    """
    found: dict[tuple[str, int], PartWords] = {}
    old = PastWording.objects.filter(until__gte=end_of_day(day)).order_by("-until", "-id")
    for *keys, texts in old.values_list("pillar", "section", "measure", "texts"):
        for name, key in zip(("pillar", "section", "measure"), keys, strict=True):
            if key:
                found[name, key] = texts
    if not found:
        return
    for measure in measures:
        section = measure.section
        parts: dict[str, WordedPart] = {"measure": measure, "section": section, "pillar": section.pillar}
        for name, part in parts.items():
            for field, text in found.get((name, part.pk), {}).items():
                setattr(part, field, text)
