"""Notices of chasers: 催办单 and 督办单 as DOCX and PDF, one for each unit, all in one ZIP."""

import io
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from docx import Document

from measures.choices import Audited, ChaserLevel, Status
from measures.models import AuditRecord, Chaser, Checklist, Owner
from tests.make import NOW, TODAY, SignIn, change, find_item, make_owner
from tests.reports_read import pdf_text, squeezed
from tests.sheets import ENGLISH

SIMPLIFIED = {"Accept-Language": "zh-hans"}


@pytest.fixture
def sent(checklist: Checklist, owner: Owner, administrator: User) -> list[Chaser]:
    """A 督办单 for each of two units."""
    other = make_owner(checklist, "干部二处")
    for code, unit in (("1.1.1", owner), ("1.1.2", owner), ("1.1.3", other)):
        due = TODAY - timedelta(5)
        item = find_item(checklist, code)
        change(item, by=administrator, owner=unit, due=due, status=Status.IN_PROGRESS, at=NOW - timedelta(9))
    said: Any = {"level": ChaserLevel.RED, "text": "请说明滞后原因。\n附佐证材料。"}
    keys = list(checklist.items.in_order().values_list("pk", flat=True)[:3])
    at = NOW - timedelta(1)
    return list(Chaser.send(keys, by=administrator, at=at, answer_by=TODAY + timedelta(7), **said).chasers)


def texts_of(content: bytes) -> tuple[list[str], list[list[str]]]:
    """The paragraphs that say something, and the rows of the table."""
    document = Document(io.BytesIO(content))
    (table,) = document.tables
    rows = [[cell.text for cell in row.cells] for row in table.rows]
    return [one.text for one in document.paragraphs if one.text], rows


def test_a_notice_is_addressed_to_the_unit_and_signed_by_the_office(
    sent: list[Chaser], editor: User, administrator: User, sign_in: SignIn
) -> None:
    # What happens later is not in it.
    change(find_item(sent[0].unit.checklist), by=administrator, status=Status.DONE)
    answer = sign_in(editor).get(f"{sent[0].get_absolute_url()}notice/?format=docx", headers=SIMPLIFIED)

    paragraphs, rows = texts_of(answer.content)
    assert paragraphs == [
        "督办单",
        "河南",
        "干部一处：",
        "下列2项事项由你单位牵头，请于2026年12月1日前在台账中报送进展情况。",
        "请说明滞后原因。",
        "附佐证材料。",
        "河南",
        "2026年11月23日",
        "administrator于2026-11-23 09:30发出。",
    ]
    assert rows[1] == ["1.1.1", "简 措施 1.1.1", "推进中", "2026-11-19", "逾期4天"]
    assert len(rows) == 3
    assert AuditRecord.objects.filter(action=Audited.EXPORTED).count() == 1


@pytest.mark.any_engine
def test_the_pdf_says_the_same(sent: list[Chaser], administrator: User, sign_in: SignIn) -> None:
    address = f"{sent[0].get_absolute_url()}notice/?format=pdf"

    text = squeezed(pdf_text(sign_in(administrator).get(address, headers=SIMPLIFIED).content))

    for words in ("督办单", "干部一处：", "请说明滞后原因。", "1.1.1", "1.1.2", "2026年11月23日"):
        assert words in text
    assert "1.1.3" not in text


def test_all_units_that_were_chased_together_come_in_one_zip(
    sent: list[Chaser], administrator: User, sign_in: SignIn
) -> None:
    answer = sign_in(administrator).get(
        f"{sent[1].get_absolute_url()}notice/?format=docx&together=1", headers=SIMPLIFIED
    )

    with zipfile.ZipFile(io.BytesIO(answer.content)) as file:
        assert file.namelist() == ["01-督办单-干部一处.docx", "02-督办单-干部二处.docx"]
        assert texts_of(file.read(file.namelist()[1]))[1][1][0] == "1.1.3"
    assert answer.headers["Content-Type"] == "application/zip"


def test_a_format_that_there_is_not_is_not_found(
    sent: list[Chaser], administrator: User, sign_in: SignIn
) -> None:
    client = sign_in(administrator)

    for query in ("", "?format=xlsx", "?format=exe&together=1"):
        assert client.get(f"{sent[0].get_absolute_url()}notice/{query}", headers=ENGLISH).status_code == 404
