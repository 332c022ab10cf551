"""A period on its pages: who submits, accepts, returns and reopens it, and what is said."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from measures.choices import PeriodKind, PeriodState
from measures.models import Checklist, FrozenReport, Period
from tests.make import SignIn, change, find_item, make_periods
from tests.periods.make import ADDRESS, ENGLISH, hand_in, post, state, text_of


def test_a_whole_way_on_the_pages(
    period: Period, complete: None, administrator: User, judge: User, sign_in: SignIn
) -> None:
    below, above = sign_in(administrator), sign_in(judge)

    assert post(below, period, "submit").status_code == 302
    assert state(period) == ("submitted", 1)
    assert post(above, period, "return", remark="请补充进展").status_code == 302
    assert state(period) == ("returned", 1)
    assert post(below, period, "submit", remark="已补充").status_code == 302
    assert post(above, period, "accept").status_code == 302
    assert state(period) == ("accepted", 1)
    assert post(above, period, "reopen", remark="数据有误").status_code == 302
    assert state(period) == ("open", 2)
    assert post(below, period, "submit").status_code == 302

    page = text_of(below.get(period.get_absolute_url(), headers=ENGLISH))
    for words in ("请补充进展", "已补充", "数据有误", "Reopened", "revision 2"):
        assert words in page
    assert list(FrozenReport.objects.order_by("id").values_list("revision", "submission")) == [
        (1, 1),
        (1, 2),
        (2, 1),
    ]


def test_who_judges_is_above_and_nobody_else(
    period: Period, complete: None, administrator: User, judge: User, stranger: User, sign_in: SignIn
) -> None:
    hand_in(period, administrator)

    for verb in ("accept", "return", "reopen"):
        assert post(sign_in(administrator), period, verb, remark="自行").status_code == 403
        assert post(sign_in(stranger), period, verb, remark="外人").status_code == 404
    assert post(sign_in(judge), period, "submit").status_code == 403
    assert state(period) == ("submitted", 1)
    page = text_of(sign_in(administrator).get(period.get_absolute_url(), headers=ENGLISH))
    assert "waits to be accepted or returned" in page
    assert "Accept and close" not in page


def test_without_anybody_above_an_administrator_accepts_and_the_page_says_so(
    period: Period, complete: None, administrator: User, sign_in: SignIn
) -> None:
    client = sign_in(administrator)
    hand_in(period, administrator)
    assert "so its own administrators accept" in text_of(
        client.get(period.get_absolute_url(), headers=ENGLISH)
    )

    post(client, period, "accept")

    page = text_of(client.get(period.get_absolute_url(), headers=ENGLISH))
    assert state(period) == ("accepted", 1)
    assert "decided by the checklist itself" in page


@pytest.mark.parametrize("role", ["viewer", "editor", "auditor"])
def test_who_only_reads_sees_a_period_and_moves_nothing(
    request: pytest.FixtureRequest, period: Period, role: str, sign_in: SignIn
) -> None:
    client = sign_in(request.getfixturevalue(role))

    page = client.get(period.get_absolute_url(), headers=ENGLISH)

    assert page.status_code == 200
    assert "<form" not in text_of(page).split("<main")[1]
    for verb in ("submit", "accept", "return", "reopen", "delete"):
        assert post(client, period, verb, remark="因故").status_code == 403
    for address in ("make/", "add/"):
        assert client.post(ADDRESS + address, {"kind": "month", "year": 2026}).status_code == 403


def test_a_period_of_another_checklist_is_not_found(
    period: Period, administrator: User, stranger: User, sign_in: SignIn
) -> None:
    address = reverse("period", args=["elsewhere", period.pk])

    assert sign_in(stranger).get(address).status_code == 404
    assert sign_in(stranger).get(period.get_absolute_url()).status_code == 404


def test_the_check_links_what_is_missing_and_asks_for_a_remark(
    period: Period, complete: None, administrator: User, sign_in: SignIn
) -> None:
    change(
        find_item(period.checklist, "1.1.2"), by=administrator, at=timezone.now() - timedelta(2), owner=None
    )
    client = sign_in(administrator)

    checked = client.get(period.get_absolute_url(), headers=ENGLISH)
    assert [[row.code for row in finding.rows] for finding in checked.context["findings"]] == [["1.1.2"]]
    title = find_item(period.checklist, "1.1.2").measure.title
    assert f'<span class="figures">1.1.2</span> {title}</a>' in text_of(checked)
    assert 'href="/checklists/henan/items/1.1.2/"' in text_of(checked)

    refused = post(client, period, "submit")
    assert refused.status_code == 422
    assert "Say why you are submitting it anyway." in text_of(refused)
    assert state(period) == ("open", 1)

    assert post(client, period, "submit", remark="单位待定").status_code == 302
    page = text_of(client.get(period.get_absolute_url(), headers=ENGLISH))
    assert "1 item lacked something" in page
    assert "单位待定" in page


def test_nothing_missing_is_said_too(
    period: Period, complete: None, administrator: User, sign_in: SignIn
) -> None:
    page = text_of(sign_in(administrator).get(period.get_absolute_url(), headers=ENGLISH))

    assert "Nothing is missing" in page


def test_a_period_that_goes_on_cannot_be_submitted(
    opened: Checklist, administrator: User, sign_in: SignIn
) -> None:
    today = timezone.localdate()
    (period,) = make_periods(opened, PeriodKind.BY_HAND, [(today, today)])
    client = sign_in(administrator)

    assert "It can be submitted from the day after" in text_of(
        client.get(period.get_absolute_url(), headers=ENGLISH)
    )
    response = post(client, period, "submit", remark="提前")

    assert response.status_code == 422
    assert "This period has not ended yet." in text_of(response)
    assert "提前" in text_of(response)
    assert state(period) == ("open", 1)


@pytest.mark.parametrize("verb", ["return", "reopen"])
def test_a_reason_is_asked_for_beside_its_field(
    period: Period, complete: None, administrator: User, sign_in: SignIn, verb: str
) -> None:
    hand_in(period, administrator)
    if verb == "reopen":
        period.accept(step=1, by=administrator, at=timezone.now())
    before = state(period)

    response = post(sign_in(administrator), period, verb)

    assert response.status_code == 422
    assert "Give a reason. The people concerned will read it." in text_of(response)
    assert state(period) == before


def test_whoever_comes_second_is_told_and_their_words_are_kept(
    period: Period, complete: None, administrator: User, judge: User, sign_in: SignIn
) -> None:
    hand_in(period, administrator)
    Period.objects.get().accept(step=1, by=judge, at=timezone.now())

    response = post(sign_in(judge), period, "return", step=1, remark="数据不实")

    assert response.status_code == 409
    assert "Somebody else was faster" in text_of(response)
    assert "数据不实" in text_of(response)
    assert state(period) == ("accepted", 1)


@pytest.mark.parametrize("times", [1, 5])
def test_a_period_costs_the_same_after_one_step_and_after_many(
    period: Period,
    complete: None,
    administrator: User,
    sign_in: SignIn,
    django_assert_num_queries: DjangoAssertNumQueries,
    times: int,
) -> None:
    for _time in range(times):
        hand_in(period, administrator)
        period.send_back(step=period.step, by=administrator, at=timezone.now(), reason="重报")
    hand_in(period, administrator)

    client = sign_in(administrator)

    with django_assert_num_queries(9):
        client.get(period.get_absolute_url(), headers=ENGLISH)

    assert period.state == PeriodState.SUBMITTED
