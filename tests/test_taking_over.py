"""An office takes over the ledger that it keeps: uploads it, corrects what was understood, and works on."""

import re

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from measures.choices import Audited, Role, Side, Status
from measures.models import AuditRecord, Catalogue, Checklist, Item, KnownHeadings, Takeover
from tests.make import TODAY, SignIn
from tests.takeover.office import NAME, TITLE, fields_of, office_ledger, office_text

pytestmark = [pytest.mark.django_db, pytest.mark.any_engine, pytest.mark.usefixtures("clock")]


@pytest.fixture
def office(superuser: User, sign_in: SignIn) -> Client:
    return sign_in(superuser)


def uploaded(client: Client, content: bytes = b"", name: str = NAME) -> str:
    """The address of the preview of this file."""
    file = SimpleUploadedFile(name, content or office_ledger())
    return client.post("/takeover/", {"file": file})["Location"]


def select_over(page: str, heading: str) -> str:
    """The name of the select over the column with this heading."""
    found = re.search(rf'<select name="([^"]+)" aria-label="[^"]*{re.escape(heading)}[^"]*"', page)
    assert found, heading
    return found[1]


def select_for(page: str, words: str) -> str:
    """The name of the field beside these words of the ledger."""
    found = re.search(rf'<label for="([^"]+)">{re.escape(words)} ', page)
    assert found, words
    return found[1]


def taken(client: Client, address: str, **changes: str) -> HttpResponse:
    """Take it over as the preview shows it."""
    fields = fields_of(client.get(address).content.decode())
    answer = client.post(address, {**fields, "apply": "1", **changes})
    assert isinstance(answer, HttpResponse)
    return answer


def test_a_ledger_becomes_a_checklist_with_units_states_dues_and_entries_of_their_months(
    office: Client,
) -> None:
    answer = taken(office, uploaded(office), name="云岚市")

    made = Checklist.objects.get(name="云岚市")
    assert answer["Location"] == f"/checklists/{made.slug}/ledger/"
    assert (made.catalogue.title, made.catalogue.languages) == (TITLE, ["zh-hans"])
    assert not made.catalogue.is_draft
    assert made.catalogue.level_names == ["重点任务", "具体措施"]
    assert [item.measure.code for item in made.items.order_by("measure__position")] == [
        str(number) for number in range(1, 13)
    ]
    assert set(made.owners.values_list("name", flat=True)) == {"市教育局", "市水利局", "市交通运输局"}
    first = made.items.get(measure__code="1")
    assert (str(first.owner), [unit.name for unit in first.cooperating]) == ("市水利局", ["市交通运输局"])
    assert (first.status, str(first.due), first.leader) == (Status.DONE, "2026-09-30", "分管副市长")
    assert (first.closed_by, first.notes.splitlines()[0]) == ("", "每月调度")
    assert "总投资：10" in first.notes
    entries = list(first.entries.order_by("id"))
    assert [(one.counts_on.isoformat(), one.progress) for one in entries] == [
        ("2026-09-30", "9月完成了1%"),
        ("2026-10-31", "10月又完成了1米"),
    ]
    assert {one.side for one in entries} == {Side.OFFICE}
    blocked = made.items.get(measure__code="2")
    assert (blocked.status, str(blocked.due)) == (Status.BLOCKED, "2026-12-31")
    assert made.items.get(measure__code="4").entries.get().problems == "资金未到位"
    assert made.items.get(measure__code="4").notes.count("会后15个工作日内") == 1
    assert made.memberships.get().role == Role.ADMINISTRATOR
    assert AuditRecord.objects.filter(action=Audited.TAKEN_OVER, checklist=made).exists()


def test_every_page_of_the_new_checklist_opens_and_its_report_has_what_was_done(office: Client) -> None:
    slug = taken(office, uploaded(office))["Location"].split("/")[2]

    for page in (
        "",
        "ledger/",
        "items/",
        "items/1/",
        "report/",
        "people/",
        "batches/",
        "units/",
    ):
        assert office.get(f"/checklists/{slug}/{page}").status_code == 200, page
    assert "10月又完成了1米" in office.get(f"/checklists/{slug}/report/").content.decode()


def test_no_telephone_of_a_person_is_taken_over(office: Client) -> None:
    address = uploaded(office)

    assert "12个手机号不导入" in office.get(address).content.decode()
    taken(office, address)
    items = Item.objects.filter(checklist__takeover__isnull=False)
    assert not items.filter(notes__contains="1380000").exists()
    assert items.filter(notes__contains="欧阳小明").count() + items.filter(owner__contact="欧阳小明").count()


def test_one_choice_corrects_a_whole_column_and_is_remembered_for_the_next_ledger(office: Client) -> None:
    address = uploaded(office)
    page = office.get(address).content.decode()
    column = select_over(page, "总投资")

    office.post(address, {**fields_of(page), column: "target", "correct": "1"})

    assert fields_of(office.get(address).content.decode())[column] == "target"
    slug = taken(office, address)["Location"].split("/")[2]
    assert Item.objects.get(checklist__slug=slug, measure__code="3").target == "30"
    again = office.get(uploaded(office, office_ledger(20))).content.decode()
    assert fields_of(again)[select_over(again, "总投资")] == "target"
    assert KnownHeadings.objects.count() == 1


def test_a_column_can_be_left_out_and_the_preview_says_how_many_cells_that_were(office: Client) -> None:
    address = uploaded(office)
    page = office.get(address).content.decode()

    office.post(address, {**fields_of(page), select_over(page, "总投资"): "out", "correct": "1"})

    assert "总投资：12格按您的指定不导入" in office.get(address).content.decode()
    taken(office, address)
    assert not Item.objects.filter(notes__contains="总投资").exists()


def test_words_of_statuses_dues_and_units_are_corrected_for_all_rows_at_once(office: Client) -> None:
    address = uploaded(office)
    page = office.get(address).content.decode()
    changes = {
        select_for(page, "受阻"): "in_progress",
        select_for(page, "会后15个工作日内"): "2026-05-15",
        select_for(page, "市水利局"): "市教育局",
        "correct": "1",
    }

    office.post(address, {**fields_of(page), **changes})
    slug = taken(office, address)["Location"].split("/")[2]

    made = Checklist.objects.get(slug=slug)
    assert not made.items.filter(status=Status.BLOCKED).exists()
    assert str(made.items.get(measure__code="4").due) == "2026-05-15"
    assert set(made.owners.values_list("name", flat=True)) == {"市教育局", "市交通运输局"}


def test_what_was_corrected_in_the_last_moment_is_shown_before_it_is_written(office: Client) -> None:
    address = uploaded(office)
    page = office.get(address).content.decode()

    answer = taken(office, address, **{select_over(page, "总投资"): "out", "name": "另一个名字"})

    assert answer["Location"] == address
    assert not Checklist.objects.filter(takeover__isnull=False).exists()
    assert fields_of(office.get(address).content.decode())["name"] == "另一个名字"


def test_cells_that_are_pasted_are_read_as_a_file_is(office: Client) -> None:
    address = office.post("/takeover/", {"pasted": office_text()})["Location"]

    taken(office, address)

    assert Checklist.objects.get(takeover__isnull=False).items.count() == 5


def test_a_file_without_a_table_or_neither_file_nor_cells_is_refused_beside_the_field(office: Client) -> None:
    for sent in ({}, {"pasted": "甲\t乙"}, {"file": SimpleUploadedFile("a.xlsx", b"PK\x03\x04")}):
        answer = office.post("/takeover/", sent)
        assert answer.status_code == 422
        assert 'class="errors"' in answer.content.decode()


def test_only_superusers_take_over_ledgers_and_nobody_sees_the_upload_of_another(
    office: Client, administrator: User, superuser: User, sign_in: SignIn
) -> None:
    address = uploaded(office)
    other = sign_in(administrator)
    assert other.get("/takeover/").status_code == other.get(address).status_code == 403

    administrator.is_superuser = True
    administrator.save()

    assert other.get(address).status_code == 404
    assert other.post(f"{address}discard/").status_code == 404
    assert office.post(f"{address}discard/").status_code == 302
    assert not Takeover.objects.exists()


def test_a_ledger_is_taken_over_once(office: Client) -> None:
    address = uploaded(office)
    fields = fields_of(office.get(address).content.decode())

    office.post(address, {**fields, "apply": "1"})

    assert office.post(address, {**fields, "apply": "1"}).status_code == 404
    assert Checklist.objects.filter(takeover__isnull=False).count() == 1


def test_an_address_that_is_taken_is_refused_beside_the_field_and_nothing_typed_is_lost(
    office: Client, checklist: Checklist
) -> None:
    answer = taken(office, uploaded(office), slug=checklist.slug, name="我的名字")

    assert answer.status_code == 422
    assert fields_of(answer.content.decode())["name"] == "我的名字"
    assert not Catalogue.objects.filter(title_zh_hans=TITLE).exists()


def test_the_preview_costs_the_same_for_30_and_600_rows(office: Client) -> None:
    counts = []
    for size in (30, 600):
        address = uploaded(office, office_ledger(size))
        office.get(address)
        with CaptureQueriesContext(connection) as queries:
            page = office.get(address).content.decode()
        counts.append(len(queries))
        assert page.count("处改造完成验收") == 6
    assert counts[0] == counts[1]


def test_months_to_come_count_for_today(office: Client) -> None:
    address = uploaded(office, office_ledger(3))
    page = office.get(address).content.decode()
    office.post(address, {**fields_of(page), select_over(page, "10月进展"): "progress:12月", "correct": "1"})
    slug = taken(office, address)["Location"].split("/")[2]

    last = Item.objects.get(checklist__slug=slug, measure__code="1").entries.order_by("-id")[0]
    assert (last.counts_on, last.progress) == (TODAY, "12月：10月又完成了1米")
