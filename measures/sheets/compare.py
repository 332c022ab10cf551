"""A file against the ledger, cell by cell and three ways: at the export, now, and in the file."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date

from django.utils.translation import gettext as _

from measures.choices import OPEN_STATUSES, Status
from measures.forms.days import unusual
from measures.ledger.plans import HANDED_OVER, Refusal, entry_by
from measures.models import Checklist, Entry, Item, Update
from measures.models.entries import ENTRY_TEXTS
from measures.models.state import BY_NAME, FIELDS, NOTES_LIMIT, UNTOUCHED, StateField, StateValue, settled
from measures.rights.roles import Action, Rights
from measures.sheets.compared import (
    APPEND_FILE,
    REPLACE,
    ComparedCell,
    ComparedRow,
    SheetComparison,
    add_below,
)
from measures.sheets.problems import Problem
from measures.sheets.understand import SheetRow
from measures.sheets.words import APPEND, ENTRY_COLUMNS, trimmed

CONTEXT, SHOWN = 40, 400  # characters of long notes around what differs


def compare_sheet(
    asked: Iterable[SheetRow],
    *,
    checklist: Checklist,
    units: Mapping[str, Checklist],
    rights: Rights,
    headings: Mapping[str, str],
    today: date,
) -> SheetComparison:
    """Each row of the file against its item. Five queries, however many rows.

    `units` are the checklists of rows that name another one than this.
    """
    found = SheetComparison()
    wanted = {(row.unit, row.code): row for row in asked}
    names = {checklist.pk: ""} | {units[slug].pk: slug for slug, _code in wanted if slug}
    # Most files hold the whole list: all items in one query, rather than thousands of codes in it.
    items = Item.objects.filter(checklist__in=names).order_by("checklist__path", "measure__position")
    pairs = [
        (item, wanted[key])
        for item in items.for_list()
        if (key := (names[item.checklist_id], item.measure.code)) in wanted
    ]
    bases = _bases([(item, row.version) for item, row in pairs])
    last = Entry.objects.last_about((item for item, row in pairs if row.entry), today)
    for item, plain_row in pairs:
        asked_of = _with_status(plain_row, item)
        row = ComparedRow(item, replace(asked_of, values=settled(item, asked_of.values)))
        may_hand_over = rights.may(Action.HAND_OVER, item.checklist)
        version = row.asked.version
        if version and version > item.version:
            found.problems.append(
                _problem(row, headings, "version", _("The ledger has no such version of this item yet."))
            )
            continue
        found.unversioned |= version is None
        _sort_cells(row, bases.get(item.pk), today)
        _read_entry(row, last.get(item.pk), rights)
        _check(row, found, headings, may_change=rights.may_change(item), may_hand_over=may_hand_over)
        _check_rules(row, found, headings, rights)
        if row.changes or row.conflicts or row.newer:
            found.rows.append(row)
        else:
            found.unchanged += 1
    return found


def _with_status(asked: SheetRow, item: Item) -> SheetRow:
    """The row; where its due date says that the work has no end, with the status of such work."""
    untouched = asked.values.get("status", item.status) == item.status
    if asked.ongoing and untouched and item.status in OPEN_STATUSES:
        return replace(asked, values={**asked.values, "status": Status.STANDING})
    return asked


def _check(
    row: ComparedRow,
    found: SheetComparison,
    headings: Mapping[str, str],
    *,
    may_change: bool,
    may_hand_over: bool,
) -> None:
    for cell in (*row.changes, *row.conflicts):
        if cell.field in ENTRY_COLUMNS:
            continue  # _check_rules says who writes entries
        if not may_change:
            found.problems.append(
                _problem(row, headings, cell.field, _("Your role cannot change this item."))
            )
        elif cell.field in HANDED_OVER and not may_hand_over:
            message = _("Only an administrator of the checklist can give an item to another owner.")
            if cell.field == "cooperating":
                message = _("Only an administrator of the checklist can choose cooperating units.")
            found.problems.append(_problem(row, headings, cell.field, message))
    added = row.change({}) if row.appends else None
    if added and len(str(added.values["notes"])) > NOTES_LIMIT:
        found.problems.append(_problem(row, headings, "append", _("The notes would get too long.")))


def _read_entry(row: ComparedRow, last: Entry | None, rights: Rights) -> None:
    """Show what the row reports, unless the last entry says just that: a file that is sent twice."""
    said = row.asked.entry
    if not said or (last and all(getattr(last, name) == said.get(name, "") for name in ENTRY_TEXTS)):
        return
    row.entry = entry_by(rights, row.item, **said)
    row.changes += [
        ComparedCell(f"entry_{name}", str(label), "", "", said[name])
        for name, label in ENTRY_TEXTS.items()
        if name in said
    ]


def _check_rules(
    row: ComparedRow, found: SheetComparison, headings: Mapping[str, str], rights: Rights
) -> None:
    """What the checklist's rules refuse, before anything is written."""
    if row.entry is None and any(cell.field in ENTRY_COLUMNS for cell in row.changes):
        name = next(f"entry_{name}" for name in ENTRY_TEXTS if name in row.asked.entry)
        message = _("Your role writes no entries about this item.")
        if row.item.owner_id is None:
            message = str(Refusal.UNIT.label)
        found.problems.append(_problem(row, headings, name, message))
    if rights.may_change(row.item):
        for cell in (*row.changes, *row.conflicts):
            if cell.field in BY_NAME and not rights.allows(
                row.item, {cell.field: row.asked.values[cell.field]}
            ):
                found.problems.append(_problem(row, headings, cell.field, str(Refusal.RULE.label)))


def _problem(row: ComparedRow, headings: Mapping[str, str], name: str, message: str) -> Problem:
    if name in BY_NAME:
        value = BY_NAME[name].in_words(row.asked.values[name])
    elif name in ENTRY_COLUMNS:
        value = row.asked.entry[ENTRY_COLUMNS[name]]
    else:
        value = str(getattr(row.asked, name))
    return Problem(row.asked.number, headings.get(name, ""), value[:80], message, row.asked.sheet)


def _bases(versions: list[tuple[Item, int | None]]) -> dict[int, Mapping[str, StateValue]]:
    """The state of each item at the version that its row names, by the item's key."""
    bases: dict[int, Mapping[str, StateValue]] = {}
    behind: dict[int, int] = {}
    for item, version in versions:
        if version == item.version:
            bases[item.pk] = item.state()
        elif version and version < item.version:
            behind[item.pk] = version
    keys = Update.objects.at_versions(behind)
    updates = Update.objects.with_state().in_bulk(list(keys.values()))
    for pk in behind:
        bases[pk] = updates[keys[pk]].state() if pk in keys else UNTOUCHED
    return bases


def _sort_cells(row: ComparedRow, base: Mapping[str, StateValue] | None, today: date) -> None:
    now = row.item.state()
    for one in FIELDS:
        name = one.name
        if name not in row.asked.values:
            continue
        then = row.asked.values[name]
        moved = base is not None and not _same(one, base[name], now[name])
        if _same(one, then, now[name]):
            continue
        cell = _cell(one, now[name] if base is None else base[name], now[name], then)
        cell = replace(
            cell,
            wrote=row.asked.wrote.get(name, ""),
            is_past=isinstance(then, date) and unusual(then, today) is not None,
        )
        if base is None or not moved:
            row.changes.append(replace(cell, mode=_mode(one, str(now[name] or ""), str(then or ""))))
        elif _same(one, then, base[name]):
            row.newer.append(cell)
        else:
            row.conflicts.append(cell)
    if row.appends:
        row.changes.append(ComparedCell("append", str(APPEND), "", "", row.asked.append))


def _mode(field: StateField, now: str, then: str) -> str:
    """Whether a text is added to what is there, or put in its place: an edited copy of it replaces it."""
    if not field.is_long or not now or not then:
        return ""
    kept = {line.strip() for line in trimmed(now).splitlines()} - {""}
    is_copy = bool(kept & {line.strip() for line in then.splitlines()}) or then.startswith(trimmed(now))
    too_long = len(add_below(now, then)) > (field.limit or 0)
    return REPLACE if is_copy or too_long else APPEND_FILE


def _same(field: StateField, one: StateValue, other: StateValue) -> bool:
    if field.is_text:
        return trimmed(str(one)) == trimmed(str(other))
    return one == other


def _cell(field: StateField, base: StateValue, now: StateValue, then: StateValue) -> ComparedCell:
    words = [field.in_words(value) for value in (base, now, then)]
    if field.is_long:
        words = excerpts(words)
    was, is_now, asked = words
    return ComparedCell(field.name, str(field.label), was, is_now, asked, erases=not then)


def excerpts(texts: list[str]) -> list[str]:
    """Long texts without what they all begin with, and cut where they go on too long."""
    if all(len(text) <= SHOWN for text in texts):
        return texts
    first, last = min(texts), max(texts)
    alike = next((i for i, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), len(first))
    start = max(0, alike - CONTEXT)
    cut = [("…" if start else "") + text[start : start + SHOWN] for text in texts]
    return [
        short + ("…" if len(text) > start + SHOWN else "") for short, text in zip(cut, texts, strict=True)
    ]
