"""How chasers are queried: which wait for an answer, and what answered the others.

An answer is the first entry about the item by its lead unit or a cooperating one after the chaser, unless it
was withdrawn. A chaser that was withdrawn waits for none. Nothing here imports a model.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING, Self

from django.apps import apps
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from measures.choices import UNIT_SIDES
from measures.database.prepared import prepared
from measures.lights import end_of_day
from measures.querysets.append_only import AppendOnlyQuerySet

if TYPE_CHECKING:
    from measures.models.chasers import ChasedItem, Chaser, ChaserWithdrawal
    from measures.models.checklists import Checklist
    from measures.models.entries import Entry
    from measures.querysets.loop import EntryQuerySet


class ChaserQuerySet(AppendOnlyQuerySet["Chaser"]):
    def of_checklist(self, checklist: "Checklist") -> Self:
        """The chasers of a checklist, newest first."""
        found = self.filter(unit__checklist=checklist).select_related("unit", "withdrawal")
        return found.order_by("-at", "-pk")

    def up_to(self, day: date) -> Self:
        """Chasers that were sent by the end of this day."""
        return self.filter(at__lt=end_of_day(day))

    def waiting(self, until: datetime | None = None) -> Self:
        """Chasers with an item that nobody has answered for or, with `until`, had by then."""
        chased: type[ChasedItem] = apps.get_model("measures.ChasedItem")
        there = Q(item__retired_at=None) if until is None else ~Q(item__retired_at__lt=until)
        found = chased.objects.filter(there, chaser=OuterRef("pk")).unanswered(until)
        sent = self if until is None else self.filter(at__lt=until)
        return sent.filter(Exists(found))

    def sent_with(self, chaser: "Chaser") -> Self:
        """The chasers that were sent in the same act, one for each unit, in the order of their units.

        Without those that were withdrawn.
        """
        same = self.of_checklist(chaser.unit.checklist).filter(at=chaser.at, by=chaser.by_id)
        return same.filter(withdrawal=None).order_by("pk")


class ChasedQuerySet(AppendOnlyQuerySet["ChasedItem"]):
    """Items that chasers name."""

    def unanswered(self, until: datetime | None = None) -> Self:
        """Items that wait for an answer or, with `until`, waited then."""
        sent = self if until is None else self.filter(chaser__at__lt=until)
        return sent.not_over(until)

    def not_over(self, by: datetime | None) -> Self:
        """Without items that were answered for before `by`, or whose chaser was withdrawn; None: by now."""
        return self.filter(~Exists(_answers(by)), ~Exists(_withdrawals(by)))

    def with_answer(self, until: datetime | None = None) -> Self:
        """With `answer_id`: the key of the entry that answers, written before `until`; None for none."""
        first = _answers(until).order_by("at", "id").values("pk")[:1]
        return self.annotate(answer_id=Subquery(first))

    def open_about(self, items: Iterable[int], day: date) -> "dict[int, ChasedItem]":
        """By its key, each item's newest chaser that waits at the end of the day. At most two queries."""
        until = end_of_day(day)
        # Most pages show no item that was chased, and this is several times quicker than the query below.
        keys = list(items)
        chased = set(_chased_by(keys, until)) if keys else set()
        if not chased:
            return {}
        return {one.item_id: one for one in _waiting_about(sorted(chased), until)}


@prepared
def _chased_by(items: list[int], until: datetime) -> "QuerySet[ChasedItem, int]":
    chased: type[ChasedItem] = apps.get_model("measures.ChasedItem")
    named = chased.objects.filter(item__pk__in=items, chaser__at__lt=until)
    return named.order_by().values_list("item", flat=True)


@prepared
def _waiting_about(items: list[int], until: datetime) -> "QuerySet[ChasedItem]":
    chased: type[ChasedItem] = apps.get_model("measures.ChasedItem")
    waiting = chased.objects.filter(item__pk__in=items).unanswered(until)
    return waiting.select_related("chaser").order_by("chaser__at", "pk")


def _withdrawals(until: datetime | None) -> "AppendOnlyQuerySet[ChaserWithdrawal]":
    withdrawals: type[ChaserWithdrawal] = apps.get_model("measures.ChaserWithdrawal")
    found = withdrawals.objects.filter(chaser=OuterRef("chaser"))
    return found if until is None else found.filter(at__lt=until)


def _answers(until: datetime | None) -> "EntryQuerySet":
    entries: type[Entry] = apps.get_model("measures.Entry")
    later = entries.objects.filter(item=OuterRef("item"), side__in=UNIT_SIDES, at__gt=OuterRef("chaser__at"))
    if until is not None:
        later = later.filter(at__lt=until)
    return later.not_withdrawn(until)
