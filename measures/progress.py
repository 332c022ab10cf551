"""Counts of items by status: what the overview and every report rest on. Plain values, no models."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple, Self

from measures.choices import WELL_STATUSES, Status


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
class OnTime:
    """Of the items that were to be done by now, how many were done in time.

    `of` counts the done ones that had a due date, and those overdue. The last two judge by the first due date
    that an item had, whatever extensions it was granted.
    """

    in_time: int = 0
    of: int = 0
    in_time_first: int = 0
    of_first: int = 0

    @classmethod
    def of_done(cls, due: date | None, first_due: date | None, done_on: date) -> Self:
        """Of one item that is done."""
        return cls(
            int(due is not None and done_on <= due),
            int(due is not None),
            int(first_due is not None and done_on <= first_due),
            int(first_due is not None),
        )

    def __add__(self, other: "OnTime") -> "OnTime":
        return OnTime(
            self.in_time + other.in_time,
            self.of + other.of,
            self.in_time_first + other.in_time_first,
            self.of_first + other.of_first,
        )

    @property
    def share(self) -> float | None:
        """In percent, judged by the present due dates; None if nothing was to be done."""
        return 100 * self.in_time / self.of if self.of else None

    @property
    def share_first(self) -> float | None:
        """The same by the first due dates."""
        return 100 * self.in_time_first / self.of_first if self.of_first else None


NOTHING_DUE = OnTime()


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
    on_time: OnTime = NOTHING_DUE

    @property
    def total(self) -> int:
        return sum(self.by_status.values())

    @property
    def statuses(self) -> list[StatusCount]:
        """One count for each status, none left out, in the order of `Status`."""
        total = self.total
        return [StatusCount(status, self.by_status[status], total) for status in Status]

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

    @property
    def well_share_before(self) -> float | None:
        """The same on the earlier day; None if there is none, or nothing was in force."""
        if self.before is None:
            return None
        in_force = sum(self.before.values()) - self.before[Status.DROPPED]
        return 100 * sum(self.before[one] for one in WELL_STATUSES) / in_force if in_force else None

    def difference(self, status: Status) -> int:
        """How many more have this status than on the earlier day; 0 if there is nothing to compare with."""
        return self.by_status[status] - self.before[status] if self.before else 0

    @property
    def touched(self) -> int:
        """How many have left the start."""
        return self.total - self.by_status[Status.NOT_STARTED]


class SectionCount(NamedTuple):
    """The items of a section that have one status, how many are overdue, and as `OnTime`."""

    pillar_code: str
    pillar_title: str
    section_code: str
    section_title: str
    status: Status
    items: int
    overdue: int
    in_time: int
    of: int
    in_time_first: int
    of_first: int


class OwnerCount(NamedTuple):
    """The same of an owner; None for the items that have none."""

    owner: int | None
    name: str | None
    status: Status
    items: int
    overdue: int
    in_time: int
    of: int
    in_time_first: int
    of_first: int


def percent(share: float | None) -> str:
    """Format a share as a percentage with one decimal, such as 12.5%; empty if the total is zero."""
    return "" if share is None else f"{share:.1f}%"


def add_up(code: str, title: str, parts: Iterable[Counts]) -> Counts:
    """The sum of some parts: a whole always equals what its parts say."""
    parts = tuple(parts)
    by_status = {status: sum(part.by_status[status] for part in parts) for status in Status}
    earlier = [part.before for part in parts if part.before is not None]
    before = {status: sum(counts[status] for counts in earlier) for status in Status} if earlier else None
    overdue, on_time = sum(part.overdue for part in parts), sum((part.on_time for part in parts), NOTHING_DUE)
    return Counts(code, title, by_status, overdue, parts, before, on_time)


def progress(rows: Iterable[tuple[object, ...]]) -> list[Counts]:
    """Counts by pillar, each with its sections, in the order of the article.

    The rows are those of `ItemQuerySet.counted_by_section`.
    """
    pillars: dict[tuple[str, str], dict[tuple[str, str], list[SectionCount]]] = {}
    for row in map(SectionCount._make, rows):
        sections = pillars.setdefault((row.pillar_code, row.pillar_title), {})
        sections.setdefault((row.section_code, row.section_title), []).append(row)
    return [
        add_up(*pillar, [_counts(*section, rows) for section, rows in sections.items()])
        for pillar, sections in pillars.items()
    ]


def progress_by_owner(rows: Iterable[tuple[object, ...]]) -> list[Counts]:
    """Counts by owner, worst first: most overdue, then most blocked, then the smallest share done.

    `code` is the owner's key, empty for items without one; `title` its name. The rows are those of
    `ItemQuerySet.counted_by_owner`.
    """
    by_owner: dict[tuple[str, str], list[OwnerCount]] = {}
    for row in map(OwnerCount._make, rows):
        by_owner.setdefault((str(row.owner or ""), row.name or ""), []).append(row)
    owners = [_counts(*owner, found) for owner, found in by_owner.items()]
    return sorted(owners, key=_worst_first)


def _worst_first(counts: Counts) -> tuple[int, int, float, str]:
    share = counts.well_share
    blocked = counts.by_status[Status.BLOCKED]
    return -counts.overdue, -blocked, 101.0 if share is None else share, counts.title


def _counts(code: str, title: str, rows: Iterable[SectionCount | OwnerCount]) -> Counts:
    by_status, overdue, on_time = dict.fromkeys(Status, 0), 0, NOTHING_DUE
    for row in rows:
        by_status[Status(row.status)] = row.items
        overdue += row.overdue
        on_time += OnTime(row.in_time, row.of, row.in_time_first, row.of_first)
    return Counts(code, title, by_status, overdue, on_time=on_time)
