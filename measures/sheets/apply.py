"""What an uploaded sheet writes once its user has seen the preview: only what the preview showed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User

from measures.choices import Via
from measures.ledger.plans import Refusal, carry_out, from_plain, plain_values
from measures.models import Batch, Checklist, Outcome
from measures.rights.roles import Rights
from measures.sheets.compare import SheetComparison, compare_sheet, lacks_reason
from measures.sheets.understand import SheetRow


def plain_rows(found: SheetComparison) -> list[list[Any]]:
    """The rows that ask for a change, as JSON holds them. `compare_again` reads them."""
    rows = []
    for row in found.rows:
        values = {cell.field: row.asked.values[cell.field] for cell in (*row.changes, *row.conflicts)}
        if values:
            asked = [row.asked.number, row.asked.code, row.asked.version, row.asked.reason]
            rows.append([*asked, row.item.version, plain_values(values)])
    return rows


@dataclass
class Proposal:
    """What may still be written of a previewed sheet, and the items that are not changed, by code."""

    checklist: Checklist
    found: SheetComparison
    left: list[tuple[str, Refusal]]

    def chosen(self, answers: Mapping[str, str]) -> dict[str, str]:
        """The answer to each conflict by its name; `take-all` answers those without their own."""
        names = [name for row in self.found.rows for _cell, name in row.choices]
        return {name: answers.get(name, answers.get("take-all", "")) for name in names}

    def lacks_reason(self, chosen: Mapping[str, str]) -> bool:
        """Whether one of the chosen changes must say why and does not."""
        return lacks_reason(self.found.changes(chosen))

    def apply(
        self, chosen: Mapping[str, str], *, by: User, at: datetime, reason: str
    ) -> tuple[Batch | None, Outcome]:
        """Write the chosen changes as one batch; None where nothing is left to change."""
        changes = [change for _item, change in self.found.changes(chosen)]
        return carry_out(changes, checklist=self.checklist, by=by, at=at, via=Via.IMPORT, reason=reason)


def compare_again(rows: Iterable[list[Any]], *, checklist: Checklist, rights: Rights) -> Proposal:
    """The rows of `plain_rows` against the ledger as it is now.

    Items that were changed since the preview are left alone, since nobody has seen what would be
    overwritten, and so are those for which the right was lost.
    """
    owners = {owner.pk: owner for owner in checklist.owners.all()}
    asked, seen = [], {}
    for number, code, version, reason, item_version, values in rows:
        asked.append(SheetRow(number, code, version, from_plain(values, owners), reason))
        seen[code] = item_version
    found = compare_sheet(asked, checklist=checklist, rights=rights, headings={})
    barred = {problem.row for problem in found.problems}
    found.problems = []
    found.rows = [
        row
        for row in found.rows
        if row.item.version == seen[row.asked.code] and row.asked.number not in barred
    ]
    kept = {row.asked.code for row in found.rows}
    left = [
        (row.code, Refusal.ROLE if row.number in barred else Refusal.MEANWHILE)
        for row in asked
        if row.code not in kept
    ]
    return Proposal(checklist, found, left)
