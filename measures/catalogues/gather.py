"""A stored catalogue → an outline, for files and pages."""

from measures.catalogues.from_json import TERM_COLUMNS
from measures.catalogues.outline import UNTRANSLATED, MeasureLine, Outline, OutlinePart, Path, Texts
from measures.choices import Cadence
from measures.models import Catalogue, Measure, Pillar, Section


def outline_of(catalogue: Catalogue) -> Outline:
    """The whole catalogue in its order. Three queries."""
    languages = catalogue.languages
    outline = Outline(
        catalogue.slug,
        _texts(catalogue, "title", languages),
        _texts(catalogue, "issuer", languages),
        catalogue.date,
        catalogue.levels,
        languages,
    )
    below: dict[int | None, list[Section]] = {}
    sections = list(Section.objects.in_order(catalogue.pk))
    tops: dict[int, list[Section]] = {}
    for one in sections:
        if one.parent_id:
            below.setdefault(one.parent_id, []).append(one)
        else:
            tops.setdefault(one.pillar_id, []).append(one)
    paths: dict[int, Path] = {}

    def walk(one: Section, above: Path) -> None:
        paths[one.pk] = (*above, one.code) if one.title else above
        if one.title:
            outline.parts.append(_part(one, paths[one.pk], languages))
        for part in below.get(one.pk, ()):
            walk(part, paths[one.pk])

    for pillar in Pillar.objects.filter(catalogue=catalogue).order_by("position", "code"):
        outline.parts.append(_part(pillar, (pillar.code,), languages))
        for one in tops.get(pillar.pk, ()):
            walk(one, (pillar.code,))
    for measure in Measure.objects.shared_by(catalogue):
        outline.measures.append(_line(measure, paths[measure.section_id], languages))
    return outline


def _texts(row: Catalogue | Pillar | Section | Measure, name: str, languages: list[str]) -> Texts:
    texts = {one: str(getattr(row, f"{name}_{one.replace('-', '_')}") or "") for one in languages}
    return {language: text for language, text in texts.items() if text and text != UNTRANSLATED}


def _part(row: Pillar | Section, path: Path, languages: list[str]) -> OutlinePart:
    return OutlinePart(path, _texts(row, "title", languages), _texts(row, "summary", languages))


def _line(measure: Measure, path: Path, languages: list[str]) -> MeasureLine:
    return MeasureLine(
        path,
        measure.code,
        _texts(measure, "title", languages),
        _texts(measure, "detail", languages),
        Cadence(measure.cadence),
        measure.source,
        {language: list(getattr(measure, TERM_COLUMNS[language])) for language in languages},
        measure.needs_evidence,
    )
