"""A checklist moved to the next edition: what each item is then, was before, and is again after an undo."""

from collections import Counter
from datetime import date

import pytest
from django.contrib.auth.models import User

from measures.choices import Cadence, Status
from measures.editions.mapping import MappedPair, MappingIncomplete, save_mapping
from measures.editions.undoing import last_upgrade, undo_upgrade
from measures.editions.upgrading import UpgradeRefused, upgrade
from measures.models import (
    Answered,
    Checklist,
    EditionMapping,
    Item,
    SavedView,
    add_measure,
)
from measures.reports.timeline import build_timeline
from tests.make import NOW, change, find_item, write_entry
from tests.upgrades.make import BEFORE, DAY, LATER, PAIRS, csv_of, now


def everything(checklist: Checklist) -> dict[int, tuple[object, ...]]:
    """Each item in force: what it answers and what it says."""
    return {
        item.pk: (item.measure_id, item.pillar_id, item.to_confirm, item.state())
        for item in checklist.items.with_cooperating()
    }


def replayed(checklist: Checklist) -> dict[int, tuple[int, bool, bool]]:
    """What each item answers according to its newest row."""
    found = {}
    for row in Answered.objects.filter(item__checklist=checklist).order_by("at", "id"):
        found[row.item_id] = (row.measure_id, row.in_force, row.to_confirm)
    return found


def test_each_item_goes_where_its_measure_went(
    worked_on: Checklist, mapping: EditionMapping, administrator: User
) -> None:
    before = now(worked_on)

    upgrade(worked_on, mapping, by=administrator, at=LATER)

    after = now(worked_on)
    for old, new in (("1.1.1", "1.1.1"), ("1.1.2", "1.1.3"), ("1.1.3", "2.1.3"), ("2.1.3", "2.1.2")):
        assert after[new].pk == before[old].pk
        assert after[new].state() == before[old].state()
        assert after[new].version == before[old].version
    assert {code for code, item in after.items() if item.to_confirm} == {"1.2.1", "2.1.2"}
    assert after["1.2.2"].pk == before["1.2.2"].pk
    copy = after["1.2.3"]
    assert copy.pk not in {item.pk for item in before.values()}
    assert copy.state() == before["1.2.2"].state()
    assert copy.answers.get().origin_id == before["1.2.2"].pk
    assert after["1.1.2"].version == 1, "A new measure starts empty."
    assert set(after) == {item.measure.code for item in after.values()}
    assert len(after) == 12
    gone = Item.objects.everything.filter(checklist=worked_on).exclude(retired_at=None)
    assert {item.pk for item in gone} == {before["2.1.2"].pk, before["2.1.1"].pk}
    assert {item.pk: item.measure_id for item in Item.objects.everything} == {
        pk: measure for pk, (measure, _in_force, _confirm) in replayed(worked_on).items()
    }


def test_merged_items_are_joined_by_the_rule_and_either_may_go_on(
    worked_on: Checklist, mapping: EditionMapping, administrator: User
) -> None:
    before = now(worked_on)

    upgrade(worked_on, mapping, by=administrator, at=LATER, keeps={"2.1.1": "2.1.1"})

    item = now(worked_on)["2.1.1"]
    assert item.pk == before["2.1.1"].pk
    assert (item.due, item.notes) == (before["1.2.3"].due, "备注 2.1.1\n备注 1.2.3")
    assert item.status == Status.BLOCKED
    assert [unit.name for unit in item.cooperating] == [before["1.2.3"].owner.name]  # type: ignore[union-attr]
    gone = Item.objects.everything.get(pk=before["1.2.3"].pk)
    assert gone.answers.first().origin_id == item.pk  # type: ignore[union-attr]


def test_reports_of_earlier_days_are_the_same_byte_for_byte(
    worked_on: Checklist, mapping: EditionMapping, administrator: User
) -> None:
    days = [(NOW.date(), None), (BEFORE.date(), None), ((NOW + 2 * DAY).date(), NOW.date())]
    written = [csv_of(worked_on, *day) for day in days]

    upgrade(worked_on, mapping, by=administrator, at=LATER)

    assert [csv_of(worked_on, *day) for day in days] == written
    today = csv_of(worked_on, LATER.date()).decode("utf-8-sig")
    assert "second" in today
    assert "second" not in written[1].decode("utf-8-sig")
    assert csv_of(worked_on, LATER.date(), BEFORE.date())


def test_a_trend_counts_each_day_by_its_own_edition(
    worked_on: Checklist, mapping: EditionMapping, administrator: User
) -> None:
    def trend(day: date) -> dict[date, dict[Status, int]]:
        items = worked_on.items.as_of(day).there_by(day)
        found = build_timeline(items, checklist=worked_on, as_of=day, since=NOW.date(), whole=True)
        return {point.day: dict(point.by_status) for point in found}

    retired = find_item(worked_on, "2.1.2")
    change(retired, by=administrator, at=LATER, status=Status.DONE)
    later = LATER + 40 * DAY
    before = trend(later.date())
    upgrade(worked_on, mapping, by=administrator, at=later)
    worked_on.refresh_from_db()
    after = trend(later.date())

    assert len(before) > 2
    assert [after[day] for day in before][:-1] == list(before.values())[:-1]
    counted = Counter(item.status for item in now(worked_on).values())
    assert after[later.date()] == {status: counted[status] for status in Status}
    assert after[later.date()] != before[later.date()]


def test_an_undo_gives_back_what_was_there(
    worked_on: Checklist, mapping: EditionMapping, administrator: User
) -> None:
    before = everything(worked_on)
    day = csv_of(worked_on, BEFORE.date())
    edition = upgrade(worked_on, mapping, by=administrator, at=LATER)
    between = csv_of(worked_on, LATER.date())

    undo_upgrade(edition, by=administrator, at=LATER + DAY)

    worked_on.refresh_from_db()
    assert everything(worked_on) == before
    assert worked_on.catalogue == mapping.old
    assert csv_of(worked_on, BEFORE.date()) == day
    assert csv_of(worked_on, LATER.date()) == between, "The day between had the new edition."
    assert last_upgrade(worked_on) is None

    upgrade(worked_on, mapping, by=administrator, at=LATER + 2 * DAY)
    assert len(now(worked_on)) == 12


def test_an_undo_says_what_was_written_since(
    worked_on: Checklist, mapping: EditionMapping, administrator: User
) -> None:
    edition = upgrade(worked_on, mapping, by=administrator, at=LATER)
    change(find_item(worked_on, "1.1.1"), by=administrator, at=LATER + DAY, notes="不碍事")
    write_entry(find_item(worked_on, "1.2.3"), administrator, at=LATER + DAY)

    with pytest.raises(UpgradeRefused, match=r"1\.2\.3"):
        undo_upgrade(edition, by=administrator, at=LATER + 2 * DAY)

    worked_on.refresh_from_db()
    assert worked_on.catalogue == mapping.new


def test_a_units_own_measure_and_a_saved_view_go_along(
    worked_on: Checklist, mapping: EditionMapping, administrator: User
) -> None:
    section = find_item(worked_on, "1.1.1").measure.section
    own = add_measure(
        worked_on, section, title="自定", detail="自定", cadence=Cadence.ONCE, at=BEFORE, by=administrator
    )
    view = SavedView.objects.create(checklist=worked_on, user=administrator, name="甲", query="q=1.1.2&x=1")

    edition = upgrade(worked_on, mapping, by=administrator, at=LATER)

    own.refresh_from_db()
    view.refresh_from_db()
    assert own.measure.section.pillar.catalogue == mapping.new
    assert own.measure.code == "1.1.901"
    assert view.query == "q=1.1.3&x=1"
    undo_upgrade(edition, by=administrator, at=LATER + DAY)
    view.refresh_from_db()
    assert view.query == "q=1.1.2&x=1"


def test_what_is_uncertain_stops_an_upgrade_until_somebody_decides(
    worked_on: Checklist, mapping: EditionMapping, administrator: User
) -> None:
    asked = [MappedPair(PAIRS[0].old, PAIRS[0].new, PAIRS[0].kind, 0.5), *PAIRS[1:]]
    unsure = save_mapping(mapping.old, mapping.new, asked, revision=1, by=administrator, at=NOW)

    with pytest.raises(UpgradeRefused, match=r"1\.1\.1"):
        upgrade(worked_on, unsure, by=administrator, at=LATER)
    with pytest.raises(MappingIncomplete, match=r"1\.1\.1"):
        save_mapping(mapping.old, mapping.new, PAIRS[1:], revision=2, by=administrator, at=NOW)
