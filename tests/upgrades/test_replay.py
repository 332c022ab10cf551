"""Random histories, upgraded by random mappings and undone: every day stays as it was on that day."""

import random
from contextlib import suppress
from datetime import datetime, timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import translation

from measures.choices import Status
from measures.editions.mapping import MappedPair, save_mapping
from measures.editions.pairs import PairKind
from measures.editions.undoing import last_upgrade, undo_upgrade
from measures.editions.upgrading import UpgradeRefused, upgrade
from measures.ledger.facts import facts_of
from measures.models import Answered, Catalogue, Checklist, Entry, Item, Measure, Update
from tests.make import NOW, change, make_owner, write_entry
from tests.proofs import SEED, share
from tests.upgrades.make import csv_of, make_next_edition

pytestmark = pytest.mark.slow

DAY = timedelta(days=1)


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


def shown_on(checklist: Checklist, at: datetime) -> object:
    """What a list of this day shows, without what only says how the row is now."""
    items = checklist.items.as_of(at.date()).there_by(at.date()).in_order()
    with translation.override("zh-hans"):
        return [facts._replace(version=0) for facts in facts_of(items)], csv_of(checklist, at.date())


def texts_of(checklist: Checklist) -> tuple[set[str], set[str]]:
    entries = Entry.objects.filter(item__checklist=checklist).values_list("progress", flat=True)
    notes = Update.objects.filter(item__checklist=checklist).values_list("notes", flat=True)
    return set(entries), set(notes)


def states_of(checklist: Checklist) -> dict[int, object]:
    items = checklist.items.with_cooperating()
    return {item.pk: (item.measure_id, item.pillar_id, item.to_confirm, item.state()) for item in items}


def holds_what_its_rows_say(checklist: Checklist) -> bool:
    rows = Answered.objects.filter(item__checklist=checklist).order_by("at", "id")
    newest = {row.item_id: (row.measure_id, row.in_force, row.to_confirm) for row in rows}
    items = Item.objects.everything.filter(checklist=checklist)
    held = {item.pk: (item.measure_id, item.retired_at is None, item.to_confirm) for item in items}
    return all(held[key] == said for key, said in newest.items())


@pytest.mark.parametrize("number", range(share(50, least=2)))
def test_a_random_history_survives_upgrades_and_their_undoing(
    checklist: Checklist, administrator: User, number: int
) -> None:
    chance = random.Random(SEED * 1_000 + number)
    units = [make_owner(checklist, name) for name in ("甲处", "乙处")]
    first, second = checklist.catalogue, make_next_edition()
    mappings = {
        first.pk: save_mapping(
            first, second, random_pairs(first, second, chance), revision=0, by=administrator, at=NOW
        ),
        second.pk: save_mapping(
            second, first, random_pairs(second, first, chance), revision=0, by=administrator, at=NOW
        ),
    }
    seen: dict[datetime, object] = {}
    for day in range(1, 9):
        at = NOW + day * DAY
        for item in chance.sample(list(checklist.items.select_related("measure")), 3):
            status, notes = chance.choice(list(Status)), f"备注 {day} {item.pk}"
            change(item, by=administrator, at=at, status=status, owner=chance.choice(units), notes=notes)
            item.refresh_from_db()
            write_entry(item, administrator, at=at, progress=f"进展 {day} {item.pk}")
        checklist.refresh_from_db()
        said = texts_of(checklist)
        act = chance.choice(["upgrade", "undo", "both", "nothing"])
        later = at + timedelta(hours=1)
        if act == "upgrade":
            upgrade(checklist, mappings[checklist.catalogue_id], by=administrator, at=later)
        elif act == "undo" and (last := last_upgrade(checklist)):
            # Refused where somebody has written about what would go.
            with suppress(UpgradeRefused):
                undo_upgrade(last, by=administrator, at=later)
        elif act == "both":
            before = states_of(checklist)
            made = upgrade(checklist, mappings[checklist.catalogue_id], by=administrator, at=later)
            undo_upgrade(made, by=administrator, at=later)
            assert states_of(checklist) == before
        checklist.refresh_from_db()
        assert said[0] == texts_of(checklist)[0]
        assert said[1] <= texts_of(checklist)[1]
        assert holds_what_its_rows_say(checklist)
        seen[at] = shown_on(checklist, at)
        for moment, was in seen.items():
            assert shown_on(checklist, moment) == was, f"{moment:%m-%d} as of {at:%m-%d} after {act}"
