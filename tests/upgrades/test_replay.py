"""Random histories, upgraded by random mappings and undone: every day stays as it was on that day."""

import random
from contextlib import suppress
from datetime import datetime, timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import translation

from measures.editions.mapping import save_mapping
from measures.editions.undoing import last_upgrade, undo_upgrade
from measures.editions.upgrading import UpgradeRefused, upgrade
from measures.ledger.facts import facts_of
from measures.models import Answered, Application, Chaser, Checklist, Entry, Item, MilestoneStep, Update
from tests.make import NOW, make_owner
from tests.proofs import SEED, share
from tests.upgrades.drawn import random_pairs, random_work
from tests.upgrades.make import csv_of, make_next_edition

pytestmark = [pytest.mark.slow, pytest.mark.proof]

DAY = timedelta(days=1)


def shown_on(checklist: Checklist, at: datetime) -> object:
    """What a list of this day shows, without what only says how the row is now."""
    items = checklist.items.as_of(at.date()).there_by(at.date()).in_order()
    with translation.override("zh-hans"):
        return [facts._replace(version=0) for facts in facts_of(items)], csv_of(checklist, at.date())


def texts_of(checklist: Checklist) -> tuple[set[str], set[str]]:
    """What people wrote of the loop, and the notes of all updates, which a merger adds to."""
    loop = {
        *Entry.objects.filter(item__checklist=checklist).values_list("progress", flat=True),
        *Application.objects.filter(item__checklist=checklist).values_list("reason", flat=True),
        *Chaser.objects.filter(chased__item__checklist=checklist).values_list("text", flat=True),
        *MilestoneStep.objects.filter(milestone__item__checklist=checklist).values_list("text", flat=True),
    }
    notes = Update.objects.filter(item__checklist=checklist).values_list("notes", flat=True)
    return loop, set(notes)


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
        random_work(checklist, units, chance, by=administrator, at=at, items=3)
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
