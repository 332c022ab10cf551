"""The report between two days: what its page says, which days it takes, and what it costs."""

import re
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone, translation
from pytest_django import DjangoAssertNumQueries

from measures.choices import Status
from measures.models import Checklist, Owner
from measures.reports import FORMATS, Report
from measures.reports.model import MoveKind
from measures.reports.spans import UsualSpan, usual_spans
from measures.reports.timeline import month_ends
from tests.make import SignIn, change, find_item, make_catalogue, make_checklist, make_owner
from tests.test_as_of import write_updates

pytestmark = pytest.mark.slow

ADDRESS = "/checklists/henan/report/"
SINCE, DAY = date(2026, 6, 30), date(2026, 9, 30)
SPAN = f"?as_of={DAY}&since={SINCE}"
ENGLISH = {"Accept-Language": "en"}


def at(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(10)))


@pytest.fixture
def told(checklist: Checklist, owner: Owner, administrator: User) -> Checklist:
    """A checklist opened in January with things done before, in and after the third quarter."""
    Checklist.objects.filter(pk=checklist.pk).update(opened_at=at(date(2026, 1, 5)))
    checklist.refresh_from_db()
    other = make_owner(checklist, "研究室")
    happened: list[tuple[str, date, dict[str, Any], str]] = [
        ("1.1.1", date(2026, 5, 1), {"status": Status.IN_PROGRESS, "owner": owner}, ""),
        ("1.1.2", date(2026, 5, 1), {"due": date(2026, 8, 31), "owner": owner}, ""),
        ("1.1.3", date(2026, 5, 1), {"status": Status.DONE}, ""),
        ("1.2.1", date(2026, 5, 1), {"status": Status.IN_PROGRESS, "due": date(2026, 7, 31)}, ""),
        ("1.1.1", date(2026, 7, 8), {"status": Status.DONE, "notes": "办结"}, "提前完成"),
        ("1.2.1", date(2026, 7, 9), {"due": date(2026, 12, 31)}, "调研延长"),
        ("1.1.2", date(2026, 8, 1), {"owner": other}, "职能调整"),
        ("1.2.1", date(2026, 8, 2), {"status": Status.BLOCKED}, "经费未到位"),
        ("2.1.1", date(2026, 8, 3), {"status": Status.DROPPED}, "合并"),
        ("2.1.2", date(2026, 10, 3), {"status": Status.DONE}, ""),
    ]
    for code, day, values, reason in happened:
        change(find_item(checklist, code), by=administrator, at=at(day), reason=reason or "办理", **values)
    return checklist


@pytest.fixture
def client(administrator: User, sign_in: SignIn) -> Client:
    return sign_in(administrator)


def report(client: Client, query: str = SPAN) -> Report:
    made = client.get(ADDRESS + query, headers=ENGLISH).context["report"]
    assert isinstance(made, Report)
    return made


def test_the_moves_say_what_when_by_whom_and_why(told: Checklist, client: Client) -> None:
    moves = [
        (move.kind, move.code, move.before, move.after, move.at and move.at.date(), move.reason)
        for move in report(client).moves
    ]

    assert moves == [
        (MoveKind.FINISHED, "1.1.1", "In progress", "Done", date(2026, 7, 8), "提前完成"),
        (MoveKind.BLOCKED, "1.2.1", "In progress", "Blocked", date(2026, 8, 2), "经费未到位"),
        (MoveKind.LATE, "1.1.2", "not overdue", "overdue by 30 days", None, ""),
        (MoveKind.DUE_MOVED, "1.2.1", "July 31, 2026", "Dec. 31, 2026", date(2026, 7, 9), "调研延长"),
        (MoveKind.OWNER_CHANGED, "1.1.2", "干部一处", "研究室", date(2026, 8, 1), "职能调整"),
    ]
    assert {move.by for move in report(client).moves if move.at} == {"administrator"}


def test_the_matrix_has_its_difference(told: Checklist, client: Client) -> None:
    made = report(client)
    page = client.get(ADDRESS + SPAN, headers=ENGLISH).content.decode()

    assert made.whole.difference(Status.DONE) == 1
    assert made.whole.difference(Status.IN_PROGRESS) == -2
    assert sum(made.whole.difference(status) for status in Status) == 0
    assert made.pillars[1].difference(Status.DROPPED) == 1
    assert 'aria-label="1 more">▲1' in page
    assert 'aria-label="2 fewer">▼2' in page


def test_what_came_later_is_not_in_the_report(told: Checklist, client: Client) -> None:
    made = report(client)

    assert next(row for row in made.rows if row.code == "2.1.2").status == Status.NOT_STARTED
    assert [row.at.date() for row in made.journal] == [
        date(2026, 7, 8),
        date(2026, 7, 9),
        date(2026, 8, 1),
        date(2026, 8, 2),
        date(2026, 8, 3),
    ]


def test_owners_sum_to_the_whole_and_what_is_nobodys_comes_last(told: Checklist, client: Client) -> None:
    made = report(client)

    assert [(one.title, one.total) for one in made.owners] == [
        ("干部一处", 1),
        ("研究室", 1),
        ("No owner", 10),
    ]
    for status in Status:
        assert sum(one.by_status[status] for one in made.owners) == made.whole.by_status[status]


def test_dropped_items_are_in_no_denominator_of_what_is_reached(told: Checklist, client: Client) -> None:
    whole = report(client).whole

    assert (whole.total, whole.dropped, whole.in_force, whole.well) == (12, 1, 11, 2)
    assert whole.well_share == pytest.approx(100 * 2 / 11)
    assert ">2</a> / 11</span>" in client.get(ADDRESS + SPAN).content.decode()


def test_completeness_counts_owners_due_dates_and_updates_in_the_period(
    told: Checklist, client: Client
) -> None:
    complete = report(client).completeness

    assert (complete.total, complete.with_owner, complete.with_due, complete.updated) == (12, 2, 2, 4)
    assert report(client, f"?as_of={DAY}&since=").completeness.updated is None


def test_the_timeline_has_the_ends_of_the_months(told: Checklist, client: Client) -> None:
    points = report(client).timeline

    assert [point.day.isoformat() for point in points] == [
        "2026-06-30",
        "2026-07-31",
        "2026-08-31",
        "2026-09-30",
    ]
    assert [point.by_status[Status.DONE] for point in points] == [1, 2, 2, 2]
    assert points[0].by_status == report(client).whole.before
    assert report(client, f"?as_of={DAY}&since=").timeline[0].day == date(2026, 1, 5)


def test_the_timeline_is_a_picture_with_a_name_and_a_table(told: Checklist, client: Client) -> None:
    page = client.get(ADDRESS + SPAN, headers=ENGLISH).content.decode()

    assert re.search(r'<svg class="chart"[^>]*role="img" aria-label="Statuses over time', page)
    assert "✓ 2" in page
    assert "Items by status at the end of each day." in page


def test_filters_narrow_the_moves_and_the_journal_too(told: Checklist, client: Client) -> None:
    made = report(client, f"{SPAN}&section=1.2")

    assert {move.code for move in made.moves} == {"1.2.1"}
    assert {row.code for row in made.journal} == {"1.2.1"}
    assert made.whole.total == 3
    assert made.whole.before is not None
    assert sum(made.whole.before.values()) == 3


def test_a_filter_on_the_state_reads_the_reports_day(told: Checklist, client: Client) -> None:
    assert [row.code for row in report(client, f"{SPAN}&status=done").rows] == ["1.1.1", "1.1.3"]
    assert [row.code for row in report(client, f"?as_of={SINCE}&status=done").rows] == ["1.1.3"]


def test_the_page_tells_both_days_the_edition_and_every_item_with_a_link(
    told: Checklist, client: Client
) -> None:
    page = client.get(ADDRESS + SPAN, headers={"Accept-Language": "zh-CN"}).content.decode()

    assert "<b>截至2026年9月30日</b> · 与2026年6月30日对比" in " ".join(page.split())
    assert "2026年11月24日版" in page
    assert "截至2026年9月30日，河南围绕2个方面承担事项12项，应推进11项" in page
    for item in told.items.select_related("measure", "checklist"):
        assert item.get_absolute_url() in page


def test_without_a_since_the_page_tells_of_no_moves(told: Checklist, client: Client) -> None:
    page = client.get(f"{ADDRESS}?as_of={DAY}&since=", headers=ENGLISH).content.decode()

    assert "Moved since" not in page
    assert "▲1" not in page


@pytest.mark.parametrize(
    ("query", "field", "error"),
    [
        ("?as_of=2026-01-04", "as_of", "清单于2026年1月5日建立。请选择当日或之后的日期。"),
        ("?since=2025-12-31", "since", "清单于2026年1月5日建立。请选择当日或之后的日期。"),
        ("?as_of=2999-01-01", "as_of", "该日期尚未到来。请选择今天或更早的日期。"),
        ("?as_of=2026-09-31", "as_of", "这不是有效日期。请按2026-09-30的格式填写。"),
        ("?since=abc", "since", "这不是有效日期。请按2026-09-30的格式填写。"),
        ("?as_of=2026-06-30&since=2026-07-01", "since", "对比日期晚于截至日期。请选择更早的日期。"),
    ],
)
def test_a_day_that_no_report_can_have_is_an_error_beside_its_field(
    told: Checklist, client: Client, query: str, field: str, error: str
) -> None:
    response = client.get(ADDRESS + query, headers={"Accept-Language": "zh-CN"})
    page = response.content.decode()

    assert response.context["days"].errors == {field: [error]}
    assert f'id="id_{field}_error"><li>{error}</li>' in page
    assert "<article" not in page
    for code in FORMATS:
        assert client.get(f"{ADDRESS}{query}&format={code}").status_code == 422


def test_the_files_take_the_days_as_well(told: Checklist, client: Client) -> None:
    response = client.get(f"{ADDRESS}{SPAN}&format=csv", headers=ENGLISH)

    assert response["Content-Disposition"].endswith("2026-09-30.csv")
    assert response.content.decode("utf-8-sig").count(",Done,") == 2


def test_a_saved_view_keeps_the_days_of_the_address(
    told: Checklist, client: Client, administrator: User
) -> None:
    view = told.saved_views.create(user=administrator, name="第一支柱", query="pillar=1")

    response: Any = client.get(f"{ADDRESS}{SPAN}&view={view.pk}", follow=True)

    assert response.context["report"].as_of == DAY
    assert response.context["report"].view == "第一支柱"
    assert response.context["report"].whole.total == 6


def test_month_ends_are_the_newest_twelve() -> None:
    assert month_ends(date(2026, 6, 15), date(2026, 8, 31)) == [
        date(2026, 6, 15),
        date(2026, 6, 30),
        date(2026, 7, 31),
        date(2026, 8, 31),
    ]
    assert month_ends(date(2026, 6, 15), date(2026, 6, 15)) == [date(2026, 6, 15)]
    long = month_ends(date(2020, 1, 1), date(2026, 3, 15))
    assert (len(long), long[0], long[-1]) == (12, date(2025, 4, 30), date(2026, 3, 15))


def test_the_usual_spans_end_with_months_and_quarters_and_start_no_earlier_than_the_checklist() -> None:
    with translation.override("en"):
        spans = [
            UsualSpan(str(one.label), one.as_of, one.since)
            for one in usual_spans(opened=date(2026, 1, 5), today=date(2026, 5, 31))
        ]

    assert spans == [
        UsualSpan("This month", date(2026, 5, 31), date(2026, 4, 30)),
        UsualSpan("Last month", date(2026, 4, 30), date(2026, 3, 31)),
        UsualSpan("Last quarter", date(2026, 3, 31), date(2026, 1, 5)),
        UsualSpan("This year", date(2026, 5, 31), date(2026, 1, 5)),
    ]
    assert [one.as_of for one in usual_spans(opened=date(2026, 5, 31), today=date(2026, 5, 31))] == [
        date(2026, 5, 31)
    ] * 2


def test_the_usual_spans_work_on_the_day_of_the_opening(checklist: Checklist, client: Client) -> None:
    Checklist.objects.update(opened_at=timezone.now())

    page = client.get(ADDRESS)

    assert page.context["report"].as_of == timezone.localdate()
    assert len(page.context["report"].timeline) == 1


def test_a_report_costs_as_many_questions_for_200_items_with_updates_as_for_20(
    administrator: User, client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    counts = []
    for slug, measures, updates in (("small", 5, 1), ("large", 50, 9)):
        made = make_checklist(slug, slug, make_catalogue(2, 2, measures, slug=slug))
        Checklist.objects.filter(pk=made.pk).update(opened_at=at(date(2026, 1, 5)))
        administrator.memberships.create(checklist=made, role="administrator")
        write_updates(list(made.items.all()), updates, administrator, make_owner(made))
        with django_assert_max_num_queries(25) as asked:
            response = client.get(f"/checklists/{slug}/report/?as_of={DAY}&since={DAY - timedelta(30)}")
        counts.append(len(asked))
        assert len(response.context["report"].moves) == 2 * 4 * measures  # started, and given an owner

    assert counts[0] == counts[1]
