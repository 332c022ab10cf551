"""The site's calendar: which days are worked, and what is counted by it."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command

from measures.choices import ApplicationKind, Audited, Light, Side, Status
from measures.lights import Thresholds, WorkingDays, light_of
from measures.models import Application, AuditRecord, Checklist, Owner, SpecialDay, special_days
from tests.make import NOW, TODAY, SignIn, change, find_item
from tests.sheets import ENGLISH

OCTOBER = WorkingDays(
    holidays=frozenset(date(2026, 10, day) for day in range(1, 8)), worked=frozenset({date(2026, 10, 10)})
)
SEPTEMBER_30 = date(2026, 9, 30)


@pytest.mark.no_database
class TestCounting:
    def test_weekends_and_holidays_do_not_count_and_worked_weekends_do(self) -> None:
        assert OCTOBER.between(SEPTEMBER_30, date(2026, 10, 7)) == 0
        assert OCTOBER.between(SEPTEMBER_30, date(2026, 10, 12)) == 4  # Thursday, Friday, Saturday, Monday

    def test_days_away_are_found_in_both_directions(self) -> None:
        assert OCTOBER.away(SEPTEMBER_30, 3) == date(2026, 10, 10)
        assert OCTOBER.away(date(2026, 10, 12), -4) == SEPTEMBER_30

    @pytest.mark.parametrize("today", [SEPTEMBER_30 + timedelta(days) for days in range(14)])
    def test_a_light_warns_by_the_count_of_working_days(self, today: date) -> None:
        thresholds = Thresholds(due_soon=2, silence=3, working_days=OCTOBER)
        for days in range(14):
            due, silent = today + timedelta(days), today - timedelta(days)
            ahead = light_of(Status.NOT_STARTED, due, None, on=today, thresholds=thresholds)
            behind = light_of(Status.IN_PROGRESS, None, silent, on=today, thresholds=thresholds)
            assert (ahead.light == Light.AMBER) == (OCTOBER.between(today, due) <= 2)
            assert (behind.light == Light.AMBER) == (OCTOBER.between(silent, today) >= 3)


def test_the_package_fills_the_years_that_are_empty_and_leaves_what_was_corrected(db: None) -> None:
    SpecialDay.objects.create(day=date(2025, 10, 1), name="自定")

    call_command("load_holidays")
    call_command("load_holidays")

    calendar = SpecialDay.objects.calendar()
    assert [one.name for one in SpecialDay.objects.filter(day__year=2025)] == ["自定"]
    assert not calendar.has(date(2026, 10, 1))
    assert calendar.has(date(2026, 10, 10))
    assert AuditRecord.objects.filter(action=Audited.DAY_CHANGED, via="command").count() == 1


def test_a_checklist_may_count_working_days_in_words_and_in_the_database(
    checklist: Checklist, administrator: User
) -> None:
    special_days._kept.cache_clear()
    SpecialDay.objects.bulk_create(SpecialDay(day=TODAY + timedelta(days)) for days in range(1, 8))
    change(find_item(checklist), by=administrator, due=TODAY + timedelta(10))
    for counts in (False, True):
        Checklist.objects.update(due_soon_days=3, counts_working_days=counts)
        here = Checklist.objects.get(pk=checklist.pk)
        item: Any = here.items.with_light(on=TODAY, thresholds=here.thresholds).get(measure__code="1.1.1")

        assert item.light == find_item(here).lit(TODAY).light == (Light.AMBER if counts else Light.GREY)
    special_days._kept.cache_clear()


def test_the_offices_waiting_time_counts_working_days(
    checklist: Checklist, owner: Owner, editor: User, administrator: User, sign_in: SignIn, clock: Any
) -> None:
    Checklist.objects.update(signs_off=True)
    change(find_item(checklist), by=administrator, owner=owner, status=Status.IN_PROGRESS)
    SpecialDay.objects.create(day=TODAY - timedelta(1))
    at = NOW - timedelta(7)
    Application.ask(
        find_item(checklist), ApplicationKind.CLOSE, side=Side.LEAD, by=editor, at=at, reason="已印发"
    )

    page = sign_in(administrator).get("/checklists/henan/applications/", headers=ENGLISH).content.decode()

    assert "waiting for 4 working days" in page
