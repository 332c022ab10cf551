"""The checklists below one: their order, what each figure counts, and who may see whom."""

import html
import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from measures.choices import Role, Status
from measures.models import Checklist, Item
from tests.make import SignIn, change, find_item, make_catalogue, make_checklist, make_user

FIGURE = re.compile(
    r'<td class="number heat[^"]*"><a href="([^"]+)">(?:<span class="worst".*?</span>)?<b>([\d.]+)%</b> '
    r"<small>(\d+)/(\d+)</small>"
)
ENGLISH = {"Accept-Language": "en"}
UNITS = "/checklists/henan/units/"


@pytest.fixture
def tree(checklist: Checklist, administrator: User) -> dict[str, Checklist]:
    """河南 above 郑州 (with 巩义 below it), 洛阳 and 开封; 郑州 is furthest, 开封 wrote nothing."""
    made = {"henan": checklist}
    for slug, name, parent in (
        ("zhengzhou", "郑州", "henan"),
        ("gongyi", "巩义", "zhengzhou"),
        ("luoyang", "洛阳", "henan"),
        ("kaifeng", "开封", "henan"),
    ):
        made[slug] = make_checklist(slug, name, checklist.catalogue, made[parent])
    now = timezone.now()
    Checklist.objects.update(opened_at=now - timedelta(90))
    for slug, code, status, days, ago in (
        ("zhengzhou", "1.1.1", Status.DONE, 3, 1),
        ("zhengzhou", "1.1.2", Status.STANDING, 3, 1),
        ("zhengzhou", "2.1.1", Status.DROPPED, 3, 1),
        ("gongyi", "1.1.1", Status.DONE, 3, 1),
        ("gongyi", "2.2.1", Status.IN_PROGRESS, -3, 50),
        ("luoyang", "1.1.1", Status.DONE, -3, 50),
        ("luoyang", "2.1.1", Status.BLOCKED, -3, 40),
        ("luoyang", "1.2.1", Status.IN_PROGRESS, -2, 40),
    ):
        item = find_item(made[slug], code)
        due = timezone.localdate() + timedelta(days)
        change(item, by=administrator, at=now - timedelta(ago), status=status, due=due)
    # As after an upgrade: each of these updates counts as an entry.
    Checklist.objects.update(entries_from=now)
    Item.objects.all().derive()
    return made


@pytest.fixture
def client(administrator: User, sign_in: SignIn) -> Client:
    return sign_in(administrator)


def names(client: Client, query: str = "") -> list[str]:
    return [row.unit.slug for row in client.get(f"{UNITS}{query}").context["rows"]]


def test_the_worst_unit_comes_first_and_each_is_counted_with_all_below_it(
    tree: dict[str, Checklist], client: Client
) -> None:
    page = client.get(UNITS)

    rows = {row.unit.slug: row for row in page.context["rows"]}
    assert list(rows) == ["kaifeng", "luoyang", "zhengzhou"]
    assert (rows["zhengzhou"].whole.count, rows["zhengzhou"].whole.of) == (3, 23)
    assert (rows["luoyang"].late.count, rows["luoyang"].late.of) == (2, 12)
    assert [row.rank for row in rows.values()] == [3, 2, 1]
    assert page.context["whole"].whole.of == 5 * 12 - 1
    assert "巩义" not in re.sub(r'(?s)<section class="card" id="unheard".*', "", page.content.decode())


@pytest.mark.parametrize(
    "query", ["", "?by=section", "?show=late", "?show=silent", "?as_of={past}&show=silent"]
)
@pytest.mark.slow
def test_every_figure_leads_to_a_list_that_counts_the_same(
    tree: dict[str, Checklist], client: Client, query: str
) -> None:
    """Of a unit with others below it the list goes over all of them, which `below` asks for."""
    query = query.format(past=timezone.localdate() - timedelta(20))

    found = FIGURE.findall(client.get(f"{UNITS}{query}").content.decode())

    assert len(found) == (5 * 7 if "section" in query else 5 * 5)
    alone = [(address, figure) for address, _share, figure, _of in found if "below=1" not in address]
    assert len(alone) == len(found) * 3 // 5
    for address, figure in alone:
        listed = client.get(html.unescape(address))
        assert listed.status_code == 200
        assert listed.context["page"].paginator.count == int(figure), address
    for _address, share, figure, of in found:
        assert float(share) == pytest.approx(100 * int(figure) / int(of), abs=0.051)


def test_the_day_of_the_past_shows_how_things_stood(tree: dict[str, Checklist], client: Client) -> None:
    before = client.get(f"{UNITS}?as_of={timezone.localdate() - timedelta(30)}").context

    rows = {row.unit.slug: row for row in before["rows"]}
    assert (rows["zhengzhou"].whole.count, rows["zhengzhou"].whole.of) == (0, 24)
    assert rows["luoyang"].whole.count == 1
    assert rows["luoyang"].late.count == 0  # not late before its day


def test_a_checklist_opened_later_was_not_there_yet(tree: dict[str, Checklist], client: Client) -> None:
    Checklist.objects.filter(slug="kaifeng").update(opened_at=timezone.now() - timedelta(5))

    assert names(client, f"?as_of={timezone.localdate() - timedelta(30)}") == ["zhengzhou", "luoyang"]


def test_whoever_has_not_reported_in_the_period_is_named(tree: dict[str, Checklist], client: Client) -> None:
    page = client.get(UNITS, headers=ENGLISH)
    longer = client.get(f"{UNITS}?start={timezone.localdate() - timedelta(60)}")

    assert [unit.slug for unit in page.context["unheard"]] == ["henan", "kaifeng", "luoyang"]
    assert [unit.slug for unit in longer.context["unheard"]] == ["henan", "kaifeng"]
    assert "Not reported since" in page.content.decode()


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("name", ["kaifeng", "luoyang", "zhengzhou"]),
        ("-well", ["zhengzhou", "luoyang", "kaifeng"]),
        ("late", ["luoyang", "zhengzhou", "kaifeng"]),
        ("silent", ["kaifeng", "luoyang", "zhengzhou"]),
        ("items", ["zhengzhou", "kaifeng", "luoyang"]),
        ("2", ["kaifeng", "luoyang", "zhengzhou"]),
        ("x'); --", ["kaifeng", "luoyang", "zhengzhou"]),
    ],
)
def test_every_column_sorts(tree: dict[str, Checklist], client: Client, sort: str, order: list[str]) -> None:
    assert names(client, f"?sort={sort}") == order


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("as_of=2999-01-01", "as_of"),
        ("as_of=tomorrow", "as_of"),
        ("as_of=1999-01-01", "as_of"),
        ("start=2999-01-01", "start"),
        ("start=0001-01-01", "start"),
        ("by=province", "by"),
        ("show=everything", "show"),
    ],
)
@pytest.mark.parametrize("address", [UNITS, "/checklists/luoyang/peers/", "/checklists/"])
def test_a_bad_value_is_said_beside_its_field(
    tree: dict[str, Checklist], client: Client, address: str, query: str, field: str
) -> None:
    if address == "/checklists/" and query == "as_of=1999-01-01":
        return  # the list of all checklists goes back as far as anybody asks

    page = client.get(f"{address}?{query}")

    assert page.status_code == 422
    assert page.context["form"].errors[field]
    text = page.content.decode()
    assert f'id="id_{field}_error"' in text
    if field in ("as_of", "start"):
        assert f'value="{query.partition("=")[2]}"' in text


def test_a_unit_sees_its_place_and_the_average_and_no_other_unit(
    tree: dict[str, Checklist], client: Client, sign_in: SignIn
) -> None:
    city = make_user("city", tree["luoyang"], Role.ADMINISTRATOR)
    of_the_city = sign_in(city)

    own = of_the_city.get("/checklists/luoyang/peers/", headers=ENGLISH)
    text = own.content.decode()
    assert own.context["here"].rank == 2
    assert "2 of 3" in text
    assert own.context["average"] is not None
    assert "matrix" not in own.context
    assert not any(name in text for name in ("郑州", "开封", "zhengzhou", "kaifeng"))
    for address in ("/checklists/luoyang/", "/checklists/luoyang/units/", "/checklists/"):
        text = of_the_city.get(address).content.decode()
        assert "郑州" not in text
        assert "开封" not in text
    assert "/checklists/luoyang/peers/" in of_the_city.get("/checklists/luoyang/units/").content.decode()
    compared = client.get("/checklists/luoyang/peers/", headers=ENGLISH)
    assert compared.context["here"].rank == 2
    assert "2 of 3" in compared.content.decode()
    assert "/checklists/luoyang/peers/" in client.get("/checklists/luoyang/").content.decode()


def test_a_unit_below_the_average_reads_so_with_a_minus_sign(
    tree: dict[str, Checklist], client: Client
) -> None:
    last = client.get("/checklists/kaifeng/peers/", headers=ENGLISH).content.decode()

    assert re.search(r"<b>−\d+\.\d</b\s*><span>Above or below the average", last)


def test_a_city_sees_its_counties_and_nothing_beside_or_above(
    tree: dict[str, Checklist], sign_in: SignIn
) -> None:
    city = sign_in(make_user("city", tree["zhengzhou"], Role.VIEWER))

    page = city.get("/checklists/zhengzhou/units/")

    assert [row.unit.slug for row in page.context["rows"]] == ["gongyi"]
    assert page.context["above"] == []
    assert not re.search("河南|洛阳|开封", page.content.decode())
    for slug in ("henan", "luoyang", "kaifeng"):
        assert city.get(f"/checklists/{slug}/units/").status_code == 404


def test_the_list_of_checklists_shows_the_tree_from_where_one_stands(
    tree: dict[str, Checklist], client: Client, sign_in: SignIn
) -> None:
    of_all = client.get("/checklists/").context["tables"]
    lower = make_user("lower", tree["gongyi"], Role.VIEWER)
    lower.memberships.create(checklist=tree["luoyang"], role=Role.VIEWER)
    of_two = sign_in(lower).get("/checklists/").context["tables"]

    assert [row.unit.slug for row in of_all[0]["rows"]] == ["kaifeng", "luoyang", "zhengzhou"]
    assert of_all[0]["top"].whole.items == 60
    assert [row.unit.slug for row in of_two[0]["rows"]] == ["luoyang", "gongyi"]


def test_another_catalogue_has_a_table_of_its_own_and_no_place_in_foreign_columns(
    tree: dict[str, Checklist], client: Client, administrator: User
) -> None:
    other = make_catalogue(1, 1, 2, slug="other")
    stray = make_checklist("stray", "异类", other, tree["henan"])
    apart = make_checklist("apart", "另处", other)
    administrator.memberships.create(checklist=apart, role=Role.VIEWER)
    Checklist.objects.filter(pk__in=[stray.pk, apart.pk]).update(opened_at=tree["henan"].opened_at)

    page = client.get(UNITS, headers=ENGLISH)

    assert page.context["top"].whole.items == 62
    assert sum(cell.of for cell in page.context["whole"].cells) == 59
    assert "another catalogue or edition" in page.content.decode()
    assert len(client.get("/checklists/").context["tables"]) == 2


def test_a_checklist_without_any_below_says_so_and_has_no_tab(
    tree: dict[str, Checklist], client: Client
) -> None:
    page = client.get("/checklists/gongyi/units/", headers=ENGLISH)

    assert "No checklist lies below this one" in page.content.decode()
    assert "/checklists/gongyi/units/" not in client.get("/checklists/gongyi/").content.decode()
    assert UNITS in client.get("/checklists/henan/").content.decode()


def grow(catalogue: Any, top: Checklist, count: int, prefix: str) -> None:
    for number in range(count):
        make_checklist(f"{prefix}-{number}", f"单位{number}", catalogue, top)


@pytest.mark.parametrize(
    "address", [UNITS, "/checklists/", "/checklists/big-0/peers/", f"{UNITS}?by=section"]
)
def test_a_page_asks_the_database_as_often_for_40_units_as_for_10(
    checklist: Checklist,
    client: Client,
    django_assert_max_num_queries: DjangoAssertNumQueries,
    address: str,
) -> None:
    counts = []
    for many in (10, 30):
        grow(checklist.catalogue, checklist, many, "big" if many == 10 else "more")
        with django_assert_max_num_queries(16) as asked:
            assert client.get(address).status_code == 200
        counts.append(len(asked))

    assert counts[0] == counts[1]


def test_a_wide_tree_comes_in_pages_and_a_deep_one_folded(checklist: Checklist, client: Client) -> None:
    catalogue = make_catalogue(1, 1, 1, slug="tiny")
    flat = make_checklist("flat", "平", catalogue, checklist)
    grow(catalogue, flat, 60, "flat")

    page = client.get("/checklists/flat/units/")

    assert len(page.context["rows"]) == 50
    assert len(client.get("/checklists/flat/units/?page=2").context["rows"]) == 10
    assert len(page.context["unheard"]) == 61
    assert page.content.decode().count("/checklists/flat-59/") <= 2
    assert [row.unit.slug for row in client.get(UNITS).context["rows"]] == ["flat"]
    assert reverse("overview", args=["flat-50"]) not in client.get(UNITS).content.decode()
