"""Random mappings, and random acts of the loop, for what has to survive an upgrade."""

import random
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

from django.contrib.auth.models import User

from measures.choices import ApplicationKind, ChaserLevel, Side, Status
from measures.editions.mapping import MappedPair
from measures.editions.pairs import PairKind
from measures.models import (
    Application,
    AskedAlready,
    CannotAsk,
    Catalogue,
    Chaser,
    Checklist,
    Item,
    Measure,
    Milestone,
    NoMilestoneNeeded,
    NoUnit,
    Owner,
    RuleRefused,
)
from tests.make import change, write_entry

REFUSALS = (RuleRefused, AskedAlready, CannotAsk, NoMilestoneNeeded)
MONTH = timedelta(days=30)


def random_pairs(old: Catalogue, new: Catalogue, chance: random.Random) -> list[MappedPair]:
    """Any old measure to any new ones: every kind comes up."""
    olds, news = (
        [measure.code for measure in Measure.objects.shared_by(catalogue)] for catalogue in (old, new)
    )
    chance.shuffle(olds)
    chance.shuffle(news)
    pairs = []
    while olds or news:
        wanted = chance.choice([(1, 1), (1, 1), (1, 1), (1, 2), (2, 1), (0, 1), (1, 0)])
        before, olds = tuple(olds[: wanted[0]]), olds[wanted[0] :]
        after, news = tuple(news[: wanted[1]]), news[wanted[1] :]
        if not before and not after:
            continue
        kinds = {(0, 1): PairKind.NEW, (1, 0): PairKind.RETIRED, (1, 2): PairKind.SPLIT}
        kinds |= {(2, 1): PairKind.MERGED}
        kind = kinds.get((len(before), len(after)), chance.choice([PairKind.REWORDED, PairKind.MOVED]))
        if len(before) > 1 and not after:
            pairs += [MappedPair((code,), (), PairKind.RETIRED, certain=True) for code in before]
        elif len(after) > 1 and not before:
            pairs += [MappedPair((), (code,), PairKind.NEW, certain=True) for code in after]
        else:
            pairs.append(MappedPair(before, after, kind, certain=True))
    return pairs


def random_work(
    checklist: Checklist, units: list[Owner], chance: random.Random, *, by: User, at: datetime, items: int
) -> None:
    """Some items get a state, an entry, and what else their loop allows."""
    for item in chance.sample(list(checklist.items.select_related("measure")), items):
        with suppress(*REFUSALS):
            change(
                item,
                by=by,
                at=at,
                status=chance.choice(list(Status)),
                owner=chance.choice(units),
                cooperating=tuple(chance.sample(units, chance.randrange(len(units)))),
                due=chance.choice([None, at.date() + MONTH]),
                notes=f"备注 {at:%d} {item.pk}",
            )
        item.refresh_from_db()
        with suppress(NoUnit):
            write_entry(item, by, at=at, progress=f"进展 {at:%d} {item.pk}")
        with suppress(*REFUSALS):
            chance.choice(ACTS)(item, by, at)


def ask(item: Item, by: User, at: datetime) -> None:
    said = f"申请 {at:%d} {item.pk}"
    Application.ask(item, ApplicationKind.CLOSE, reason=said, side=Side.OFFICE, by=by, at=at)


def send_chaser(item: Item, by: User, at: datetime) -> None:
    day, said = at.date() + MONTH, f"催办 {at:%d} {item.pk}"
    Chaser.send([item.pk], level=ChaserLevel.BLUE, text=said, answer_by=day, by=by, at=at)


def set_milestone(item: Item, by: User, at: datetime) -> None:
    said = f"节点 {at:%d} {item.pk}"
    Milestone.add(item, text=said, due=at.date() + MONTH, side=Side.OFFICE, by=by, at=at)


ACTS: list[Callable[[Item, User, datetime], None]] = [ask, send_chaser, set_milestone]
