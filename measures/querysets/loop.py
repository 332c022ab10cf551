"""How the loop between the office and the units is queried: entries, and what an item derives from the loop.

Nothing here imports a model: a queryset knows its own as `self.model`.
"""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Self
from uuid import UUID

from django.apps import apps
from django.db.models import (
    Case,
    CharField,
    Count,
    DateField,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, Mod, TruncDate
from django.utils import timezone

from measures.choices import RUNNING_STATUSES, ApplicationKind, DecisionState, Status, Via
from measures.database.prepared import prepared
from measures.lights import end_of_day
from measures.loop.rules import ENDED
from measures.querysets.append_only import AppendOnlyQuerySet
from measures.querysets.milestones import milestone_column

if TYPE_CHECKING:
    from measures.ledger.facts import Facts
    from measures.models.applications import Application, Decision
    from measures.models.editions import ChecklistEdition
    from measures.models.entries import Entry, Withdrawal
    from measures.models.tracking import Item
    from measures.models.updates import Batch, Update
    from measures.querysets.append_only import UpdateQuerySet

# What an item holds only so that lists can filter, sort and count by it. `loop_columns` derives each.
DERIVED_FROM_ENTRIES = ("last_entry_at", "silent_since")
DERIVED_FROM_APPLICATIONS = ("done_on", "asked_in_time", "returned")
DERIVED_FROM_STATE = {
    "status": ("last_entry_at", "silent_since", "done_on", "closed_by"),
    "due": ("first_due", "extensions", "asked_in_time", "returned"),
}
DERIVED_FROM_MILESTONES = ("milestone_count", "milestones_done", "next_milestone")
DERIVED_FIELDS = (
    *(*DERIVED_FROM_STATE["status"], *DERIVED_FROM_STATE["due"]),
    *DERIVED_FROM_MILESTONES,
)
# Those that read updates. An upgrade that was undone has left some that count for nothing.
FROM_UPDATES = {"last_entry_at", "silent_since", "done_on", "first_due", "extensions", "closed_by"}

LAST_KEY = 2**63 - 1  # no row has a greater one
FEW = 50  # undone upgrades whose keys go into a query as they are

type Batches = tuple[UUID, ...] | QuerySet[Batch]


class EntryQuerySet(AppendOnlyQuerySet["Entry"]):
    def up_to(self, day: date) -> Self:
        """Entries written by the end of this day."""
        return self.filter(at__lt=end_of_day(day))

    def not_withdrawn(self, until: datetime | None = None) -> Self:
        """Entries that nobody had withdrawn before `until`; None: until now."""
        withdrawals: type[Withdrawal] = apps.get_model("measures.Withdrawal")
        taken_back = withdrawals.objects.filter(entry=OuterRef("pk"))
        if until is not None:
            taken_back = taken_back.filter(at__lt=until)
        return self.filter(~Exists(taken_back))

    def last_about(self, items: "Iterable[Item | Facts]", day: date) -> "dict[int, Entry]":
        """By its key, the last entry about each of these items as they were at the end of the day.

        One query, or none where nothing was reported. The items know when their last entry was written,
        which saves looking for the newest of each.
        """
        last = {item.pk: item.last_entry_at for item in items if item.last_entry_at}
        if not last:
            return {}
        kept = _written_at(list(last), list(set(last.values())), end_of_day(day))
        return {entry.item_id: entry for entry in kept if entry.at == last[entry.item_id]}

    def counting_for(self, first: date, last: date) -> Self:
        """Entries that count for the days from `first` to `last`, whenever they were written."""
        return self.filter(counts_on__gte=first, counts_on__lte=last)


@prepared
def _written_at(items: list[int], moments: list[datetime], until: datetime) -> "QuerySet[Entry]":
    entries: type[Entry] = apps.get_model("measures.Entry")
    written = entries.objects.filter(item__pk__in=items, at__in=moments)
    return written.not_withdrawn(until).order_by("id")


class ApplicationQuerySet(AppendOnlyQuerySet["Application"]):
    def pending(self, until: datetime | None = None) -> Self:
        """Applications that wait for a decision or, with `until`, waited then."""
        if until is None:
            return self.filter(decision=None, item__retired_at=None)
        decisions: type[Decision] = apps.get_model("measures.Decision")
        decided = decisions.objects.filter(application=OuterRef("pk"), at__lt=until)
        there = Q(item__retired_at=None) | Q(item__retired_at__gte=until)
        return self.filter(there, ~Exists(decided), at__lt=until)

    def counted_by_unit(self) -> "QuerySet[Application, tuple[int, int]]":
        """Rows of a checklist and how many of these applications are about its items."""
        # SQLite would go through all items in the order of their checklists: an index has it, of no sum.
        key = F("item__checklist") + 0
        found = self.order_by().values_list(key)
        return found.annotate(count=Count("pk"))


def loop_columns(
    until: datetime | None = None, names: Iterable[str] = DERIVED_FIELDS
) -> dict[str, Combinable]:
    """Expressions for these of DERIVED_FIELDS, from the rows written before `until` (None: from all rows).

    `last_entry_at`: the last entry that is not withdrawn. Before a checklist had entries, every update
    counted as one. `silent_since`: the same or, without any, when the item first ran. The others are told by
    the functions below.
    """
    names = list(names)
    undone = undone_upgrades(until) if FROM_UPDATES.intersection(names) else ()
    column = _kept_column if isinstance(undone, tuple) else _column
    return {name: column(name, until, undone) for name in names}


def undone_upgrades(until: datetime | None) -> Batches:
    """The batches of upgrades that were undone before `until`, and of their undoing: as if they had not been.

    Their keys, as a subquery in each column makes PostgreSQL expect much and compile every query for seconds;
    only of very many a subquery.
    """
    editions: type[ChecklistEdition] = apps.get_model("measures.ChecklistEdition")
    undoing = editions.objects.filter(undoes__isnull=False)
    undoing = undoing.filter(at__lt=until) if until else undoing
    rows = list(undoing.order_by().values_list("batch", "undoes__batch")[: FEW + 1])
    if len(rows) <= FEW:
        return tuple(batch for row in rows for batch in row if batch)
    both = Q(pk__in=undoing.values("batch")) | Q(pk__in=undoing.values("undoes__batch"))
    batches: type[Batch] = apps.get_model("measures.Batch")
    return batches.objects.filter(both).order_by()


def _column(name: str, until: datetime | None, undone: Batches) -> Combinable:
    journal: type[Update] = apps.get_model("measures.Update")
    updates = journal.objects.filter(item=OuterRef("pk")).outside(undone)
    if until is not None:
        updates = updates.filter(at__lt=until)
    makers: dict[str, Callable[[], Combinable]] = {
        "last_entry_at": lambda: Coalesce(*_last_entries(updates, until)),
        "silent_since": lambda: Coalesce(*_last_entries(updates, until), _began(updates)),
        "done_on": lambda: _done_on(updates, until, undone),
        "first_due": lambda: Subquery(
            updates.filter(due__isnull=False).order_by("at", "pk").values("due")[:1]
        ),
        "extensions": lambda: _extensions(updates, until, undone),
        "asked_in_time": lambda: _asked_in_time(until),
        "returned": lambda: _returned(until),
        "closed_by": lambda: _closed_by(updates, until, undone),
        **{one: partial(milestone_column, one, until) for one in DERIVED_FROM_MILESTONES},
    }
    return makers[name]()


# Making an expression takes longer than most acts that need it. A query copies what it is given.
_kept_column = lru_cache(maxsize=300)(_column)  # those of now, and of some twenty days


def _last_entries(updates: "UpdateQuerySet", until: datetime | None) -> tuple[Subquery, Subquery]:
    """When the last entry was written; when the last update that counted as one was."""
    entries: type[Entry] = apps.get_model("measures.Entry")
    written = entries.objects.filter(item=OuterRef("pk")).not_withdrawn(until)
    if until is not None:
        written = written.filter(at__lt=until)
    as_entries = updates.filter(at__lt=F("item__checklist__entries_from"))
    return (
        Subquery(written.order_by("-at").values("at")[:1]),
        Subquery(as_entries.order_by("-at").values("at")[:1]),
    )


def _began(updates: "UpdateQuerySet") -> Subquery:
    """When the item first ran."""
    return Subquery(updates.filter(status__in=RUNNING_STATUSES).order_by("at").values("at")[:1])


def _day(moment: str) -> TruncDate:
    return TruncDate(moment, tzinfo=timezone.get_default_timezone())


def _done_on(updates: "UpdateQuerySet", until: datetime | None, undone: Batches) -> Case:
    """The day on which a finish was asked for or, if it was not, set; None for an item that is not done."""
    other = updates.model.objects.filter(item=OuterRef("item")).outside(undone)
    other = other.exclude(status=Status.DONE)
    other = other.filter(at__lt=until) if until else other
    last = Subquery(other.order_by("-pk").values("pk")[:1])
    set_done = updates.filter(status=Status.DONE, pk__gt=Coalesce(last, 0))
    decisions: type[Decision] = apps.get_model("measures.Decision")
    asked = decisions.objects.filter(update=OuterRef("pk"), application__kind=ApplicationKind.CLOSE)
    day = Coalesce(Subquery(asked.values(day=_day("application__at"))[:1]), _day("at"))
    found = Subquery(set_done.order_by("pk").annotate(day=day).values("day")[:1])
    return Case(When(status=Status.DONE, then=found), default=None, output_field=DateField())


def _extensions(updates: "UpdateQuerySet", until: datetime | None, undone: Batches) -> Coalesce:
    """How often a due date was moved to a later day; not by an undo, nor by what was undone.

    An undo follows what it undoes at once, in the journal of an item: after two of them it counts again.
    """
    same = updates.model.objects.filter(item=OuterRef("item")).outside(undone)
    before = same.filter(pk__lt=OuterRef("pk")).order_by("-pk").values("due")[:1]
    after = same.filter(pk__gt=OuterRef("pk"))
    after = after.filter(at__lt=until) if until else after
    following = after.exclude(via=Via.UNDO).order_by("pk").values("pk")[:1]
    undos = after.filter(via=Via.UNDO, pk__lt=Coalesce(OuterRef("following"), LAST_KEY))
    moved = updates.exclude(via=Via.UNDO).annotate(due_before=Subquery(before), following=Subquery(following))
    later = moved.filter(due__gt=F("due_before")).annotate(undone=_count(undos))
    return _count(later.annotate(odd=Mod("undone", 2)).filter(odd=0))


def _count(updates: "UpdateQuerySet") -> Coalesce:
    """How many of these updates of one item there are, as a subquery."""
    return Coalesce(
        Subquery(updates.order_by().values("item").annotate(number=Count("pk")).values("number")), 0
    )


def _asked_in_time(until: datetime | None) -> Exists:
    """Whether an application waits that was made by the due date, the first one for that date."""
    applications: type[Application] = apps.get_model("measures.Application")
    earlier = applications.objects.filter(item=OuterRef("item"), due=OuterRef("due"), pk__lt=OuterRef("pk"))
    waiting = applications.objects.filter(item=OuterRef("pk"), due=OuterRef("due")).pending(until)
    in_time = waiting.annotate(day=_day("at")).filter(day__lte=F("due"))
    return Exists(in_time.filter(~Exists(earlier)))


def _returned(until: datetime | None) -> Exists:
    """Whether the last application for the present due date was returned, and none has followed."""
    applications: type[Application] = apps.get_model("measures.Application")
    made = applications.objects.filter(item=OuterRef("pk"), due=OuterRef("due"))
    decided = Q(decision__state=DecisionState.RETURNED)
    later = applications.objects.filter(item=OuterRef("item"), due=OuterRef("due"), pk__gt=OuterRef("pk"))
    if until is not None:
        decided &= Q(decision__at__lt=until)
        later = later.filter(at__lt=until)
    return Exists(made.filter(decided).filter(~Exists(later)))


def _closed_by(updates: "UpdateQuerySet", until: datetime | None, undone: Batches) -> Case:
    """How the update that ended the item says that it was ended; empty for an item that has not ended."""
    other = updates.model.objects.filter(item=OuterRef("item")).outside(undone)
    other = other.exclude(status=OuterRef("status"))
    other = other.filter(at__lt=until) if until else other
    since = Coalesce(Subquery(other.order_by("-pk").values("pk")[:1]), 0)
    ended = updates.filter(status=OuterRef("status"), pk__gt=since)
    found = Coalesce(Subquery(ended.order_by("pk").values("closed_by")[:1]), Value(""))
    return Case(When(status__in=ENDED, then=found), default=Value(""), output_field=CharField())
