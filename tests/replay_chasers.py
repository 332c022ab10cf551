"""Chasers in random histories, in plain Python: which wait at the end of a day, what answered the others."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.contrib.auth.models import User

from measures.choices import ChaserLevel, Side
from measures.lights import Lit, end_of_day, lit_while_chased
from measures.models import ChasedItem, Chaser, Item
from measures.models.chasers import DOUBLE_CLICK
from measures.querysets.ledger import ItemQuerySet
from measures.reports import Report
from tests.make import TODAY
from tests.replay_told import ToldItem


@dataclass(eq=False)
class ToldChaser:
    """A chaser to the unit that led the item at that moment, and when the office took it back."""

    item: ToldItem
    at: datetime
    unit: str
    text: str
    answer_by: date
    withdrawn_at: datetime | None = None

    def withdrawn_by(self, until: datetime) -> datetime | None:
        """When it was taken back, as it was known before `until`."""
        return self.withdrawn_at if self.withdrawn_at and self.withdrawn_at < until else None

    def is_over(self, until: datetime) -> bool:
        """Whether it no longer waited at that moment."""
        return bool(self.withdrawn_by(until) or self.answered_at(until))

    def answered_at(self, until: datetime) -> datetime | None:
        """When a unit wrote the entry that answers, as it was known before `until`; none after it was
        taken back.
        """
        last = self.withdrawn_by(until)
        answers = (
            one.at
            for one in self.item.entries
            if one.side != Side.OFFICE
            and self.at < one.at < until
            and (last is None or one.at <= last)
            and not one.was_withdrawn(until)
        )
        return min(answers, default=None)


class ToldChasers(list[ToldChaser]):
    """All that were sent, in order of time; `made` are the same in the ledger."""

    def __init__(self) -> None:
        super().__init__()
        self.made: list[Chaser] = []

    def chase(self, told: ToldItem, item: Item, at: datetime, *, by: User, nth: int) -> None:
        """Send one, and note it unless it is one that was sent just now."""
        new = ToldChaser(told, at, told.now.owner, f"请报送{nth % 2}", TODAY + timedelta(nth % 3))
        if not new.unit:
            return
        level, answer_by = ChaserLevel.YELLOW, new.answer_by
        sent = Chaser.send([item.pk], level=level, text=new.text, answer_by=answer_by, by=by, at=at)
        if not any(
            one.withdrawn_at is None
            and (one.item, one.unit, one.text, one.answer_by) == (told, new.unit, new.text, new.answer_by)
            and one.at > at - DOUBLE_CLICK
            for one in self
        ):
            self.append(new)
            self.made.append(sent.chasers[0])

    def withdraw(self, at: datetime, *, by: User, nth: int) -> None:
        """Take one back, if nobody did so before."""
        place = nth % len(self)
        if self[place].withdrawn_at is None:
            self.made[place].withdraw(by=by, at=at, reason="误发")
            self[place].withdrawn_at = at

    def open_about(self, item: ToldItem, until: datetime) -> ToldChaser | None:
        """The newest that waits."""
        waiting = [one for one in self if one.item is item and one.at < until and not one.is_over(until)]
        return waiting[-1] if waiting else None

    def lit(self, lit: Lit, item: ToldItem, day: date) -> Lit:
        """The light, whose reason names a chaser that waits."""
        waiting = self.open_about(item, end_of_day(day))
        return lit_while_chased(lit, ChaserLevel.YELLOW, waiting.answer_by, day) if waiting else lit

    def compare(self, report: Report, items: ItemQuerySet, since: date, day: date) -> None:
        """With what the ledger says at the end of the day."""
        until, over = end_of_day(day), end_of_day(since)
        listed = [
            (one.item.code, one.unit, one.text, one.at, one.answered_at(until), one.withdrawn_by(until))
            for one in self
            if one.at < until and not one.is_over(over)
        ]
        rows = [
            (row.code, row.unit, row.text, row.at, row.answered_at, row.withdrawn_at)
            for row in report.chasers
        ]
        assert Counter(rows) == Counter(listed)
        codes = dict(items.values_list("pk", "measure__code"))
        found = ChasedItem.objects.open_about(codes, day)
        waiting = {one.item.code: one.at for one in self if one is self.open_about(one.item, until)}
        assert {codes[key]: one.chaser.at for key, one in found.items()} == waiting
