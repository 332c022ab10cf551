"""A ledger and a person's corrections → what would be written: `taking_of`."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date

from django.utils.translation import gettext as _

from measures.catalogues.outline import TITLE_LIMIT
from measures.sheets.words import on_one_line
from measures.takeover.cells import row_in, split_contact
from measures.takeover.corrections import MOST_LEVELS
from measures.takeover.headings import Means
from measures.takeover.ledger import Why
from measures.takeover.mapping import PlacedTable, ReadFile, TableGroup
from measures.takeover.table_taking import Remark, TableTaking, with_label, with_notes
from measures.takeover.taken import (
    UNIT_LIMIT,
    TakenItem,
    Taking,
    UnitDetails,
    cut,
)
from measures.takeover.texts import says_nothing


def taking_of(found: ReadFile, *, today: date) -> Taking:
    """All that would be written."""
    tables = list(found.taken())
    by_sheet = len({one.place for _group, one in tables}) > 1
    taking = Taking(_title(found, by_sheet=by_sheet), found.ledger.year, _language(found), [])
    contacts: dict[str, list[str]] = {}
    leaders: dict[str, list[str]] = {}
    rows: list[tuple[TakenItem, Remark]] = []
    for group, one in tables:
        table = TableTaking(found, group, one, taking, today, by_sheet=by_sheet)
        for row in one.table.rows:
            item, contact = table.item(row)
            rows.append((item, contact))
            if item.lead:
                contacts.setdefault(item.lead, []).append(contact[1])
                leaders.setdefault(item.lead, []).append(item.leader)
    taking.loose_comments = _loose_comments(tables)
    alike = {name: _alike(texts) for name, texts in contacts.items()}
    for name, text in alike.items():
        words, phone, _mobiles = split_contact(text)
        details = UnitDetails(_alike(leaders[name])[:UNIT_LIMIT], words[:UNIT_LIMIT], phone)
        taking.details[name] = details
    taking.items = [_with_contact(item, remark, taking, alike) for item, remark in rows]
    _even_out(taking, found, tables, by_sheet=by_sheet)
    return taking


def _alike(texts: Iterable[str]) -> str:
    """What all of those say that say something; nothing where they differ."""
    found = {on_one_line(text) for text in texts if not says_nothing(text)}
    return found.pop() if len(found) == 1 else ""


def _with_contact(item: TakenItem, remark: Remark, taking: Taking, alike: Mapping[str, str]) -> TakenItem:
    """The item with its contact among the remarks, if its unit has not the same."""
    heading, text = remark
    if says_nothing(text):
        return item
    words, phone, mobiles = split_contact(on_one_line(text))
    taking.mobile_phones += mobiles
    if alike.get(item.lead) == on_one_line(text) and len(words) <= UNIT_LIMIT:
        return item
    said = " ".join(filter(None, (words, phone)))
    if not said:
        return item
    taking.kept[heading] += 1
    return with_notes(item, [*filter(None, [item.notes]), with_label(heading, said, taking.language)])


def _language(found: ReadFile) -> str:
    return {"zh-Hans": "zh-hans", "zh-Hant": "zh-hant"}.get(found.ledger.language, "en")


def _title(found: ReadFile, *, by_sheet: bool) -> str:
    """The text above the table; of several sheets, the name of the file."""
    for _group, one in [] if by_sheet else found.taken():
        for left in one.sheet.left_rows:
            if left.why is Why.TITLE and (texts := [text for text in left.texts.values() if len(text) > 3]):
                return cut(texts[0], TITLE_LIMIT)
    return cut(found.ledger.file.rpartition(".")[0] or found.ledger.file, TITLE_LIMIT)


def _even_out(
    taking: Taking, found: ReadFile, tables: list[tuple[TableGroup, PlacedTable]], *, by_sheet: bool
) -> None:
    """Give all items as many parts above them, and the parts their names."""
    depth = min(MOST_LEVELS, max((len(item.path) for item in taking.items), default=0)) or 1
    names: dict[int, str] = {}
    measure = ""
    for _group, one in tables:
        for column in one.table.columns:
            if column.role is Means.LEVEL and column.heading:
                place = int(column.detail or 1) - 1 + by_sheet
                names.setdefault(place, cut(column.heading.split("/")[-1], 20))
            if column.role is Means.MEASURE and column.heading:
                measure = measure or cut(column.heading.split("/")[-1], 20)
    if by_sheet:
        names[0] = _("Sheet")
    part, measure = _("Part"), measure or _("Measure")
    taking.levels = [names.get(place, part) for place in range(depth)] + [measure]
    taking.items = [replace(item, path=_filled(item.path, depth, taking.title)) for item in taking.items]


def _filled(path: tuple[str, ...], depth: int, title: str) -> tuple[str, ...]:
    kept = path[:depth] or (title,)
    return (*kept, *[kept[-1]] * (depth - len(kept)))


def _loose_comments(tables: list[tuple[TableGroup, PlacedTable]]) -> list[str]:
    """The cells of no item that have notes."""
    rows: dict[int, set[int]] = {}
    sheets = {one.place: one.sheet for _group, one in tables}
    for _group, one in tables:
        rows.setdefault(one.place, set()).update(row.row for row in one.table.rows)
    return [
        f"{sheet.name} {address}"
        for place, sheet in sheets.items()
        for address in sheet.comments
        if row_in(address) not in rows[place]
    ]
