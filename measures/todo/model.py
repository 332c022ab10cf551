"""The to-do page as plain values: blocks of lines, and the checklists with their figures."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from django.urls import reverse
from django.utils.http import urlencode

from measures.lights import Lit
from measures.models import Checklist, Membership

SHOWN = 8  # lines of a block


class Waits(StrEnum):
    """What waits, worst first: the order of the blocks."""

    CHASED = "chased"
    RETURNED = "returned"
    MILESTONE_RETURNED = "milestone-returned"
    LATE = "late"
    MILESTONE = "milestone"
    SIGN = "sign"
    DECIDE = "decide"
    DECIDE_MILESTONE = "decide-milestone"
    ACCOUNTS = "accounts"
    SOON = "soon"
    NEW = "receipt"
    PERIODS = "periods"
    JUDGE = "judge"
    ENTRIES = "entries"
    SILENT = "silent"
    UNLED = "unled"
    UNANSWERED = "unanswered"
    UNITS = "units"
    LATE_SEEN = "late-seen"


# What the header counts: somebody else waits for each of these.
COUNTED_IN_HEADER = (
    *(Waits.CHASED, Waits.RETURNED, Waits.MILESTONE_RETURNED),
    *(Waits.SIGN, Waits.DECIDE, Waits.DECIDE_MILESTONE, Waits.ACCOUNTS),
)
ALARMING = (Waits.CHASED, Waits.RETURNED, Waits.MILESTONE_RETURNED, Waits.LATE, Waits.LATE_SEEN)


@dataclass(frozen=True)
class TodoLine:
    """One thing to do: where it is done, what it is, whose it is, and at the right its light or its day."""

    address: str
    title: str
    code: str = ""
    about: tuple[str, ...] = ()
    lit: Lit | None = None
    said: str = ""
    is_late: bool = False
    # Where it is confirmed by one click.
    confirm: str = ""


@dataclass(frozen=True)
class ListLink:
    """The list that has all of a kind in one checklist; `count`: how many these are, if that is known."""

    address: str
    name: str
    count: int | None = None


@dataclass(frozen=True)
class TodoBlock:
    """All that waits of one kind: how many in all, the first few, and where the rest is."""

    kind: Waits
    title: str
    total: int
    lines: list[TodoLine]
    links: list[ListLink] = field(default_factory=list)
    # Where all of a checklist are confirmed.
    confirms: list[ListLink] = field(default_factory=list)
    # Where all of a checklist are done at once.
    ways: list[ListLink] = field(default_factory=list)

    @property
    def is_alarming(self) -> bool:
        return self.kind in ALARMING


@dataclass(frozen=True)
class Figures:
    """What one checklist says, or one unit's items in it. `lately` is within the last 30 days."""

    in_force: int = 0
    well: int = 0
    well_lately: int = 0
    late: int = 0
    late_lately: int = 0
    changed: int = 0
    waiting: Mapping[Waits, int] = field(default_factory=dict)

    @property
    def share(self) -> float | None:
        """Done or standing, in percent of what is in force."""
        return 100 * self.well / self.in_force if self.in_force else None


@dataclass(frozen=True)
class TodoPlace:
    """A checklist in which the person has a role, with its figures: of their unit, if they act for one."""

    membership: Membership
    figures: Figures

    @property
    def checklist(self) -> Checklist:
        return self.membership.checklist

    def listed(self, **filters: str | list[str]) -> str:
        """The list of these items with these filters; of their unit, if the person acts for one."""
        unit = self.membership.owner_id
        return items_address(self.checklist, **({"owner": str(unit)} if unit else {}) | filters)

    @property
    def all_items(self) -> str:
        return self.listed()

    @property
    def late_items(self) -> str:
        return self.listed(due="overdue")

    @property
    def changed_items(self) -> str:
        return self.listed(updated="month", sort="-updated")


def items_address(checklist: Checklist, **filters: str | list[str]) -> str:
    """The list of a checklist with these filters."""
    address = reverse("items", args=[checklist.slug])
    return f"{address}?{urlencode(filters, doseq=True)}" if filters else address
