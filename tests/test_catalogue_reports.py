"""Report files and roll-ups of a checklist whose catalogue has its own names for its parts."""

import csv
import io
import json
from collections.abc import Callable

import docx
import jsonschema
import pytest
from django.contrib.auth.models import User
from django.test import Client
from openpyxl import load_workbook

from measures.choices import Role
from measures.models import Checklist, Membership
from measures.reports.as_json import from_data, to_data
from measures.reports.build import build_report
from measures.reports.choice import REPORT_PARTS
from tests.make import NOW
from tests.test_catalogues import deep, flat, loaded
from tests.test_report_json import SCHEMA

pytestmark = [pytest.mark.any_engine, pytest.mark.django_db]

USUAL = ("方面", "重点任务", "Pillar", "Section")


@pytest.fixture
def office(administrator: User) -> Client:
    client = Client(headers={"accept-language": "zh-hans"})
    client.force_login(administrator)
    return client


def opened(make: Callable[[], bytes], administrator: User) -> Checklist:
    checklist = Checklist(slug="works", name="厂区", catalogue=loaded(make(), "other"), period="2026")
    checklist.open(at=NOW)
    Membership.objects.create(user=administrator, checklist=checklist, role=Role.ADMINISTRATOR)
    return checklist


def fetched(office: Client, address: str) -> bytes:
    response = office.get(f"/checklists/works/{address}")
    assert response.status_code == 200
    return b"".join(response) if response.streaming else response.content


def words_of_csv(content: bytes) -> list[str]:
    return next(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def words_of_docx(content: bytes) -> str:
    document = docx.Document(io.BytesIO(content))
    cells = (cell.text for table in document.tables for row in table.rows for cell in row.cells)
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


def words_of_xlsx(content: bytes) -> list[str]:
    book = load_workbook(io.BytesIO(content))
    return [str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row if cell]


ALL_PARTS = "&".join(f"parts={part}" for part in REPORT_PARTS)


@pytest.mark.parametrize(("make", "names"), [(deep, ["章", "类别"]), (flat, ["领域"])])
def test_every_report_file_calls_the_parts_as_the_catalogue_does(
    make: Callable[[], bytes], names: list[str], administrator: User, office: Client
) -> None:
    opened(make, administrator)

    headings = words_of_csv(fetched(office, "report/?format=csv"))
    assert headings[2 : 2 + len(names)] == names
    told = words_of_docx(fetched(office, f"report/?format=docx&{ALL_PARTS}"))
    told += "\n".join(words_of_xlsx(fetched(office, "report/?format=xlsx")))
    told += words_of_docx(fetched(office, "units/report/?format=docx"))
    assert [word for word in USUAL if word in told] == []
    assert all(f"按{name}\n" in told for name in names)
    assert f"分{'、'.join(names)}、单位进展情况统计表" in told


def test_data_of_a_flat_catalogue_has_no_section_without_a_name(administrator: User, office: Client) -> None:
    opened(flat, administrator)

    data = json.loads(fetched(office, "report/?format=json"))
    jsonschema.validate(data, SCHEMA)
    assert data["levels"] == ["领域", "措施"]
    assert [pillar["parts"] for pillar in data["pillars"]] == [[], []]
    assert from_data(data).levels == ("领域", "措施")


def test_a_report_with_the_usual_parts_has_no_names_of_levels(checklist: Checklist) -> None:
    made = build_report(
        checklist.items.as_of(NOW.date()), checklist=checklist, as_of=NOW.date(), made_at=NOW, made_by=""
    )

    assert "levels" not in to_data(made)
    assert len(made.sections) == 4


@pytest.mark.parametrize(("make", "names"), [(deep, ["章", "类别"]), (flat, ["领域"])])
def test_the_roll_up_offers_and_downloads_the_parts_under_their_names(
    make: Callable[[], bytes], names: list[str], administrator: User, office: Client
) -> None:
    checklist = opened(make, administrator)
    unit = Checklist(slug="hall", name="一号厂房", catalogue=checklist.catalogue, parent=checklist)
    unit.open(at=NOW)

    page = office.get("/checklists/works/units/")
    assert [str(name) for _part, name in page.context["form"].fields["by"].choices] == names
    assert [word for word in USUAL if f">{word}" in page.content.decode()] == []
    headings = words_of_csv(fetched(office, "units/?format=csv&rows=items"))
    assert headings[4 : 4 + len(names)] == names
    assert "状态" in headings[4 + len(names) :]


def test_a_list_of_checklists_by_section_names_a_part_of_a_flat_catalogue(
    administrator: User, office: Client
) -> None:
    opened(flat, administrator)

    page = office.get("/checklists/?by=section").content.decode()
    assert ">A 用电<" in page
