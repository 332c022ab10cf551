"""The overview: totals by pillar and section, every figure a link to the list that it counts."""

import html
import re
from datetime import date, datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.contrib.auth.models import User
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from measures.choices import ApplicationKind, Side, Status
from measures.ledger import trend
from measures.models import Application, Checklist, Owner
from tests.make import NOW, SignIn, change, find_item, make_catalogue, make_checklist, make_owner

FIGURE = re.compile(
    r'<a[^>]*href="([^"]*/items/[^"]*)"[^>]*>(?:<span[^>]*>[^<]*</span>\s*)?(?:<b[^>]*>)?(\d+)(?:</b>|</a>)'
)


@pytest.mark.slow
@pytest.mark.parametrize(("role", "figures"), [("administrator", 69), ("editor", 74)])
def test_every_figure_leads_to_a_list_that_counts_the_same(
    request: pytest.FixtureRequest,
    checklist: Checklist,
    owner: Owner,
    administrator: User,
    sign_in: SignIn,
    role: str,
    figures: int,
) -> None:
    """The first card has eleven, each pillar and section eight, each of two owners four, and each list one.

    An editor's own list has five more.
    """
    today = timezone.localdate()
    for code, status, days in [
        ("1.1.1", Status.DONE, -3),
        ("1.1.2", Status.BLOCKED, -3),
        ("2.1.1", Status.IN_PROGRESS, -1),
        ("2.2.3", Status.STANDING, 5),
        ("1.2.3", Status.DROPPED, 5),
        ("1.2.2", Status.IN_PROGRESS, 5),
    ]:
        values: dict[str, Any] = {
            "status": status,
            "due": today + timedelta(days),
            "owner": owner if days < 0 else None,
        }
        change(find_item(checklist, code), by=administrator, at=timezone.now(), **values)
    client = sign_in(request.getfixturevalue(role))

    found = FIGURE.findall(client.get(reverse("overview", args=["henan"])).content.decode())

    assert len(found) == figures
    for address, figure in found:
        listed = client.get(html.unescape(address))
        assert listed.context["page"].paginator.count == int(figure), address


def test_the_overview_shows_what_is_worst_and_what_changed(
    checklist: Checklist, administrator: User, viewer: User, sign_in: SignIn
) -> None:
    now, today = timezone.now(), timezone.localdate()
    for code, days, ago in [("1.1.1", -2, 0), ("1.1.2", -30, 1), ("1.1.3", 3, 9)]:
        change(
            find_item(checklist, code),
            by=administrator,
            at=now - timedelta(days=ago),
            status=Status.IN_PROGRESS,
            due=today + timedelta(days),
        )

    context = sign_in(viewer).get(reverse("overview", args=["henan"])).context

    assert [one.code for one in context["red"]] == ["1.1.2", "1.1.1"]
    assert [entry.update.item.measure.code for entry in context["lately"]] == ["1.1.1", "1.1.2"]
    assert context["changed"] == 2
    assert "owner" not in context


def test_owners_come_worst_first_and_what_nobody_leads_among_them(
    checklist: Checklist, administrator: User, sign_in: SignIn
) -> None:
    today = timezone.localdate()
    for name, codes, status, days in [
        ("有序处", ["1.1.1"], Status.DONE, 9),
        ("受阻处", ["1.1.2"], Status.BLOCKED, 9),
        ("逾期处", ["1.1.3", "1.2.1"], Status.IN_PROGRESS, -1),
        ("在办处", ["1.2.2"], Status.IN_PROGRESS, 9),
    ]:
        made = make_owner(checklist, name)
        for code in codes:
            values: dict[str, Any] = {"owner": made, "status": status, "due": today + timedelta(days)}
            change(find_item(checklist, code), by=administrator, at=timezone.now(), **values)

    owners = sign_in(administrator).get(reverse("overview", args=["henan"])).context["owners"]

    assert [one.title for one in owners] == ["逾期处", "受阻处", "", "在办处", "有序处"]
    assert [one.overdue for one in owners] == [2, 0, 0, 0, 0]


def test_the_trend_shows_each_month_since_the_opening_as_the_list_shows_that_day(
    checklist: Checklist, owner: Owner, administrator: User, editor: User, sign_in: SignIn, clock: Any
) -> None:
    """Of four items due, one is done, one dropped, and one waits for its extension over a month's end."""
    opened = datetime(2026, 8, 20, tzinfo=NOW.tzinfo)
    Checklist.objects.update(opened_at=opened, signs_off=True, extends_by_request=True)
    for code in ("1.1.1", "1.1.2", "1.1.3", "1.2.1"):
        values: dict[str, Any] = {"owner": owner, "due": date(2026, 9, 25), "status": Status.IN_PROGRESS}
        change(find_item(checklist, code), by=administrator, at=opened, **values)
    change(find_item(checklist, "1.1.1"), by=administrator, at=NOW - timedelta(60), status=Status.DONE)
    change(find_item(checklist, "1.1.2"), by=administrator, at=NOW - timedelta(30), status=Status.DROPPED)
    asked = Application.ask(
        find_item(checklist, "1.1.3"),
        ApplicationKind.EXTEND,
        side=Side.LEAD,
        by=editor,
        at=NOW - timedelta(61),
        reason="等文件",
        new_due=date(2026, 12, 1),
    )
    asked.send_back(by=administrator, at=NOW - timedelta(40), reason="不宜")
    client = sign_in(administrator)

    points = client.get(reverse("overview", args=["henan"])).context["points"]

    assert [(one.day.month, one.in_force, one.well, one.planned, one.overdue) for one in points] == [
        (8, 12, 0, 0, 0),
        (9, 12, 1, 4, 2),
        (10, 11, 1, 3, 2),
        (11, 11, 1, 3, 2),
    ]
    for one in points[:-1]:
        listed = client.get(f"/checklists/henan/items/?due=overdue&as_of={one.day}")
        assert listed.context["page"].paginator.count == one.overdue


def test_the_trend_reads_one_update_for_each_item_and_month_however_often_it_is_saved(
    checklist: Checklist, administrator: User
) -> None:
    opened = datetime(2026, 9, 20, tzinfo=NOW.tzinfo)
    Checklist.objects.update(opened_at=opened)
    checklist.refresh_from_db()
    turns = [Status.BLOCKED, Status.IN_PROGRESS] * 6 + [Status.DONE]
    for day in (5, 35):
        for minute, status in enumerate(turns):
            at = opened + timedelta(days=day, minutes=minute)
            change(find_item(checklist, "1.1.1"), by=administrator, at=at, status=status, reason="重报")
    with patch.object(trend, "_standing", wraps=trend._standing) as standing:
        points = trend.trend_of(checklist, on=NOW.date())

    histories = [call.args[0] for call in standing.call_args_list]
    assert max(map(len, histories)) == 2, "one of September, one of October"
    assert [one.well for one in points] == [1, 1, 1]


def test_the_shares_are_of_all_items(checklist: Checklist, administrator: User, sign_in: SignIn) -> None:
    for code in ("1.1.1", "1.1.2", "1.1.3"):
        change(find_item(checklist, code), by=administrator, status=Status.DONE)

    page = sign_in(administrator).get(reverse("overview", args=["henan"]))

    assert "25.0%" in page.content.decode()  # 3 of 12
    assert page.context["whole"].total == 12


def test_an_office_with_nothing_entered_sees_what_to_do_first(administrator: User, sign_in: SignIn) -> None:
    page = sign_in(administrator).get(reverse("overview", args=["henan"]), headers={"Accept-Language": "en"})

    text = page.content.decode()
    assert "Nothing has been entered yet" in text
    assert "Add the units" in text
    assert "Hand out by section" in text


def test_home_shows_each_checklist_of_ones_roles_and_leads_to_the_list_of_all(
    checklist: Checklist,
    administrator: User,
    sign_in: SignIn,
) -> None:
    client = sign_in(administrator)
    below = make_checklist("zhengzhou", "郑州", checklist.catalogue, parent=checklist)
    assert [place.checklist for place in client.get("/").context["places"]] == [checklist]

    administrator.memberships.create(checklist=below, role="viewer")

    page = client.get("/")
    assert [place.checklist for place in page.context["places"]] == [checklist, below]
    for address in (reverse("overview", args=["henan"]), reverse("overview", args=["zhengzhou"])):
        assert f'href="{address}"' in page.content.decode()
    assert f'href="{reverse("checklists")}"' in page.content.decode()
    assert "郑州" in client.get(reverse("checklists")).content.decode()


def test_a_role_reads_the_checklists_below_but_not_those_above(
    checklist: Checklist,
    stranger: User,
    sign_in: SignIn,
) -> None:
    below = make_checklist("xinxiang", "新乡", checklist.catalogue, parent=checklist)
    lowest = make_checklist("huixian", "辉县", checklist.catalogue, parent=below)
    stranger.memberships.create(checklist=below, role="viewer")
    client = sign_in(stranger)

    assert client.get(reverse("overview", args=[lowest.slug])).status_code == 200
    assert client.get(reverse("overview", args=[checklist.slug])).status_code == 404


def test_the_overview_asks_the_database_as_often_for_200_items_as_for_20(
    administrator: User,
    sign_in: SignIn,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    client, counts = sign_in(administrator), []
    for slug, measures in (("small", 5), ("large", 50)):
        made = make_checklist(slug, slug, make_catalogue(2, 2, measures, slug=slug))
        administrator.memberships.create(checklist=made, role="administrator")
        with django_assert_max_num_queries(13) as asked:
            client.get(reverse("overview", args=[slug]))
        counts.append(len(asked))

    assert counts[0] == counts[1]


def test_whoever_cannot_hand_items_out_is_told_to_wait(viewer: User, editor: User, sign_in: SignIn) -> None:
    for user, words in ((viewer, "as soon as the units record"), (editor, "gives items to 干部一处")):
        page = sign_in(user).get(reverse("overview", args=["henan"]), headers={"Accept-Language": "en"})

        text = page.content.decode()
        assert words in text
        assert "Add owners and members" not in text
