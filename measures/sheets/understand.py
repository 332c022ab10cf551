"""Words → values: statuses, owners and dates as people write them, whichever language the file is in."""

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override, pgettext_lazy

from measures.choices import Status
from measures.ledger.columns import ALL
from measures.models import Owner
from measures.models.state import FIELDS, STATE_FIELDS, Kind, StateField, StateValue
from measures.sheets.read import Cells, Sheet
from measures.sheets.retired import RETIRED_HEADINGS, RETIRED_STATUSES
from measures.texts import one_line_break

VERSION = pgettext_lazy("sheet", "Version")
REASON = gettext_lazy("Reason")
NO_OWNER = gettext_lazy("No owner")
REASON_LIMIT = 500  # characters
EMPTY = {"", "-", "–", "—", "－", "——", "/", "无", "無"}
INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff"))
MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
DATES = [
    re.compile(r"(?P<y>\d{4})\s*[-/.年]\s*(?P<m>\d{1,2})\s*[-/.月]\s*(?P<d>\d{1,2})\s*[日号號]?"),
    re.compile(r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})"),
    re.compile(r"(?P<d>\d{1,2})\s+(?P<m>[a-z]{3,9})\.?,?\s+(?P<y>\d{4})"),
    re.compile(r"(?P<m>[a-z]{3,9})\.?\s+(?P<d>\d{1,2}),?\s+(?P<y>\d{4})"),
]
MIDNIGHT = re.compile(r"[ t]0?0:00(:00(\.0+)?)?$")


@dataclass(frozen=True)
class Problem:
    """What is wrong in a file, and where: a row's number as the sheet shows it, a column's heading."""

    row: int
    column: str
    value: str
    message: str


@dataclass(frozen=True)
class SheetRow:
    """What one row of a file asks for. `version` is the item's at the export; None where none is given."""

    number: int
    code: str
    version: int | None
    values: Mapping[str, StateValue]
    reason: str = ""


@dataclass
class Reading:
    """All that a file says: its rows, what is wrong with it, and the headings that mean nothing here."""

    headings: dict[str, str] = field(default_factory=dict)
    rows: list[SheetRow] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)


class NotUnderstood(ValueError):
    """A cell that cannot be taken; the message says what would be."""


def plain(value: object) -> str:
    """A cell's text for comparing: full width and small capitals alike, spaces tidied."""
    text = unicodedata.normalize("NFKC", as_words(value)).translate(INVISIBLE)
    return " ".join(text.split()).casefold()


def as_words(value: object) -> str:
    """Return a cell as text; integers without a decimal point, since Excel stores only floats."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime) and value.time() == datetime.min.time():
        value = value.date()
    return value.isoformat() if isinstance(value, date) else str(value)


def tidy(text: str) -> str:
    """A text as a sheet can hold it: line breaks of one kind, and no NUL."""
    return one_line_break(text).replace("\0", "")


def in_every_language(label: object) -> Iterable[str]:
    """A label as `plain` has it, in each of our languages."""
    for language, _name in settings.LANGUAGES:
        with override(language):
            yield plain(str(label))


@cache
def known_headings() -> dict[str, str]:
    """The name of the column for each heading that people may write, tidied."""
    labels = {name: column.heading for name, column in ALL.items()} | {"version": VERSION, "reason": REASON}
    found = {word: name for name, label in labels.items() for word in in_every_language(label)}
    return {name: name for name in labels} | RETIRED_HEADINGS | found


@cache
def known_statuses() -> dict[str, Status]:
    words = {word: status for status in Status for word in in_every_language(status.label)}
    return {plain(status.value): status for status in Status} | RETIRED_STATUSES | words


@cache
def _nobody() -> set[str]:
    return EMPTY | set(in_every_language(NO_OWNER))


def heading_name(cell: object) -> tuple[str, str]:
    """The column that a heading names, and the checklist in brackets behind it; empty if there is none."""
    text = plain(cell)
    bracket = re.fullmatch(r"(.+?) ?\(([a-z0-9-]+)\)", text)
    if bracket and known_headings().get(bracket[1]) == "version":
        return "version", bracket[2]
    return known_headings().get(text, ""), ""


def is_heading(cells: Cells) -> bool:
    """Whether this may be the row of headings: without codes there is nothing to go by."""
    return any(heading_name(cell)[0] == "code" for cell in cells)


def status_of(cell: object) -> Status:
    if found := known_statuses().get(plain(cell)):
        return found
    raise NotUnderstood(
        _("Unknown status. Write one of: %(labels)s.")
        % {"labels": _(", ").join(str(status.label) for status in Status)}
    )


def owner_of(cell: object, owners: Collection[Owner]) -> Owner | None:
    """The owner of this name, or None for nobody. An exact name goes before one that only looks the same."""
    for spelling in (as_words, lambda name: as_words(name).strip(), plain):
        wanted = spelling(cell)
        alike = [owner for owner in owners if spelling(owner.name) == wanted]
        if len(alike) == 1:
            return alike[0]
    if not alike and plain(cell) in _nobody():
        return None
    raise NotUnderstood(_("Unknown owner. An administrator of the checklist can add owners."))


def day_of(cell: object, epoch: datetime) -> date | None:
    """A day from a date cell, a serial number of Excel's, or text."""
    if isinstance(cell, date):  # datetime is one too
        return cell.date() if isinstance(cell, datetime) else cell
    text = MIDNIGHT.sub("", plain(cell))
    if text in EMPTY:
        return None
    wrong = NotUnderstood(_("Not a date. Write it as 2026-11-24, 2026/11/24 or 2026年11月24日."))
    try:
        if isinstance(cell, int | float) or re.fullmatch(r"[3-9]\d{4}(\.0+)?", text):
            # 30000 is in 1982, 99999 in 2173: no serial number has as many digits as 20261124.
            serial = float(text)
            if 30_000 <= serial < 100_000:
                return (epoch + timedelta(days=int(serial))).date()
        for form in DATES:
            if found := form.fullmatch(text):
                month = found["m"]
                number = int(month) if month.isdecimal() else MONTHS.index(month[:3]) + 1
                return date(int(found["y"]), number, int(found["d"]))
    except (ValueError, OverflowError):
        raise wrong from None
    raise wrong


def text_of(cell: object, one: StateField) -> str:
    """Return the text of this field; on one line unless it is a long text."""
    text = tidy(as_words(cell)) if one.is_long else " ".join(as_words(cell).replace("\0", "").split())
    if one.limit and len(text) > one.limit:
        raise NotUnderstood(
            _("The text is too long. Keep it to %(limit)d characters.") % {"limit": one.limit}
        )
    return text


def reader_of(one: StateField, owners: Collection[Owner], epoch: datetime) -> Callable[[object], StateValue]:
    """What reads a cell of this field."""
    match one.kind:
        case Kind.STATUS:
            return status_of
        case Kind.OWNER:
            return lambda cell: owner_of(cell, owners)
        case Kind.DAY:
            return lambda cell: day_of(cell, epoch)
        case Kind.TEXT | Kind.LONG_TEXT:
            return lambda cell: text_of(cell, one)


def version_of(cell: object) -> int | None:
    text = plain(cell)
    if text in EMPTY:
        return None
    if not re.fullmatch(r"[1-9][0-9]{0,8}", text):
        raise NotUnderstood(_("Not a version. Leave this column as the export wrote it."))
    return int(text)


def reason_of(cell: object) -> str:
    reason = " ".join(as_words(cell).replace("\0", "").split())
    if len(reason) > REASON_LIMIT:
        raise NotUnderstood(_("The reason is too long. Keep it to 500 characters."))
    return reason


def understand(sheet: Sheet, *, codes: Collection[str], owners: Collection[Owner], slug: str) -> Reading:
    """What the sheet asks for of a checklist with these codes and owners; all that is wrong, at once."""
    reading = Reading()
    places = _places(sheet, reading, slug)
    readers = {one.name: reader_of(one, owners, sheet.epoch) for one in FIELDS}
    seen: dict[str, int] = {}
    for number, cells in sheet.rows:
        row = dict(zip(places, _at(cells, places.values()), strict=True))
        code = plain(row["code"])
        if wrong := _wrong_code(code, codes, seen):
            reading.problems.append(Problem(number, reading.headings["code"], code, wrong))
        else:
            seen[code] = number
        version, reason = None, ""
        values: dict[str, StateValue] = {}
        for name, cell in row.items():
            try:
                if name == "version":
                    version = version_of(cell)
                elif name == "reason":
                    reason = reason_of(cell)
                elif name != "code":
                    values[name] = readers[name](cell)
            except NotUnderstood as wrong_cell:
                shown = as_words(cell)[:80]
                reading.problems.append(Problem(number, reading.headings[name], shown, str(wrong_cell)))
        if code in codes and seen.get(code) == number:
            reading.rows.append(SheetRow(number, code, version, values, reason))
    return reading


def _wrong_code(code: str, codes: Collection[str], seen: Mapping[str, int]) -> str:
    if not code:
        return _("The row has no code.")
    if code not in codes:
        return _("This checklist has no item with this code.")
    if code in seen:
        return _("This code is already in row %(row)s.") % {"row": seen[code]}
    return ""


def _at(cells: Cells, places: Iterable[int]) -> list[object]:
    return [cells[place] if place < len(cells) else None for place in places]


def _places(sheet: Sheet, reading: Reading, slug: str) -> dict[str, int]:
    """The position of each column that we read. Unknown ones go to `ignored`, duplicates to `problems`."""
    places: dict[str, int] = {}
    for place, cell in enumerate(sheet.headings):
        heading = " ".join(as_words(cell).split())
        name, of = heading_name(cell)
        if of and of != slug:
            message = _("This file was exported from another checklist (%(slug)s).") % {"slug": of}
            reading.problems.append(Problem(0, heading, "", message))
        if name in ("code", "version", "reason", *STATE_FIELDS):
            if name in places:
                message = _("The file has this column twice. Keep one of them.")
                reading.problems.append(Problem(0, heading, "", message))
                continue
            places[name] = place
            reading.headings[name] = heading
        elif heading and not name:
            reading.ignored.append(heading)
    if not places.keys() & set(STATE_FIELDS):
        message = _("The file has none of the columns that can be changed: %(columns)s.") % {
            "columns": _(", ").join(str(ALL[name].heading) for name in STATE_FIELDS)
        }
        reading.problems.append(Problem(0, "", "", message))
    return places
