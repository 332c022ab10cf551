"""Better words for a part or measure of a published edition; the old words are kept."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import User

from measures.catalogues.draft import column_suffix, seen_of
from measures.catalogues.from_json import TERM_COLUMNS
from measures.choices import Audited
from measures.database.locks import audited_transaction
from measures.models import Catalogue, Measure, PastWording, Pillar, Section, audit
from measures.models.past_words import WORDED, PartWords, WordedPart, replace_words

MODELS: Mapping[str, type[WordedPart]] = {"p": Pillar, "s": Section, "m": Measure}


class RewordedMeanwhile(Exception):
    """Somebody else gave it other words after they were read."""


def worded_part(catalogue: Catalogue, key: str) -> WordedPart | None:
    """The row of the catalogue with this key, as measures/catalogues/draft.py has it."""
    number = int(key[1:]) if key[1:].isdecimal() and len(key) < 16 else 0
    part: WordedPart | None = None
    if key[:1] == "p":
        part = Pillar.objects.filter(catalogue=catalogue, pk=number).first()
    elif key[:1] == "s":
        part = Section.objects.in_order(catalogue.pk).filter(pk=number).first()
    elif key[:1] == "m":
        part = Measure.objects.shared_by(catalogue).filter(pk=number).first()
    return part


@audited_transaction()
def correct_row(
    catalogue: Catalogue, key: str, words: PartWords, *, seen: str, at: datetime, by: User
) -> bool:
    """Store the words; return whether any differed. Raises RewordedMeanwhile."""
    part = worded_part(Catalogue.objects.select_for_update().get(pk=catalogue.pk), key)
    if part is None or seen_of(part) != seen:
        raise RewordedMeanwhile(key)
    before = replace_words(part, words, at=at)
    if before:
        after = {"row": part.code, **{name: getattr(part, name) for name in before}}
        audit(Audited.CATALOGUE_EDITED, by=by, at=at, about=catalogue, before=before, after=after)
    return bool(before)


@dataclass(frozen=True)
class Rewording:
    """One field that was reworded on a day: its name, what it said before, and what it said then."""

    at: datetime
    field: str
    old: str
    new: str


def rewordings_of(catalogue: Catalogue, language: str) -> dict[str, list[Rewording]]:
    """What was reworded in this language, by the key of the row, newest first. Six queries."""
    kept: dict[str, list[tuple[datetime, PartWords]]] = {}
    for letter, name, within in (
        ("p", "pillar", "pillar__catalogue"),
        ("s", "section", "section__pillar__catalogue"),
        ("m", "measure", "measure__section__pillar__catalogue"),
    ):
        found = PastWording.objects.filter(**{within: catalogue}).order_by("until", "id")
        for key, until, texts in found.values_list(name, "until", "texts"):
            kept.setdefault(f"{letter}{key}", []).append((until, texts))
    now = {
        f"{letter}{row['pk']}": row
        for letter, model in MODELS.items()
        for row in model._default_manager.filter(
            pk__in=[int(key[1:]) for key in kept if key[0] == letter]
        ).values("pk", *WORDED[model])
    }
    return {key: list(_differences(versions, now[key], language))[::-1] for key, versions in kept.items()}


def _differences(
    versions: list[tuple[datetime, PartWords]], now: PartWords, language: str
) -> Iterable[Rewording]:
    following = [texts for _until, texts in versions[1:]] + [now]
    for (until, old), new in zip(versions, following, strict=True):
        for field, name in worded_columns(language).items():
            if name in old and said_as_text(old[name]) != said_as_text(new.get(name)):
                yield Rewording(until, field, said_as_text(old[name]), said_as_text(new.get(name)))


def worded_columns(language: str) -> dict[str, str]:
    suffix = column_suffix(language)
    columns = {name: f"{name}_{suffix}" for name in ("title", "summary", "detail")}
    return columns | {"terms": TERM_COLUMNS[language]}


def said_as_text(value: object) -> str:
    return "、".join(map(str, value)) if isinstance(value, list) else str(value or "")
