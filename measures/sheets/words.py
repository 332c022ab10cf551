"""The words of headings and cells, as people write them in whichever language."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from functools import cache

from django.conf import settings
from django.utils.translation import gettext_lazy, override, pgettext_lazy

from measures.choices import Status
from measures.ledger.columns import ALL, UNIT
from measures.models.entries import ENTRY_TEXTS
from measures.models.state import STATE_FIELDS
from measures.sheets.details import DETAILS, UNIT_ADDRESS
from measures.sheets.looks import Seen, Unusable
from measures.sheets.retired import RETIRED_STATUSES, SYNONYMS
from measures.texts import one_line_break

VERSION = pgettext_lazy("sheet", "Version")
REASON = gettext_lazy("Reason")
APPEND = gettext_lazy("Add to the notes")
NO_OWNER = gettext_lazy("No owner")
# Written in a cell, it empties the field. A blank cell leaves it as it is.
CLEAR = pgettext_lazy("sheet", "clear")
# The heading of a hidden column: the sheet is not taken as rows of a list, whatever else its headings say.
ONLY_TO_READ = pgettext_lazy("sheet", "Only to be read")
# Columns whose texts make an entry, by the names of its texts.
ENTRY_COLUMNS = {f"entry_{name}": name for name in ENTRY_TEXTS}
EMPTY = {"", "-", "–", "—", "－", "——", "/", "无", "無"}
INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff"))


class NotUnderstood(ValueError):
    """A cell that cannot be taken; the message says what would be."""


def plain(value: object) -> str:
    """A cell's text for comparing: full width and small capitals alike, spaces tidied."""
    text = unicodedata.normalize("NFKC", as_words(value)).translate(INVISIBLE)
    return " ".join(text.split()).casefold()


def as_words(value: object) -> str:
    """A cell as text, as its spreadsheet shows it; whole numbers without a point."""
    match value:
        case None:
            return ""
        case Seen(text=text) | Unusable(shown=text):
            return text
        case datetime() if value.time() != time.min:
            return value.isoformat(" ", "seconds" if value.second else "minutes")
        case date():
            return f"{value:%Y-%m-%d}"
        case float() if value.is_integer():
            return str(int(value))
    return str(value).upper() if isinstance(value, bool) else str(value)


def tidy(text: str) -> str:
    """A text as a sheet can hold it: line breaks of one kind, and no NUL."""
    return one_line_break(text).replace("\0", "")


def on_one_line(cell: object) -> str:
    """A cell's text without line breaks, doubled spaces and NUL."""
    return " ".join(as_words(cell).replace("\0", "").split())


def trimmed(text: str) -> str:
    """A text as the forms take it: tidy, and nothing blank around it."""
    return tidy(text).strip()


def in_every_language(label: object) -> Iterable[str]:
    """A label as `plain` has it, in each of our languages."""
    for language, _name in settings.LANGUAGES:
        with override(language):
            yield plain(str(label))


@cache
def exact_headings() -> dict[str, str]:
    """The name of the column for each of our own headings, without spaces."""
    labels = {name: column.heading for name, column in (ALL | {"unit": UNIT}).items()}
    labels |= {"version": VERSION, "reason": REASON, "append": APPEND}
    labels |= {"address": UNIT_ADDRESS.heading, "details": DETAILS}
    labels |= {column: ENTRY_TEXTS[name] for column, name in ENTRY_COLUMNS.items()}
    found = {word: name for name, label in labels.items() for word in in_every_language(label)}
    return {close_up(word): name for word, name in ({name: name for name in labels} | found).items()}


@cache
def known_headings() -> dict[str, str]:
    """The same with the words that people write in place of our own."""
    return {close_up(word): name for word, name in SYNONYMS.items()} | exact_headings()


def close_up(text: str) -> str:
    """Text without spaces, and without the marks that people put behind a heading."""
    return re.sub(r"\s", "", text).strip(":*")


@cache
def known_statuses() -> dict[str, Status]:
    words = {word: status for status in Status for word in in_every_language(status.label)}
    return {plain(status.value): status for status in Status} | RETIRED_STATUSES | words


@cache
def words_to_clear() -> set[str]:
    """What a cell says to empty its field."""
    return {"清空", *in_every_language(CLEAR)}


@cache
def _only_to_read() -> set[str]:
    return {close_up(word) for word in in_every_language(ONLY_TO_READ)}


@cache
def words_for_nobody() -> set[str]:
    return set(in_every_language(NO_OWNER))


def is_exact_heading(cell: object) -> bool:
    """Whether a heading is one of our own words, or that of a version."""
    return close_up(plain(cell)) in exact_headings() or bool(heading_name(cell)[1])


def heading_name(cell: object) -> tuple[str, str]:
    """The column that a heading names, and the checklist in brackets behind it; empty if there is none."""
    text = close_up(plain(cell))
    if found := known_headings().get(text):
        return found, ""
    bracket = re.fullmatch(r"(.+?)\((.*)\)", text)
    name = known_headings().get(close_up(bracket[1]), "") if bracket else ""
    return name, bracket[2] if bracket and name == "version" else ""


def heading_rank(cells: Sequence[object]) -> int:
    """How many columns these name that can be changed, and one for codes: without codes, none counts."""
    names = {heading_name(cell)[0] for cell in cells}
    if any(close_up(plain(cell)) in _only_to_read() for cell in cells):
        return 0
    return 1 + len(names & {*STATE_FIELDS, "append", *ENTRY_COLUMNS}) if "code" in names else 0
