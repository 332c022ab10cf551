"""An outline → rows of the database: a new catalogue, a draft written anew, or better wording."""

import re
from datetime import datetime

from django.contrib.auth.models import User
from django.utils.translation import gettext as _

from measures.catalogues.from_json import TERM_COLUMNS, read_json
from measures.catalogues.from_sheet import read_sheets
from measures.catalogues.outline import LANGUAGES, MeasureLine, Outline, Path, SheetFault, Texts
from measures.choices import Audited
from measures.database.locks import audited_transaction
from measures.models import Catalogue, CatalogueSentence, Measure, Pillar, Section, audit
from measures.models.past_words import keep_past_words, words_now

SHORT_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,49}")
# Addresses below /catalogues/.
RESERVED_SLUGS = {"article", "load", "new", "sheet"}


class CatalogueRefused(Exception):
    """The outline cannot be stored, and why, in words for its user."""


def read(content: bytes) -> tuple[Outline, list[SheetFault]]:
    """Read a file of either kind. Raises SheetError."""
    start = content[:200].removeprefix(b"\xef\xbb\xbf").lstrip()
    return read_json(content) if start.startswith((b"[", b"{")) else read_sheets(content)


def columns_in(name: str, texts: Texts, languages: list[str]) -> dict[str, str]:
    """The text of every language; where the catalogue lacks one, that of its first."""
    own = texts.get(languages[0], "")
    return {
        f"{name}_{language.replace('-', '_')}": texts.get(language, "") if language in languages else own
        for language in LANGUAGES
    }


@audited_transaction()
def store(outline: Outline, *, at: datetime, by: User | None = None, draft: bool = False) -> Catalogue:
    """Store it whole. Raises CatalogueRefused.

    A draft of the same short name is replaced. A published one keeps its meaning: only its texts change.
    """
    if not SHORT_NAME.fullmatch(outline.slug) or outline.slug in RESERVED_SLUGS:
        raise CatalogueRefused(_("Give it a short name of letters a–z, digits and hyphens."))
    if not outline.title.get(outline.languages[0]) or outline.day is None:
        raise CatalogueRefused(_("A catalogue needs a title and a date."))
    existing = Catalogue.objects.select_for_update().filter(slug=outline.slug).first()
    if existing and not existing.is_draft:
        if draft:
            raise CatalogueRefused(
                _("This edition is published already. Give the new one another short name.")
            )
        before = words_now()
        _reword(existing, outline)
        keep_past_words(before, at=at)
        made = existing
    else:
        if existing:
            _clear(existing)
        made = existing or Catalogue(slug=outline.slug)
        _write_head(made, outline, draft=draft)
        _write_parts(made, outline)
    after = {"slug": made.slug, "measures": len(outline.measures), "draft": made.is_draft}
    audit(Audited.CATALOGUE_LOADED, by=by, at=at, about=made, after=after)
    return made


def _write_head(catalogue: Catalogue, outline: Outline, *, draft: bool) -> None:
    languages = outline.languages
    values = columns_in("title", outline.title, languages) | columns_in("issuer", outline.issuer, languages)
    catalogue.reword(values)
    if outline.day:
        catalogue.date = outline.day
    catalogue.levels, catalogue.languages, catalogue.is_draft = outline.levels, languages, draft
    catalogue.save()


def _write_parts(catalogue: Catalogue, outline: Outline) -> None:
    languages = outline.languages
    pillars: dict[str, Pillar] = {}
    sections: dict[Path, Section] = {}
    for position, part in enumerate(outline.parts, 1):
        texts = columns_in("title", part.title, languages) | columns_in("summary", part.summary, languages)
        top = part.path[0]
        if len(part.path) == 1:
            pillars[top] = Pillar.objects.create(catalogue=catalogue, code=top, position=position, **texts)
            if catalogue.depth == 1:
                sections[part.path] = Section.objects.create(pillar=pillars[top], code=top, position=position)
        else:
            sections[part.path] = Section.objects.create(
                pillar=pillars[top],
                parent=sections.get(part.path[:-1]),
                code=part.code,
                position=position,
                **texts,
            )
    Measure.objects.bulk_create(
        Measure(
            section=sections[line.path],
            code=line.code,
            position=position,
            source=line.source,
            cadence=line.cadence,
            needs_evidence=line.needs_evidence,
            **texts_of(line, languages),
        )
        for position, line in enumerate(outline.measures, 1)
    )


def texts_of(line: MeasureLine, languages: list[str]) -> dict[str, object]:
    """The columns of a measure that are wording."""
    own = line.key_terms.get(languages[0], [])
    terms = {
        name: line.key_terms.get(language, []) if language in languages else own
        for language, name in TERM_COLUMNS.items()
    }
    return {
        **columns_in("title", line.title, languages),
        **columns_in("detail", line.detail, languages),
        **terms,
    }


def _clear(catalogue: Catalogue) -> None:
    """Delete what is in a draft, which no checklist was ever opened from, also its sentences."""
    CatalogueSentence.objects.filter(catalogue=catalogue).delete()
    Measure.objects.filter(section__pillar__catalogue=catalogue).delete()
    while (leaves := Section.objects.filter(pillar__catalogue=catalogue, parts=None)).exists():
        Section.objects.filter(pk__in=list(leaves.values_list("pk", flat=True))).delete()
    Pillar.objects.filter(catalogue=catalogue).delete()


@audited_transaction()
def delete_draft(catalogue: Catalogue, *, at: datetime, by: User) -> None:
    if not catalogue.is_draft:
        raise CatalogueRefused(_("A published edition stays."))
    audit(Audited.CATALOGUE_LOADED, by=by, at=at, about=catalogue, before={"draft": True}, after={})
    _clear(catalogue)
    catalogue.delete()


@audited_transaction()
def publish(catalogue: Catalogue, *, at: datetime, by: User) -> None:
    """From now on checklists can be opened from it, and its meaning stays."""
    locked = Catalogue.objects.select_for_update().get(pk=catalogue.pk)
    if locked.is_draft:
        locked.is_draft = False
        locked.save(update_fields=["is_draft"])
        before, after = {"draft": True}, {"draft": False}
        audit(Audited.CATALOGUE_LOADED, by=by, at=at, about=locked, before=before, after=after)


def _reword(catalogue: Catalogue, outline: Outline) -> None:
    """Save the texts of a published edition. Raises CatalogueRefused where the file means something else."""
    measures = list(Measure.objects.shared_by(catalogue).select_related("section__pillar"))
    old = [(one.code, one.cadence, one.section.code) for one in measures]
    leaf = {line.path: line.path[-1] for line in outline.measures}
    new = [(line.code, line.cadence.value, leaf[line.path]) for line in outline.measures]
    pillars = list(Pillar.objects.filter(catalogue=catalogue).order_by("position", "code"))
    sections = [one for one in Section.objects.in_order(catalogue.pk) if one.title]
    tops = [part.code for part in outline.parts if len(part.path) == 1]
    below = [part.code for part in outline.parts if len(part.path) > 1]
    same_parts = [one.code for one in pillars] == tops and {one.code for one in sections} == set(below)
    if old != new or not same_parts:
        text = _(
            "This edition is published: its codes, parts, order and cadences are fixed, and only texts may "
            "change. Give a new edition another short name."
        )
        raise CatalogueRefused(text)
    languages = outline.languages
    _write_head(catalogue, outline, draft=False)
    parts = {(len(part.path) > 1, part.code): part for part in outline.parts}
    for one in (*pillars, *sections):
        part = parts[isinstance(one, Section), one.code]
        texts = columns_in("title", part.title, languages) | columns_in("summary", part.summary, languages)
        one.reword(texts)
        one.save()
    for measure, line in zip(measures, outline.measures, strict=True):
        measure.reword(texts_of(line, languages))
        measure.source, measure.needs_evidence = line.source, line.needs_evidence
        measure.save()
