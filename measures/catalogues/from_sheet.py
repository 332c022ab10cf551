"""A file of sheets → an outline, with the names of its parts found from its codes or its texts."""

from datetime import date, datetime

from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from measures.catalogues.cells import CellGrid, Value, grids_of
from measures.catalogues.codes import OWN_CODE
from measures.catalogues.headings import heading_row, split_language, without_signs
from measures.catalogues.outline import CODE_LIMIT, MeasureLine, Outline, OutlinePart, Path, SheetFault, Texts
from measures.catalogues.rows import MeasureRow
from measures.catalogues.understand import Understood, understand_sheet
from measures.choices import Cadence
from measures.sheets.guard import SheetError
from measures.texts import half_width

ABOUT = {
    "slug": {"简称", "簡稱", "shortname"},
    "title": {"名称", "名稱", "title"},
    "issuer": {"发布单位", "發布單位", "發佈單位", "issuer"},
    "date": {"日期", "date"},
    "levels": {"层级", "層級", "levels"},
}
ABOUT_SHEETS = {"目录", "目錄", "catalogue"}


def read_sheets(content: bytes) -> tuple[Outline, list[SheetFault]]:
    """The outline, and all faults; the outline is whole only if there are none. Raises SheetError."""
    grids = grids_of(content)
    about = [grid for grid in grids if without_signs(grid.name) in ABOUT_SHEETS]
    with_measures = [grid for grid in grids if grid not in about and heading_row(grid)]
    if not with_measures:
        raise SheetError(_("No sheet has the headings of a catalogue. Start with the empty sheet."))
    found = understand_sheet(with_measures[0])
    faults = list(found.faults)
    for spare in with_measures[1:]:
        text = _("There is a second sheet of measures. Put all measures into one.")
        faults.append(SheetFault(heading_row(spare), 1, text, spare.name, spare.width))
    outline = _outline(found)
    for grid in about:
        _read_about(grid, outline, faults)
    return outline, sorted(faults, key=lambda fault: (fault.sheet, fault.row, fault.first))


def _outline(found: Understood) -> Outline:
    columns = found.columns
    own, depth = columns.language, len(columns.levels)
    outline = Outline(languages=columns.languages if found.rows else [own])
    outline.levels = [{own: name} for name in (*columns.levels, columns.measure or _("Measure"))]
    named = [row for row in found.rows if row.prefixes(depth)]
    paths = _by_codes if named and len(named) * 2 > len(found.rows) else Numbering(found.rows, own).path
    known: set[Path] = set()
    for row in found.rows:
        path = paths(row, depth)
        if not path or row.cadence is None:
            continue
        for level in range(depth):
            if path[: level + 1] not in known:
                known.add(path[: level + 1])
                outline.parts.append(
                    OutlinePart(path[: level + 1], _name(row.parts.get(level, {}), path[level]))
                )
        outline.measures.append(_line(row, path, row.cadence))
    return outline


def _line(row: MeasureRow, path: Path, cadence: Cadence) -> MeasureLine:
    return MeasureLine(
        path,
        row.code,
        row.title,
        row.detail,
        cadence,
        row.source,
        row.terms,
        row.needs_evidence,
    )


def _by_codes(row: MeasureRow, depth: int) -> Path:
    return row.prefixes(depth)


def _name(texts: Texts, code: str) -> Texts:
    """The texts of a part, without its code where they begin with it."""
    found = {}
    for language, text in texts.items():
        own = OWN_CODE.fullmatch(half_width(text))
        found[language] = own[2] if own and own[1] == code.removeprefix(code[: -len(own[1])]) else text
    return found


class Numbering:
    """Codes of parts where those of measures name none: what their names begin with, or 1, 1.1 …"""

    def __init__(self, rows: list[MeasureRow], language: str) -> None:
        self.language = language
        self.codes: dict[Path, str] = {}
        self.used: set[str] = set()
        self.counts: dict[Path, int] = {}

    def path(self, row: MeasureRow, depth: int) -> Path:
        texts = tuple(row.part(level, self.language) for level in range(depth))
        if not all(texts):
            return ()
        return tuple(self._code(texts[: level + 1]) for level in range(depth))

    def _code(self, texts: Path) -> str:
        if texts in self.codes:
            return self.codes[texts]
        above = self.codes.get(texts[:-1], "")
        number = self.counts[texts[:-1]] = self.counts.get(texts[:-1], 0) + 1
        own = OWN_CODE.fullmatch(half_width(texts[-1]))
        code = own[1] if own else (f"{above}.{number}" if above else str(number))
        if code in self.used or len(code) > CODE_LIMIT:
            code = f"{above}{code}" if len(above + code) <= CODE_LIMIT else f"{above}.{number}"[:CODE_LIMIT]
        self.used.add(code)
        self.codes[texts] = code
        return code


def _read_about(grid: CellGrid, outline: Outline, faults: list[SheetFault]) -> None:
    own = outline.languages[0]
    for number, cells in sorted(grid.cells.items()):
        base, language = split_language(str(cells.get(1) or ""))
        name = next((one for one, words in ABOUT.items() if without_signs(base) in words), "")
        value = cells.get(2)
        text = str(value if value is not None else "").strip()
        if not text:
            continue
        if name == "slug":
            outline.slug = text
        elif name == "title":
            outline.title[language or own] = text
        elif name == "issuer":
            outline.issuer[language or own] = text
        elif name == "date":
            outline.day = _day(value)
            if outline.day is None:
                faults.append(SheetFault(number, 2, _("Write the date as 2026-01-31."), grid.name))
        elif name == "levels":
            names = [part.strip() for part in text.split("/")]
            if len(names) != len(outline.levels):
                faults.append(SheetFault(number, 2, _("Name every level, with / between them."), grid.name))
            else:
                for level, named in zip(outline.levels, names, strict=True):
                    level[language or own] = named


def _day(value: Value) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return parse_date(str(value).strip())
    except ValueError:
        return None
