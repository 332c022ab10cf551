"""A fixture of one catalogue → an outline. What manage.py loaddata reads is one too."""

import json
from collections.abc import Mapping

from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from measures.catalogues.outline import (
    DETAIL_LIMIT,
    LANGUAGES,
    MEASURES_LIMIT,
    SOURCE_LIMIT,
    TITLE_LIMIT,
    MeasureLine,
    Outline,
    OutlinePart,
    Path,
    SheetFault,
    Texts,
)
from measures.catalogues.rows import code_fault
from measures.choices import Cadence
from measures.sheets.guard import SheetError

ROWS_LIMIT = 2 * MEASURES_LIMIT
TERM_COLUMNS = {"zh-hans": "key_terms", "zh-hant": "key_terms_zh_hant", "en": "key_terms_en"}


def read_json(content: bytes) -> tuple[Outline, list[SheetFault]]:
    """The outline, and all faults by the number of the object in the list. Raises SheetError."""
    try:
        rows = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise SheetError(_("This is not JSON: %(error)s.") % {"error": str(error)[:100]}) from error
    if not isinstance(rows, list) or len(rows) > ROWS_LIMIT:
        raise SheetError(
            _("A catalogue in JSON is a list of at most %(limit)d objects.") % {"limit": ROWS_LIMIT}
        )
    reader = JSONReader()
    for number, row in enumerate(rows, 1):
        model, fields = (row.get("model"), row.get("fields")) if isinstance(row, dict) else (None, None)
        if not isinstance(model, str) or not isinstance(fields, dict):
            reader.fault(number, _("This is not an object with a model and fields."))
        else:
            reader.take(number, model, fields)
    if not reader.outline.languages:
        reader.fault(0, _("The first object must be the catalogue."))
    elif not reader.outline.measures:
        reader.fault(0, _("The catalogue has no measure."))
    return reader.outline, reader.faults


class JSONReader:
    """Takes one object after another; parts before what is in them."""

    def __init__(self) -> None:
        self.outline = Outline()
        self.faults: list[SheetFault] = []
        self.model = ""
        self.paths: dict[str, Path] = {}
        self.sections: dict[str, Path] = {}
        self.codes: set[str] = set()

    def fault(self, number: int, text: str) -> None:
        self.faults.append(SheetFault(number, 0, text, self.model))

    def take(self, number: int, model: str, fields: Mapping[str, object]) -> None:
        self.model = model
        readers = {
            "measures.catalogue": self._catalogue,
            "measures.pillar": self._pillar,
            "measures.section": self._section,
            "measures.measure": self._measure,
        }
        if model not in readers:
            self.fault(number, _("A catalogue has no objects of this model."))
        elif (model == "measures.catalogue") == bool(self.outline.languages):
            self.fault(number, _("The first object, and no other, must be the catalogue."))
        else:
            readers[model](number, fields)

    def _catalogue(self, number: int, fields: Mapping[str, object]) -> None:
        made = self.outline
        languages = fields.get("languages", list(LANGUAGES))
        known = isinstance(languages, list) and [one for one in LANGUAGES if one in languages]
        if not known or not isinstance(languages, list) or len(known) != len(languages):
            self.fault(number, _("Its languages must be some of zh-hans, zh-hant and en."))
        made.languages = (
            [str(one) for one in languages] if known and isinstance(languages, list) else ["zh-hans"]
        )
        made.slug = str(fields.get("slug", ""))
        made.title = self._texts(number, "title", fields, TITLE_LIMIT)
        made.issuer = self._texts(number, "issuer", fields, TITLE_LIMIT, needed=False)
        try:
            made.day = parse_date(str(fields.get("date", "")))
        except ValueError:
            made.day = None
        if made.day is None:
            self.fault(number, _("Write the date as 2026-01-31."))
        levels = fields.get("levels", [])
        if not isinstance(levels, list) or (levels and not 2 <= len(levels) <= 5):
            self.fault(number, _("A catalogue has at most four levels of parts."))
            return
        for level in levels:
            names = level if isinstance(level, dict) else {}
            texts = {str(key): str(value)[:40] for key, value in names.items() if key in LANGUAGES and value}
            if not texts:
                self.fault(number, _("Name every level by language."))
            made.levels.append(texts)

    def _pillar(self, number: int, fields: Mapping[str, object]) -> None:
        code = self._code(number, fields)
        if code in self.paths:
            self.fault(number, _("There is a part with this code already."))
        elif code:
            self.paths[code] = (code,)
            self._add_part(number, (code,), fields)

    def _section(self, number: int, fields: Mapping[str, object]) -> None:
        code = self._code(number, fields)
        parent = fields.get("parent")
        above = (
            self.sections.get(_key(parent), ()) if parent else self.paths.get(_key(fields.get("pillar")), ())
        )
        if not above:
            self.fault(number, _("The part that this belongs to is not above it."))
        elif code in self.sections:
            self.fault(number, _("There is a part with this code already."))
        elif code and self._depth() == 1:
            self.sections[code] = above
        elif code:
            self.sections[code] = (*above, code)
            self._add_part(number, (*above, code), fields)

    def _depth(self) -> int:
        return len(self.outline.levels) - 1 if self.outline.levels else 2

    def _add_part(self, number: int, path: Path, fields: Mapping[str, object]) -> None:
        title = self._texts(number, "title", fields, TITLE_LIMIT)
        summary = self._texts(number, "summary", fields, DETAIL_LIMIT, needed=False)
        self.outline.parts.append(OutlinePart(path, title, summary))

    def _measure(self, number: int, fields: Mapping[str, object]) -> None:
        code = self._code(number, fields)
        path = self.sections.get(_key(fields.get("section")), ())
        if len(path) != self._depth():
            self.fault(number, _("The part that this belongs to is not above it."))
        if code in self.codes:
            self.fault(number, _("There is a measure with this code already."))
        self.codes.add(code)
        cadence = str(fields.get("cadence", ""))
        if cadence not in Cadence.values:
            self.fault(number, _("Its cadence must be once, recurring or standing."))
            cadence = Cadence.ONCE.value
        source = str(fields.get("source") or "")
        if len(source) > SOURCE_LIMIT:
            self._too_long(number, "source", len(source), SOURCE_LIMIT)
        terms = {language: _strings(fields.get(name)) for language, name in TERM_COLUMNS.items()}
        self.outline.measures.append(
            MeasureLine(
                path,
                code,
                self._texts(number, "title", fields, TITLE_LIMIT),
                self._texts(number, "detail", fields, DETAIL_LIMIT, needed=False),
                Cadence(cadence),
                source,
                {language: words for language, words in terms.items() if language in self.outline.languages},
                fields.get("needs_evidence") is True,
            )
        )

    def _code(self, number: int, fields: Mapping[str, object]) -> str:
        code = str(fields.get("code") or "")
        if len(code) > 24:
            self._too_long(number, "code", len(code), 24)
        elif wrong := code_fault(code):
            self.fault(number, wrong)
        return code[:24]

    def _texts(
        self, number: int, name: str, fields: Mapping[str, object], limit: int, *, needed: bool = True
    ) -> Texts:
        found = {}
        for language in self.outline.languages:
            column = f"{name}_{language.replace('-', '_')}"
            text = fields.get(column)
            text = text.strip() if isinstance(text, str) else ""
            if len(text) > limit:
                self._too_long(number, column, len(text), limit)
            if "\0" in text:
                self.fault(number, _("This text has signs that cannot be shown. Write it again."))
                text = ""
            if needed and not text:
                self.fault(number, _("%(column)s is missing.") % {"column": column})
            if text:
                found[language] = text[:limit]
        return found

    def _too_long(self, number: int, column: str, count: int, limit: int) -> None:
        said = _("%(column)s has %(count)d characters; at most %(limit)d are possible.")
        self.fault(number, said % {"column": column, "count": count, "limit": limit})


def _key(natural: object) -> str:
    """The code in a natural key: [slug, code]."""
    return str(natural[-1]) if isinstance(natural, list) and natural else ""


def _strings(value: object) -> list[str]:
    return [str(one)[:200] for one in value[:50]] if isinstance(value, list) else []
