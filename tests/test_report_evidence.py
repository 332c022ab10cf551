"""Evidence in reports: by name and short hash beside its item, and whole in JSON and XLSX."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User

from measures.choices import Side
from measures.models import Evidence, EvidenceRemoval, Item, add_evidence
from measures.reports import Report, build_report
from measures.reports.as_json import from_data, to_data
from measures.reports.write_docx import write_docx
from measures.reports.write_xlsx import write_xlsx
from tests.evidence_make import HASH, PDF, send
from tests.make import NOW, TODAY, SignIn
from tests.reports_read import docx_text, read_book
from tests.sheets import ENGLISH

pytestmark = pytest.mark.any_engine

LINK = "https://www.example.org/通知"
LATER = 4_000  # days: uploads are of the real day


def report(item: Item, day: int = 0) -> Report:
    as_of = TODAY + timedelta(day)
    found = item.checklist.items.as_of(as_of)
    return build_report(found, checklist=item.checklist, as_of=as_of, made_at=NOW, made_by="张三")


def link(item: Item, by: User, address: str = LINK, **said: Any) -> Evidence:
    given: dict[str, Any] = {"side": Side.LEAD, "at": NOW} | said
    return add_evidence(item, address, by=by, **given)


def test_a_report_lists_what_there_was_at_the_end_of_its_day(given: Item, editor: User) -> None:
    first = link(given, editor, at=NOW - timedelta(3))
    link(given, editor, f"{LINK}2", at=NOW - timedelta(1))
    first.withdraw(by=editor, at=NOW, reason="误传")

    listed = {day: [row.link for row in report(given, day).evidence] for day in (-4, -2, -1, 0)}

    assert listed == {-4: [], -2: [LINK], -1: [LINK, f"{LINK}2"], 0: [f"{LINK}2"]}


def test_the_newest_five_are_named_beside_their_item(given: Item, editor: User) -> None:
    for number in range(7):
        link(given, editor, f"{LINK}{number}")

    (row, *others) = report(given).rows
    assert row.evidence.splitlines() == [*(f"{LINK}{number}" for number in range(2, 7)), "另有2份"]
    assert {other.evidence for other in others} == {""}


@pytest.fixture
def filed(given: Item, editor: User, sign_in: SignIn, evidence_folder: Path) -> Report:
    """A report of a later day, with a file and a link about 1.1.1."""
    send(sign_in(editor), "=纪要.pdf")
    link(given, editor)
    return report(given, LATER)


def test_json_and_xlsx_hold_the_whole_hash(filed: Report) -> None:
    assert from_data(json.loads(json.dumps(to_data(filed)))) == filed
    by_name = {row.name: row for row in filed.evidence}
    assert (by_name["=纪要.pdf"].sha256, by_name["=纪要.pdf"].size) == (HASH, len(PDF))
    assert by_name[""].link == LINK
    rows = [[cell.value for cell in row] for row in read_book(write_xlsx(filed)).worksheets[-1].iter_rows()]
    assert ["=纪要.pdf", len(PDF), HASH] in [row[4:7] for row in rows]
    assert [LINK, None, None] in [row[4:7] for row in rows]


def test_word_and_the_page_name_the_file_with_its_short_hash(
    filed: Report, viewer: User, sign_in: SignIn
) -> None:
    assert f"=纪要.pdf({HASH[:12]})" in docx_text(write_docx(filed))
    page = sign_in(viewer).get("/checklists/henan/report/", headers=ENGLISH).content.decode()
    assert f"=纪要.pdf ({HASH[:12]})" in page


def test_a_report_says_that_the_content_was_destroyed_by_then(filed: Report, given: Item) -> None:
    assert not any(row.destroyed for row in filed.evidence)
    EvidenceRemoval.remove(HASH, names=["纪要.pdf"], at=NOW + timedelta(1), reason="涉密")

    again = report(given, LATER)

    assert [row.name for row in again.evidence if row.destroyed] == ["=纪要.pdf"]
