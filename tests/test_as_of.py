"""The state at the end of a day: what every verb, filter and column sees, and the list that shows it."""

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from measures.choices import Light, Status
from measures.ledger.filters import ItemFilter
from measures.ledger.tables import ItemTable
from measures.models import Checklist, Item, Owner, Update
from measures.models.state import STATE_FIELDS, UNTOUCHED
from measures.progress import add_up, progress
from tests.make import SignIn, change, find_item, make_catalogue, make_checklist, make_owner

ADDRESS = "/checklists/henan/items/"
DAY = date(2026, 9, 30)
MICROSECOND = timedelta(microseconds=1)


def at(day: date, hour: int = 12) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(hour)))


MIDNIGHT = at(DAY, 0) + timedelta(days=1)


@pytest.fixture
def opened(checklist: Checklist) -> Checklist:
    """The checklist, opened in January."""
    Checklist.objects.filter(pk=checklist.pk).update(opened_at=at(date(2026, 1, 5)))
    checklist.refresh_from_db()
    return checklist


@pytest.fixture
def moved_on(opened: Checklist, owner: Owner, administrator: User) -> Checklist:
    """Two items as they were in September; both have changed in every field since."""
    other = make_owner(opened, "研究室")
    then: dict[str, dict[str, Any]] = {
        "1.1.2": {
            "status": Status.IN_PROGRESS,
            "owner": owner,
            "due": DAY - timedelta(5),
            "notes": "九月在办",
        },
        "2.1.1": {"status": Status.BLOCKED, "owner": other, "due": DAY + timedelta(5), "notes": "等待批复"},
    }
    for code, values in then.items():
        change(find_item(opened, code), by=administrator, at=at(DAY - timedelta(3)), **values)
    now: dict[str, Any] = {"status": Status.DONE, "owner": None, "due": None, "notes": "已办结"}
    for code in then:
        change(find_item(opened, code), by=administrator, at=at(DAY + timedelta(3)), **now)
    change(find_item(opened, "1.1.1"), by=administrator, at=at(DAY + timedelta(3)), owner=owner, notes="九月")
    return opened


@pytest.fixture
def client(administrator: User, sign_in: SignIn) -> Client:
    return sign_in(administrator)


def status_on(checklist: Checklist, day: date, code: str = "1.1.1") -> str:
    return checklist.items.as_of(day).get(measure__code=code).status


@pytest.mark.parametrize(
    ("moment", "counts"), [(MIDNIGHT - MICROSECOND, True), (MIDNIGHT, False), (MIDNIGHT + MICROSECOND, False)]
)
def test_a_day_ends_at_midnight_in_the_sites_time_zone(
    checklist: Checklist, administrator: User, moment: datetime, counts: bool
) -> None:
    change(find_item(checklist), by=administrator, at=moment, status=Status.DONE)

    assert status_on(checklist, DAY) == (Status.DONE if counts else Status.NOT_STARTED)
    assert status_on(checklist, DAY + timedelta(1)) == Status.DONE


def test_of_two_updates_at_the_same_microsecond_the_later_written_counts(
    checklist: Checklist, administrator: User
) -> None:
    for status in (Status.DONE, Status.IN_PROGRESS):
        change(find_item(checklist), by=administrator, at=at(DAY), status=status)

    assert status_on(checklist, DAY) == Status.IN_PROGRESS


def test_an_item_without_an_update_yet_is_nobodys_and_not_started(moved_on: Checklist) -> None:
    item = moved_on.items.as_of(DAY).for_list().get(measure__code="1.1.1")

    assert item.state() == UNTOUCHED
    assert (item.status, item.owner, item.due, item.notes) == (Status.NOT_STARTED, None, None, "")
    assert item.updated_at is None


def test_a_past_item_has_its_past_owner_light_and_days_late(moved_on: Checklist, owner: Owner) -> None:
    item: Any = moved_on.items.as_of(DAY).for_list().get(measure__code="1.1.2")

    assert item.owner == owner
    assert (item.lit(DAY).light, item.days_late(DAY)) == (Light.RED, 5)
    assert (item.update_by_name, item.update_reason) == ("administrator", "为测试")


def test_the_end_of_today_is_what_the_items_hold_now(moved_on: Checklist) -> None:
    fields = [*STATE_FIELDS, "updated_at", "updated_by_id"]

    def states(items: Any) -> list[tuple[Any, ...]]:
        return [tuple(getattr(item, field) for field in fields) for item in items.for_list().in_order()]

    assert states(moved_on.items.as_of(timezone.localdate())) == states(moved_on.items.all())


@pytest.mark.parametrize(
    ("query", "codes"),
    [
        ({"status": ["in_progress"]}, ["1.1.2"]),
        ({"status": ["done"]}, []),
        ({"status": ["blocked", "in_progress"]}, ["1.1.2", "2.1.1"]),
        ({"status": ["not_started"], "section": "1.1"}, ["1.1.1", "1.1.3"]),
        ({"pillar": "2", "status": ["blocked"]}, ["2.1.1"]),
        ({"owner": "干部一处"}, ["1.1.2"]),
        ({"owner": "none", "section": "2.1"}, ["2.1.2", "2.1.3"]),
        ({"light": ["red"]}, ["1.1.2", "2.1.1"]),
        ({"light": ["green"]}, []),
        ({"due": "overdue"}, ["1.1.2"]),
        ({"due": "soon"}, ["2.1.1"]),
        ({"due": "none", "section": "1.1"}, ["1.1.1", "1.1.3"]),
        ({"due_from": "2026-09-20", "due_to": "2026-09-30"}, ["1.1.2"]),
        ({"updated": "week"}, ["1.1.2", "2.1.1"]),
        ({"updated": "never", "section": "1.1"}, ["1.1.1", "1.1.3"]),
        ({"q": "九月"}, ["1.1.2"]),
        ({"q": "办结"}, []),
    ],
)
def test_every_filter_reads_the_past(moved_on: Checklist, query: dict[str, Any], codes: list[str]) -> None:
    if query.get("owner") == "干部一处":
        query = {"owner": str(moved_on.owners.get(name="干部一处").pk)}

    found = ItemFilter(query, checklist=moved_on, on=DAY, replayed=True).items().for_list().in_order()

    assert [item.measure.code for item in found] == codes
    assert found.count() == len(codes)


def test_the_verbs_count_and_sort_the_past(moved_on: Checklist) -> None:
    items = moved_on.items.as_of(DAY).with_light(on=DAY, thresholds=moved_on.thresholds)
    whole = add_up("", "", progress(items.counted_by_section(on=DAY)))

    assert (whole.overdue, whole.by_status[Status.BLOCKED], whole.by_status[Status.DONE]) == (1, 1, 0)
    assert items.counted_by_light() == {Light.RED: 2, Light.AMBER: 0, Light.GREEN: 0, Light.GREY: 10}
    assert [item.measure.code for item in items.for_list().worst_first()[:2]] == ["1.1.2", "2.1.1"]


@pytest.mark.parametrize(
    ("sort", "first"),
    [
        ("owner", ["1.1.2", "2.1.1"]),
        ("-owner", ["2.1.1", "1.1.2"]),
        ("due", ["1.1.2", "2.1.1"]),
        ("-due", ["2.1.1", "1.1.2"]),
        ("-status", ["2.1.1", "1.1.2"]),
        ("light", ["1.1.2", "2.1.1"]),
        ("updated", ["1.1.2", "2.1.1"]),
    ],
)
def test_every_column_sorts_the_past(moved_on: Checklist, sort: str, first: list[str]) -> None:
    items = moved_on.items.as_of(DAY).with_light(on=DAY, thresholds=moved_on.thresholds)

    rows = ItemTable(items.for_list(), order_by=sort).data.data

    assert [item.measure.code for item in rows[:2]] == first


def test_statuses_at_several_days_are_one_question(
    moved_on: Checklist, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    days = [DAY - timedelta(9), DAY, DAY + timedelta(9)]

    with django_assert_num_queries(1):
        statuses = moved_on.items.filter(measure__code="2.1.1").statuses_at(days)

    assert statuses == [(Status.NOT_STARTED, Status.BLOCKED, Status.DONE)]


def test_the_list_shows_the_past_and_says_so(moved_on: Checklist, client: Client) -> None:
    response = client.get(f"{ADDRESS}?as_of=2026-09-30&status=in_progress", headers={"Accept-Language": "en"})
    page = response.content.decode()

    assert [row.facts.code for row in response.context["rows"]] == ["1.1.2"]
    assert "overdue by 5 days" in page
    assert "State at the end of Sept. 30, 2026" in page
    assert f'href="{ADDRESS}?status=in_progress">Back to today' in page


def test_nothing_in_the_past_can_be_edited(moved_on: Checklist, client: Client) -> None:
    page = client.get(f"{ADDRESS}?as_of=2026-09-30&edit=1.1.2").content.decode()

    assert 'class="edit"' not in page
    assert 'type="checkbox" name="codes"' not in page
    assert 'id="bulk"' not in page
    assert 'class="edit"' in client.get(ADDRESS).content.decode()


def test_todays_list_is_no_past(moved_on: Checklist, client: Client) -> None:
    page = client.get(f"{ADDRESS}?as_of={timezone.localdate()}").content.decode()

    assert 'class="edit"' in page


def test_links_of_the_past_stay_in_it(moved_on: Checklist, client: Client) -> None:
    page = client.get(f"{ADDRESS}?as_of=2026-09-30&pillar=1&per_page=2").content.decode()

    assert "sort=-code" in page
    for link in ("per_page=2&amp;page=2", "sort=due", "report/?as_of=2026-09-30"):
        found = next(part for part in page.split('href="') if link in part.split('"')[0])
        assert "as_of=2026-09-30" in found.split('"')[0]
    assert 'href="?view=none&amp;as_of=2026-09-30"' in page


@pytest.mark.parametrize(
    ("day", "error"),
    [
        ("2026-01-04", "清单于2026年1月5日建立。请选择当日或之后的日期。"),
        ("2999-01-01", "该日期尚未到来。请选择今天或更早的日期。"),
        ("昨天", "这不是有效日期。请按2026-09-30的格式填写。"),
        ("2026-02-30", "这不是有效日期。请按2026-09-30的格式填写。"),
    ],
)
def test_a_day_that_cannot_be_shown_is_an_error_and_no_rows(
    moved_on: Checklist, client: Client, day: str, error: str
) -> None:
    response = client.get(f"{ADDRESS}?as_of={day}", headers={"Accept-Language": "zh-CN"})

    assert response.context["day"].errors["as_of"] == [error]
    assert error in response.content.decode()
    assert response.context["rows"] == []


def test_the_day_of_the_opening_can_be_asked_for(moved_on: Checklist, client: Client) -> None:
    response = client.get(f"{ADDRESS}?as_of=2026-01-05")

    assert len(response.context["rows"]) == 12
    assert {row.facts.status for row in response.context["rows"]} == {Status.NOT_STARTED}


def test_the_past_costs_as_many_questions_for_200_items_with_updates_as_for_20(
    administrator: User, client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    counts = []
    for slug, measures, updates in (("small", 5, 1), ("large", 50, 9)):
        made = make_checklist(slug, slug, make_catalogue(2, 2, measures, slug=slug))
        Checklist.objects.filter(pk=made.pk).update(opened_at=at(DAY - timedelta(99)))
        administrator.memberships.create(checklist=made, role="administrator")
        write_updates(list(made.items.all()), updates, administrator, make_owner(made))
        with django_assert_max_num_queries(25) as asked:
            client.get(f"/checklists/{slug}/items/?as_of={DAY}&light=green")
        counts.append(len(asked))

    assert counts[0] == counts[1]


def write_updates(items: list[Item], each: int, by: User, owner: Owner) -> None:
    """Some updates of each item, a day apart up to the day in question."""
    Update.objects.bulk_create(
        Update(
            item=item,
            at=at(DAY - timedelta(back)),
            status=Status.IN_PROGRESS,
            owner=owner,
            by=by,
            by_name="某人",
            via="page",
        )
        for back in range(each)
        for item in items
    )
