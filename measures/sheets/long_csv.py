"""The CSV file of a whole tree, made column by column: few values come again and again in each of them."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from functools import lru_cache, partial
from itertools import repeat

from django.utils import timezone
from django.utils.translation import override

from measures.ledger.columns import READ_FOR_LIGHT, Column
from measures.ledger.facts import Facts, plain_facts_by_key
from measures.lights import start_of_day
from measures.models.people import names_in
from measures.models.special_days import thresholds_of
from measures.models.state import FIELDS, Kind
from measures.querysets.ledger import ItemQuerySet
from measures.reports.cells import as_text
from measures.sheets.words import tidy
from measures.sheets.write import SheetValue, guarded, sheet_value

KEPT = 8_192  # texts of a column at hand
HOUR = len("2026-11-24 09")
MINUTE = len("2026-11-24 09:30")
QUOTED = re.compile('[",\r\n]')
LONG_AGO = datetime(1900, 1, 1, tzinfo=UTC)

# One fact of all rows of a part; and what makes a column of cells of the facts that it reads.
type FactOfRows = Sequence[object]
type MakeCells = Callable[[list[FactOfRows]], Iterable[str]]


def long_csv(
    items: ItemQuerySet, *, columns: list[Column], on: date, language: str | None, title: str
) -> Iterator[bytes]:
    """The table as CSV, part by part. A byte-order mark, or Excel garbles Chinese."""
    names = list(dict.fromkeys(name for column in columns for name in column.reads))
    made = [([names.index(name) for name in column.reads], cells_in_csv(column, on)) for column in columns]
    parts = plain_facts_by_key(items, names)
    with override(language):
        headings = [in_csv(guarded(str(column.heading))) for column in columns]
    yield f"\ufeff{','.join(headings)}\r\n".encode()
    while True:
        # Part by part, because code that runs in between may change the language.
        with override(language):
            if not (rows := next(parts, [])):
                return
            _keys, *facts = zip(*rows, strict=True)
            cells = [texts([facts[place] for place in places]) for places, texts in made]
            lines = map(",".join, zip(*cells, strict=False))
            written = "\r\n".join((*lines, ""))
        yield written.encode()


def in_csv(text: str) -> str:
    """A cell as `csv.writer` writes it."""
    return '"{}"'.format(text.replace('"', '""')) if QUOTED.search(text) else text


def cells_in_csv(column: Column, on: date) -> MakeCells:
    """What makes the texts of this column on a day, in the language that is active then."""
    kinds = {one.name: one.kind for one in FIELDS}
    if column.reads == READ_FOR_LIGHT:
        return _lights(column, on)
    if column.reads in (("updated_at",), ("last_entry_at",)):
        return _minutes
    if kinds.get(column.name) == Kind.LONG_TEXT:
        return _long_texts
    if kinds.get(column.name) == Kind.UNITS:
        return lambda facts: map(_units, *facts)
    if not column.reads:
        return lambda facts: repeat(_text_of(column, on))
    text = lru_cache(KEPT)(partial(_text_of, column, on))
    return lambda facts: map(text, *facts)


def _text_of(column: Column, on: date, *read: object) -> str:
    known = dict(zip(column.reads, read, strict=True))
    return cell_text(column.value(Facts._make(map(known.get, Facts._fields)), on))


def cell_text(value: SheetValue) -> str:
    return in_csv(guarded(as_text(sheet_value(value))))


def _long_texts(facts: list[FactOfRows]) -> list[str]:
    """Notes and the like: hardly two are the same."""
    return [in_csv(guarded(tidy(str(text)))) for text in facts[0]]


@lru_cache(KEPT)
def _units(text: str) -> str:
    return in_csv(guarded(tidy(names_in(text))))


def _minutes(facts: list[FactOfRows]) -> list[str]:
    """Moments by the site's clock, which is whole hours away from UTC: what follows the hour stays."""
    return [
        f"{_hour(moment[:HOUR])}{moment[HOUR:MINUTE]}" if isinstance(moment, str) else ""
        for moment in facts[0]
    ]


@lru_cache(KEPT)
def _hour(text: str) -> str:
    utc = datetime.fromisoformat(f"{text}:00+00:00")
    return utc.astimezone(timezone.get_default_timezone()).isoformat(" ")[:HOUR]


def _lights(column: Column, on: date) -> MakeCells:
    """Whether it has been silent for long is found apart: the light depends on no more of that moment."""

    @lru_cache(KEPT)
    def heard_from(due_soon: int, silence: int, counts_working_days: int) -> str:
        day = thresholds_of(due_soon, silence, bool(counts_working_days)).heard_from(on)
        return start_of_day(day).astimezone(UTC).replace(tzinfo=None).isoformat(" ")

    @lru_cache(KEPT)
    def light(status: str, due: str | None, is_silent: bool, *rest: int) -> str:
        day = date.fromisoformat(due) if due else None
        return _text_of(column, on, status, day, LONG_AGO if is_silent else None, *rest)

    def texts(facts: list[FactOfRows]) -> Iterable[str]:
        status, due, silent_since, *rest = facts
        edges = map(heard_from, *rest[1:])
        is_silent = [
            isinstance(since, str) and since < edge for since, edge in zip(silent_since, edges, strict=True)
        ]
        return map(light, status, due, is_silent, *rest)

    return texts
