"""What the cells of an uploaded file may name."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Self

from measures.models import Answered, Checklist, Item, Owner
from measures.sheets.details import edition_of
from measures.sheets.words import EMPTY, plain


@dataclass(frozen=True)
class Known:
    """What the cells of a file may name. `today` settles “6月底”.

    `units` are the checklists to which its rows may be written, this one among them, by their slugs; `codes`
    and `owners` are theirs. `keys` are those of owners of this checklist, by the names at the export.
    """

    checklist: Checklist
    units: Mapping[str, Checklist]
    codes: Mapping[str, Collection[str]]
    owners: Mapping[str, Collection[Owner]]
    keys: Mapping[str, int]
    today: date

    @classmethod
    def of(
        cls, checklist: Checklist, units: Iterable[Checklist], *, keys: Mapping[str, int], today: date
    ) -> Self:
        """All of it, from two queries."""
        slugs = {unit.pk: unit.slug for unit in units}
        codes: dict[str, set[str]] = {slug: set() for slug in slugs.values()}
        owners: dict[str, list[Owner]] = {slug: [] for slug in slugs.values()}
        for unit, code in Item.objects.filter(checklist__in=slugs).values_list("checklist", "measure__code"):
            codes[slugs[unit]].add(code)
        for owner in Owner.objects.filter(checklist__in=slugs):
            owners[slugs[owner.checklist_id]].append(owner)
        return cls(checklist, {unit.slug: unit for unit in units}, codes, owners, keys, today)

    def codes_since(self, edition: str) -> dict[tuple[str, str], str] | None:
        """Today's codes by a checklist's slug and the code in a former edition; None for today's edition."""
        if edition in ("", edition_of(self.checklist.catalogue)):
            return None
        of = {"measure__section__pillar__catalogue__slug": edition.partition("@")[0]}
        rows = Answered.objects.filter(
            item__checklist__slug__in=list(self.units), item__retired_at=None, **of
        ).values_list("item__checklist__slug", "measure__code", "item__measure__code")
        return {(slug, old): new for slug, old, new in rows}

    def unit_of(self, row: Mapping[str, object]) -> Checklist | None:
        """The checklist of a row, by its address or by its name; None where it is none of `units`."""
        address, name = plain(row.get("address")), plain(row.get("unit"))
        called = [unit for unit in self.units.values() if name in (plain(unit.name), unit.slug)]
        if address not in EMPTY:
            found = self.units.get(address)
            # Its name may have changed since the export, but not into that of another.
            return found if found in called or not called else None
        if name in EMPTY:
            return self.checklist
        return called[0] if len(called) == 1 else None
