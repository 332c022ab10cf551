"""The list as XLSX and CSV: filtered, sorted and in the columns chosen, read back by real readers."""

import csv
import io
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import unquote
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from measures.choices import Side, Status
from measures.models import Checklist, Milestone, Owner
from measures.reports.cells import FORMULA_STARTS
from tests.make import (
    GIVING_AWAY,
    NOW,
    TODAY,
    SignIn,
    change,
    find_item,
    make_catalogue,
    make_checklist,
    make_owner,
)
from tests.reminders_make import send_chaser
from tests.sheets import COLUMNS, by_heading, changes, export, problems, upload

ADDRESS = "/checklists/henan/items/"
ENGLISH = {"Accept-Language": "en"}


@pytest.fixture
def client(administrator: User, sign_in: SignIn) -> Client:
    return sign_in(administrator)


def read_csv(client: Client, query: str = "") -> list[list[str]]:
    content = client.get(f"{ADDRESS}?format=csv{query}", headers=ENGLISH).content
    assert content.startswith(b"\xef\xbb\xbf")  # or Excel garbles Chinese
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def read_xlsx(client: Client, query: str = "", headers: dict[str, str] = ENGLISH) -> Any:
    content = client.get(f"{ADDRESS}?format=xlsx{query}", headers=headers).content
    return openpyxl.load_workbook(io.BytesIO(content))


def test_the_file_has_the_rows_and_the_order_of_the_list(
    checklist: Checklist, administrator: User, client: Client
) -> None:
    change(find_item(checklist, "2.1.2"), by=administrator, due=TODAY, status=Status.BLOCKED)
    query = "&pillar=2&sort=-code&columns=code,due,status"

    heading, *rows = read_csv(client, query)

    today = timezone.localdate()
    assert heading[:4] == ["Code", "Due", "Status", "Version (henan)"]
    assert heading[4] == f"Export details (henan; test@2026-11-24; {today}; 2 Title 支柱 2)"
    assert [row[0] for row in rows] == ["2.2.3", "2.2.2", "2.2.1", "2.1.3", "2.1.2", "2.1.1"]
    assert rows[4] == ["2.1.2", TODAY.isoformat(), "Blocked", "2", ""]
    sheet = read_xlsx(client, query)["Items"]
    cells = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert cells[0] == heading
    assert cells[5] == ["2.1.2", datetime(TODAY.year, TODAY.month, TODAY.day), "Blocked", 2, None]


def test_the_code_is_there_even_where_nobody_chose_it(checklist: Checklist, client: Client) -> None:
    assert read_csv(client, "&columns=status,notes")[0][:-1] == ["Code", "Status", "Notes", "Version (henan)"]


def test_all_items_are_in_the_file_and_not_one_page_of_them(checklist: Checklist, client: Client) -> None:
    assert len(read_csv(client, "&per_page=2&page=2")) == 13


def test_every_column_can_be_taken_along(checklist: Checklist, administrator: User, client: Client) -> None:
    change(find_item(checklist), by=administrator, at=timezone.now(), notes="甲\r\n乙")
    names = "title,pillar,section,light,status,owner,due,notes,updated,cadence,source"

    row = by_heading(read_csv(client, f"&columns={names}"))[0]

    assert row["Code"] == "1.1.1"
    assert row["Notes"] == "甲\n乙"
    assert row["Updated"] == f"{timezone.localtime():%Y-%m-%d %H:%M}"


def test_status_and_owner_have_lists_to_choose_from(checklist: Checklist, client: Client) -> None:
    for number in range(120):
        make_owner(checklist, f"第{number}处的一个很长的名称")

    book = read_xlsx(client, "&columns=code,status,owner,due")

    rules = {str(rule.sqref): rule for rule in book["Items"].data_validations.dataValidation}
    assert set(rules) == {"B2:B13", "C2:C13"}
    assert rules["B2:B13"].formula1 == "'Lists'!$A$1:$A$6"
    assert rules["C2:C13"].formula1 == "'Lists'!$B$1:$B$120"
    assert book["Lists"]["A2"].value == "In progress"
    assert book["Lists"].sheet_state == "hidden"


def test_the_sheet_is_laid_out_for_work(checklist: Checklist, administrator: User, client: Client) -> None:
    change(find_item(checklist), by=administrator, notes="一")

    sheet = read_xlsx(client, "&columns=code,title,status,notes")["Items"]

    assert sheet.freeze_panes == "B2"
    assert sheet.auto_filter.ref == "A1:F13"
    hidden = sheet.column_dimensions["E"]
    assert (hidden.hidden, hidden.min, hidden.max) == (True, 5, 6)
    assert sheet["D2"].alignment.wrap_text
    assert sheet["C2"].number_format == "@"


@pytest.mark.parametrize("start", FORMULA_STARTS)
def test_notes_that_look_like_a_formula_stay_text(
    checklist: Checklist, administrator: User, client: Client, start: str
) -> None:
    if start == "\0":
        pytest.skip("PostgreSQL keeps no NUL")
    change(find_item(checklist), by=administrator, notes=f"{start}cmd|' /c calc'!A1")

    cell = read_xlsx(client, "&columns=code,notes")["Items"]["B2"]
    assert cell.data_type == "s"
    assert cell.quotePrefix
    assert read_csv(client, "&columns=code,notes")[1][1].startswith("'")


def test_an_owner_named_like_a_formula_is_text_too(
    checklist: Checklist, administrator: User, client: Client
) -> None:
    change(find_item(checklist), by=administrator, owner=make_owner(checklist, "=HYPERLINK(1)"))

    assert read_csv(client, "&columns=code,owner")[1][1] == "'=HYPERLINK(1)"
    book = read_xlsx(client, "&columns=code,owner")
    assert book["Items"]["B2"].data_type == book["Lists"]["B1"].data_type == "s"


def test_the_name_says_organisation_filters_and_day(checklist: Checklist, client: Client) -> None:
    long = "很长" * 80
    for query, words in (("&pillar=2", "2-简-支柱-2"), (f"&q={long}", "很长很长")):
        name = client.get(f"{ADDRESS}?format=xlsx{query}", headers={"Accept-Language": "zh-CN"}).headers[
            "Content-Disposition"
        ]

        assert "河南-事项-" in unquote(name)
        assert words in unquote(name)
        assert unquote(name).endswith(f"-{timezone.localdate()}.xlsx")


def test_a_view_gives_the_file_its_name_and_columns(
    checklist: Checklist, administrator: User, client: Client
) -> None:
    view = checklist.saved_views.create(user=administrator, name="月报", query="pillar=1&columns=code,notes")

    response = client.get(f"{ADDRESS}?view={view.pk}&format=csv", follow=True, headers=ENGLISH)

    assert "月报" in unquote(response.headers["Content-Disposition"])
    assert response.content.decode("utf-8-sig").startswith(
        "Code,Notes,Version (henan),Export details (henan;"
    )


def test_a_bad_filter_or_format_gives_no_file(checklist: Checklist, client: Client) -> None:
    assert client.get(f"{ADDRESS}?format=xlsx&pillar=9").status_code == 422
    assert client.get(f"{ADDRESS}?format=exe").status_code == 404


def test_who_only_reads_may_export_and_sees_no_upload(
    checklist: Checklist, viewer: User, stranger: User, sign_in: SignIn
) -> None:
    client = sign_in(viewer)

    assert len(read_csv(client)) == 13
    assert "/import/" not in client.get(ADDRESS).content.decode()
    assert sign_in(stranger).get(f"{ADDRESS}?format=csv").status_code == 404


def test_a_larger_list_takes_no_more_queries(
    checklist: Checklist,
    owner: Owner,
    administrator: User,
    client: Client,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    large = make_checklist("large", "大", make_catalogue(1, 1, 100, slug="large"))
    administrator.memberships.create(checklist=large, role="administrator")
    query = "?format=xlsx&columns=code,title,pillar,section,light,status,owner,due,notes,updated,cadence"
    for slug in ("henan", "large"):
        with django_assert_num_queries(11 + GIVING_AWAY):
            assert client.get(f"/checklists/{slug}/items/{query}").status_code == 200


def test_a_past_state_is_taken_away_as_it_was_and_undoes_nothing_when_it_comes_back(
    checklist: Checklist, administrator: User, sign_in: SignIn
) -> None:
    opened = datetime(2026, 6, 1, 9, tzinfo=ZoneInfo("Asia/Shanghai"))
    Checklist.objects.filter(pk=checklist.pk).update(opened_at=opened)
    item = find_item(checklist, "1.1.1")
    change(item, by=administrator, at=opened + timedelta(days=1), status=Status.IN_PROGRESS, notes="六月")
    change(item, by=administrator, at=opened + timedelta(days=90), status=Status.DONE, notes="八月")
    client = sign_in(administrator)

    past = export(client, f"columns={COLUMNS}&as_of=2026-06-30")
    back = upload(client, past)

    row = by_heading(openpyxl.load_workbook(io.BytesIO(past)).worksheets[0].values)[0]
    assert (row["Code"], row["Status"], row["Notes"]) == ("1.1.1", "In progress", "六月")
    assert (changes(back), problems(back), back.context["token"]) == ([], [], "")


def test_a_day_that_cannot_be_used_gives_no_file(administrator: User, sign_in: SignIn) -> None:
    answer = sign_in(administrator).get(f"{ADDRESS}?format=xlsx&as_of=soon")

    assert answer.status_code == 422
    assert answer["Content-Type"].startswith("text/html")


def test_milestones_chasers_and_evidence_are_sheets_to_read_which_change_nothing_when_they_come_back(
    checklist: Checklist, owner: Owner, administrator: User, client: Client
) -> None:
    for code in ("1.1.1", "2.1.1"):
        change(find_item(checklist, code), by=administrator, owner=owner)
        send_chaser(checklist, code, administrator)
        item, day = find_item(checklist, code), TODAY + timedelta(9)
        Milestone.add(item, text="=1+1", due=day, side=Side.OFFICE, by=administrator, at=NOW)
    client.post(f"{ADDRESS}1.1.1/evidence/", {"link": "https://example.org/"})

    content = export(client, f"columns={COLUMNS}&pillar=1")
    book = openpyxl.load_workbook(io.BytesIO(content))
    steps, chasers, evidence = (
        by_heading(book[name].values) for name in ("Milestones", "Chasers", "Evidence")
    )

    assert [(row["Code"], row["Milestone"]) for row in steps] == [("1.1.1", "=1+1")]
    assert [(row["Code"], row["Unit"], row["Answered at"]) for row in chasers] == [
        ("1.1.1", owner.name, None)
    ]
    assert [(row["Code"], row["File or link"]) for row in evidence] == [("1.1.1", "https://example.org/")]
    change(find_item(checklist), by=administrator, owner=None)
    back = upload(client, content)
    assert (changes(back), problems(back)) == ([], [])
    assert back.context["left_out"] == ["Milestones", "Chasers", "Evidence"]

    for query in ("q=1.2.1", "pillar=1&fill=1"):
        sheets = openpyxl.load_workbook(io.BytesIO(export(client, query))).sheetnames
        assert sheets == ["Items", "Lists"], query
