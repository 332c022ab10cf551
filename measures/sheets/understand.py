"""Rows of cells → values of items: what each row asks for, and all that is wrong, at once."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext as _

from measures.ledger.columns import ALL
from measures.models import Checklist, Owner
from measures.models.state import BY_NAME, STATE_FIELDS, Kind, StateField, StateValue
from measures.sheets.days import ReadDay, day_of
from measures.sheets.details import ExportDetails, export_details, foreign, mismatch, owner_key
from measures.sheets.known import Known
from measures.sheets.looks import Unusable
from measures.sheets.problems import Problem
from measures.sheets.read import Sheet, SheetFile
from measures.sheets.values import (
    NoSuchOwner,
    entry_text_of,
    owner_of,
    reason_of,
    status_of,
    text_of,
    units_of_cell,
    version_of,
)
from measures.sheets.words import (
    EMPTY,
    ENTRY_COLUMNS,
    NotUnderstood,
    as_words,
    heading_name,
    is_exact_heading,
    on_one_line,
    plain,
    words_to_clear,
)

OWNER_LIMIT = 100  # characters
TAKEN = ("code", "unit", "address", "version", "reason", "append", "details", *ENTRY_COLUMNS, *STATE_FIELDS)


@dataclass(frozen=True)
class SheetRow:
    """What one row of a file asks for. `version` is the item's at the export; None where none is given.

    A field without a value stays as it is. `append` is added to the notes; `entry` holds the texts of an
    entry. `wrote` holds the words from which a day was worked out, by the field's name; `ongoing` is set
    where they say that the work has no end. An owner without a key does not exist yet. `unit` is the slug of
    the row's checklist; empty for the one to which the file was uploaded.
    """

    number: int
    code: str
    version: int | None
    values: Mapping[str, StateValue]
    reason: str = ""
    append: str = ""
    wrote: Mapping[str, str] = field(default_factory=dict)
    ongoing: bool = False
    sheet: str = ""
    entry: Mapping[str, str] = field(default_factory=dict)
    unit: str = ""


@dataclass
class Reading:
    """All that a file says: its rows, what is wrong with it, and the headings that mean nothing here.

    `exports` are the exports from which its sheets come.
    """

    headings: dict[str, str] = field(default_factory=dict)
    rows: list[SheetRow] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    seen: dict[tuple[str, str], tuple[str, int]] = field(default_factory=dict)
    exports: list[ExportDetails] = field(default_factory=list)


def understand(file: SheetFile, known: Known) -> Reading:
    """What the sheets ask for; all that is wrong, at once."""
    reading = Reading(left_out=file.left_out)
    several = len(file.sheets) > 1
    if file.exported_from not in ("", known.checklist.slug):
        reading.problems.append(Problem(0, "", "", foreign(file.exported_from)))
    for sheet in file.sheets:
        name = sheet.name if several else ""
        places = _places(sheet, reading, known.checklist, name)
        export = export_details(sheet.headings)
        since = known.codes_since(export.edition) if export and places else None
        rows = []
        # The names that owners had at the export, with their keys, by the slugs of their checklists.
        keys = {known.checklist.slug: dict(known.keys)}
        for number, cells in sheet.rows:
            row = {column: cells[place] if place < len(cells) else None for column, place in places.items()}
            unit = known.unit_of(row)
            rows.append((number, unit, row))
            if unit and (named := owner_key(row.pop("details", ""))):
                keys.setdefault(unit.slug, {}).update([named])
        for number, unit, row in rows:
            # Long tables repeat their headings on every page.
            if heading_name(row.get("code"))[0] != "code" and not all(map(is_blank, row.values())):
                of_unit = keys.get(unit.slug, {}) if unit else {}
                RowReader(reading, known, unit, of_unit, sheet.epoch, number, name, since).read(row)
    return reading


@dataclass
class RowReader:
    """Reads one row into `reading`."""

    reading: Reading
    known: Known
    unit: Checklist | None
    keys: Mapping[str, int]
    epoch: datetime
    number: int
    sheet: str
    since: Mapping[tuple[str, str], str] | None  # today's codes, where the file is of a former edition
    values: dict[str, StateValue] = field(default_factory=dict)
    wrote: dict[str, str] = field(default_factory=dict)
    exported: int | None = None
    reason: str = ""
    append: str = ""
    ongoing: bool = False
    entry: dict[str, str] = field(default_factory=dict)

    def read(self, row: Mapping[str, object]) -> None:
        if self.unit is None:
            self._refuse_unit(row)
            return
        code = plain(row["code"])
        if self.since is not None:
            # What an upgrade has retired must not be taken for what has its code today.
            code = self.since.get((self.unit.slug, code), f"{code}@")
        if wrong := self._wrong_code(row["code"], code, self.unit):
            self._refuse("code", row["code"], wrong)
        else:
            self.reading.seen[self.unit.slug, code] = (self.sheet, self.number)
        for name, cell in row.items():
            if name in ("code", "unit", "address", "details") or is_blank(cell):
                continue
            try:
                self._read_cell(name, cell)
            except NoSuchOwner as wrong_cell:
                self._new_owner(name, cell, str(wrong_cell))
            except NotUnderstood as wrong_cell:
                self._refuse(name, cell, str(wrong_cell))
        if self.reading.seen.get((self.unit.slug, code)) == (self.sheet, self.number):
            self.reading.rows.append(
                SheetRow(
                    self.number,
                    code,
                    self.exported,
                    self.values,
                    self.reason,
                    self.append,
                    self.wrote,
                    self.ongoing,
                    self.sheet,
                    self.entry,
                    "" if self._is_here else self.unit.slug,
                )
            )

    @property
    def _is_here(self) -> bool:
        return self.unit == self.known.checklist

    @property
    def _owners(self) -> Collection[Owner]:
        return self.known.owners[self.unit.slug] if self.unit else ()

    def _read_cell(self, name: str, cell: object) -> None:
        if isinstance(cell, Unusable):
            raise NotUnderstood(cell.why)
        match name:
            case "version":
                self.exported = version_of(cell)
            case "reason":
                self.reason = reason_of(cell)
            case "append":
                self.append = text_of(cell, BY_NAME["notes"])
            case _ if name in ENTRY_COLUMNS:
                self.entry[ENTRY_COLUMNS[name]] = entry_text_of(cell)
            case _:
                self._take(BY_NAME[name], cell)

    def _take(self, one: StateField, cell: object) -> None:
        if plain(cell) in words_to_clear():
            if one.kind == Kind.STATUS:
                raise NotUnderstood(_("A status cannot be cleared. Choose one of the listed statuses."))
            self.values[one.name] = one.empty
            return
        match one.kind:
            case Kind.STATUS:
                self.values[one.name] = status_of(cell)
            case Kind.OWNER:
                self.values[one.name] = owner_of(cell, self._owners, self.keys)
            case Kind.UNITS:
                self.values[one.name] = units_of_cell(cell, self._owners, self.keys)
            case Kind.DAY:
                self._take_day(one.name, day_of(cell, self.epoch, self.known.today))
            case Kind.TEXT | Kind.LONG_TEXT:
                self.values[one.name] = text_of(cell, one)

    def _take_day(self, name: str, found: ReadDay | None) -> None:
        if found is None:
            return
        self.values[name] = found.day
        self.ongoing |= found.is_ongoing
        if found.wrote:
            self.wrote[name] = found.wrote

    def _new_owner(self, name: str, cell: object, message: str) -> None:
        wanted = on_one_line(cell)
        # A new owner is offered for the checklist of the page alone.
        if len(wanted) > OWNER_LIMIT or not self._is_here:
            self._refuse(name, cell, message)
            return
        self.values[name] = Owner(checklist=self.known.checklist, name=wanted)
        heading = self.reading.headings[name]
        self.reading.problems.append(
            Problem(self.number, heading, wanted[:80], message, self.sheet, owner=wanted)
        )

    def _refuse_unit(self, row: Mapping[str, object]) -> None:
        name = "address" if is_blank(row.get("unit")) else "unit"
        message = _(
            "This row belongs to “%(unit)s”, not to “%(here)s” or to one unit below it that you may change. "
            "Upload it there, or delete it from the file."
        )
        about = {"unit": as_words(row[name])[:80], "here": self.known.checklist.name}
        self._refuse(name, row[name], message % about)

    def _wrong_code(self, cell: object, code: str, unit: Checklist) -> str:
        if isinstance(cell, Unusable):
            return cell.why
        if not code:
            return _("The row has no code.")
        if code not in self.known.codes[unit.slug]:
            return _("This checklist has no item with this code.")
        if (unit.slug, code) in self.reading.seen:
            sheet, row = self.reading.seen[unit.slug, code]
            if sheet != self.sheet:
                return _("This code is in row %(row)s of the sheet “%(sheet)s” already.") % {
                    "row": row,
                    "sheet": sheet,
                }
            return _("This code is already in row %(row)s.") % {"row": row}
        return ""

    def _refuse(self, name: str, cell: object, message: str) -> None:
        heading = self.reading.headings[name]
        self.reading.problems.append(Problem(self.number, heading, as_words(cell)[:80], message, self.sheet))


def is_blank(cell: object) -> bool:
    """Whether a cell says nothing: it then leaves what is stored as it is."""
    return not isinstance(cell, Unusable) and plain(cell) in EMPTY


def _places(sheet: Sheet, reading: Reading, here: Checklist, name_of_sheet: str) -> dict[str, int]:
    """The position of each column that we read. Unknown ones go to `ignored`, duplicates to `problems`."""
    places: dict[str, int] = {}
    names = {heading_name(cell)[0] for cell in sheet.headings}
    if export := export_details(sheet.headings):
        reading.exports.append(export)
        if wrong := mismatch(export, here, by_row=bool(names & {"unit", "address"})):
            reading.problems.append(Problem(0, "", "", wrong, name_of_sheet))
            return {}
    # A column that has our own heading goes before one with a word that may mean the same.
    for place, cell in sorted(enumerate(sheet.headings), key=lambda at: not is_exact_heading(at[1])):
        heading = " ".join(as_words(cell).split())
        name, of = heading_name(cell)
        if of and of != here.slug:
            reading.problems.append(Problem(0, heading, "", foreign(of), name_of_sheet))
        if name in places and is_exact_heading(cell):
            message = _("The file has this column twice. Keep one of them.")
            reading.problems.append(Problem(0, heading, "", message, name_of_sheet))
        elif name in TAKEN and name not in places:
            places[name] = place
            reading.headings.setdefault(name, heading)
        elif heading and (not name or name in places) and heading not in reading.ignored:
            reading.ignored.append(heading)
    if not places.keys() & {*STATE_FIELDS, "append", *ENTRY_COLUMNS}:
        message = _("The file has none of the columns that can be changed: %(columns)s.") % {
            "columns": _(", ").join(str(ALL[name].heading) for name in STATE_FIELDS)
        }
        reading.problems.append(Problem(0, "", "", message, name_of_sheet))
    return places
