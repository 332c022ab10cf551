"""The pages of reporting periods: who makes, submits, accepts, returns and reopens them, and what is said."""

from datetime import date, timedelta
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override
from pytest_django import DjangoAssertNumQueries

from measures.choices import PeriodKind, PeriodState, Role, Status
from measures.models import Checklist, FrozenReport, Owner, Period
from measures.reports.freeze import freeze
from tests.make import NOW, SignIn, change, find_item, make_checklist, make_periods, make_user, make_year

ENGLISH = {"Accept-Language": "en"}
ADDRESS = "/checklists/henan/periods/"


@pytest.fixture
def opened(checklist: Checklist) -> Checklist:
    """The checklist, opened long ago."""
    Checklist.objects.update(opened_at=timezone.now() - timedelta(300))
    checklist.refresh_from_db()
    return checklist


@pytest.fixture
def period(opened: Checklist) -> Period:
    """The ten days that ended yesterday."""
    yesterday = timezone.localdate() - timedelta(1)
    return make_periods(opened, PeriodKind.BY_HAND, [(yesterday - timedelta(9), yesterday)])[0]


@pytest.fixture
def complete(opened: Checklist, owner: Owner, administrator: User) -> None:
    """Nothing is missing: every item has an owner and was updated three days ago."""
    at = timezone.now() - timedelta(3)
    for item in opened.items.all():
        change(item, by=administrator, at=at, status=Status.IN_PROGRESS, owner=owner)


@pytest.fixture
def judge(opened: Checklist) -> User:
    """Administrator of the checklist above."""
    above = make_checklist("above", "上级", opened.catalogue)
    opened.move(above, at=NOW)
    return make_user("judge", above, Role.ADMINISTRATOR)


def post(client: Client, period: Period, verb: str, **fields: Any) -> Any:
    sent = {"step": Period.objects.get(pk=period.pk).step} | fields
    return client.post(reverse(f"{verb}-period", args=["henan", period.pk]), sent, headers=ENGLISH)


def hand_in(period: Period, by: User) -> FrozenReport:
    at = timezone.now()
    submission = freeze(period, made_at=at, made_by=str(by))
    return period.submit(submission, step=period.step, by=by, at=at, remark="如期报送")


def state(period: Period) -> tuple[str, int]:
    now = Period.objects.get(pk=period.pk)
    return now.state, now.revision


def text_of(response: Any) -> str:
    return response.content.decode()


def test_an_administrator_makes_the_quarters_of_a_year(
    opened: Checklist, administrator: User, sign_in: SignIn
) -> None:
    client = sign_in(administrator)
    year = timezone.localdate().year + 1

    response = client.post(f"{ADDRESS}make/", {"kind": "quarter", "year": year}, headers=ENGLISH)
    page = text_of(client.get(response.headers["Location"], headers=ENGLISH))

    assert Period.objects.count() == 4
    assert f"Fourth quarter of {year}" in page
    assert "4 periods made." in page
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
        ("add/", {"starts": "soon", "ends": "2026-05-01"}, "Enter a valid date."),
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
    assert "judged by the checklist itself" in page


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
    assert 'href="/checklists/henan/items/1.1.2/"' in text_of(checked)

    refused = post(client, period, "submit")
    assert refused.status_code == 422
    assert "Say why you submit it all the same." in text_of(refused)
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
    assert "Say why: those concerned will read it." in text_of(response)
    assert state(period) == before


def test_whoever_comes_second_is_told_and_their_words_are_kept(
    period: Period, complete: None, administrator: User, judge: User, sign_in: SignIn
) -> None:
    hand_in(period, administrator)
    Period.objects.get().accept(step=1, by=judge, at=timezone.now())

    response = post(sign_in(judge), period, "return", step=1, remark="数据不实")

    assert response.status_code == 409
    assert "Somebody was quicker" in text_of(response)
    assert "数据不实" in text_of(response)
    assert state(period) == ("accepted", 1)


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
        with django_assert_num_queries(5):
            page = client.get(ADDRESS, headers=ENGLISH)
        assert len(page.context["rows"]) == 1 + extra


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

    with django_assert_num_queries(10):
        client.get(period.get_absolute_url(), headers=ENGLISH)

    assert period.state == PeriodState.SUBMITTED


def test_comparing_tells_what_moved_between_two_reports(
    period: Period, complete: None, administrator: User, sign_in: SignIn
) -> None:
    frozen = hand_in(period, administrator)
    change(find_item(period.checklist, "1.1.1"), by=administrator, at=timezone.now(), status=Status.DONE)
    client = sign_in(administrator)

    page = client.get(f"{ADDRESS}compare/?a={frozen.pk}&b=now", headers=ENGLISH)

    found = page.context["found"]
    assert [(item.code, [one.field for one in item.moved]) for item in found.items] == [("1.1.1", ["status"])]
    assert [cell.difference for cell in found.whole.cells] == [0, 0, -1, 0, 1, 0, 0, 0]
    assert "Today" in text_of(page)
    unasked = client.get(f"{ADDRESS}compare/", headers=ENGLISH).context["found"]
    assert (unasked.before, unasked.items) == (found.before, found.items)
    same = client.get(f"{ADDRESS}compare/?a={frozen.pk}&b={frozen.pk}", headers=ENGLISH)
    assert "No item differs in any of these: Status, Owner, " in text_of(same)


def test_only_reports_of_this_checklist_can_be_compared(
    period: Period, complete: None, administrator: User, stranger: User, sign_in: SignIn
) -> None:
    frozen = hand_in(period, administrator)
    elsewhere = Checklist.objects.get(slug="elsewhere")
    at = timezone.now()
    (theirs,) = make_periods(elsewhere, PeriodKind.BY_HAND, [(period.starts, period.ends)])
    foreign = theirs.submit(
        freeze(theirs, made_at=at, made_by="x"), step=0, by=stranger, at=at, remark="如期报送"
    )
    client = sign_in(administrator)

    for query in (f"a={foreign.pk}&b=now", f"a={frozen.pk}&b=x", "a=now"):
        response = client.get(f"{ADDRESS}compare/?{query}", headers=ENGLISH)
        assert response.status_code == 422, query
        assert "found" not in response.context
    assert client.get("/checklists/elsewhere/periods/compare/").status_code == 404


def test_with_nothing_submitted_there_is_nothing_to_compare(
    period: Period, administrator: User, sign_in: SignIn
) -> None:
    page = sign_in(administrator).get(f"{ADDRESS}compare/", headers=ENGLISH)

    assert page.status_code == 200
    assert "No report has been submitted yet" in text_of(page)
