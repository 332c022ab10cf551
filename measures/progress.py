"""Counts of items by status: what the overview and every report rest on. Plain values, no models."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from measures.choices import Status

if TYPE_CHECKING:
    from measures.querysets.ledger import ItemQuerySet


@dataclass(frozen=True)
class StatusCount:
    """How many items of a group have one status. `share` is in percent of all items of the group."""

    status: Status
    count: int
    total: int

    @property
    def share(self) -> float | None:
        """None where the group is empty: nothing has no share."""
        return 100 * self.count / self.total if self.total else None


@dataclass(frozen=True)
class Counts:
    """The items of a pillar, a section or the whole, by status. `total` is the denominator of every share.

    `before` holds the counts of an earlier day where there is one to compare with.
    """

    code: str
    title: str
    by_status: dict[Status, int]
    overdue: int = 0
    parts: "tuple[Counts, ...]" = field(default=())
    before: dict[Status, int] | None = None

    @property
    def total(self) -> int:
        return sum(self.by_status.values())

    @property
    def statuses(self) -> list[StatusCount]:
        """One count for each status, none left out, in the order of `Status`."""
        return [StatusCount(status, self.by_status[status], self.total) for status in Status]

    @property
    def dropped(self) -> int:
        return self.by_status[Status.DROPPED]

    @property
    def in_force(self) -> int:
        """All but what was dropped: the denominator of `well_share`."""
        return self.total - self.dropped

    @property
    def well(self) -> int:
        """How many are done or standing."""
        return self.by_status[Status.DONE] + self.by_status[Status.STANDING]

    @property
    def well_share(self) -> float | None:
        """Done or standing, in percent of what is in force; None where nothing is."""
        return 100 * self.well / self.in_force if self.in_force else None

    def difference(self, status: Status) -> int:
        """How many more have this status than on the earlier day; 0 if there is nothing to compare with."""
        return self.by_status[status] - self.before[status] if self.before else 0

    @property
    def touched(self) -> int:
        """How many have left the start."""
        return self.total - self.by_status[Status.NOT_STARTED]


def percent(share: float | None) -> str:
    """Format a share as a percentage with one decimal, such as 12.5%; empty if the total is zero."""
    return "" if share is None else f"{share:.1f}%"


def add_up(code: str, title: str, parts: Iterable[Counts]) -> Counts:
    """The sum of some parts: a whole always equals what its parts say."""
    parts = tuple(parts)
    by_status = {status: sum(part.by_status[status] for part in parts) for status in Status}
    earlier = [part.before for part in parts if part.before is not None]
    before = {status: sum(counts[status] for counts in earlier) for status in Status} if earlier else None
    return Counts(code, title, by_status, sum(part.overdue for part in parts), parts, before)


def progress(items: "ItemQuerySet", *, on: date) -> list[Counts]:
    """Counts by pillar, each with its sections, in the order of the article, from one query.

    `on` is the day on which lateness is judged.
    """
    pillars: dict[tuple[str, str], dict[tuple[str, str], dict[Status, tuple[int, int]]]] = {}
    for row in items.counted_by_section(on=on):
        sections = pillars.setdefault((row.pillar_code, row.pillar_title), {})
        statuses = sections.setdefault((row.section_code, row.section_title), {})
        statuses[Status(row.status)] = (row.items, row.overdue)
    return [
        add_up(
            *pillar,
            [
                Counts(
                    *section,
                    {status: counts.get(status, (0, 0))[0] for status in Status},
                    sum(overdue for _count, overdue in counts.values()),
                )
                for section, counts in sections.items()
            ],
        )
        for pillar, sections in pillars.items()
    ]
