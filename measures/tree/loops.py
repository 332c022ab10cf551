"""What the loop comes to in each unit of the tree: done in time, entries given of those due, what waits."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date

from measures.lights import end_of_day, start_of_day
from measures.models import Application
from measures.progress import NOTHING_DUE, OnTime
from measures.querysets.ledger import ItemQuerySet
from measures.querysets.loop_counts import loop_by_unit
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
        total = own = self.own.setdefault(unit.key, LoopSums())
        if unit.children:
            total = replace(own)
            for child in unit.children:
                total.add(self.add_up(child))
        self.whole[unit.key] = total
        return total


def loops_of(tops: Iterable[Unit], items: ItemQuerySet, *, on: date, start: date) -> Loops:
    """The sums of these units with these items at the end of a day; entries are for the days from `start`.

    Two queries, however many units and items there are.
    """
    since, until = start_of_day(start), end_of_day(on)
    rows = loop_by_unit(items, on=on, start=start, since=since, until=until)
    return sum_loops(tops, rows, Application.objects.pending(until).counted_by_unit())


def sum_loops(
    tops: Iterable[Unit], rows: Iterable[tuple[int, ...]], waiting: Iterable[tuple[int, int]]
) -> Loops:
    """The sums of these units from rows of `loop_by_unit`, and of checklists with how many applications wait.

    Units for which there is no row have nothing. Rows of other checklists count nowhere.
    """
    found = Loops()
    for key, in_time, of, in_time_first, of_first, owed, given in rows:
        found.own[key] = LoopSums(OnTime(in_time, of, in_time_first, of_first), owed, given)
    for key, count in waiting:
        found.own.setdefault(key, LoopSums()).waiting = count
    for top in tops:
        found.add_up(top)
    return found
