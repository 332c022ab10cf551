"""The bulletin (通报): facts of units with their denominators, equal to the roll-up's and the report's."""

import io
import json
import re
from datetime import timedelta
from typing import Any

import docx
import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from pypdf import PdfReader
from pytest_django import DjangoAssertNumQueries

from measures.choices import Audited, Role, Status
from measures.models import AuditRecord, Checklist
from measures.reports.bulletin import Bulletin
from tests.make import SignIn, change, find_item, make_checklist, make_owner, make_user, write_entry

BULLETIN = "/checklists/henan/bulletin/"
ENGLISH = {"Accept-Language": "en"}
TODAY = timezone.localdate()
START, BEFORE = TODAY - timedelta(20), TODAY - timedelta(21)
DAYS = f"start={START}&as_of={TODAY}"


@pytest.fixture
def tree(checklist: Checklist, administrator: User) -> Checklist:
    """河南, of whose divisions one is late and says why, above four cities, the first of which is late."""
    now = timezone.now()
    Checklist.objects.update(opened_at=now - timedelta(90))
    office, division = make_owner(checklist, "办公室"), make_owner(checklist, "干部一处")
    for place, item in enumerate(checklist.items.in_order()):
        owner = (office, division, None)[place % 3]
        change(item, by=administrator, at=now - timedelta(40), owner=owner, status=Status.IN_PROGRESS)
    for code, days in (("1.1.1", 30), ("2.1.1", 3)):
        done: dict[str, Any] = {"status": Status.DONE, "due": TODAY}
        change(find_item(checklist, code), by=administrator, at=now - timedelta(days), **done)
    late: dict[str, Any] = {"due": TODAY - timedelta(5)}
    change(find_item(checklist, "1.1.2"), by=administrator, at=now - timedelta(30), **late)
    said: dict[str, Any] = {"progress": "推进", "problems": "经费未落实"}
    write_entry(find_item(checklist, "1.1.2"), administrator, at=now - timedelta(1), **said)
    for number in range(4):
        city = make_checklist(f"city-{number}", f"市{number}", checklist.catalogue, checklist)
        for place, item in enumerate(city.items.in_order()[:number]):
            at = now - timedelta(2 if place else 40)
            change(item, by=administrator, at=at, status=Status.DONE, due=TODAY)
        if number < 2:
            late = {"due": TODAY - timedelta(2 + number)}
            change(find_item(city, "2.1.1"), by=administrator, at=now - timedelta(9), **late)
    Checklist.objects.update(opened_at=now - timedelta(90))
    checklist.refresh_from_db()
    return checklist


@pytest.fixture
def client(administrator: User, sign_in: SignIn) -> Client:
    return sign_in(administrator)


def made(client: Client, query: str) -> Bulletin:
    page = client.get(f"{BULLETIN}?{query}", headers=ENGLISH)
    assert page.status_code == 200
    found: Bulletin = page.context["made"]
    return found


def test_every_fact_of_a_division_is_that_of_the_report(tree: Checklist, client: Client) -> None:
    bulletin = made(client, f"over=owners&{DAYS}")
    asked = f"/checklists/henan/report/?format=json&as_of={TODAY}&since={BEFORE}"
    report = json.loads(client.get(asked, headers=ENGLISH).content)

    rows = {row.name: row for row in (*bulletin.rows, bulletin.others) if row}
    assert rows.keys() == {owner["title"] for owner in report["owners"]}
    for counts in (*report["owners"], report["whole"]):
        row = rows.get(counts["title"], bulletin.whole)
        by_status, well = counts["by_status"], counts["well"]
        known = row.on_time
        assert (row.in_force, row.well, row.late) == (
            counts["total"] - by_status["dropped"],
            well,
            counts["overdue"],
        )
        assert [known.in_time, known.of, known.in_time_first, known.of_first] == [
            counts["on_time"][name] for name in ("in_time", "of", "in_time_first", "of_first")
        ]
        before = counts["before"]
        share = 100 * (before["done"] + before["standing"]) / (sum(before.values()) - before["dropped"])
        assert row.share_before == pytest.approx(share)
    assert bulletin.whole.points == 8.4  # of 16.7% and 8.3%, as both are printed
    assert bulletin.whole.owed == report["reporting"]["due"]
    assert bulletin.whole.given == report["reporting"]["given"] == 1
    late = [row for row in report["items"] if row["days_late"]]
    assert [(row.code, row.unit, row.days_late, row.reason) for row in bulletin.late] == [
        (row["code"], row["owner"], row["days_late"], row["reason"]) for row in late
    ]
    assert bulletin.late[0].reason == "经费未落实"


def test_every_fact_of_a_checklist_below_is_that_of_the_roll_up(tree: Checklist, client: Client) -> None:
    bulletin = made(client, f"over=units&{DAYS}")
    rolled = client.get(f"/checklists/henan/units/?{DAYS}").context
    before = client.get(f"/checklists/henan/units/?as_of={BEFORE}").context

    loops = {unit.name: sums for unit, sums in rolled["loops"]}
    shares = {unit.name: unit.whole.share(unit.whole.well) for unit in before["matrix"].units}
    assert [row.name for row in bulletin.rows] == ["市3", "市2", "市1", "市0"]
    for row in bulletin.rows:
        [shown] = [one for one in rolled["matrix"].rows() if one.unit.name == row.name]
        sums = loops[row.name]
        assert (row.place, row.in_force, row.well) == (shown.rank, shown.whole.of, shown.whole.count)
        assert (row.late, row.on_time) == (shown.late.count, sums.on_time)
        assert (row.owed, row.given) == (sums.owed, sums.given)
        assert row.share_before == shares[row.name]
    top, loop = rolled["top"].whole, rolled["loop"]
    whole = bulletin.whole
    assert (whole.in_force, whole.well, whole.late) == (top.in_force, top.well, top.late)
    assert (whole.on_time, whole.owed, whole.given) == (loop.on_time, loop.owed, loop.given)
    assert bulletin.others
    assert bulletin.others.in_force == rolled["own"].whole.of
    assert [(row.unit, row.code, row.days_late, row.reason) for row in bulletin.late] == [
        ("河南 (干部一处)", "1.1.2", 5, "经费未落实"),
        ("市1", "2.1.1", 3, ""),
        ("市0", "2.1.1", 2, ""),
    ]
    assert len(bulletin.late) == whole.late


@pytest.mark.parametrize("over", ["owners", "units"])
def test_docx_and_pdf_have_every_fact_in_the_layout_of_official_documents(
    tree: Checklist, client: Client, over: str
) -> None:
    address = f"{BULLETIN}?over={over}&{DAYS}&to=各处室&signed=督查室&title=关于任务落实情况的通报"
    page = client.get(address)
    blocks = page.context["blocks"]
    word = docx.Document(io.BytesIO(client.get(f"{address}&format=docx").content))
    pdf = PdfReader(io.BytesIO(client.get(f"{address}&format=pdf").content))

    cells = [cell for kind, block in blocks if kind == "Table" for line in block.lines for cell in line.cells]
    assert [cell.text for table in word.tables for row in table.rows[1:] for cell in row.cells] == cells
    words = [one.text for one in word.paragraphs if one.text]
    assert words[:2] == ["关于任务落实情况的通报", "各处室："]
    assert words[-2] == "督查室"
    set_in_type = re.sub(r"\s", "", "".join(one.extract_text() for one in pdf.pages))
    for text in (*cells, "关于任务落实情况的通报", "督查室"):
        assert re.sub(r"\s", "", text) in set_in_type
    exported = AuditRecord.objects.filter(action=Audited.EXPORTED)
    assert [one.checklist for one in exported] == [tree, tree]


def test_leaders_read_it_and_only_the_office_makes_its_files(
    tree: Checklist, viewer: User, sign_in: SignIn
) -> None:
    leader = sign_in(viewer)

    page = leader.get(BULLETIN)
    assert page.status_code == 200
    assert "format=docx" not in page.content.decode()
    assert leader.get(f"{BULLETIN}?format=docx").status_code == 403
    city = sign_in(make_user("city", Checklist.objects.get(slug="city-3"), Role.ADMINISTRATOR))
    assert city.get(BULLETIN).status_code == 404


def test_it_ranks_units_only_and_gives_no_points(
    tree: Checklist, client: Client, administrator: User
) -> None:
    change(find_item(tree, "1.1.2"), by=administrator, leader="分管副部长", at=timezone.now())

    for over in ("owners", "units"):
        page = client.get(f"{BULLETIN}?over={over}&{DAYS}", headers=ENGLISH)
        article = page.content.decode().split("<article")[1].split("</article>")[0]
        assert "分管副部长" not in article
        assert "administrator" not in article
        assert not page.context["made"].others or page.context["made"].others.place is None


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("over=persons", "over"),
        ("as_of=2999-01-01", "as_of"),
        (f"start={TODAY + timedelta(1)}", "start"),
        pytest.param(f"title={'长' * 61}", "title", id="long title"),
    ],
)
def test_what_cannot_be_made_is_said_beside_its_field(
    tree: Checklist, client: Client, query: str, field: str
) -> None:
    for added in ("", "&format=docx"):
        page = client.get(f"{BULLETIN}?{query}{added}")
        assert page.status_code == 422
        assert page.context["form"].errors.keys() == {field}
    assert client.get(f"{BULLETIN}?format=csv").status_code == 404


def test_without_an_earlier_period_nothing_is_compared(tree: Checklist, client: Client) -> None:
    Checklist.objects.update(opened_at=timezone.now() - timedelta(20))

    for over in ("owners", "units"):
        bulletin = made(client, f"over={over}&{DAYS}")
        assert bulletin.before is None
        assert {row.points for row in bulletin.rows} == {None}


@pytest.mark.parametrize("over", ["owners", "units"])
def test_it_asks_as_often_for_many_units_as_for_few(
    tree: Checklist,
    administrator: User,
    client: Client,
    over: str,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    counts = []
    for prefix, many in (("few", 2), ("many", 12)):
        for number in range(many):
            city = make_checklist(f"{prefix}-{number}", f"{prefix}{number}", tree.catalogue, tree)
            Checklist.objects.filter(pk=city.pk).update(opened_at=timezone.now() - timedelta(50))
            late: dict[str, Any] = {"due": TODAY - timedelta(1)}
            owner = make_owner(tree, f"{prefix}处{number}")
            change(find_item(city, "1.1.1"), by=administrator, **late)
            item = tree.items.in_order()[number]
            change(item, by=administrator, owner=owner, status=Status.BLOCKED, at=timezone.now(), **late)
        with django_assert_max_num_queries(45) as asked:
            client.get(f"{BULLETIN}?over={over}&{DAYS}")
        counts.append(len(asked))

    assert counts[0] == counts[1], counts
