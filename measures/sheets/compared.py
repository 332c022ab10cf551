"""What a comparison of a file with the ledger found, and what is written with the choices of its user."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from measures.models import Change, Item, NewEntry
from measures.models.state import BY_NAME, needs_reason
from measures.sheets.problems import Problem
from measures.sheets.understand import SheetRow

TAKE_FILE, APPEND_FILE, REPLACE = "file", "append", "replace"


@dataclass(frozen=True)
class ComparedCell:
    """One value that the file and the ledger disagree on, in words.

    `erases`: the field would be cleared. `wrote`: the words from which a day was worked out. `is_past`: a due
    date before today, or far away. `mode`: for notes beside others, whether the file's are added to them or
    replace them unless the user chooses; empty where there is no choice.
    """

    field: str
    label: str
    base: str
    now: str
    then: str
    erases: bool = False
    wrote: str = ""
    is_past: bool = False
    mode: str = ""


@dataclass
class ComparedRow:
    """One item with the file's values. `newer` holds cells changed since the export but not by the file;
    `entry` is what it reports, unless the item's last entry says that already.
    """

    item: Item
    asked: SheetRow
    changes: list[ComparedCell] = field(default_factory=list)
    conflicts: list[ComparedCell] = field(default_factory=list)
    newer: list[ComparedCell] = field(default_factory=list)
    entry: NewEntry | None = None

    def choice(self, cell: ComparedCell) -> str:
        """The name of the form field that says which value of a conflict is taken."""
        return f"take-{self._key}-{cell.field}"

    @property
    def _key(self) -> str:
        code = self.item.measure.code
        return f"{self.asked.unit}-{code}" if self.asked.unit else code

    @property
    def label(self) -> str:
        """The item's code, after its unit where that is not the page's."""
        code = self.item.measure.code
        return f"{self.item.checklist.name} {code}" if self.asked.unit else code

    @property
    def choices(self) -> list[tuple[ComparedCell, str]]:
        return [(cell, self.choice(cell)) for cell in self.conflicts]

    @property
    def modes(self) -> list[tuple[ComparedCell, str]]:
        """The cells whose text may be added or put in place of what is there, each with its form field."""
        return [(cell, f"mode-{self._key}-{cell.field}") for cell in self.changes if cell.mode]

    @property
    def shown(self) -> list[tuple[ComparedCell, str]]:
        """The changes that empty nothing, each with the form field of its mode."""
        modes = {cell.field: name for cell, name in self.modes}
        return [(cell, modes.get(cell.field, "")) for cell in self.changes if not cell.erases]

    @property
    def erased(self) -> list[ComparedCell]:
        return [cell for cell in self.changes if cell.erases]

    @property
    def where(self) -> str:
        """The row's number, with its sheet where the file has several."""
        return f"{self.asked.sheet}!{self.asked.number}" if self.asked.sheet else str(self.asked.number)

    @property
    def appends(self) -> bool:
        """Whether the row's column for additions asks for one that is not there yet."""
        notes = self.item.notes
        return bool(self.asked.append) and not f"\n{notes}".endswith(f"\n{self.asked.append}")

    def change(self, chosen: Mapping[str, str]) -> Change | None:
        """What is to be written, with these choices for the conflicts; None where nothing is left."""
        taken = [*self.changes, *(cell for cell, name in self.choices if chosen.get(name) == TAKE_FILE)]
        values = {cell.field: self.asked.values[cell.field] for cell in taken if cell.field in BY_NAME}
        for cell, name in self.modes:
            if chosen.get(name, cell.mode) == APPEND_FILE:
                values[cell.field] = add_below(getattr(self.item, cell.field), str(values[cell.field]))
        if self.appends:
            values["notes"] = add_below(str(values.get("notes", self.item.notes)), self.asked.append)
        return Change(self.item.pk, self.item.version, values, self.asked.reason) if values else None


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
    def erasing(self) -> list[ComparedRow]:
        return [row for row in self.rows if row.erased]

    @property
    def erased_count(self) -> int:
        return sum(len(row.erased) for row in self.rows)

    @property
    def conflicting(self) -> list[ComparedRow]:
        return [row for row in self.rows if row.conflicts]

    @property
    def newer(self) -> list[ComparedRow]:
        return [row for row in self.rows if row.newer]

    @property
    def conflict_count(self) -> int:
        return sum(len(row.conflicts) for row in self.rows)

    @property
    def choice_count(self) -> int:
        return self.conflict_count + sum(len(row.modes) for row in self.rows)

    @property
    def past_codes(self) -> list[str]:
        """The codes of items that would be due before today, or far away."""
        cells = ((row, cell) for row in self.rows for cell in (*row.changes, *row.conflicts))
        return [row.label for row, cell in cells if cell.is_past]

    def changes(self, chosen: Mapping[str, str]) -> list[tuple[Item, Change]]:
        """What is to be written, with these choices for the conflicts."""
        found = ((row.item, row.change(chosen)) for row in self.rows)
        return [(item, change) for item, change in found if change]

    @property
    def entries(self) -> list[NewEntry]:
        """The entries that would be written."""
        return [row.entry for row in self.rows if row.entry]

    def may_need_reason(self) -> bool:
        """Whether some choice of values needs a reason that the file does not give."""
        everything = {name: TAKE_FILE for row in self.rows for _cell, name in row.choices}
        return lacks_reason(self.changes(everything))


def add_below(text: str, addition: str) -> str:
    """A text with another as its last paragraph."""
    return "\n".join(part for part in (text, addition) if part)


def lacks_reason(changes: Iterable[tuple[Item, Change]]) -> bool:
    """Whether one of these must say why and does not."""
    return any(not change.reason and needs_reason(item, change.values) for item, change in changes)
