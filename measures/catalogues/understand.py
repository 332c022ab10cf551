"""A sheet, one row a measure → an outline, and every fault in it at once."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date, time

from django.utils.translation import gettext as _
from django.utils.translation import override

from measures.catalogues import headings
from measures.catalogues.cells import Broken, CellGrid, Formula, Value
from measures.catalogues.codes import out_of_order
from measures.catalogues.headings import CADENCE, CODES, DETAIL, EVIDENCE, SOURCE, TERM, TITLE, Columns
from measures.catalogues.outline import (
    CODE_LIMIT,
    DETAIL_LIMIT,
    LANGUAGES,
    MEASURES_LIMIT,
    SOURCE_LIMIT,
    TITLE_LIMIT,
    SheetFault,
)
from measures.catalogues.rows import MeasureRow, code_fault
from measures.choices import Cadence
from measures.texts import half_width, one_line_break, split_terms

YES = {"是", "需要", "要", "√", "y", "yes", "true", "1"}


@dataclass
class Understood:
    """The rows of a sheet, its columns, and all faults found in single cells and rows."""

    columns: Columns
    rows: list[MeasureRow] = field(default_factory=list)
    faults: list[SheetFault] = field(default_factory=list)


def cadence_words() -> str:
    return _(", ").join(str(one.label) for one in Cadence)


def cadences() -> dict[str, Cadence]:
    """Every word for a cadence: as stored, and as each language shows it."""
    found: dict[str, Cadence] = {one.value: one for one in Cadence}
    for language in LANGUAGES:
        with override(language):
            found |= {str(one.label).lower(): one for one in Cadence}
    return found | {"常态化": Cadence.STANDING, "常態化": Cadence.STANDING}


class Reader:
    """Reads the rows of one sheet."""

    def __init__(self, grid: CellGrid, columns: Columns) -> None:
        self.grid, self.columns = grid, columns
        self.faults: list[SheetFault] = []
        self.cadences = cadences()

    def fault(self, row: int, place: int, text: str, *, last: int = 0) -> None:
        self.faults.append(SheetFault(row, place, text, self.grid.name, last))

    def rows(self) -> list[MeasureRow]:
        found = []
        previous = self.columns.row
        for number in sorted(self.grid.cells):
            cells = self.grid.cells[number]
            if number <= self.columns.row:
                continue
            if not any(_filled(value) for value in cells.values()):
                text = _("This row has only spaces. Delete it.")
                self.fault(number, 1, text, last=self.grid.width)
                previous = number
                continue
            if number > previous + 1:
                text = _("This row follows empty rows. Delete the empty rows, or this one.")
                self.fault(number, 1, text, last=self.grid.width)
            if number in self.grid.hidden_rows:
                self.fault(number, 1, _("This row is hidden. Show it, or delete it."), last=self.grid.width)
            previous = number
            found.append(self._row(number, cells))
        return found

    def _row(self, number: int, cells: dict[int, Value]) -> MeasureRow:
        columns, own = self.columns, self.columns.language
        row = MeasureRow(number)
        row.code = self._code(number, columns.of(CODES), cells)
        for (level, language), place in columns.parts.items():
            text = self._text(number, place, cells, TITLE_LIMIT)
            if text is not None and text != (raw := str(cells.get(place))) and raw.strip() == text:
                self.fault(number, place, _("There are spaces before or after this text. Delete them."))
            if text == "" and (language == own or level not in row.parts):
                self.fault(number, place, _("This part is empty. Write its name in every row."))
            row.parts.setdefault(level, {})[language] = text or ""
            row.unread |= {place} if text is None else set()
        for (name, language), place in columns.fields.items():
            if name == TITLE:
                text = self._text(number, place, cells, TITLE_LIMIT)
                if text == "":
                    self.fault(number, place, _("The title is missing."))
                row.title[language] = text or ""
            elif name == DETAIL:
                text = self._text(number, place, cells, DETAIL_LIMIT)
                if text == "":
                    self.fault(number, place, _("The text is missing."))
                row.detail[language] = text or ""
            elif name == TERM:
                terms = self._text(number, place, cells, DETAIL_LIMIT) or ""
                row.terms[language] = split_terms(terms)
        row.cadence = self._cadence(number, columns.of(CADENCE), cells)
        if place := columns.of(SOURCE):
            row.source = self._text(number, place, cells, SOURCE_LIMIT) or ""
        if place := columns.of(EVIDENCE):
            row.needs_evidence = (self._text(number, place, cells, 20) or "").lower() in YES
        return row

    def _text(self, number: int, place: int, cells: dict[int, Value], limit: int) -> str | None:
        """The text without spaces around it; None, with a fault, for a cell that holds none."""
        value = cells.get(place)
        if value is None:
            return ""
        if isinstance(value, Formula):
            self.fault(number, place, _("This cell is calculated. Paste its value in place of the formula."))
            return None
        if isinstance(value, Broken):
            self.fault(number, place, _("This cell shows an error. Write the text itself."))
            return None
        if isinstance(value, date | time):
            text = _("This cell was turned into a date. Set its format to text, and write it again.")
            self.fault(number, place, text)
            return None
        text = one_line_break(str(value)).strip()
        if any(ord(sign) < 32 and sign not in "\n\t" for sign in text):
            self.fault(number, place, _("This text has signs that cannot be shown. Write it again."))
            return None
        if len(text) > limit:
            said = _("This text has %(count)d characters; at most %(limit)d are possible. Shorten it.")
            self.fault(number, place, said % {"count": len(text), "limit": limit})
        return text[:limit]

    def _code(self, number: int, place: int, cells: dict[int, Value]) -> str:
        value = cells.get(place)
        if isinstance(value, float) and not value.is_integer():
            text = _("This code was turned into a number. Set its format to text, and write it again.")
            self.fault(number, place, text)
            return ""
        if isinstance(value, float):
            cells = cells | {place: int(value)}
        text = self._text(number, place, cells, DETAIL_LIMIT) or ""
        if not text:
            if not isinstance(value, Formula | Broken | date | time):
                self.fault(number, place, _("The code is missing."))
            return ""
        code = half_width(text)
        if code != text and not set("（）") & set(text):
            said = _("This code is written in full width. Write %(code)s.")
            self.fault(number, place, said % {"code": code})
        elif isinstance(value, str) and value != text:
            self.fault(number, place, _("There are spaces before or after this text. Delete them."))
        if len(code) > CODE_LIMIT:
            said = _("This text has %(count)d characters; at most %(limit)d are possible. Shorten it.")
            self.fault(number, place, said % {"count": len(code), "limit": CODE_LIMIT})
            return ""
        if wrong := code_fault(code):
            self.fault(number, place, wrong)
            return ""
        return code

    def _cadence(self, number: int, place: int, cells: dict[int, Value]) -> Cadence | None:
        text = self._text(number, place, cells, DETAIL_LIMIT)
        if text is None:
            return None
        known = self.cadences.get(half_width(text).lower())
        if not text:
            self.fault(number, place, _("Say how often: %(words)s.") % {"words": cadence_words()})
        elif not known:
            self.fault(
                number,
                place,
                _("Not one of the words for how often: %(words)s.") % {"words": cadence_words()},
            )
        elif text != str(cells.get(place)):
            self.fault(number, place, _("There are spaces before or after this text. Delete them."))
        return known


def _filled(value: Value) -> bool:
    return value is not None and (not isinstance(value, str) or bool(value.strip("\u200b\ufeff \t").strip()))


def understand_sheet(grid: CellGrid) -> Understood:
    """The rows of a sheet with headings."""
    faults: list[SheetFault] = []
    columns = headings.sheet_columns(grid, faults)
    if columns.is_lacking:
        return Understood(columns, [], faults)
    reader = Reader(grid, columns)
    rows = reader.rows()
    if not rows:
        reader.fault(columns.row, 1, _("There is no measure below the headings."), last=grid.width)
    if len(rows) > MEASURES_LIMIT:
        text = _("A catalogue has at most %(limit)s rows.") % {"limit": f"{MEASURES_LIMIT:,}"}
        reader.fault(rows[MEASURES_LIMIT].number, 1, text, last=grid.width)
    _check_codes(reader, rows)
    _check_parts(reader, rows)
    return Understood(columns, rows, faults + reader.faults)


def _check_codes(reader: Reader, rows: list[MeasureRow]) -> None:
    """Every code once, in order, and all of one shape."""
    place, seen = reader.columns.of(CODES), dict[str, int]()
    unique = []
    for row in rows:
        if row.code in seen:
            said = _("Row %(row)d has this code already. Every measure has its own.")
            reader.fault(row.number, place, said % {"row": seen[row.code]})
            row.is_doubled = True
        elif row.code:
            seen[row.code] = row.number
            unique.append(row)
    for at in out_of_order([row.code for row in unique]):
        text = _("This code is out of order: a greater one is above it. Move the row, or correct the code.")
        reader.fault(unique[at].number, place, text)


def _check_parts(reader: Reader, rows: list[MeasureRow]) -> None:
    """Every measure below the part that its code names; or no part begun twice, where codes name none."""
    depth, own = len(reader.columns.levels), reader.columns.language
    places = [reader.columns.parts[level, own] for level in range(depth)]
    complete = [row for row in rows if row.code and not row.is_doubled]
    named = [row for row in complete if row.prefixes(depth)]
    if len(named) * 2 <= len(complete):
        _check_blocks(reader, rows, depth, places)
        return
    texts: dict[str, Counter[str]] = defaultdict(Counter)
    for row in named:
        for level, prefix in enumerate(row.prefixes(depth)):
            if text := row.part(level, own):
                texts[prefix][text] += 1
    usual = {prefix: counted.most_common(1)[0][0] for prefix, counted in texts.items()}
    paths = {
        tuple(usual.get(prefix, "") for prefix in row.prefixes(depth)): row.prefixes(depth) for row in named
    }
    for row in complete:
        prefixes = row.prefixes(depth)
        if not prefixes:
            reader.fault(
                row.number, reader.columns.of(CODES), _("This code has another form than the others.")
            )
            continue
        wrong = [
            level
            for level in range(depth)
            if (text := row.part(level, own)) and text != usual.get(prefixes[level])
        ]
        path = tuple(row.part(level, own) for level in range(depth))
        if depth - 1 in wrong and paths.get(path, prefixes) != prefixes:
            text = _("This code is not below its part: measures of this part begin with %(code)s.")
            reader.fault(row.number, reader.columns.of(CODES), text % {"code": paths[path][-1]})
            continue
        for level in wrong:
            said = _("By its code this belongs to %(code)s, which other rows call “%(name)s”.")
            values = {"code": prefixes[level], "name": usual.get(prefixes[level], "")}
            reader.fault(row.number, places[level], said % values)
    _check_names(reader, named, usual, places)


def _check_names(reader: Reader, named: list[MeasureRow], usual: dict[str, str], places: list[int]) -> None:
    """No two parts with one name below the same part."""
    said: dict[tuple[str, str], str] = {}
    depth = len(places)
    for row in named:
        prefixes = row.prefixes(depth)
        for level, prefix in enumerate(prefixes):
            key = (prefixes[level - 1] if level else "", usual.get(prefix, ""))
            if key[1] and said.setdefault(key, prefix) != prefix:
                said[key] = prefix
                text = _("%(name)s has other codes above. Give each part its own name, or correct the code.")
                reader.fault(row.number, places[level], text % {"name": key[1]})


def _check_blocks(reader: Reader, rows: list[MeasureRow], depth: int, places: list[int]) -> None:
    own, ended = reader.columns.language, set[tuple[str, ...]]()
    current: tuple[str, ...] = ()
    for row in rows:
        path = tuple(row.part(level, own) for level in range(depth))
        if not all(path):
            continue
        for level in range(depth):
            if path[: level + 1] != current[: level + 1]:
                if path[: level + 1] in ended:
                    text = _("This part began above, and another came in between. Move the row up to it.")
                    reader.fault(row.number, places[level], text)
                ended |= {current[:end] for end in range(level + 1, depth + 1)}
                break
        ended -= {path[:end] for end in range(1, depth + 1)}
        current = path
