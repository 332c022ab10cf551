"""An administrator makes periods, and deletes one made by mistake."""

from datetime import date
from io import StringIO

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.utils import timezone
from django.utils.translation import override
from pytest_django import DjangoAssertNumQueries

from measures.choices import ChecklistStatus, PeriodKind
from measures.models import Checklist, Period
from tests.make import SignIn, make_checklist, make_periods, make_year
from tests.periods.make import ADDRESS, ENGLISH, hand_in, post, text_of


def test_an_administrator_makes_the_quarters_of_a_year(
    opened: Checklist, administrator: User, sign_in: SignIn
) -> None:
    client = sign_in(administrator)
    year = timezone.localdate().year + 1

    response = client.post(f"{ADDRESS}make/", {"kind": "quarter", "year": year}, headers=ENGLISH)
    page = text_of(client.get(response.headers["Location"], headers=ENGLISH))

    assert Period.objects.count() == 4
    assert f"Fourth quarter of {year}" in page
    assert "4 periods created." in page
    assert "not ended yet" in page


def test_periods_are_called_as_the_language_calls_them(opened: Checklist) -> None:
    (month,) = make_periods(opened, PeriodKind.MONTH, [(date(2026, 3, 1), date(2026, 3, 31))])
    (quarter,) = make_periods(opened, PeriodKind.QUARTER, [(date(2026, 4, 1), date(2026, 6, 30))])
    (days,) = make_periods(opened, PeriodKind.BY_HAND, [(date(2026, 7, 1), date(2026, 7, 9))])
    names = {}
    for language in ("en", "zh-hans", "zh-hant"):
        with override(language):
            names[language] = [str(month), str(quarter), str(days)]

    assert names == {
        "en": ["March 2026", "Second quarter of 2026", "2026-07-01 to 2026-07-09"],
        "zh-hans": ["2026年3月", "2026年第二季度", "2026-07-01至2026-07-09"],
        "zh-hant": ["2026年3月", "2026年第二季度", "2026-07-01至2026-07-09"],
    }


@pytest.mark.parametrize(
    ("address", "fields", "said"),
    [
        ("make/", {"kind": "week", "year": "2026"}, "Select a valid choice"),
        ("make/", {"kind": "month", "year": "26"}, "greater than or equal to 2000"),
        ("add/", {"starts": "2026-05-02", "ends": "2026-05-01"}, "The last day is before the first day."),
        ("add/", {"starts": "soon", "ends": "2026-05-01"}, "This is not a date. Write it like 2026-09-30."),
        ("add/", {"starts": "2026-01-31", "ends": "2026-02-01"}, "These days overlap with January 2026."),
    ],
)
def test_bad_input_is_explained_and_kept(
    opened: Checklist, administrator: User, sign_in: SignIn, address: str, fields: dict[str, str], said: str
) -> None:
    make_periods(opened, PeriodKind.MONTH, [(date(2026, 1, 1), date(2026, 1, 31))])

    response = sign_in(administrator).post(ADDRESS + address, fields, headers=ENGLISH)

    assert response.status_code == 422
    assert said in text_of(response)
    for value in set(fields.values()) - {"week"}:
        assert value in text_of(response)
    assert Period.objects.count() == 1


def test_the_command_makes_periods_or_says_why_not(opened: Checklist) -> None:
    year = timezone.localdate().year + 1
    out = StringIO()
    call_command("make_periods", "henan", kind="month", year=year, stdout=out)

    assert "Made 12 periods of henan." in out.getvalue()
    with pytest.raises(CommandError, match=f"overlap with January {year}"):
        call_command("make_periods", "henan", kind="quarter", year=year)
    with pytest.raises(CommandError, match="There is no checklist nowhere"):
        call_command("make_periods", "nowhere", kind="month", year=year)


def test_the_years_periods_are_made_once_where_the_last_ones_have_ended(opened: Checklist) -> None:
    """Only for open checklists, and not where the last period was chosen by hand or is still running."""
    today = timezone.localdate()
    last_year = (date(today.year - 1, 10, 1), date(today.year - 1, 12, 31))
    make_periods(opened, PeriodKind.QUARTER, [last_year])
    by_hand, closed, running = (
        make_checklist(slug, slug, opened.catalogue) for slug in ("by-hand", "closed", "running")
    )
    make_periods(by_hand, PeriodKind.BY_HAND, [last_year])
    make_periods(closed, PeriodKind.QUARTER, [last_year])
    Checklist.objects.filter(pk=closed.pk).update(status=ChecklistStatus.CLOSED)
    make_periods(running, PeriodKind.BY_HAND, [(today, today)])
    make_periods(running, PeriodKind.QUARTER, [last_year])

    for _twice in range(2):
        call_command("make_periods", due=True, stdout=StringIO())

    made = Period.objects.filter(starts__year=today.year).exclude(checklist=running)
    assert [(one.checklist_id, one.kind) for one in made] == [(opened.pk, PeriodKind.QUARTER)] * 4
    assert running.periods.count() == 2
    with pytest.raises(CommandError, match="or write --due alone"):
        call_command("make_periods", "henan")


def test_a_period_made_by_mistake_can_be_deleted_until_it_is_submitted(
    period: Period, complete: None, administrator: User, sign_in: SignIn
) -> None:
    client = sign_in(administrator)
    assert "Delete this period" in text_of(client.get(period.get_absolute_url(), headers=ENGLISH))
    hand_in(period, administrator)

    assert "Delete this period" not in text_of(client.get(period.get_absolute_url(), headers=ENGLISH))
    post(client, period, "delete")
    assert Period.objects.count() == 1

    (other,) = make_periods(period.checklist, PeriodKind.BY_HAND, [(date(2026, 1, 1), date(2026, 1, 2))])
    post(client, other, "delete")
    assert list(Period.objects.all()) == [period]


def test_the_list_costs_the_same_for_one_period_and_for_many(
    period: Period,
    complete: None,
    administrator: User,
    sign_in: SignIn,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    client = sign_in(administrator)
    hand_in(period, administrator)
    for extra in (0, 12):
        make_year(period.checklist, PeriodKind.MONTH, timezone.localdate().year + 1) if extra else None
        with django_assert_num_queries(4):
            page = client.get(ADDRESS, headers=ENGLISH)
        assert len(page.context["rows"]) == 1 + extra
