"""What the loop comes to in each unit of the tree: done in time, entries given of those due, what waits."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from measures.lights import end_of_day
from measures.models import Application
from measures.progress import NOTHING_DUE, OnTime
from measures.querysets.ledger import ItemQuerySet
from measures.querysets.loop_counts import entries_by_unit, on_time_by_unit
from measures.tree.sums import Unit


@dataclass(slots=True)
class LoopSums:
    """Of some items: how many were done in time, entries owed and given, and applications that wait."""

    on_time: OnTime = NOTHING_DUE
    owed: int = 0
    given: int = 0
    waiting: int = 0

    def add(self, other: "LoopSums") -> None:
        self.on_time += other.on_time
        self.owed += other.owed
        self.given += other.given
        self.waiting += other.waiting

    @property
    def share_given(self) -> float | None:
        """Entries given in percent of those owed; None if none was."""
        return 100 * self.given / self.owed if self.owed else None


@dataclass
class Loops:
    """By the key of a unit: its own items, and those with all units below it."""

    own: dict[int, LoopSums] = field(default_factory=dict)
    whole: dict[int, LoopSums] = field(default_factory=dict)

    def add_up(self, unit: Unit) -> LoopSums:
        """Sum up this unit and all below it."""
        total = LoopSums()
        total.add(self.own.setdefault(unit.key, LoopSums()))
        for child in unit.children:
            total.add(self.add_up(child))
        self.whole[unit.key] = total
        return total


def loops_of(tops: Iterable[Unit], items: ItemQuerySet, *, on: date, start: date) -> Loops:
    """The sums of these units with these items at the end of a day; entries are for the days from `start`.

    Three queries, however many units and items there are.
    """
    tops, found = list(tops), Loops()
    keys = {unit.key for top in tops for unit in top.walk()}
    for key, *counts in on_time_by_unit(items, on=on):
        found.own[key] = LoopSums(OnTime(*counts))
    for key, owed, given in entries_by_unit(items, on=on, start=start):
        sums = found.own.setdefault(key, LoopSums())
        sums.owed, sums.given = owed, given
    for key, waiting in Application.objects.pending(end_of_day(on)).counted_by_unit():
        if key in keys:
            found.own.setdefault(key, LoopSums()).waiting = waiting
    for top in tops:
        found.add_up(top)
    return found
