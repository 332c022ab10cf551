"""The days of periods: a year without gaps, and no day in two periods of a checklist."""

from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from measures.choices import PeriodKind
from measures.models import Checklist, Period, PeriodsOverlap, spans
from tests.make import TODAY, make_checklist, make_periods, make_year, run_together

OCTOBER = (date(2026, 10, 1), date(2026, 10, 31))


def test_the_months_and_quarters_of_a_year_cover_it_without_a_gap() -> None:
    for kind, count in ((PeriodKind.MONTH, 12), (PeriodKind.QUARTER, 4)):
        made = spans(kind, 2028)
        assert len(made) == count
        assert (made[0][0], made[-1][1]) == (date(2028, 1, 1), date(2028, 12, 31))
        for (_starts, ends), (starts, _ends) in pairwise(made):
            assert starts - ends == timedelta(1)


def test_months_that_ended_before_the_opening_are_not_made(checklist: Checklist) -> None:
    made = make_year(checklist, PeriodKind.MONTH, 2026)

    assert [(period.starts.month, period.state) for period in made] == [(11, "open"), (12, "open")]
    assert make_year(checklist, PeriodKind.MONTH, 2026) == []


def test_no_two_periods_of_a_checklist_share_a_day(checklist: Checklist) -> None:
    make_periods(checklist, PeriodKind.MONTH, [OCTOBER])

    for days in ((OCTOBER[1], OCTOBER[1]), (date(2026, 1, 1), OCTOBER[0]), (date(2026, 10, 5), TODAY)):
        with pytest.raises(PeriodsOverlap):
            make_periods(checklist, PeriodKind.BY_HAND, [(date(2025, 1, 1), date(2025, 1, 1)), days])
    assert Period.objects.count() == 1
    make_periods(checklist, PeriodKind.BY_HAND, [(OCTOBER[1] + timedelta(1), TODAY)])
    make_periods(make_checklist("other", "别处"), PeriodKind.MONTH, [OCTOBER])
    assert Period.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_two_who_make_the_same_days_at_once_make_one_period(checklist: Checklist) -> None:
    outcomes: list[str] = []

    def make(ends: date) -> None:
        try:
            outcomes.append(f"made {len(make_periods(checklist, PeriodKind.BY_HAND, [(OCTOBER[0], ends)]))}")
        except PeriodsOverlap:
            outcomes.append("overlap")
        finally:
            connection.close()

    run_together([lambda: make(OCTOBER[1]), lambda: make(OCTOBER[1] - timedelta(1))])

    assert sorted(outcomes) == ["made 1", "overlap"]
    assert Period.objects.count() == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"starts": date(2026, 2, 2), "ends": date(2026, 2, 1)},
        {"kind": "week"},
        {"state": "lost"},
        {"revision": 0},
    ],
)
def test_the_database_holds_no_impossible_period(checklist: Checklist, wrong: dict[str, Any]) -> None:
    plain = {"kind": "month", "starts": OCTOBER[0], "ends": OCTOBER[1]}

    with pytest.raises(DatabaseError), transaction.atomic():
        Period.objects.create(checklist=checklist, **plain | wrong)
