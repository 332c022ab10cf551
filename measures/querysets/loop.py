"""How the loop between the office and the units is queried: entries, and what an item derives from the loop.

Nothing here imports a model: a queryset knows its own as `self.model`.
"""

from datetime import date, datetime
from typing import TYPE_CHECKING, Self

from django.apps import apps
from django.db.models import Exists, F, OuterRef, Subquery
from django.db.models.functions import Coalesce

from measures.choices import RUNNING_STATUSES
from measures.lights import end_of_day
from measures.querysets.append_only import AppendOnlyQuerySet

if TYPE_CHECKING:
    from measures.models.entries import Entry, Withdrawal
    from measures.models.updates import Update

# What an item holds only so that lists can filter, sort and count by it. `loop_columns` derives each.
DERIVED_FIELDS = ("last_entry_at", "silent_since")


class EntryQuerySet(AppendOnlyQuerySet["Entry"]):
    def up_to(self, day: date) -> Self:
        """Entries written by the end of this day."""
        return self.filter(at__lt=end_of_day(day))

    def standing(self, until: datetime | None = None) -> Self:
        """Entries that nobody had withdrawn before `until`; None: until now."""
        withdrawals: type[Withdrawal] = apps.get_model("measures.Withdrawal")
        taken_back = withdrawals.objects.filter(entry=OuterRef("pk"))
        if until is not None:
            taken_back = taken_back.filter(at__lt=until)
        return self.filter(~Exists(taken_back))

    def counting_for(self, first: date, last: date) -> Self:
        """Entries that count for the days from `first` to `last`, whenever they were written."""
        return self.filter(counts_on__gte=first, counts_on__lte=last)


def loop_columns(until: datetime | None = None) -> dict[str, Coalesce]:
    """Expressions for each of DERIVED_FIELDS, from the rows written before `until` (None: from all rows).

    `last_entry_at`: the last entry that is not withdrawn. Before a checklist had entries, every update
    counted as one. `silent_since`: the same or, without any, when the item first ran.
    """
    entries: type[Entry] = apps.get_model("measures.Entry")
    journal: type[Update] = apps.get_model("measures.Update")
    written = entries.objects.filter(item=OuterRef("pk")).standing(until)
    updates = journal.objects.filter(item=OuterRef("pk"))
    if until is not None:
        written, updates = written.filter(at__lt=until), updates.filter(at__lt=until)
    as_entries = updates.filter(at__lt=F("item__checklist__entries_from"))
    running = updates.filter(status__in=RUNNING_STATUSES)
    last = (
        Subquery(written.order_by("-at").values("at")[:1]),
        Subquery(as_entries.order_by("-at").values("at")[:1]),
    )
    began = Subquery(running.order_by("at").values("at")[:1])
    return {"last_entry_at": Coalesce(*last), "silent_since": Coalesce(*last, began)}
