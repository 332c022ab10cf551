"""The light: red, amber, green or grey, for a reason in words, the same in Python and in the database."""

from datetime import datetime, time, timedelta
from itertools import product
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone, translation

from measures.choices import OPEN_STATUSES, Light, Status
from measures.forms.days import UnitsForm
from measures.ledger.facts import facts_of
from measures.lights import Thresholds, days_late, light_of, start_of_day
from measures.models import Checklist, Item
from measures.progress import SectionCount
from measures.views.units.figures import rolled
from measures.views.units.files import item_headings, item_lines, part_headings
from tests.make import TODAY, SignIn, change, find_item, make_catalogue, make_checklist

THRESHOLDS = Thresholds()


@pytest.mark.parametrize(
    ("status", "due_in", "silent_for", "light", "words"),
    [
        ("in_progress", -12, 3, "red", "overdue by 12 days"),
        ("not_started", -1, None, "red", "overdue by 1 day"),
        ("blocked", None, 3, "red", "blocked"),
        ("blocked", -2, 3, "red", "blocked, overdue by 2 days"),
        ("in_progress", 0, 3, "amber", "due today"),
        ("not_started", 14, None, "amber", "due in 14 days"),
        ("in_progress", 15, 3, "green", ""),
        ("not_started", 15, None, "grey", ""),
        ("not_started", None, None, "grey", ""),
        ("in_progress", None, 60, "amber", "no entry for 60 days"),
        ("in_progress", None, 59, "green", ""),
        ("standing", None, 73, "amber", "no entry for 73 days"),
        ("standing", -5, 3, "green", ""),
        ("done", -5, 300, "green", ""),
        ("dropped", -5, 300, "grey", ""),
    ],
)
def test_the_light_and_its_reason(
    status: str, due_in: int | None, silent_for: int | None, light: str, words: str
) -> None:
    due = None if due_in is None else TODAY + timedelta(due_in)
    updated = None if silent_for is None else TODAY - timedelta(silent_for)

    with translation.override("en"):
        lit = light_of(Status(status), due, updated, on=TODAY, thresholds=THRESHOLDS)

    assert (lit.light, lit.reason) == (light, words)


def test_the_reason_is_said_as_officials_say_it() -> None:
    with translation.override("zh-hans"):
        lit = light_of(Status.BLOCKED, TODAY - timedelta(12), TODAY, on=TODAY, thresholds=THRESHOLDS)

    assert lit.reason == "受阻，逾期12天"


@pytest.mark.slow
@pytest.mark.parametrize("thresholds", [Thresholds(), Thresholds(due_soon=0, silence=1), Thresholds(3, 7)])
def test_the_database_and_the_words_agree_on_every_combination(db: None, thresholds: Thresholds) -> None:
    edges = [-400, -1, 0, 1, thresholds.due_soon, thresholds.due_soon + 1, 400]
    dues = [None, *(TODAY + timedelta(days) for days in edges)]
    silences = [None, 0, 1, thresholds.silence - 1, thresholds.silence, thresholds.silence + 1, 500]
    combinations = list(product(Status, dues, silences, (time(0, 0), time(23, 59, 59, 999999))))
    checklist = make_checklist("many", "多", make_catalogue(1, 1, len(combinations), slug="many"))
    checklist.due_soon_days, checklist.silence_days = thresholds.due_soon, thresholds.silence
    checklist.save()
    items = list(checklist.items.order_by("measure__position"))
    for place, (item, (status, due, silent, at)) in enumerate(zip(items, combinations, strict=True)):
        # Combinations that no page can reach are compared as well, so the state is set by hand.
        item.__dict__.update(status=status, due=due, asked_in_time=place % 3 == 0)
        if silent is not None:
            item.silent_since = timezone.make_aware(datetime.combine(TODAY - timedelta(silent), at))
    type(items[0]).objects.bulk_update(
        items, ["status", "due", "silent_since", "asked_in_time"], batch_size=500
    )

    lit: Any = checklist.items.with_light(on=TODAY, thresholds=thresholds).select_related("checklist")

    assert len(lit) == len(combinations)
    assert {item.light for item in lit} == set(Light.values)
    for item in lit:
        assert item.light == item.lit(TODAY).light, (item.status, item.due, item.silent_since)


def test_the_list_filters_and_sorts_by_light(
    checklist: Checklist, administrator: User, sign_in: SignIn
) -> None:
    today = timezone.localdate()
    annotations: dict[str, dict[str, Any]] = {
        "1.1.1": {"status": Status.DONE},
        "1.1.2": {"status": Status.IN_PROGRESS, "due": today},
        "1.1.3": {"status": Status.IN_PROGRESS, "due": today - timedelta(1)},
    }
    for code, values in annotations.items():
        change(find_item(checklist, code), by=administrator, at=timezone.now(), **values)
    client = sign_in(administrator)

    def codes(query: str) -> list[str]:
        page = client.get(f"/checklists/henan/items/?section=1.1&{query}").context["page"]
        return [facts.code for facts in page]

    assert codes("light=red") == ["1.1.3"]
    assert codes("light=red&light=amber") == ["1.1.2", "1.1.3"]
    assert codes("sort=light") == ["1.1.3", "1.1.2", "1.1.1"]


def test_the_thresholds_are_the_checklists_own(checklist: Checklist, administrator: User) -> None:
    item = find_item(checklist)
    change(item, by=administrator, due=TODAY + timedelta(20))
    assert find_item(checklist).lit(TODAY).light == Light.GREY

    checklist.due_soon_days = 30
    checklist.save()

    assert find_item(checklist).lit(TODAY).light == Light.AMBER


def test_every_count_and_list_agrees_on_what_is_late(db: None) -> None:
    dues = [None, *(TODAY + timedelta(days) for days in (-400, -1, 0, 1))]
    combinations = list(product(Status, dues))
    checklist = make_checklist("late", "迟", make_catalogue(1, 1, len(combinations), slug="late"))
    items = list(checklist.items.order_by("measure__position"))
    for item, (status, due) in zip(items, combinations, strict=True):
        item.__dict__.update(status=status, due=due)
    type(items[0]).objects.bulk_update(items, ["status", "due"])
    expected = {
        item.pk: (TODAY - due).days if due and due < TODAY and status in OPEN_STATUSES else 0
        for item, (status, due) in zip(items, combinations, strict=True)
    }
    late = {pk for pk, days in expected.items() if days}

    assert {item.pk: days_late(item.status, item.due, TODAY) for item in items} == expected
    assert {item.pk: item.days_late(TODAY) for item in items} == expected
    assert {facts.pk: facts.days_late(TODAY) for facts in facts_of(checklist.items.all())} == expected
    assert set(checklist.items.overdue(on=TODAY).values_list("pk", flat=True)) == late
    assert {item.pk for item in items if "overdue" in in_english(item)} == late
    counted: Any = Checklist.objects.with_progress(on=TODAY).get(pk=checklist.pk)
    by_section = map(SectionCount._make, checklist.items.counted_by_section(on=TODAY))
    by_unit: Any = checklist.items.counted_by_unit(on=TODAY, since=start_of_day(TODAY))
    assert counted.late == sum(row.overdue for row in by_section) == len(late)
    [(_checklist, _pillar, _count, _dropped, _well, late_of_unit, _silent, _updated)] = by_unit
    assert late_of_unit == len(late)
    form = UnitsForm({}, opened=TODAY, today=TODAY)
    top = rolled(Checklist.objects.tree(checklist), form)[0]
    with translation.override("en"):
        place = item_headings(part_headings(top)).index("Days late")
    rows = item_lines(top, form)
    told = sorted(str(row[place]) for row in rows if row[place])
    assert told == sorted(str(expected[pk]) for pk in late)


def in_english(item: Item) -> str:
    with translation.override("en"):
        return item.lit(TODAY).reason
