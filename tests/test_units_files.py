"""The roll-up's table and all items below a checklist as files, read back by real readers."""

import csv
import io
import json
from datetime import timedelta
from typing import Any
from urllib.parse import unquote

import openpyxl
import pytest
from django.contrib.auth.models import User
from django.http import FileResponse, StreamingHttpResponse
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from measures.choices import Audited, Role, Status
from measures.models import AuditRecord, Checklist
from measures.views.units import files as units_files
from tests.make import SignIn, change, find_item, make_catalogue, make_checklist, make_owner, make_user
from tests.sheets import by_heading

ENGLISH = {"Accept-Language": "en"}
UNITS = "/checklists/henan/units/"


@pytest.fixture
def tree(checklist: Checklist, administrator: User) -> dict[str, Checklist]:
    """河南 above 郑州 above 巩义, and above 洛阳."""
    city = make_checklist("zhengzhou", "郑州", checklist.catalogue, checklist)
    county = make_checklist("gongyi", "巩义", checklist.catalogue, city)
    beside = make_checklist("luoyang", "=洛阳", checklist.catalogue, checklist)
    now = timezone.now()
    Checklist.objects.update(opened_at=now - timedelta(90))
    owner = make_owner(county, "组织部")
    item = find_item(county, "1.1.2")
    day = timezone.localdate() - timedelta(4)
    change(
        item, by=administrator, at=now, status=Status.IN_PROGRESS, owner=owner, due=day, notes="=1+1\n第二行"
    )
    change(find_item(beside, "2.1.1"), by=administrator, at=now - timedelta(50), status=Status.DONE)
    return {"henan": checklist, "zhengzhou": city, "gongyi": county, "luoyang": beside}


@pytest.fixture
def client(administrator: User, sign_in: SignIn) -> Client:
    return sign_in(administrator)


def read(response: Any) -> list[list[Any]]:
    """The rows of a CSV or an XLSX."""
    content = b"".join(response.streaming_content)
    if content.startswith(b"PK"):
        sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
        return [
            ["" if value is None else value for value in row] for row in sheet.iter_rows(values_only=True)
        ]
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


@pytest.mark.parametrize("wanted", ["csv", "xlsx"])
def test_the_table_as_a_file_has_every_unit_and_the_own_items_of_those_above(
    tree: dict[str, Checklist], client: Client, wanted: str
) -> None:
    told = by_heading(read(client.get(f"{UNITS}?format={wanted}", headers=ENGLISH)))

    first = "'=洛阳" if wanted == "csv" else "=洛阳"
    assert [row["Organisation"] for row in told] == [
        *("河南", "河南 (own items)", first, "郑州", "郑州 (own items)", "巩义"),
    ]
    assert [str(row["Level"]) for row in told] == ["0", "0", "1", "1", "1", "2"]
    assert [str(row["Items"]) for row in told] == ["48", "12", "12", "24", "12", "12"]
    assert [str(row["Overdue"]) for row in told] == ["1", "0", "0", "1", "0", "1"]
    assert str(told[2]["Done or standing %"]) == "8.3"
    assert str(told[2]["2 Title 支柱 2 Done or standing"]) == "1"
    assert told[5]["Under"] == "郑州"


@pytest.mark.parametrize("wanted", ["csv", "xlsx"])
def test_every_item_below_comes_by_unit_in_the_articles_order(
    tree: dict[str, Checklist], client: Client, wanted: str
) -> None:
    told = by_heading(read(client.get(f"{UNITS}?format={wanted}&rows=items", headers=ENGLISH)))

    assert len(told) == 48
    assert [row["Organisation"] for row in told[::12]][-1] == "巩义"
    assert [row["Code"] for row in told[:12]] == sorted(row["Code"] for row in told[:12])
    item = told[37]
    assert (item["Code"], item["Owner"], str(item["Days late"])) == ("1.1.2", "组织部", "4")
    assert item["Status"] == "In progress"
    # No spreadsheet runs what somebody wrote: it is text in XLSX, and has an apostrophe in CSV.
    assert item["Notes"] == ("'=1+1\n第二行" if wanted == "csv" else "=1+1\n第二行")


def test_a_past_day_is_replayed_in_the_files_too(tree: dict[str, Checklist], client: Client) -> None:
    day = timezone.localdate() - timedelta(10)

    told = by_heading(read(client.get(f"{UNITS}?format=csv&rows=items&as_of={day}", headers=ENGLISH)))

    assert sum(row["Status"] == "Done" for row in told) == 1
    assert not [row for row in told if row["Notes"] or row["Owner"]]


def test_files_are_sent_as_they_are_made_under_a_name_in_chinese(
    tree: dict[str, Checklist], client: Client
) -> None:
    table = client.get(f"{UNITS}?format=csv", headers={"Accept-Language": "zh-CN"})
    book = client.get(f"{UNITS}?format=xlsx&rows=items")

    assert isinstance(table, StreamingHttpResponse)
    assert isinstance(book, FileResponse)
    today = timezone.localdate()
    assert f"河南-汇总-单位-{today}.csv" in unquote(table["Content-Disposition"])
    assert f'filename="henan-units-{today}.csv"' in table["Content-Disposition"]


def test_what_is_taken_away_is_recorded_and_limited(tree: dict[str, Checklist], client: Client) -> None:
    client.get(f"{UNITS}?format=csv")
    client.get(f"{UNITS}?format=xlsx&rows=items")

    records = AuditRecord.objects.filter(action=Audited.EXPORTED).order_by("pk")
    assert {record.checklist for record in records} == {tree["henan"]}
    assert [json.loads(record.after)["rows"] for record in records] == [6, 48]
    for _again in range(28):
        assert client.get(f"{UNITS}?format=csv").status_code == 200
    assert client.get(f"{UNITS}?format=csv").status_code == 429
    assert client.get(UNITS).status_code == 200


@pytest.mark.parametrize("query", ["format=pdf", "format=csv&rows=updates"])
def test_a_file_that_there_is_not_is_not_found(
    tree: dict[str, Checklist], client: Client, query: str
) -> None:
    assert client.get(f"{UNITS}?{query}").status_code == 404


def test_a_bad_day_makes_no_file(tree: dict[str, Checklist], client: Client) -> None:
    answer = client.get(f"{UNITS}?format=csv&as_of=2999-01-01")

    assert answer.status_code == 422
    assert not AuditRecord.objects.filter(action=Audited.EXPORTED).exists()


def test_a_city_takes_away_nothing_from_beside_it(tree: dict[str, Checklist], sign_in: SignIn) -> None:
    city = sign_in(make_user("city", tree["zhengzhou"], Role.VIEWER))

    rows = read(city.get("/checklists/zhengzhou/units/?format=csv&rows=items"))

    assert {row[0] for row in rows[1:]} == {"郑州", "巩义"}
    assert "河南" not in str(rows)
    assert city.get(f"{UNITS}?format=csv").status_code == 404


def test_reading_items_takes_one_query_for_many_units(
    checklist: Checklist,
    client: Client,
    monkeypatch: pytest.MonkeyPatch,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    """In short queries, each of so many units: none is open while a slow reader takes the file."""
    monkeypatch.setattr(units_files, "AT_ONCE", 10)
    catalogue = make_catalogue(1, 1, 2, slug="tiny")
    counts = []
    for many in (9, 20):
        for number in range(many):
            make_checklist(f"u{many}-{number}", f"单位{number}", catalogue, checklist)
        with django_assert_max_num_queries(40) as asked:
            rows = read(client.get(f"{UNITS}?format=csv&rows=items"))
        counts.append((len(rows), len([one for one in asked if "notes" in one["sql"]])))

    assert counts == [(1 + 12 + 18, 1), (1 + 12 + 58, 3)]
