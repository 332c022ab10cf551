"""The report over a checklist and all below it: page, DOCX and PDF say the same figures."""

import io
import re
from datetime import timedelta

import docx
import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from pypdf import PdfReader
from pytest_django import DjangoAssertNumQueries

from measures.choices import Audited, Role, Status
from measures.models import AuditRecord, Checklist
from tests.make import SignIn, change, find_item, make_checklist, make_user

REPORT = "/checklists/henan/units/report/"
ENGLISH = {"Accept-Language": "en"}
CHINESE = {"Accept-Language": "zh-CN"}


@pytest.fixture
def tree(checklist: Checklist, administrator: User) -> dict[str, Checklist]:
    """河南 above eight cities; of the first n of them, n items are done; one in 市0 is late."""
    made = {"henan": checklist}
    now = timezone.now()
    for number in range(8):
        city = make_checklist(f"city-{number}", f"市{number}", checklist.catalogue, checklist)
        made[city.slug] = city
        for item in city.items.in_order()[:number]:
            change(item, by=administrator, at=now, status=Status.DONE)
    late = find_item(made["city-0"], "2.1.1")
    change(late, by=administrator, at=now, due=timezone.localdate() - timedelta(2))
    Checklist.objects.update(opened_at=now - timedelta(90))
    return made


@pytest.fixture
def client(administrator: User, sign_in: SignIn) -> Client:
    return sign_in(administrator)


def test_the_page_ranks_the_units_and_sums_them(tree: dict[str, Checklist], client: Client) -> None:
    page = client.get(REPORT, headers=ENGLISH)

    text = page.content.decode()
    assert (
        "9 in all, had 108 items to carry out: 28 done or standing, or 25.9% of them; 1 overdue (0.9%)"
        in text
    )
    assert (
        "The most advanced are 市7 (58.3%), 市6 (50.0%), 市5 (41.7%); the least advanced are 市0 (0.0%)"
        in text
    )
    tables = [block for kind, block in page.context["blocks"] if kind == "Table"]
    assert [line.cells[1] for line in tables[1].lines][:3] == ["Own items", "市7", "市6"]
    assert tables[1].lines[-2].cells[2] == "108"


def test_docx_and_pdf_say_what_the_page_says(tree: dict[str, Checklist], client: Client) -> None:
    pages = client.get(REPORT, headers=CHINESE).context["blocks"]
    cells = [cell for kind, block in pages if kind == "Table" for line in block.lines for cell in line.cells]

    word = docx.Document(io.BytesIO(client.get(f"{REPORT}?format=docx", headers=CHINESE).content))
    pdf = PdfReader(io.BytesIO(client.get(f"{REPORT}?format=pdf", headers=CHINESE).content))

    written = [cell.text for table in word.tables for row in table.rows[1:] for cell in row.cells]
    assert written == cells
    set_in_type = re.sub(r"\s", "", "".join(page.extract_text() for page in pdf.pages))
    for cell in cells:
        assert re.sub(r"\s", "", cell) in set_in_type


def test_a_past_day_reports_how_things_stood(tree: dict[str, Checklist], client: Client) -> None:
    page = client.get(f"{REPORT}?as_of={timezone.localdate() - timedelta(5)}", headers=ENGLISH)

    assert "108 items to carry out: 0 done or standing" in page.content.decode()


def test_it_is_recorded_and_refused_like_any_report(tree: dict[str, Checklist], client: Client) -> None:
    client.get(f"{REPORT}?format=docx")

    assert AuditRecord.objects.get(action=Audited.EXPORTED).checklist == tree["henan"]
    assert client.get(f"{REPORT}?format=csv").status_code == 404
    bad = client.get(f"{REPORT}?as_of=2999-01-01&format=docx")
    assert bad.status_code == 422
    assert bad.context["form"].errors["as_of"]


def test_a_city_reports_itself_alone(tree: dict[str, Checklist], sign_in: SignIn) -> None:
    city = sign_in(make_user("city", tree["city-3"], Role.VIEWER))

    assert city.get(REPORT).status_code == 404
    own = city.get("/checklists/city-3/units/report/", headers=ENGLISH).content.decode()
    assert "1 in all, had 12 items" in own
    assert not re.search("市[0-24-7]", own)


def test_it_asks_as_often_for_many_units_as_for_few(
    checklist: Checklist, client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    counts = []
    for prefix, many in (("few", 3), ("many", 20)):
        for number in range(many):
            make_checklist(f"{prefix}-{number}", f"单位{number}", checklist.catalogue, checklist)
        with django_assert_max_num_queries(12) as asked:
            client.get(REPORT)
        counts.append(len(asked))

    assert counts[0] == counts[1]
