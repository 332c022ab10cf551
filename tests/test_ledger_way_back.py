"""A checklist that came from a ledger is written into its sheet again, and taking it over is undone."""

import io
from datetime import date

import openpyxl
import pytest
from django.contrib.auth.models import User
from django.test import Client
from openpyxl.worksheet.worksheet import Worksheet

from measures.choices import Audited, Status
from measures.models import AuditRecord, Checklist, Item
from tests.make import SignIn, change, write_entry
from tests.takeover.office import TITLE, office_ledger, office_text
from tests.test_taking_over import taken, uploaded

pytestmark = [pytest.mark.django_db, pytest.mark.any_engine, pytest.mark.usefixtures("clock")]


@pytest.fixture
def office(superuser: User, sign_in: SignIn) -> Client:
    return sign_in(superuser)


@pytest.fixture
def slug(office: Client) -> str:
    return taken(office, uploaded(office))["Location"].split("/")[2]


def item_of(slug: str, code: str) -> Item:
    return Item.objects.get(checklist__slug=slug, measure__code=code)


def sheet_of(client: Client, slug: str) -> Worksheet:
    answer = client.get(f"/checklists/{slug}/ledger/file/")
    assert answer.status_code == 200
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0]
    assert isinstance(sheet, Worksheet)
    return sheet


def cells(sheet: Worksheet) -> list[tuple[object, ...]]:
    return [tuple(row) for row in sheet.iter_rows(values_only=True)]


def test_a_ledger_that_nobody_worked_on_comes_back_as_it_was(office: Client, slug: str) -> None:
    came = openpyxl.load_workbook(io.BytesIO(office_ledger())).worksheets[0]
    assert isinstance(came, Worksheet)

    goes = sheet_of(office, slug)

    assert cells(goes) == cells(came)
    assert goes.merged_cells.ranges == came.merged_cells.ranges


def test_todays_values_stand_in_the_offices_own_columns_and_words(
    office: Client, slug: str, superuser: User
) -> None:
    change(item_of(slug, "2"), by=superuser, status=Status.DONE, due=date(2026, 12, 1))
    write_entry(item_of(slug, "2"), by=superuser, progress='=HYPERLINK("x")', problems="缺一份图纸")

    found = cells(sheet_of(office, slug))

    headings = found[1]
    row = dict(zip(headings, found[3], strict=True))
    assert row["办理状态"] == "已完成"
    assert row["完成时限"] == "2026年12月1日"
    assert row["存在问题"] == "缺一份图纸"
    assert (headings[-1], str(row["11月"]).startswith("'=")) == ("11月", True)
    assert (row["9月进展"], row["备注"]) == ("9月完成了2%", None)
    assert found[2][:14] == cells(openpyxl.load_workbook(io.BytesIO(office_ledger())).worksheets[0])[2]


def test_pasted_cells_go_back_as_a_sheet_that_runs_nothing(office: Client) -> None:
    pasted = office_text(3).replace("每月调度", "=1+1")
    address = office.post("/takeover/", {"pasted": pasted})["Location"]
    slug = taken(office, address)["Location"].split("/")[2]

    found = cells(sheet_of(office, slug))

    assert found[0][0] == TITLE
    assert found[2][13] == "'=1+1"


def test_taking_it_over_is_undone_where_nobody_worked_with_it(
    office: Client, slug: str, stranger: User
) -> None:
    made = Checklist.objects.get(slug=slug)

    answer = office.post(f"/checklists/{slug}/ledger/undo/")

    assert answer["Location"] == "/takeover/"
    made.refresh_from_db()
    assert not made.is_open
    assert not made.memberships.exists()
    assert not Checklist.objects.visible_to(stranger).filter(pk=made.pk).exists()
    assert AuditRecord.objects.filter(action=Audited.TAKEOVER_UNDONE, checklist=made).exists()
    again = taken(office, uploaded(office))["Location"].split("/")[2]
    assert again != slug


def test_what_was_written_since_keeps_it_from_being_undone_and_is_named(
    office: Client, slug: str, superuser: User
) -> None:
    change(item_of(slug, "2"), by=superuser, status=Status.DONE)

    answer = office.post(f"/checklists/{slug}/ledger/undo/", follow=True)

    assert Checklist.objects.get(slug=slug).is_open
    assert "1" in answer.content.decode()
    assert f"/checklists/{slug}/ledger/undo/" not in answer.content.decode()


def test_only_administrators_get_the_sheet_since_it_holds_what_was_left_out(
    office: Client, slug: str, auditor: User, administrator: User, sign_in: SignIn
) -> None:
    made = Checklist.objects.get(slug=slug)
    for user, role, status in ((auditor, "viewer", 403), (administrator, "administrator", 200)):
        made.memberships.create(user=user, role=role)
        assert sign_in(user).get(f"/checklists/{slug}/ledger/file/").status_code == status


def test_its_catalogue_is_shown_to_those_alone_who_read_a_checklist_of_it(
    office: Client, slug: str, administrator: User, viewer: User, sign_in: SignIn
) -> None:
    made = Checklist.objects.get(slug=slug)
    address = f"/catalogues/{made.catalogue.slug}/"
    made.memberships.create(user=viewer, role="viewer")

    assert sign_in(viewer).get(address).status_code == 200
    stranger = sign_in(administrator)
    assert stranger.get(address).status_code == 404
    assert TITLE not in stranger.get("/catalogues/").content.decode()
    assert TITLE not in stranger.get("/checklists/henan/below/").content.decode()
