"""What an uploaded sheet writes once its user has seen the preview: only what the preview showed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib.auth.models import User

from measures.choices import Audited, Via
from measures.database.locks import audited_transaction
from measures.ledger.plans import Refusal, carry_out, from_plain, names_unknown, plain_values
from measures.models import Batch, Change, Checklist, NewEntry, Outcome, Owner, audit
from measures.models.audit import in_plain
from measures.models.state import BY_NAME, StateValue
from measures.rights.roles import Rights
from measures.sheets.compare import compare_sheet
from measures.sheets.compared import ComparedRow, SheetComparison, lacks_reason
from measures.sheets.understand import SheetRow


def plain_rows(found: SheetComparison) -> list[dict[str, Any]]:
    """The rows that ask for a change, as JSON holds them. `compare_again` reads them."""
    return [_plain_row(row) for row in found.rows if row.changes or row.conflicts]


def _plain_row(row: ComparedRow) -> dict[str, Any]:
    fields = [cell.field for cell in (*row.changes, *row.conflicts) if cell.field in BY_NAME]
    values = {name: row.asked.values[name] for name in fields}
    owner = values.get("owner")
    kept = vars(row.asked) | {"values": plain_values(values), "seen": row.item.version}
    if isinstance(owner, Owner):
        # By name as well: the name is what the user saw, and an owner that does not exist yet has no key.
        kept["owner_name"] = owner.name
    return kept


@dataclass
class Proposal:
    """What may still be written of a previewed sheet, and the items that are not changed, by code."""

    checklist: Checklist
    found: SheetComparison
    left: list[tuple[str, Refusal]]

    def chosen(self, answers: Mapping[str, str]) -> dict[str, str]:
        """The answer to each choice by its name; `take-all` and `mode-all` answer those without their own."""
        taken = [name for row in self.found.rows for _cell, name in row.choices]
        modes = [(name, cell.mode) for row in self.found.rows for cell, name in row.modes]
        return {name: answers.get(name, answers.get("take-all", "")) for name in taken} | {
            name: answers.get(name, answers.get("mode-all", mode)) for name, mode in modes
        }

    def lacks_reason(self, chosen: Mapping[str, str]) -> bool:
        """Whether one of the chosen changes must say why and does not."""
        return lacks_reason(self.found.changes(chosen))

    @audited_transaction()
    def apply(
        self, chosen: Mapping[str, str], *, by: User, at: datetime, reason: str
    ) -> list[tuple[Checklist, Batch | None, Outcome]]:
        """Write the chosen changes and the entries as one batch for each checklist.

        Returns None in place of a batch if nothing is left to write.
        """
        units = {row.item.pk: row.item.checklist for row in self.found.rows}
        changes: dict[Checklist, list[Change]] = {}
        entries: dict[Checklist, list[NewEntry]] = {}
        for item, change in self.found.changes(chosen):
            changes.setdefault(item.checklist, []).append(change)
        for entry in self.found.entries:
            entries.setdefault(units[entry.item_id], []).append(entry)
        return [
            (
                unit,
                *carry_out(
                    changes.get(unit, []),
                    checklist=unit,
                    by=by,
                    at=at,
                    via=Via.IMPORT,
                    reason=reason,
                    entries=entries.get(unit, []),
                ),
            )
            for unit in dict.fromkeys([*changes, *entries]) or [self.checklist]
        ]


def compare_again(
    rows: Iterable[dict[str, Any]],
    *,
    checklist: Checklist,
    units: Mapping[str, Checklist],
    rights: Rights,
    today: date,
) -> Proposal:
    """The rows of `plain_rows` against the ledger as it is now.

    Items that were changed since the preview are left alone, since nobody has seen what would be
    overwritten. So are those for which the right was lost, and those whose new owner was deleted or
    renamed since.
    """
    owners = {owner.pk: owner for owner in Owner.objects.filter(checklist__in=[checklist, *units.values()])}
    by_name = {(owner.checklist_id, owner.name): owner for owner in owners.values()}
    asked, seen, left = [], {}, []
    for row in rows:
        kept = dict(row)
        values, name = kept.pop("values"), kept.pop("owner_name", "")
        seen[kept["unit"], kept["code"]] = kept.pop("seen")
        unit = units.get(kept["unit"]) if kept["unit"] else checklist
        if unit is None:
            left.append((f"{kept['unit']} {kept['code']}", Refusal.ROLE))
            continue
        owner = owners.get(values["owner"]) if name and values["owner"] else by_name.get((unit.pk, name))
        named = {"cooperating": values.get("cooperating")}
        if (name and (owner is None or owner.name != name)) or names_unknown(named, owners):
            left.append((_label(unit, kept["unit"], kept["code"]), Refusal.OWNER))
            continue
        state: dict[str, StateValue] = from_plain(values, owners)
        asked.append(SheetRow(**kept, values=state | ({"owner": owner} if name else {})))
    found = compare_sheet(asked, checklist=checklist, units=units, rights=rights, headings={}, today=today)
    barred = {(problem.sheet, problem.row) for problem in found.problems}
    found.problems = []
    found.rows = [
        row
        for row in found.rows
        if row.item.version == seen[row.asked.unit, row.asked.code]
        and (row.asked.sheet, row.asked.number) not in barred
    ]
    kept_rows = {(row.asked.unit, row.asked.code) for row in found.rows}
    for one in asked:
        if (one.unit, one.code) not in kept_rows:
            why = Refusal.ROLE if (one.sheet, one.number) in barred else Refusal.MEANWHILE
            left.append((_label(units.get(one.unit), one.unit, one.code), why))
    return Proposal(checklist, found, left)


def _label(unit: Checklist | None, slug: str, code: str) -> str:
    """As `ComparedRow.label`."""
    return f"{unit.name} {code}" if unit and slug else code


@audited_transaction()
def add_owners(names: Iterable[str], *, checklist: Checklist, by: User, at: datetime) -> list[Owner]:
    """The owners of these names, made where the checklist has none."""
    made = []
    for name in dict.fromkeys(names):
        owner, is_new = checklist.owners.get_or_create(name=name)
        if is_new:
            made.append(owner)
    for owner in made:
        audit(Audited.OWNER_CHANGED, by=by, at=at, checklist=checklist, about=owner, after=in_plain(owner))
    return made
