"""Items as plain values: what a list or a file of many rows shows, without a model made for each of them."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import NamedTuple, Self

from django.db.models import ExpressionWrapper, F, QuerySet, TextField
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast

from measures.choices import Light, Status
from measures.database.prepared import prepared
from measures.lights import (
    Lit,
    Thresholds,
    day_that_matters,
    days_late,
    days_late_when_done,
    is_missed,
    judge,
    lit_of,
    local_day,
)
from measures.models import Item
from measures.models.local_codes import is_local, marked
from measures.models.people import names_in
from measures.models.special_days import thresholds_of
from measures.models.state import FIELDS
from measures.querysets.catalogue import in_language
from measures.querysets.ledger import ItemQuerySet

CHUNK = 2_000
# In every row, Django makes values of these: that takes longer than reading the rows.
DAYS_AND_MOMENTS = (
    *("due", "updated_at", "last_entry_at", "silent_since"),
    *("first_due", "done_on", "next_milestone"),
)
YES_OR_NO = ("counts_working_days", "asked_in_time", "returned")


class Facts(NamedTuple):
    """One item; the catalogue's texts in the active language."""

    pk: int
    version: int
    checklist_id: int
    slug: str
    unit: str
    due_soon_days: int
    silence_days: int
    counts_working_days: bool
    code: str
    title: str
    section_code: str
    section_title: str
    pillar_code: str
    pillar_title: str
    cadence: str
    source: str
    owner_id: int | None
    # What people write, in the order of FIELDS.
    status: str
    owner: str | None
    cooperating: str
    leader: str
    due: date | None
    target: str
    notes: str
    updated_at: datetime | None
    last_entry_at: datetime | None
    silent_since: datetime | None
    asked_in_time: bool
    first_due: date | None
    extensions: int
    done_on: date | None
    returned: bool
    closed_by: str
    milestone_count: int
    milestones_done: int
    next_milestone: date | None

    @classmethod
    def of(cls, item: Item) -> Self:
        """The facts of an item that was fetched with its relations."""
        measure, checklist = item.measure, item.checklist
        values = [
            item.pk,
            item.version,
            checklist.pk,
            checklist.slug,
            checklist.name,
            checklist.due_soon_days,
            checklist.silence_days,
            checklist.counts_working_days,
            measure.code,
            measure.title,
            measure.section.code,
            measure.section.title,
            measure.section.pillar.code,
            measure.section.pillar.title,
            measure.cadence,
            measure.source,
            item.owner_id,
            *(one.plain(getattr(item, one.name)) for one in FIELDS),
            item.updated_at,
            item.last_entry_at,
            item.silent_since,
            item.asked_in_time,
            item.first_due,
            item.extensions,
            item.done_on,
            item.returned,
            item.closed_by,
            item.milestone_count,
            item.milestones_done,
            item.next_milestone,
        ]
        return cls._make(values)

    @property
    def is_local(self) -> bool:
        return is_local(self.code)

    @property
    def marked_title(self) -> str:
        """As `Measure.marked_title`."""
        return marked(self.code, self.title)

    @property
    def section(self) -> str:
        """Empty in a catalogue with one level of parts."""
        return f"{self.section_code} {self.section_title}" if self.section_title else ""

    @property
    def pillar(self) -> str:
        return f"{self.pillar_code} {self.pillar_title}"

    @property
    def milestones(self) -> str:
        """How many milestones are done of those in force, as 3/5; empty without any."""
        return f"{self.milestones_done}/{self.milestone_count}" if self.milestone_count else ""

    def missed(self, on: date) -> date | None:
        """The date of the earliest milestone that is missed on a day."""
        return self.next_milestone if is_missed(self.next_milestone, self.status, on) else None

    @property
    def last_entry_on(self) -> date | None:
        """The day of the last entry by the site's clock."""
        return local_day(self.last_entry_at) if self.last_entry_at else None

    @property
    def updated_on(self) -> date | None:
        """The day of the last update."""
        return local_day(self.updated_at) if self.updated_at else None

    @property
    def thresholds(self) -> Thresholds:
        """As `Checklist.thresholds`."""
        return thresholds_of(self.due_soon_days, self.silence_days, self.counts_working_days)

    def lit(self, on: date) -> Lit:
        """As `Item.lit`."""
        return lit_of(
            Status(self.status),
            self.due,
            self.silent_since,
            on=on,
            thresholds=self.thresholds,
            asked=self.asked_in_time,
            returned=self.returned,
            milestone=self.next_milestone,
        )

    def light(self, on: date) -> Light:
        """The light without its reason."""
        silent_from = day_that_matters(self.status, self.silent_since)
        asked = self.asked_in_time
        return judge(self.status, self.due, silent_from, on=on, thresholds=self.thresholds, asked=asked)[0]

    def days_late(self, on: date) -> int:
        """As `Item.days_late`."""
        return days_late(self.status, self.due, on, asked=self.asked_in_time)

    @property
    def days_late_when_done(self) -> int:
        """As `Item.days_late_when_done`."""
        return days_late_when_done(self.done_on, self.due)


def lookups() -> list[str]:
    """The lookup of each fact, from an item `with_cooperating`; `read` makes facts of what they find."""
    return [
        *("pk", "version", "checklist_id", "checklist__slug", "checklist__name"),
        *("checklist__due_soon_days", "checklist__silence_days", "checklist__counts_working_days"),
        *("measure__code", in_language("measure__title")),
        *("measure__section__code", in_language("measure__section__title")),
        *("pillar__code", in_language("pillar__title")),
        *("measure__cadence", "measure__source", "owner_id"),
        *(one.lookup for one in FIELDS),
        "updated_at",
        "last_entry_at",
        "silent_since",
        "asked_in_time",
        "first_due",
        "extensions",
        "done_on",
        "returned",
        "closed_by",
        "milestone_count",
        "milestones_done",
        "next_milestone",
    ]


UNITS_AT = Facts._fields.index("cooperating")


def read(row: tuple[object, ...]) -> Facts:
    """The facts in a row of `lookups`."""
    text = row[UNITS_AT]
    return (
        Facts._make((*row[:UNITS_AT], names_in(str(text)), *row[UNITS_AT + 1 :]))
        if text
        else Facts._make(row)
    )


def facts_of(items: ItemQuerySet) -> list[Facts]:
    """The facts of all of these items, in their order. One query."""
    return [read(row) for row in items.with_cooperating().values_list(*lookups())]


def facts_in_order(items: ItemQuerySet, keys: list[int]) -> list[Facts]:
    """The facts of the items of these keys, in the order of the keys. One query."""
    found = {row.pk: row for row in facts_of(items.filter(pk__in=keys).order_by())}
    return [found[key] for key in keys if key in found]


def facts_today(keys: list[int]) -> list[Facts]:
    """The facts of the items of these keys as they are now, in the order of the keys. One query, or none."""
    found = {row.pk: row for row in map(read, _facts_of(keys) if keys else [])}
    return [found[key] for key in keys if key in found]


@prepared
def _facts_of(keys: list[int]) -> QuerySet[Item, tuple[object, ...]]:
    return Item.objects.filter(pk__in=keys).with_cooperating().order_by().values_list(*lookups())


def facts_by_key(items: ItemQuerySet, *, chunk: int = CHUNK) -> Iterator[Facts]:
    """Yield the facts of these items by their key, unit by unit, with only one chunk in memory at a time.

    Each chunk is a separate query. A cursor held open would block every writer in SQLite for as long as
    a slow download takes.
    """
    rows = items.with_cooperating().order_by("pk").values_list(*lookups())
    last = 0
    while found := [read(row) for row in rows.filter(pk__gt=last)[:chunk]]:
        yield from found
        last = found[-1].pk


def plain_facts_by_key(
    items: ItemQuerySet, names: Sequence[str], *, chunk: int = CHUNK
) -> Iterator[list[tuple[object, ...]]]:
    """Yield these facts alone in the same order, chunk by chunk: of each item its key and the facts.

    Days and moments come as texts, moments in UTC; yes and no as the database has them; the cooperating units
    as `names_in` reads them.
    """
    lookup_of = dict(zip(Facts._fields, lookups(), strict=True))
    plainly: dict[str, Combinable] = {}
    for name in names:
        if name in DAYS_AND_MOMENTS:
            plainly[f"{name}_plainly"] = Cast(lookup_of[name], TextField())
        elif name in YES_OR_NO:
            plainly[f"{name}_plainly"] = ExpressionWrapper(F(lookup_of[name]), TextField())
    wanted = [plain if (plain := f"{name}_plainly") in plainly else lookup_of[name] for name in names]
    found = items.with_cooperating() if "cooperating" in names else items
    rows = found.annotate(**plainly).order_by("pk").values_list("pk", *wanted)
    last = 0
    while part := list(rows.filter(pk__gt=last)[:chunk]):
        yield part
        last = part[-1][0]
