"""An outline as XLSX or JSON, both of which can be loaded again; and the sheet to begin with."""

import io
import json
from collections.abc import Iterator
from datetime import date

import xlsxwriter
from django.conf import settings
from django.utils.translation import override

from measures.catalogues.codes import OWN_CODE, prefixes
from measures.catalogues.from_json import TERM_COLUMNS
from measures.catalogues.outline import MEASURES_LIMIT, Outline, OutlinePart, Texts
from measures.choices import Cadence
from measures.sheets.write import HEADING, LIST_FONT, TEXT

WORDS = {
    "zh-hans": ("编号", "措施", "要求", "推进方式", "出处", "关键词", "需要佐证"),
    "zh-hant": ("編號", "措施", "要求", "推進方式", "出處", "關鍵詞", "需要佐證"),
    "en": ("Code", "Measure", "Detail", "Cadence", "Source", "Key terms", "Needs evidence"),
}
LEVELS = {"zh-hans": ("方面", "重点任务"), "zh-hant": ("方面", "重點任務"), "en": ("Pillar", "Section")}
YES = {"zh-hans": "是", "zh-hant": "是", "en": "yes"}
ABOUT = {
    "zh-hans": ("目录", "简称", "名称", "发布单位", "日期", "层级"),
    "zh-hant": ("目錄", "簡稱", "名稱", "發佈單位", "日期", "層級"),
    "en": ("Catalogue", "Short name", "Title", "Issuer", "Date", "Levels"),
}
IN_BRACKETS = {"zh-hans": "简体", "zh-hant": "繁體", "en": "English"}


def outline_xlsx(outline: Outline) -> bytes:
    """A sheet of measures, a row each, and one about the catalogue."""
    own = outline.languages[0]
    output = io.BytesIO()
    book = xlsxwriter.Workbook(output, {"in_memory": True, "strings_to_formulas": False})
    book.set_properties({"comments": settings.GENERATOR})
    text, head = book.add_format(LIST_FONT | TEXT), book.add_format(LIST_FONT | HEADING)
    sheet = book.add_worksheet(WORDS[own][1])
    headings = _headings(outline, own)
    for place, (heading, wide) in enumerate(headings):
        sheet.set_column(place, place, wide, text)
        sheet.write_string(0, place, heading, head)
        if heading == WORDS[own][3]:
            offered = {"validate": "list", "source": [_cadence(one, own) for one in Cadence]}
            sheet.data_validation(1, place, MEASURES_LIMIT, place, offered)
    for number, cells in enumerate(_rows(outline, own), 1):
        for place, cell in enumerate(cells):
            sheet.write_string(number, place, cell, text)
    sheet.freeze_panes(1, 0)
    about = book.add_worksheet(ABOUT[own][0])
    about.set_column(0, 0, 20, head)
    about.set_column(1, 1, 60, text)
    for number, (label, value) in enumerate(_about(outline, own)):
        about.write_string(number, 0, label, head)
        about.write_string(number, 1, value, text)
    book.close()
    return output.getvalue()


def _cadence(cadence: Cadence, language: str) -> str:
    with override(language):
        return str(cadence.label)


def _has_details(outline: Outline) -> bool:
    return not outline.measures or any(line.detail for line in outline.measures)


def _headings(outline: Outline, own: str) -> list[tuple[str, int]]:
    """Each heading with the width of its column."""
    code, title, detail, cadence, source, terms, evidence = WORDS[own]
    texts = [(level, 18) for level in _levels(outline, own)[:-1]]
    headings = [(_named(name, one, own), wide) for name, wide in texts for one in outline.languages]
    headings.append((code, 10))
    texts = [(title, 36), (detail, 60)] if _has_details(outline) else [(title, 36)]
    headings += [(_named(name, one, own), wide) for name, wide in texts for one in outline.languages]
    headings += [(cadence, 12), (source, 16)]
    headings += [(_named(terms, one, own), 30) for one in outline.languages]
    return [*headings, (evidence, 10)]


def _rows(outline: Outline, own: str) -> Iterator[list[str]]:
    parts = {part.path: part for part in outline.parts}
    for line in outline.measures:
        cells: list[str] = []
        for level in range(len(line.path)):
            part = parts[line.path[: level + 1]]
            code = "" if line.path == prefixes(line.code, len(line.path)) else _own_code(part)
            cells += [f"{code} {part.title.get(one, '')}".strip() for one in outline.languages]
        cells.append(line.code)
        for texts in (line.title, line.detail) if _has_details(outline) else (line.title,):
            cells += [texts.get(one, "") for one in outline.languages]
        cells += [_cadence(line.cadence, own), line.source]
        cells += ["、".join(line.key_terms.get(one, [])) for one in outline.languages]
        yield [*cells, YES[own] if line.needs_evidence else ""]


def _own_code(part: OutlinePart) -> str:
    """What a part's name begins with where the codes of measures do not name it, if it can."""
    above = part.path[-2] if len(part.path) > 1 else ""
    code = part.code.removeprefix(above)
    return code if (found := OWN_CODE.fullmatch(f"{code} x")) and found[1] == code else ""


def _about(outline: Outline, own: str) -> list[tuple[str, str]]:
    _name, slug, name, issuer, day, levels = ABOUT[own]
    rows = [(slug, outline.slug)]
    rows += [(_named(name, one, own), outline.title.get(one, "")) for one in outline.languages]
    rows += [(_named(issuer, one, own), outline.issuer.get(one, "")) for one in outline.languages]
    rows.append((day, outline.day.isoformat() if outline.day else ""))
    named = [(_named(levels, one, own), " / ".join(_levels(outline, one))) for one in outline.languages]
    return rows + (named if outline.levels else [])


def empty_xlsx(language: str) -> bytes:
    """The headings and nothing below them, in the reader's language."""
    own = language if language in WORDS else "zh-hans"
    return outline_xlsx(Outline(languages=[own], day=None, levels=[]))


def _levels(outline: Outline, language: str) -> list[str]:
    if not outline.levels:
        return [*LEVELS[language], WORDS[language][1]]
    return [names.get(language) or next(iter(names.values())) for names in outline.levels]


def _named(name: str, language: str, own: str) -> str:
    return name if language == own else f"{name} ({IN_BRACKETS[language]})"


def outline_json(outline: Outline) -> bytes:
    """A list of objects, as load_catalogue reads it: a fixture with the languages that the catalogue has."""
    slug = outline.slug
    head: dict[str, object] = {"slug": slug}
    head |= _columns("title", outline.title) | _columns("issuer", outline.issuer)
    head["date"] = (outline.day or date.today()).isoformat()
    head |= {"languages": outline.languages, "levels": outline.levels}
    rows: list[dict[str, object]] = [_row("catalogue", head)]
    is_flat = len(outline.levels) == 2
    fields: dict[str, object]
    for position, part in enumerate(outline.parts, 1):
        place = {"code": part.code, "position": position}
        if len(part.path) == 1:
            rows.append(_row("pillar", {"catalogue": [slug], **place, **_texts(part)}))
        if len(part.path) > 1 or is_flat:
            fields = {"pillar": [slug, part.path[0]], **place}
            if len(part.path) > 2:
                fields["parent"] = [slug, part.path[-2]]
            rows.append(_row("section", fields if is_flat else fields | _texts(part)))
    for position, line in enumerate(outline.measures, 1):
        fields = {"section": [slug, line.path[-1]], "code": line.code, "position": position}
        fields |= _columns("title", line.title) | _columns("detail", line.detail)
        fields |= {"source": line.source, "cadence": line.cadence.value}
        fields |= {TERM_COLUMNS[one]: words for one, words in line.key_terms.items()}
        rows.append(_row("measure", fields | {"needs_evidence": line.needs_evidence}))
    return (json.dumps(rows, ensure_ascii=False, indent=1) + "\n").encode()


def _row(model: str, fields: dict[str, object]) -> dict[str, object]:
    return {"model": f"measures.{model}", "fields": fields}


def _texts(part: OutlinePart) -> dict[str, object]:
    return _columns("title", part.title) | _columns("summary", part.summary)


def _columns(name: str, texts: Texts) -> dict[str, object]:
    return {f"{name}_{language.replace('-', '_')}": text for language, text in texts.items()}
