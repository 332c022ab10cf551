"""Chasers for people to read: what each asks, who has read it and what answered it, now or on a past day."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from measures.choices import ChaserLevel
from measures.database.prepared import prepared
from measures.ledger.about import has
from measures.lights import Lit, end_of_day, lit_while_chased, local_day
from measures.models import ChasedItem, Chaser, ChaserRead, ChaserWithdrawal, Checklist, Entry, Item
from measures.models.chasers import answers_in_time
from measures.querysets.chasers import ChasedQuerySet
from measures.rights.roles import Action, Rights


@dataclass(frozen=True)
class ShownChased:
    """An item that a chaser names, and the entry that answers for it; None if there is none."""

    chaser: Chaser
    item: Item
    answer: Entry | None
    withdrawal: ChaserWithdrawal | None = None

    @property
    def waits(self) -> bool:
        return self.answer is None and self.withdrawal is None

    @property
    def is_late(self) -> bool:
        """Whether the answer came after the day that the chaser names."""
        return self.answer is not None and local_day(self.answer.at) > self.chaser.answer_by


@dataclass(frozen=True)
class ShownChaser:
    """A chaser with its items in the article's order, and who has read it, the first reader first."""

    chaser: Chaser
    items: Sequence[ShownChased]
    reads: Sequence[ChaserRead]
    withdrawal: ChaserWithdrawal | None = None
    may_withdraw: bool = False

    @property
    def answered(self) -> int:
        """How many of its items are answered for."""
        return sum(one.answer is not None for one in self.items)

    @property
    def waits(self) -> bool:
        return any(one.waits for one in self.items)


def chased_on(items: Iterable[int], on: date) -> dict[int, Chaser]:
    """By its key, the newest chaser of each item that waits at the end of the day. At most two queries."""
    return {key: one.chaser for key, one in ChasedItem.objects.open_about(items, on).items()}


def lit_as_chased(lit: Lit, chaser: Chaser | None, on: date) -> Lit:
    """The light, with the chaser in its reason if one waits."""
    if chaser is None:
        return lit
    return lit_while_chased(lit, ChaserLevel(chaser.level), chaser.answer_by, on)


def chasers_of_item(item: Item, *, as_of: date | None = None) -> list[ShownChased]:
    """What its units were chased for, newest first, now or at the end of a day. Two queries at most."""
    if as_of is None:
        return _shown(_about(item.pk) if has(item, "chasers") else [], {item.pk: item}, None)
    until = end_of_day(as_of)
    found = ChasedItem.objects.filter(item=item, chaser__at__lt=until).with_answer(until)
    found = found.select_related("chaser__unit__checklist", "chaser__withdrawal")
    return _shown(list(found.order_by("-chaser__at", "-pk")), {item.pk: item}, until)


@prepared
def _about(item: int) -> ChasedQuerySet:
    found = ChasedItem.objects.filter(item=item).with_answer()
    return found.select_related("chaser__unit__checklist", "chaser__withdrawal").order_by(
        "-chaser__at", "-pk"
    )


def shown_chasers(chasers: Iterable[Chaser], *, as_of: date | None = None) -> list[ShownChaser]:
    """These chasers, now or at the end of a day. Four queries, however many they are."""
    until = end_of_day(as_of) if as_of else None
    sent = list(chasers)
    rows = list(
        ChasedItem.objects.filter(chaser__in=sent).with_answer(until).order_by("item__measure__position")
    )
    # Retired ones as well: what they were chased for stays readable.
    about = Item.objects.everything.filter(pk__in=[one.item_id for one in rows])
    about = about.select_related("measure__section__pillar__catalogue", "checklist")
    by_key = {chaser.pk: chaser for chaser in sent}
    for row in rows:
        row.chaser = by_key[row.chaser_id]
    items: dict[int, list[ShownChased]] = {key: [] for key in by_key}
    for one in _shown(rows, about.in_bulk(), until):
        items[one.chaser.pk].append(one)
    reads: dict[int, list[ChaserRead]] = {key: [] for key in by_key}
    noted = ChaserRead.objects.filter(chaser__in=sent)
    for read in noted.filter(at__lt=until) if until else noted:
        reads[read.chaser_id].append(read)
    return [
        ShownChaser(chaser, items[chaser.pk], reads[chaser.pk], chaser.withdrawn_by(until)) for chaser in sent
    ]


def _shown(rows: Sequence[ChasedItem], items: dict[int, Item], until: datetime | None) -> list[ShownChased]:
    answers = [one.answer_id for one in rows if one.answer_id]
    entries = Entry.objects.filter(pk__in=answers).select_related("unit").in_bulk() if answers else {}
    shown = []
    for one in rows:
        answer, withdrawal = entries.get(one.answer_id or 0), one.chaser.withdrawn_by(until)
        if answer and not answers_in_time(answer, withdrawal):
            answer = None
        shown.append(ShownChased(one.chaser, items[one.item_id], answer, withdrawal))
    return shown


def is_addressed(rights: Rights, chaser: Chaser, checklist: Checklist) -> bool:
    """Whether the user acts for the unit that is chased, so that they can note the chaser as read."""
    return (
        checklist.is_open
        and rights.may(Action.WRITE_ENTRIES, checklist)
        and rights.memberships[checklist.pk].owner_id == chaser.unit_id
    )
