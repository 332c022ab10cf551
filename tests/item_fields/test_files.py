"""Every field that people write is in every sheet and report that keeps or reads it.

The tests walk `FIELDS`. They need no change for a new field of a known kind.
"""

import csv
import io
import json
from dataclasses import MISSING, fields, replace
from html import unescape
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.test import Client
from django.utils import translation

import measures.reports
from measures.ledger.plans import from_plain, plain_values
from measures.models import Checklist, Item, Owner
from measures.models.state import BY_NAME, FIELDS, STATE_FIELDS, UNTOUCHED
from measures.reports import Report
from measures.reports.as_json import UnknownVersion, from_data, to_data
from measures.reports.choice import EVERYTHING
from measures.reports.document import document
from measures.reports.model import ItemState
from measures.reports.outline import Table
from measures.reports.template_fields import template_fields
from measures.reports.write_csv import write_csv, write_updates_csv
from tests.item_fields.make import ENGLISH, EVERY_FIELD, LIST, shown
from tests.make import find_item
from tests.sheets import apply, sheet_of, upload


def test_reports_have_every_field_and_those_from_before_a_field_lack_it() -> None:
    first = ("status", "owner", "due", "notes")

    assert [field.name for field in fields(ItemState)] == ["code", "title", *STATE_FIELDS]
    for field in fields(ItemState):
        if field.name in BY_NAME and field.name not in first:
            assert field.default == BY_NAME[field.name].plain(BY_NAME[field.name].empty), field.name
        else:
            assert field.default is MISSING, field.name


def test_a_sheet_takes_every_field_out_and_in(
    written: Item, client: Client, state: dict[str, Any], opened: Checklist
) -> None:
    content = client.get(f"{LIST}?columns={EVERY_FIELD}&format=xlsx", headers=ENGLISH).content
    headings, row, *_others = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0].values

    preview = upload(client, sheet_of(list(headings[:-2]), ["1.1.2", *row[1:-2]]))
    apply(client, preview)

    assert find_item(opened, "1.1.2").state() == state


def test_a_sheets_text_that_is_too_long_is_refused(opened: Checklist, client: Client) -> None:
    for one in FIELDS:
        if one.limit:
            preview = upload(client, sheet_of(["code", one.name], ["1.1.2", "长" * (one.limit + 1)]))
            (problem,) = preview.context["found"].problems
            assert problem.message == f"The text is too long. Keep it to {one.limit} characters.", one.name


def test_the_upload_page_names_every_column_that_is_read(opened: Checklist, client: Client) -> None:
    page = client.get("/checklists/henan/import/", headers=ENGLISH).content.decode()

    with translation.override("en"):
        assert ", ".join(str(one.label) for one in FIELDS) in page
    assert ",".join(STATE_FIELDS) + "&amp;format=xlsx" in page


def test_every_field_survives_a_signed_preview(owner: Owner, state: dict[str, Any]) -> None:
    for values in (state, dict(UNTOUCHED)):
        sealed = json.loads(json.dumps(plain_values(values)))

        assert from_plain(sealed, {one.pk: one for one in owner.checklist.owners.all()}) == values


def test_a_report_has_every_field_in_its_items_and_updates(report: Report, state: dict[str, Any]) -> None:
    data = json.loads(json.dumps(to_data(report)))

    assert from_data(data) == report
    for rows in (report.rows, report.journal):
        for one in FIELDS:
            assert getattr(rows[0], one.name) == one.plain(state[one.name]), one.name
    for rows in (data["items"], data["updates"]):
        assert set(STATE_FIELDS) < set(rows[0])


def test_every_format_of_a_report_tells_every_field(report: Report, state: dict[str, Any]) -> None:
    with translation.override("en"):
        whole = replace(report, choice=EVERYTHING)
        tables = [block for block in document(whole).blocks if isinstance(block, Table)]
        values = template_fields(report)
    (line,) = (
        line
        for table in tables
        for line in table.lines
        if line.cells[0] == "1.1.1" and "notes 文字" in line.cells[1]
    )
    for one in FIELDS:
        words = shown(one, state)
        for content in (write_csv(report), write_updates_csv(report)):
            first = next(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
            with translation.override("en"):
                assert first[str(one.label)] == words, one.name
        assert words in "\n".join(line.cells), one.name
        for rows in (values["items"], values["updates"]):
            assert isinstance(rows, list)
            assert words == rows[0][one.name], one.name


def test_the_reports_page_and_the_file_of_a_tree_show_every_field(
    written: Item, client: Client, state: dict[str, Any]
) -> None:
    page = client.get("/checklists/henan/report/", headers=ENGLISH).content.decode()
    cells = unescape(page.rpartition("<table>")[2].partition('1.1.1/">')[2].partition("</tr>")[0])
    answer: Any = client.get("/checklists/henan/units/?rows=items&format=csv", headers=ENGLISH)
    lines = io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))
    line = next(row for row in csv.DictReader(lines) if row["Code"] == "1.1.1")

    for one in FIELDS:
        assert f">{shown(one, state)}<" in cells, one.name
        with translation.override("en"):
            assert line[str(one.label)] == shown(one, state), one.name


def test_data_of_a_report_with_an_unknown_field_is_of_a_later_version(report: Report) -> None:
    for rows in ("items", "updates", "moves"):
        data = to_data(report)
        data[rows][0] |= {"of_a_later_release": "张三"}

        with pytest.raises(UnknownVersion):
            from_data(data)


def test_data_of_a_report_from_before_a_field_reads_as_its_default(report: Report) -> None:
    data = to_data(report)
    for rows in ("items", "updates"):
        for field in fields(ItemState):
            if field.default is not MISSING:
                del data[rows][0][field.name]
    del data["moves"][0]["reason"]

    read = from_data(data)

    assert len(read.rows) == len(report.rows)
    assert read.moves[0].reason == ""


def test_the_schema_and_its_page_name_every_field() -> None:
    folder = Path(measures.reports.__file__).parent
    state = json.loads(folder.joinpath("report.schema.json").read_text())["$defs"]["item_state"]
    page = (folder.parent.parent / "docs" / "report-schema.md").read_text(encoding="utf-8")

    assert state["required"] == list(state["properties"]) == ["code", "title", *STATE_FIELDS]
    assert all(f"`{name}`" in page.partition("An item's state is")[2] for name in STATE_FIELDS)
