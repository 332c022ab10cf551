"""A bulletin (通报): the facts of each unit with their denominators, and what is late. Plain values.

It has no points and names no person. Its figures are those of the roll-up or of the progress report.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from measures.lights import days_late
from measures.models import Checklist, Item
from measures.progress import NOTHING_DUE, OnTime
from measures.querysets.loop_counts import entries_by_unit
from measures.reports.build import build_report
from measures.reports.choice import DEFAULT_CHOICE, Choice
from measures.reports.model import Report, ReportRow
from measures.reports.reasons import reasons_of
from measures.texts import Label
from measures.tree.loops import Loops
from measures.tree.sums import Unit

LATE_LISTED = 200


class Over(StrEnum):
    """Whose facts a bulletin lists: the checklists directly below, or the units within a checklist."""

    UNITS = "units"
    OWNERS = "owners"

    @property
    def label(self) -> Label:
        return OVER_LABELS[self]


OVER_LABELS = {
    Over.UNITS: gettext_lazy("Checklists directly below"),
    Over.OWNERS: gettext_lazy("Units within the checklist"),
}


@dataclass(frozen=True)
class UnitFacts:
    """What one unit has come to. `in_force` counts all its items but dropped ones.

    `share_before` is its share done or standing at the end of the last period; None if there was none.
    `place` is None for what is not compared: items of nobody, the sum.
    """

    name: str
    in_force: int
    well: int
    late: int
    on_time: OnTime = NOTHING_DUE
    owed: int = 0
    given: int = 0
    share_before: float | None = None
    place: int | None = None
    address: str = ""

    @property
    def share(self) -> float | None:
        return 100 * self.well / self.in_force if self.in_force else None

    @property
    def share_given(self) -> float | None:
        return 100 * self.given / self.owed if self.owed else None

    @property
    def points(self) -> float | None:
        """By how many percentage points more is done or standing than before, as both are printed."""
        if self.share is None or self.share_before is None:
            return None
        return round(round(self.share, 1) - round(self.share_before, 1), 1)


@dataclass(frozen=True)
class LateItem:
    """`reason` is the unit's own; empty if it gave none."""

    code: str
    title: str
    unit: str
    days_late: int
    reason: str
    slug: str


@dataclass(frozen=True)
class Bulletin:
    """`rows` are in the order of their places. `before` is the day with which shares are compared.

    `others` counts what belongs to none of the units; `late` has the latest of `late_count` items.
    """

    over: Over
    organisation: str
    catalogue: str
    as_of: date
    start: date
    before: date | None
    rows: tuple[UnitFacts, ...]
    others: UnitFacts | None
    whole: UnitFacts
    late: tuple[LateItem, ...]
    made_at: datetime
    made_by: str
    choice: Choice = DEFAULT_CHOICE

    @property
    def late_left_out(self) -> int:
        return self.whole.late - len(self.late)

    @property
    def shares(self) -> list[float]:
        """The shares of those that have a place."""
        return [row.share for row in self.rows if row.share is not None]


@dataclass(frozen=True)
class BulletinDays:
    """What a bulletin is asked for: its days, and who makes it when."""

    as_of: date
    start: date
    before: date | None
    made_at: datetime
    made_by: str


def bulletin_of_owners(checklist: Checklist, asked: BulletinDays) -> Bulletin:
    """The units within a checklist, from its progress report. As many queries as that, and two more."""
    items = checklist.items.as_of(asked.as_of).there_by(asked.as_of)
    report = build_report(
        items,
        checklist=checklist,
        as_of=asked.as_of,
        since=asked.before,
        made_at=asked.made_at,
        made_by=asked.made_by,
    )
    owners = {owner.name: owner.pk for owner in checklist.owners.all()}
    counted = entries_by_unit(items, on=asked.as_of, start=asked.start, unit="owner")
    entries = {key: (owed, given) for key, owed, given in counted}
    facts = [
        UnitFacts(
            counts.title,
            counts.in_force,
            counts.well,
            counts.overdue,
            counts.on_time,
            *entries.get(owners.get(counts.title, 0), (0, 0)),
            share_before=counts.well_share_before,
            address=f"owner={owners[counts.title]}" if counts.title in owners else "owner=none",
        )
        for counts in report.owners
    ]
    nobodys = next((one for one in facts if one.name not in owners), None)
    whole = report.whole
    return Bulletin(
        over=Over.OWNERS,
        organisation=checklist.name,
        catalogue=checklist.catalogue.title,
        as_of=asked.as_of,
        start=asked.start,
        before=asked.before,
        rows=placed(one for one in facts if one is not nobodys),
        others=nobodys,
        whole=UnitFacts(
            _("Total"),
            whole.in_force,
            whole.well,
            whole.overdue,
            whole.on_time,
            sum(owed for owed, _given in entries.values()),
            sum(given for _owed, given in entries.values()),
            whole.well_share_before,
        ),
        late=_late_of(report, checklist.slug),
        made_at=asked.made_at,
        made_by=asked.made_by,
    )


def _late_of(report: Report, slug: str) -> tuple[LateItem, ...]:
    return tuple(_late_row(row, slug) for row in report.overdue[:LATE_LISTED])


def _late_row(row: ReportRow, slug: str) -> LateItem:
    return LateItem(row.code, row.title, row.owner or _("No owner"), row.days_late, row.reason, slug)


def bulletin_of_units(
    checklist: Checklist,
    top: Unit,
    loops: Loops,
    before: Mapping[int, Unit],
    asked: BulletinDays,
    *,
    past: date | None,
) -> Bulletin:
    """The checklists directly below, each with all below it. Four queries for what is late.

    `before` holds the units of the tree by their key as they were at the end of the last period.
    """

    def facts(unit: Unit, name: str) -> UnitFacts:
        then, sums = before.get(unit.key), loops.whole[unit.key]
        whole = unit.whole
        return UnitFacts(
            name,
            whole.in_force,
            whole.well,
            whole.late,
            sums.on_time,
            sums.owed,
            sums.given,
            share_before=then.whole.share(then.whole.well) if then else None,
            address=unit.slug,
        )

    own, sums = top.own, loops.own[top.key]
    then = before.get(top.key)
    others = UnitFacts(
        _("Own items"),
        own.in_force,
        own.well,
        own.late,
        sums.on_time,
        sums.owed,
        sums.given,
        share_before=then.own.share(then.own.well) if then else None,
        address=top.slug,
    )
    return Bulletin(
        over=Over.UNITS,
        organisation=checklist.name,
        catalogue=checklist.catalogue.title,
        as_of=asked.as_of,
        start=asked.start,
        before=asked.before,
        rows=placed(facts(unit, unit.name) for unit in top.children),
        others=others if own.items else None,
        whole=facts(top, _("Total")),
        late=_late_below(top, asked, past),
        made_at=asked.made_at,
        made_by=asked.made_by,
    )


def _late_below(top: Unit, asked: BulletinDays, past: date | None) -> tuple[LateItem, ...]:
    units = {unit.key: unit for unit in top.walk() if unit.is_counted}
    items, on = Item.objects.all(), asked.as_of
    if past:
        items = Item.objects.as_of(past).there_by(past)
    items = items.filter(checklist__in=list(units))
    late = items.overdue(on=on).order_by("due", "checklist__path", "measure__position")
    keys = list(late.values_list("pk", flat=True)[:LATE_LISTED])
    # Only of these the journal is read: whoever set an item to blocked may have said why.
    by_key = {item.pk: item for item in Item.objects.everything.filter(pk__in=keys).as_of(on).for_list()}
    reasons = reasons_of(by_key.values(), on)
    return tuple(
        LateItem(
            item.measure.code,
            item.measure.marked_title,
            _within(units[item.checklist_id], item),
            days_late(item.status, item.due, on),
            reasons.get(item.pk, ""),
            units[item.checklist_id].slug,
        )
        for item in (by_key[key] for key in keys)
    )


def _within(unit: Unit, item: Item) -> str:
    if not item.owner:
        return unit.name
    words = pgettext("a checklist and a unit in it", "%(checklist)s (%(unit)s)")
    return words % {"checklist": unit.name, "unit": item.owner.name}


def placed(facts: Iterable[UnitFacts]) -> tuple[UnitFacts, ...]:
    """The rows by their share done or standing, equal ones in one place; those without items come last."""
    rows = list(facts)
    shares = sorted((row.share for row in rows if row.share is not None), reverse=True)
    ordered = sorted(rows, key=_by_share)
    return tuple(
        replace(row, place=None if row.share is None else shares.index(row.share) + 1) for row in ordered
    )


def _by_share(row: UnitFacts) -> tuple[bool, float]:
    return row.share is None, -(row.share or 0)
