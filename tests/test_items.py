"""The list of items: what each filter keeps, how it sorts, and what the page says."""

import re
from copy import deepcopy
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.forms import DateField
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from measures.choices import Status
from measures.ledger.filters import SHOWN_AT_ONCE, ItemFilter
from measures.models import Checklist, Owner
from tests.make import SignIn, change, find_item, make_catalogue, make_checklist, make_owner

ENGLISH = {"Accept-Language": "en"}


def shown(client: Client, query: str = "", slug: str = "henan") -> list[str]:
    """The codes that the list shows at this query, in order."""
    page = client.get(reverse("items", args=[slug]) + query).content.decode()
    return re.findall(r'<td class="code"><a[^>]*>([^<]+)</a>', page)


@pytest.fixture
def client_of(administrator: User, sign_in: SignIn) -> Client:
    return sign_in(administrator)


def test_the_list_shows_all_items_in_the_order_of_the_article(client_of: Client) -> None:
    assert shown(client_of) == [f"{p}.{s}.{m}" for p in (1, 2) for s in (1, 2) for m in (1, 2, 3)]


def test_codes_sort_as_numbers_and_not_as_text(client_of: Client, administrator: User, db: None) -> None:
    long = make_checklist("long", "长", make_catalogue(1, 1, 11, slug="long"))
    administrator.memberships.create(checklist=long, role="viewer")

    codes = shown(client_of, slug="long")

    assert codes[8:] == ["1.1.9", "1.1.10", "1.1.11"]


def test_the_pillar_filter_lists_exactly_that_pillar(client_of: Client) -> None:
    assert shown(client_of, "?pillar=2") == [f"2.{s}.{m}" for s in (1, 2) for m in (1, 2, 3)]


def test_the_section_filter_lists_exactly_that_section(client_of: Client) -> None:
    assert shown(client_of, "?section=2.1") == ["2.1.1", "2.1.2", "2.1.3"]


def test_several_statuses_widen_the_list(
    client_of: Client, checklist: Checklist, administrator: User
) -> None:
    change(find_item(checklist, "1.1.2"), by=administrator, status=Status.DONE)
    change(find_item(checklist, "2.2.1"), by=administrator, status=Status.BLOCKED)

    assert shown(client_of, "?status=done") == ["1.1.2"]
    assert shown(client_of, "?status=done&status=blocked") == ["1.1.2", "2.2.1"]


def test_one_can_list_an_owners_items_and_those_of_nobody(
    client_of: Client, checklist: Checklist, owner: Owner, administrator: User
) -> None:
    change(find_item(checklist, "1.1.2"), by=administrator, owner=owner)

    assert shown(client_of, f"?owner={owner.pk}") == ["1.1.2"]
    assert "1.1.2" not in shown(client_of, "?owner=none")
    assert len(shown(client_of, "?owner=none")) == 11


def test_an_owner_of_another_checklist_is_no_filter_here(client_of: Client, checklist: Checklist) -> None:
    elsewhere = make_owner(make_checklist("other", "别处", checklist.catalogue))

    response = client_of.get(reverse("items", args=["henan"]), {"owner": elsewhere.pk})

    assert response.context["filter"].form.errors["owner"]
    assert elsewhere.name not in response.content.decode().replace(str(elsewhere.pk), "")


def test_the_due_filters_tell_overdue_soon_and_none_apart(
    client_of: Client, checklist: Checklist, administrator: User
) -> None:
    today = timezone.localdate()
    for code, days, status in [
        ("1.1.1", -1, Status.IN_PROGRESS),
        ("1.1.2", -1, Status.DONE),
        ("1.1.3", 0, Status.NOT_STARTED),
        ("1.2.1", 30, Status.BLOCKED),
        ("1.2.2", 31, Status.NOT_STARTED),
    ]:
        change(find_item(checklist, code), by=administrator, due=today + timedelta(days), status=status)

    assert shown(client_of, "?due=overdue") == ["1.1.1"]
    assert shown(client_of, "?due=soon") == ["1.1.3", "1.2.1"]
    assert shown(client_of, "?due=none") == ["1.2.3", *(f"2.{s}.{m}" for s in (1, 2) for m in (1, 2, 3))]
    assert shown(client_of, f"?due_from={today}&due_to={today + timedelta(30)}") == ["1.1.3", "1.2.1"]


@pytest.mark.parametrize(
    "words", ["1.2.2", "Title 措施 1.2.2", "简 措施 1.2.2", "詳情", "詞 1.2.2", "term 1.2.2", "TERM 1.2.2"]
)
def test_a_search_finds_code_title_and_key_terms_in_every_language(client_of: Client, words: str) -> None:
    if words == "詳情":
        assert shown(client_of, f"?q={words}") == []  # the small catalogue's texts say 详情 in all three
    else:
        assert shown(client_of, f"?q={words}") == ["1.2.2"]


def test_a_search_finds_notes_and_wants_every_word(
    client_of: Client, checklist: Checklist, administrator: User
) -> None:
    change(find_item(checklist, "2.1.3"), by=administrator, notes="已印发通知\n各市已报送 50% 以上")

    assert shown(client_of, "?q=印发 报送") == ["2.1.3"]
    assert shown(client_of, "?q=50%25") == ["2.1.3"]
    assert shown(client_of, "?q=印发 没有") == []
    assert shown(client_of, "?q=%5F") == []  # an underscore is not a wildcard


@pytest.mark.parametrize(
    "query",
    [
        "pillar=9",
        "section=x",
        "status=finished",
        "owner=999999",
        "owner=x",
        "due=later",
        "due_from=2026-13-01",
        "per_page=0",
        "per_page=201",
        "per_page=x",
    ],
)
def test_a_bad_filter_value_shows_its_error_and_no_rows(client_of: Client, query: str) -> None:
    response = client_of.get(reverse("items", args=["henan"]) + f"?{query}")
    page = response.content.decode()

    assert response.status_code == 200
    assert '<td class="code">' not in page
    assert f'id="id_{query.split("=", maxsplit=1)[0]}_error"' in page or '<ul class="errors"><li>' in page


def test_a_bad_filter_value_names_what_is_wrong_in_the_readers_language(client_of: Client) -> None:
    page = client_of.get(
        reverse("items", args=["henan"]) + "?pillar=9", headers={"Accept-Language": "zh-CN"}
    ).content.decode()

    assert "不在可选范围内" in page
    assert "Select a valid choice" not in page


SORTED_UP = {
    "code": ["1.1.1", "1.1.2", "1.1.3"],
    "title": ["1.1.1", "1.1.2", "1.1.3"],
    "section": ["1.1.1", "1.1.2", "1.1.3"],
    "status": ["1.1.1", "1.1.3", "1.1.2"],
    "owner": ["1.1.2", "1.1.3", "1.1.1"],
    "due": ["1.1.3", "1.1.2", "1.1.1"],
    "updated": ["1.1.2", "1.1.3", "1.1.1"],
}
SORTED_DOWN = {
    "code": ["1.1.3", "1.1.2", "1.1.1"],
    "title": ["1.1.3", "1.1.2", "1.1.1"],
    "section": ["1.1.1", "1.1.2", "1.1.3"],
    "status": ["1.1.2", "1.1.3", "1.1.1"],
    "owner": ["1.1.3", "1.1.2", "1.1.1"],
    "due": ["1.1.2", "1.1.3", "1.1.1"],
    "updated": ["1.1.3", "1.1.2", "1.1.1"],
}


@pytest.mark.parametrize("column", SORTED_UP)
def test_every_column_sorts_both_ways_with_empty_values_last(
    client_of: Client, checklist: Checklist, administrator: User, column: str
) -> None:
    today, now = timezone.localdate(), timezone.now()
    first, second = make_owner(checklist, "A"), make_owner(checklist, "B")
    change(find_item(checklist, "1.1.2"), by=administrator, at=now, owner=first, status="done", due=today)
    change(
        find_item(checklist, "1.1.3"),
        by=administrator,
        at=now + timedelta(seconds=1),
        owner=second,
        status="blocked",
        due=today - timedelta(1),
    )

    assert shown(client_of, f"?section=1.1&sort={column}") == SORTED_UP[column]
    assert shown(client_of, f"?section=1.1&sort=-{column}") == SORTED_DOWN[column]


def test_the_address_keeps_its_filters_when_one_sorts_or_turns_the_page(client_of: Client) -> None:
    page = client_of.get(reverse("items", args=["henan"]) + "?status=not_started&per_page=5&page=2")
    text = page.content.decode()

    assert "?status=not_started&amp;per_page=5&amp;sort=due" in text
    assert "?status=not_started&amp;per_page=5&amp;page=3" in text
    assert [facts.code for facts in page.context["page"]] == [
        "1.2.3",
        "2.1.1",
        "2.1.2",
        "2.1.3",
        "2.2.1",
    ]


def test_a_page_past_the_end_shows_the_last(client_of: Client) -> None:
    assert shown(client_of, "?per_page=5&page=99") == ["2.2.2", "2.2.3"]


def test_the_page_says_how_many_of_how_many_it_shows(client_of: Client) -> None:
    page = client_of.get(reverse("items", args=["henan"]) + "?pillar=2", headers={"Accept-Language": "en"})

    assert "6 of 12 items" in page.content.decode()


def test_a_filter_that_finds_nothing_says_so_and_leads_back(client_of: Client) -> None:
    page = client_of.get(reverse("items", args=["henan"]) + "?status=done", headers={"Accept-Language": "en"})

    assert "No item matches these filters." in page.content.decode()


def test_the_list_asks_the_database_as_often_for_200_items_as_for_20(
    administrator: User,
    sign_in: SignIn,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    client, counts = sign_in(administrator), []
    for slug, measures in (("small", 5), ("large", 50)):
        made = make_checklist(slug, slug, make_catalogue(2, 2, measures, slug=slug))
        administrator.memberships.create(checklist=made, role="administrator")
        unit = make_owner(made)
        for item in made.items.all()[:15]:
            change(item, by=administrator, owner=unit, due=timezone.localdate())
        with django_assert_max_num_queries(16) as asked:
            assert len(shown(client, "?per_page=200", slug)) == 4 * measures
        counts.append(len(asked))

    assert counts[0] == counts[1]


def sample(name: str) -> str:
    """A value that the filter takes."""
    # A copy, since a filter keeps the field that it made first.
    field = deepcopy(ItemFilter.base_filters[name]).field
    choices = [str(key) for key, _label in getattr(field, "choices", []) if key]
    if isinstance(field, DateField):
        return "2026-01-01"
    return {"pillar": "1", "section": "1.1", "owner": "none"}.get(name, choices[0] if choices else "措施")


@pytest.mark.parametrize("name", ItemFilter.base_filters)
def test_each_filter_has_its_input_and_the_panel_opens_when_one_inside_is_in_use(
    client_of: Client, name: str
) -> None:
    page = client_of.get(reverse("items", args=["henan"]), {name: sample(name)}, headers=ENGLISH)
    before, panel = page.content.decode().split('<details class="more"')
    panel, _after = panel.split("</details>", 1)

    assert page.status_code == 200
    assert f'name="{name}"' in (before if name in SHOWN_AT_ONCE else panel)
    assert f'name="{name}"' not in (panel if name in SHOWN_AT_ONCE else before)
    assert panel.startswith(" open>") == (name not in SHOWN_AT_ONCE)
    assert ("1 in use" in panel) == (name not in SHOWN_AT_ONCE)
