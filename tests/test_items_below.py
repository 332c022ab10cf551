"""The list of a checklist and all below it: whose items it holds, how it pages, and the files of it."""

import csv
import io
import re
from datetime import datetime, timedelta
from typing import Any

import openpyxl
import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from measures.choices import Audited, Role, Status
from measures.ledger import paging
from measures.ledger.columns import ALL
from measures.ledger.facts import facts_by_key, plain_facts_by_key
from measures.models import AuditRecord, Checklist, Item, Measure
from tests.make import SignIn, change, find_item, make_checklist, make_owner, make_user

ENGLISH = {"Accept-Language": "en"}
ADDRESS = "/checklists/henan/items/?below=1"


@pytest.fixture
def tree(checklist: Checklist) -> dict[str, Checklist]:
    """河南 with 郑州 and 洛阳 below it and 中牟 below 郑州; 山东 beside it."""
    zhengzhou = make_checklist("zhengzhou", "郑州", checklist.catalogue, parent=checklist)
    return {
        "henan": checklist,
        "zhengzhou": zhengzhou,
        "luoyang": make_checklist("luoyang", "洛阳", checklist.catalogue, parent=checklist),
        "zhongmu": make_checklist("zhongmu", "中牟", checklist.catalogue, parent=zhengzhou),
        "shandong": make_checklist("shandong", "山东", checklist.catalogue),
    }


@pytest.fixture
def client(tree: dict[str, Checklist], administrator: User, sign_in: SignIn) -> Client:
    return sign_in(administrator)


def shown(client: Client, query: str = "", address: str = ADDRESS) -> list[tuple[str, str]]:
    """Unit and code of each row, in order."""
    page = client.get(f"{address}{query}", headers=ENGLISH).content.decode()
    return re.findall(r'<td class="unit"><a[^>]*>([^<]+)</a></td><td class="code"><a[^>]*>([^<]+)</a>', page)


def late(tree: dict[str, Checklist], slug: str, code: str, days: int, by: User) -> Item:
    item = find_item(tree[slug], code)
    change(item, by=by, due=timezone.localdate() - timedelta(days), status=Status.IN_PROGRESS)
    return item


def test_it_holds_the_items_of_all_units_below_and_of_no_other(client: Client) -> None:
    rows = shown(client, "&per_page=200")

    assert len(rows) == 48
    assert {unit for unit, _code in rows} == {"河南", "郑州", "洛阳", "中牟"}


def test_where_the_tree_is_the_whole_ledger_it_holds_everything(
    client: Client, tree: dict[str, Checklist]
) -> None:
    tree["shandong"].move(tree["henan"], at=timezone.now())

    assert len(shown(client, "&per_page=200")) == 60


def test_a_reader_of_a_unit_sees_nothing_of_those_above_or_beside(
    tree: dict[str, Checklist], sign_in: SignIn
) -> None:
    reader = sign_in(make_user("reader", tree["zhengzhou"], Role.VIEWER))

    rows = shown(reader, "&per_page=200", "/checklists/zhengzhou/items/?below=1")

    assert {unit for unit, _code in rows} == {"郑州", "中牟"}
    assert reader.get(ADDRESS).status_code == 404


def test_what_is_due_first_comes_first_in_whichever_unit(
    client: Client, tree: dict[str, Checklist], administrator: User
) -> None:
    late(tree, "luoyang", "2.1.1", 5, administrator)
    late(tree, "zhongmu", "1.1.1", 9, administrator)

    assert shown(client)[:2] == [("中牟", "1.1.1"), ("洛阳", "2.1.1")]
    assert shown(client, "&sort=-due")[:2] == [("洛阳", "2.1.1"), ("中牟", "1.1.1")]


def test_filters_reach_below(client: Client, tree: dict[str, Checklist], administrator: User) -> None:
    late(tree, "luoyang", "2.1.1", 5, administrator)
    late(tree, "shandong", "2.1.1", 5, administrator)

    assert shown(client, "&pillar=2&status=in_progress") == [("洛阳", "2.1.1")]
    assert shown(client, "&section=2.1&due=overdue") == [("洛阳", "2.1.1")]
    assert shown(client, "&light=red") == [("洛阳", "2.1.1")]
    assert shown(client, "&section=1.1&status=in_progress") == []


def test_each_light_is_that_of_its_own_unit(
    client: Client, tree: dict[str, Checklist], administrator: User
) -> None:
    Checklist.objects.filter(slug="luoyang").update(due_soon_days=3)
    for slug in ("luoyang", "zhongmu"):
        late(tree, slug, "1.1.1", -10, administrator)

    assert shown(client, "&light=amber") == [("中牟", "1.1.1")]
    assert shown(client, "&light=green") == [("洛阳", "1.1.1")]


def test_rows_lead_to_the_item_in_its_unit_and_are_only_read(client: Client) -> None:
    page = client.get(f"{ADDRESS}&per_page=200", headers=ENGLISH).content.decode()

    assert "/checklists/zhongmu/items/1.1.1/" in page
    assert 'class="edit"' not in page
    assert 'name="codes"' not in page


def test_the_list_of_one_leads_to_that_of_all_where_units_are_below(client: Client, sign_in: SignIn) -> None:
    one = client.get("/checklists/henan/items/?pillar=2", headers=ENGLISH).content.decode()
    leaf = client.get("/checklists/zhongmu/items/", headers=ENGLISH).content.decode()

    assert "?pillar=2&amp;below=1" in one
    assert "With all units below" not in leaf
    assert 'name="below" value="1"' in client.get(ADDRESS).content.decode()


def test_pages_go_on_behind_those_that_are_counted(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paging, "COUNTED", 20)
    every = [row for number in range(1, 6) for row in shown(client, f"&per_page=10&page={number}")]

    assert len(set(every)) == 48
    text = client.get(f"{ADDRESS}&per_page=10&page=2", headers=ENGLISH).content.decode()
    assert "More than 20 items" in text
    assert "page=3" in text
    assert shown(client, "&per_page=10&page=99") == shown(client, "&per_page=10&page=2")
    last = client.get(f"{ADDRESS}&per_page=10&page=5", headers=ENGLISH).content.decode()
    assert 'rel="next"' not in last
    assert "page=4" in last


@pytest.mark.parametrize("number", ["0", "-1", "x", "99999999999999999999", "１"])
def test_a_page_that_cannot_be_still_shows_rows(client: Client, number: str) -> None:
    assert shown(client, f"&per_page=10&page={number}")


def test_the_database_is_asked_as_often_for_many_units_as_for_few(
    client: Client, tree: dict[str, Checklist]
) -> None:
    counts = []
    for extra in range(2):
        for number in range(10 * extra):
            make_checklist(f"more-{number}", f"县 {number}", tree["henan"].catalogue, parent=tree["luoyang"])
        with CaptureQueriesContext(connection) as asked:
            assert shown(client, "&pillar=1&status=not_started&per_page=5")
        counts.append(len(asked))

    assert counts[0] == counts[1] <= 13


def read_csv(client: Client, query: str = "") -> list[list[str]]:
    response: Any = client.get(f"{ADDRESS}&format=csv{query}", headers=ENGLISH)
    assert response.streaming
    content = b"".join(response.streaming_content)
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_the_csv_holds_every_row_that_the_filters_keep(
    client: Client, tree: dict[str, Checklist], administrator: User
) -> None:
    item = late(tree, "luoyang", "2.1.1", 5, administrator)
    change(item, by=administrator, notes="=1+1\r\n第二行")

    heading, *rows = read_csv(client, "&status=in_progress&columns=code,status,light,due,notes,updated")

    assert heading[:-1] == ["Unit", "Code", "Status", "Light", "Due", "Notes", "Updated"]
    assert heading[-1].startswith("Export details (henan; ")
    due = (timezone.localdate() - timedelta(5)).isoformat()
    assert [row[:6] for row in rows] == [["洛阳", "2.1.1", "In progress", "Red", due, "'=1+1\n第二行"]]
    assert len(read_csv(client)) == 1 + 48


ODD = ("=1+1", "＋1", 'say "so", twice', "'x", "#N/A", "one\r\ntwo", "")


@pytest.fixture
def odd(tree: dict[str, Checklist], administrator: User) -> list[Item]:
    """Items of 洛阳 in states of all kinds, with texts that a spreadsheet would run or break apart."""
    luoyang, now = tree["luoyang"], timezone.now()
    units = [make_owner(luoyang, name) for name in ("@处", '"甲", 乙')]
    Checklist.objects.update(opened_at=now - timedelta(90))
    items = list(luoyang.items.order_by("pk")[: len(ODD)])
    Checklist.objects.filter(pk=luoyang.pk).update(name="-洛阳", silence_days=20, counts_working_days=True)
    Measure.objects.filter(pk=items[1].measure_id).update(title_en='=Title, "odd"', title_zh_hans="＝题")
    for number, (item, text, status) in enumerate(
        zip(items, ODD, [*Status, Status.IN_PROGRESS], strict=True)
    ):
        said: dict[str, Any] = {"notes": text, "target": text, "leader": text.replace("\r\n", " ")}
        said |= {"owner": units[number % 2], "cooperating": tuple(units[: number % 3]), "status": status}
        due = now.date() + timedelta(10 * number - 30)
        change(item, by=administrator, at=now - timedelta(days=9 * number), due=due, reason="x", **said)
    asked = Item.objects.filter(pk__in=[item.pk for item in items[:2]])
    asked.update(asked_in_time=True, milestone_count=5, milestones_done=2, extensions=3, closed_by="office")
    return items


@pytest.mark.parametrize(
    ("days_ago", "lights"), [(0, {"Red", "Amber", "Green", "Grey"}), (30, {"Green", "Grey"})]
)
def test_the_csv_says_of_an_item_what_that_of_its_checklist_says(
    client: Client, odd: list[Item], days_ago: int, lights: set[str]
) -> None:
    columns = ",".join(ALL)
    day = timezone.localdate() - timedelta(days_ago)
    query = f"&columns={columns}&as_of={day}"
    alone: Any = client.get(f"/checklists/luoyang/items/?format=csv{query}", headers=ENGLISH)
    said = list(csv.reader(io.StringIO(alone.content.decode("utf-8-sig"), newline="")))[1:]

    rows = read_csv(client, query)[1:]

    assert sorted(row[1 : 1 + len(ALL)] for row in rows if row[0] == "'-洛阳") == sorted(
        row[: len(ALL)] for row in said
    )
    assert {row[1 + list(ALL).index("light")] for row in rows} == lights


def test_the_csv_is_quoted_as_everybody_quotes(client: Client, odd: list[Item]) -> None:
    response: Any = client.get(f"{ADDRESS}&format=csv&columns={','.join(ALL)}", headers=ENGLISH)
    text = b"".join(response.streaming_content).decode("utf-8-sig")

    again = io.StringIO(newline="")
    csv.writer(again).writerows(csv.reader(io.StringIO(text, newline="")))
    assert again.getvalue() == text


@pytest.mark.no_database
def test_the_clock_of_the_site_is_whole_hours_away_from_that_of_files() -> None:
    offset = timezone.get_default_timezone().utcoffset(datetime(2026, 11, 24, 12))
    assert offset is not None
    assert offset % timedelta(hours=1) == timedelta()


def test_the_files_agree(client: Client, tree: dict[str, Checklist], administrator: User) -> None:
    late(tree, "luoyang", "2.1.1", 5, administrator)
    response: Any = client.get(f"{ADDRESS}&format=xlsx", headers=ENGLISH)
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(response.streaming_content))).active
    assert sheet is not None

    cells = [["" if value is None else str(value) for value in row] for row in sheet.values]

    assert [row[:5] for row in cells] == [row[:5] for row in read_csv(client)]


def test_taking_them_away_is_recorded(client: Client) -> None:
    read_csv(client, "&pillar=2")

    record = AuditRecord.objects.filter(action=Audited.EXPORTED).latest("pk")
    assert "24" in str(record.after)


def test_rows_come_in_parts_and_each_once(tree: dict[str, Checklist]) -> None:
    items = Item.objects.of_units(Checklist.objects.tree(tree["henan"]))
    keys = [facts.pk for facts in facts_by_key(items, chunk=7)]
    parts = list(plain_facts_by_key(items, ["code", "due"], chunk=7))

    assert keys == sorted(set(keys))
    assert len(keys) == 48
    assert [len(part) for part in parts] == [7, 7, 7, 7, 7, 7, 6]
    assert [row[0] for part in parts for row in part] == keys


def test_who_looks_for_a_single_character_in_a_tree_is_told_that_two_are_faster(client: Client) -> None:
    slow, fast = (
        client.get(f"{ADDRESS}&q={text}", headers=ENGLISH).content.decode() for text in ("词", "支柱 词语")
    )

    assert "Two or more are found quickly" in slow
    assert "Two or more are found quickly" not in fast
