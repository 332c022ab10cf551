"""Reads an edition: from a fixture as `manage.py dumpdata` and fixtures/ have it, or from the database."""

import json
from collections.abc import Mapping
from pathlib import Path

from django.core import serializers

from measures.editions.pairs import Compared, Edition, MeasureWording
from measures.models import Catalogue, Measure, Pillar, Section

LARGEST_FILE = 20 * 1024 * 1024  # bytes
MOST_MEASURES = 2_000
MOST_TEXT = 20_000  # characters of a measure in one language, with its key terms
LANGUAGES = {"en": "en", "zh-hans": "zh_hans", "zh-hant": "zh_hant"}
# The first column of key terms has the article's own words.
TERMS = {"en": "key_terms_en", "zh-hans": "key_terms", "zh-hant": "key_terms_zh_hant"}

type Fields = Mapping[str, object]
type PlaceCodes = tuple[str, ...]


class UnreadableEdition(ValueError):
    """Says in a sentence why this is no edition that can be compared."""


def edition_from_file(path: Path) -> Edition:
    """The one catalogue of a fixture file. Raises UnreadableEdition."""
    rows = json_of(path, LARGEST_FILE, refused=UnreadableEdition)
    return edition_from_rows(rows, name=str(path))


def json_of(path: Path, limit: int, *, refused: type[ValueError], encoding: str = "utf-8") -> object:
    """What a JSON file of at most `limit` bytes says. Raises `refused` with a sentence that says why not."""
    try:
        if path.stat().st_size > limit:
            raise refused(f"{path} is larger than {limit // 1024 // 1024} MB.")
        return json.loads(path.read_text(encoding))
    except OSError as error:
        raise refused(f"{path} cannot be read: {error.strerror}.") from error
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise refused(f"{path} is no JSON: {error}.") from error


def edition_of_catalogue(catalogue: Catalogue) -> Edition:
    """An edition in the database: what all checklists share, without any unit's own measures."""
    parts = [
        catalogue,
        *Pillar.objects.filter(catalogue=catalogue),
        *Section.objects.filter(pillar__catalogue=catalogue).select_related("pillar__catalogue"),
    ]
    measures = Measure.objects.shared_by(catalogue).select_related("section__pillar__catalogue")
    rows = serializers.serialize(
        "python", [*parts, *measures[: MOST_MEASURES + 1]], use_natural_foreign_keys=True
    )
    return edition_from_rows(rows, name=catalogue.slug)


def edition_from_rows(rows: object, *, name: str) -> Edition:
    """The one catalogue among the rows of a fixture. Raises UnreadableEdition."""
    by_model: dict[str, list[Fields]] = {"catalogue": [], "pillar": [], "section": [], "measure": []}
    for row in rows if isinstance(rows, list) else [rows]:
        fields = row.get("fields") if isinstance(row, dict) else None
        if not isinstance(row, dict) or not isinstance(fields, dict):
            raise UnreadableEdition(f"{name} is no fixture: a list of rows, each with model and fields.")
        by_model.setdefault(str(row.get("model")).removeprefix("measures."), []).append(fields)
    if len(by_model["catalogue"]) != 1:
        raise UnreadableEdition(f"{name} has {len(by_model['catalogue'])} catalogues. It needs one.")
    sections = {text(section, "code"): section for section in by_model["section"]}
    titles: dict[PlaceCodes, Mapping[str, str]] = {
        (text(pillar, "code"),): titles_of(pillar) for pillar in by_model["pillar"]
    }
    titles |= {section_place(code, sections): titles_of(section) for code, section in sections.items()}
    measures = [
        compared_measure(fields, section_place(last(fields.get("section")), sections), number)
        for number, fields in enumerate(by_model["measure"])
        if not fields.get("checklist")
    ]
    measures.sort(key=lambda measure: measure.position)
    refuse_unusable(measures, name)
    return Edition(text(by_model["catalogue"][0], "slug"), tuple(measures), titles)


def refuse_unusable(measures: list[Compared], name: str) -> None:
    if not measures or len(measures) > MOST_MEASURES:
        raise UnreadableEdition(
            f"{name} has {len(measures)} measures. Between 1 and {MOST_MEASURES} can be compared."
        )
    if len({measure.code for measure in measures}) < len(measures):
        raise UnreadableEdition(f"{name} has a code twice.")
    for measure in measures:
        if not measure.code:
            raise UnreadableEdition(f"{name} has a measure without a code.")
        for wording in measure.wordings.values():
            if len(wording.title) + len(wording.detail) + sum(map(len, wording.key_terms)) > MOST_TEXT:
                raise UnreadableEdition(f"{name}: {measure.code} has more than {MOST_TEXT} characters.")


def section_place(code: str, sections: Mapping[str, Fields]) -> PlaceCodes:
    """The codes of the parts down to this section, from the top."""
    place: list[str] = []
    while code and code not in place:
        place.insert(0, code)
        section = sections.get(code, {})
        code = last(section.get("parent"))
        if not code and (pillar := last(section.get("pillar"))):
            place.insert(0, pillar)
    return tuple(place)


def compared_measure(fields: Fields, place: PlaceCodes, number: int) -> Compared:
    position = fields.get("position")
    wordings = {language: wording_in(fields, language) for language in LANGUAGES}
    return Compared(
        code=text(fields, "code"),
        place=place,
        position=position if isinstance(position, int | float) else number,
        wordings={language: said for language, said in wordings.items() if said.title or said.detail},
        source=text(fields, "source"),
        cadence=text(fields, "cadence"),
    )


def wording_in(fields: Fields, language: str) -> MeasureWording:
    terms = fields.get(TERMS[language])
    return MeasureWording(
        title=text(fields, f"title_{LANGUAGES[language]}"),
        detail=text(fields, f"detail_{LANGUAGES[language]}"),
        key_terms=tuple(str(term) for term in terms) if isinstance(terms, list) else (),
    )


def titles_of(part: Fields) -> dict[str, str]:
    titles = {language: text(part, f"title_{suffix}") for language, suffix in LANGUAGES.items()}
    return {language: title for language, title in titles.items() if title}


def text(fields: Fields, name: str) -> str:
    value = fields.get(name)
    return value if isinstance(value, str) else ""


def last(natural_key: object) -> str:
    """The code in a natural key, such as ["henan", "1.2"]."""
    return str(natural_key[-1]) if isinstance(natural_key, list | tuple) and natural_key else ""
