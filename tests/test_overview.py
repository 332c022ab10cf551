"""The overview: totals by pillar and section, every figure a link to the list that it counts."""

import html
import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from measures.choices import Status
from measures.models import Checklist, Owner
from tests.make import SignIn, change, find_item, make_catalogue, make_checklist

FIGURE = re.compile(r'<a[^>]*href="([^"]*/items/[^"]*)"[^>]*>(?:<b[^>]*>)?(\d+)(?:</b>|</a>)')


@pytest.mark.slow
@pytest.mark.parametrize(("role", "figures"), [("administrator", 60), ("editor", 65)])
def test_every_figure_leads_to_a_list_that_counts_the_same(
    request: pytest.FixtureRequest,
    checklist: Checklist,
    owner: Owner,
    administrator: User,
    sign_in: SignIn,
    role: str,
    figures: int,
) -> None:
    """The strip has ten, each pillar and section eight, each list one; an editor's own list four more."""
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

    assert [item.measure.code for item, _lit in context["red"]] == ["1.1.2", "1.1.1"]
    assert [entry.update.item.measure.code for entry in context["lately"]] == ["1.1.1", "1.1.2"]
    assert context["changed"] == 2
    assert "owner" not in context


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


def test_home_leads_to_the_checklist_of_ones_role_and_to_the_choice_among_several(
    checklist: Checklist,
    administrator: User,
    sign_in: SignIn,
) -> None:
    client = sign_in(administrator)
    assert client.get("/").headers["Location"] == reverse("overview", args=["henan"])

    below = make_checklist("zhengzhou", "郑州", checklist.catalogue, parent=checklist)
    assert client.get("/").headers["Location"] == reverse("overview", args=["henan"])

    administrator.memberships.create(checklist=below, role="viewer")

    assert client.get("/").headers["Location"] == reverse("checklists")
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
        with django_assert_max_num_queries(20) as asked:
            client.get(reverse("overview", args=[slug]))
        counts.append(len(asked))

    assert counts[0] == counts[1]


def test_whoever_cannot_hand_items_out_is_told_to_wait(viewer: User, editor: User, sign_in: SignIn) -> None:
    for user, words in ((viewer, "as soon as the units record"), (editor, "gives items to 干部一处")):
        page = sign_in(user).get(reverse("overview", args=["henan"]), headers={"Accept-Language": "en"})

        text = page.content.decode()
        assert words in text
        assert "Add owners and members" not in text
