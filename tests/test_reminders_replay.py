"""A year of reminders for many units, day by day, against rules that are written down in another way."""

import random
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import chinese_calendar
import pytest

from measures.choices import ReminderKind, Status
from measures.lights import Thresholds, WorkingDays
from measures.reminders.who import (
    ChecklistFacts,
    DaysOfPeriod,
    ItemFacts,
    PartPlayed,
    Told,
    begins_the_week,
    period_due,
    what_to_tell,
)
from tests.proofs import SEED, share

pytestmark = [pytest.mark.no_database, pytest.mark.proof, pytest.mark.slow]

YEAR = 2025
CALENDAR = WorkingDays(frozenset(chinese_calendar.holidays), frozenset(chinese_calendar.workdays))
DAYS = [date(YEAR, 1, 1) + timedelta(number) for number in range(365)]
# The working days of the year and of the months around it, in their order.
WORKED = [
    day
    for day in (date(YEAR - 1, 7, 1) + timedelta(number) for number in range(730))
    if chinese_calendar.is_workday(day)
]
SEVENTH = {day: [other for other in WORKED if other > day][6] for day in DAYS}
IS_WORKED = {day: chinese_calendar.is_workday(day) for day in DAYS}
THRESHOLDS = Thresholds(due_soon=14, silence=60)
ABOUT_ITEMS = (
    ReminderKind.CHASED,
    ReminderKind.RETURNED,
    ReminderKind.LATE,
    ReminderKind.MILESTONE,
    ReminderKind.DUE_SOON,
    ReminderKind.SILENT,
)


def changed(item: ItemFacts, chance: random.Random, day: date) -> ItemFacts:
    """The item after what may happen on a day: mostly nothing."""
    drawn = chance.random()
    if drawn < 0.02:
        return replace(item, status=chance.choice(Status.values), asked=False)
    if drawn < 0.03:
        return replace(item, due=day + timedelta(chance.randint(-5, 40)), returned=False)
    if drawn < 0.05:
        return replace(item, asked=not item.asked, returned=chance.random() < 0.5)
    if drawn < 0.06:
        return replace(item, answer_by=day + timedelta(chance.randint(0, 7)))
    if drawn < 0.09:
        return replace(item, answer_by=None, silent_from=day, has_reported=True)
    if drawn < 0.1:
        return replace(item, unit=chance.choice([1, 1, 2, None]))
    if drawn < 0.12:
        return replace(item, milestone=chance.choice([None, day + timedelta(chance.randint(-5, 40))]))
    return replace(item, has_reported=False) if day.day == 1 else item


def kinds_of(item: ItemFacts, day: date) -> list[ReminderKind]:
    """All that is true of an open item of the unit, worst first."""
    open_ones = ("not_started", "in_progress", "blocked")
    owed = item.due is not None and not item.asked and item.status in open_ones
    true = {
        ReminderKind.CHASED: item.answer_by is not None,
        ReminderKind.RETURNED: item.returned,
        ReminderKind.LATE: owed and item.due is not None and day > item.due,
        ReminderKind.MILESTONE: item.status in open_ones
        and item.milestone is not None
        and item.milestone <= SEVENTH[day],
        ReminderKind.DUE_SOON: owed and item.due is not None and day <= item.due <= SEVENTH[day],
        ReminderKind.SILENT: item.status in ("in_progress", "standing")
        and item.silent_from is not None
        and (day - item.silent_from).days >= 60,
    }
    return [kind for kind in ABOUT_ITEMS if true[kind]]


def expected(
    items: list[ItemFacts], off: set[ReminderKind], day: date, period: bool
) -> dict[ReminderKind, set[int]]:
    """What a member of unit 1 has to be told."""
    found: dict[ReminderKind, set[int]] = {}
    for item in items:
        if item.unit != 1 or item.status in ("done", "dropped"):
            continue
        for kind in [kind for kind in kinds_of(item, day) if kind not in off][:1]:
            found.setdefault(kind, set()).add(item.key)
        owing = item.status in ("in_progress", "blocked", "standing")
        if period and owing and not item.has_reported and ReminderKind.ENTRIES_DUE not in off:
            found.setdefault(ReminderKind.ENTRIES_DUE, set()).add(item.key)
    return found


def check(told: list[Told], items: list[ItemFacts], wanted: dict[ReminderKind, set[int]]) -> None:
    """Nothing is missing, doubled, empty or about a closed item."""
    assert {one.kind: set(one.keys) for one in told} == wanted
    assert all(one.keys for one in told)
    named = Counter(key for one in told if one.kind in ABOUT_ITEMS for key in one.keys)
    assert max(named.values(), default=1) == 1
    closed = {item.key for item in items if item.status in ("done", "dropped")}
    assert not closed & {key for one in told for key in one.keys}


def test_a_year_of_reminders_says_what_the_rules_say_and_nothing_twice() -> None:
    sent = 0
    for unit in range(share(2600)):
        chance = random.Random(SEED * 10_000 + unit)
        items = [
            ItemFacts(key, chance.choice([1, 1, 1, 2, None]), chance.choice(Status.values))
            for key in range(1, 5)
        ]
        choosable = [kind for kind in ReminderKind if kind != ReminderKind.CHASED]
        off: set[ReminderKind] = set(chance.sample(choosable, chance.choice([0, 0, 0, 3])))
        for day in DAYS:
            items = [changed(item, chance, day) for item in items]
            period = day.day > 20
            facts = ChecklistFacts(THRESHOLDS, is_open=unit % 20 != 0, period_is_due=period)
            told = what_to_tell(
                PartPlayed(unit=1), facts, items, on=day, days=CALENDAR, escalate_after=3, off=off
            )
            wanted = expected(items, off, day, period) if IS_WORKED[day] and facts.is_open else {}
            check(told, items, wanted)
            sent += bool(told)
    assert sent


def test_a_year_of_an_office_has_one_summary_a_week_and_escalates_by_working_days() -> None:
    sent_by = DAYS[40]
    items = [ItemFacts(1, None, Status.IN_PROGRESS), ItemFacts(2, None, Status.DONE)]
    weekly, escalated = [], []
    for day in DAYS:
        facts = ChecklistFacts(THRESHOLDS, chasers=[(7, sent_by)], applications=[9], milestones=[4])
        told = what_to_tell(PartPlayed(is_office=True), facts, items, on=day, days=CALENDAR, escalate_after=3)
        by_kind = {one.kind: one.keys for one in told}
        weekly += [day] if ReminderKind.APPLICATIONS in by_kind else []
        escalated += [day] if ReminderKind.ESCALATED in by_kind else []
        assert by_kind.get(ReminderKind.WITHOUT_LEAD, (1,)) == (1,)
        assert by_kind.get(ReminderKind.MILESTONES) == ((4,) if weekly[-1:] == [day] else None)

    worked = [day for day in WORKED if day.year == YEAR]
    first_of_week = {day.isocalendar()[:2]: day for day in reversed(WORKED)}.values()
    assert weekly == sorted(day for day in first_of_week if day.year == YEAR)
    assert escalated == [day for day in worked if len([one for one in WORKED if sent_by < one <= day]) >= 3]


def test_entries_are_due_for_the_newest_period_that_ends_soon_or_has_ended() -> None:
    months: list[DaysOfPeriod] = [
        (date(2025, 4, 1), date(2025, 4, 30)),
        (date(2025, 3, 1), date(2025, 3, 31)),
        (date(2025, 5, 1), date(2025, 5, 31)),
    ]
    due = {day: period_due(months, on=date(2025, 4, day), days=CALENDAR) for day in (1, 21, 22, 30)}

    assert due == {1: months[1], 21: months[1], 22: months[0], 30: months[0]}
    assert period_due([], on=date(2025, 4, 1), days=CALENDAR) is None


def test_a_week_begins_on_its_first_working_day() -> None:
    # 1 to 8 October 2025 were days off, and 11 October, a Saturday, was worked.
    october = [day for day in range(1, 32) if begins_the_week(date(2025, 10, day), CALENDAR)]
    assert october == [9, 13, 20, 27]
