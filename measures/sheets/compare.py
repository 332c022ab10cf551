"""A file against the ledger, cell by cell and three ways: at the export, now, and in the file."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from measures.models import Change, Checklist, Item, Update
from measures.models.state import BY_NAME, FIELDS, UNTOUCHED, StateField, StateValue, needs_reason
from measures.rights.roles import Action, Rights
from measures.sheets.understand import Problem, SheetRow, tidy

CONTEXT, SHOWN = 40, 400  # characters of long notes around what differs
TAKE_FILE = "file"


@dataclass(frozen=True)
class ComparedCell:
    """One value that the file and the ledger disagree on, in words."""

    field: str
    label: str
    base: str
    now: str
    then: str


@dataclass
class ComparedRow:
    """One item with the file's values. `newer` holds cells changed since the export but not by the file."""

    item: Item
    asked: SheetRow
    changes: list[ComparedCell] = field(default_factory=list)
    conflicts: list[ComparedCell] = field(default_factory=list)
    newer: list[ComparedCell] = field(default_factory=list)

    def choice(self, cell: ComparedCell) -> str:
        """The name of the form field that says which value of a conflict is taken."""
        return f"take-{self.item.measure.code}-{cell.field}"

    @property
    def choices(self) -> list[tuple[ComparedCell, str]]:
        return [(cell, self.choice(cell)) for cell in self.conflicts]

    def change(self, chosen: Mapping[str, str]) -> Change | None:
        """What is to be written, with these choices for the conflicts; None where nothing is left."""
        taken = [*self.changes, *(cell for cell, name in self.choices if chosen.get(name) == TAKE_FILE)]
        if not taken:
            return None
        values = {cell.field: self.asked.values[cell.field] for cell in taken}
        return Change(self.item.pk, self.item.version, values, self.asked.reason)


@dataclass
class SheetComparison:
    """What a file would change, and what prevents it."""

    rows: list[ComparedRow] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    unchanged: int = 0
    unversioned: bool = False

    @property
    def changing(self) -> list[ComparedRow]:
        return [row for row in self.rows if row.changes]

    @property
    def conflicting(self) -> list[ComparedRow]:
        return [row for row in self.rows if row.conflicts]

    @property
    def newer(self) -> list[ComparedRow]:
        return [row for row in self.rows if row.newer]

    @property
    def conflict_count(self) -> int:
        return sum(len(row.conflicts) for row in self.rows)

    def changes(self, chosen: Mapping[str, str]) -> list[tuple[Item, Change]]:
        """What is to be written, with these choices for the conflicts."""
        found = ((row.item, row.change(chosen)) for row in self.rows)
        return [(item, change) for item, change in found if change]

    def may_need_reason(self) -> bool:
        """Whether some choice of values needs a reason that the file does not give."""
        everything = {name: TAKE_FILE for row in self.rows for _cell, name in row.choices}
        return lacks_reason(self.changes(everything))


def lacks_reason(changes: Iterable[tuple[Item, Change]]) -> bool:
    """Whether one of these must say why and does not."""
    return any(not change.reason and needs_reason(item, change.values) for item, change in changes)


def compare_sheet(
    asked: Iterable[SheetRow], *, checklist: Checklist, rights: Rights, headings: Mapping[str, str]
) -> SheetComparison:
    """Each row of the file against its item. Four queries, however many rows."""
    found = SheetComparison()
    wanted = {row.code: row for row in asked}
    # Most files hold the whole list: all items in one query, rather than thousands of codes in it.
    items = [item for item in checklist.items.for_list().in_order() if item.measure.code in wanted]
    bases = _bases([(item, wanted[item.measure.code].version) for item in items])
    may_hand_over = rights.may(Action.HAND_OVER, checklist)
    for item in items:
        row = ComparedRow(item, wanted[item.measure.code])
        version = row.asked.version
        if version and version > item.version:
            found.problems.append(
                _problem(row, headings, "version", _("The ledger has no such version of this item yet."))
            )
            continue
        found.unversioned |= version is None
        _sort_cells(row, bases.get(item.pk))
        for cell in (*row.changes, *row.conflicts):
            if not rights.may_change(item):
                found.problems.append(
                    _problem(row, headings, cell.field, _("Your role cannot change this item."))
                )
            elif cell.field == "owner" and not may_hand_over:
                message = _("Only an administrator of the checklist can give an item to another owner.")
                found.problems.append(_problem(row, headings, "owner", message))
        if row.changes or row.conflicts or row.newer:
            found.rows.append(row)
        else:
            found.unchanged += 1
    return found


def _problem(row: ComparedRow, headings: Mapping[str, str], name: str, message: str) -> Problem:
    value = row.asked.version if name == "version" else BY_NAME[name].in_words(row.asked.values[name])
    return Problem(row.asked.number, headings.get(name, ""), str(value)[:80], message)


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
    updates = Update.objects.select_related("owner").in_bulk(list(keys.values()))
    for pk in behind:
        bases[pk] = updates[keys[pk]].state() if pk in keys else UNTOUCHED
    return bases


def _sort_cells(row: ComparedRow, base: Mapping[str, StateValue] | None) -> None:
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
        if base is None or not moved:
            row.changes.append(cell)
        elif _same(one, then, base[name]):
            row.newer.append(cell)
        else:
            row.conflicts.append(cell)


def _same(field: StateField, one: StateValue, other: StateValue) -> bool:
    if field.is_text:
        return tidy(str(one)) == tidy(str(other))
    return one == other


def _cell(field: StateField, base: StateValue, now: StateValue, then: StateValue) -> ComparedCell:
    words = [field.in_words(value) for value in (base, now, then)]
    if field.is_long:
        words = excerpts(words)
    return ComparedCell(field.name, str(field.label), *words)


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
