"""Every field that people write is in every place that shows, keeps or reads it, and none falls out.

The tests walk `FIELDS`. They need no change for a new field of a known kind.
"""

import csv
import io
import json
import re
from dataclasses import MISSING, fields
from datetime import date, datetime, timedelta
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.contrib.auth.models import User
from django.db import models
from django.test import Client
from django.utils import timezone, translation

import measures.reports
from measures.choices import Status
from measures.forms.items import ItemForm, RowForm
from measures.ledger.facts import Facts, facts_of, lookups
from measures.ledger.journal import entries
from measures.ledger.plans import from_plain, plain_values
from measures.ledger.tables import ItemTable
from measures.models import Checklist, Item, Owner
from measures.models.state import BY_NAME, FIELDS, STATE_FIELDS, UNTOUCHED, Kind, State, StateField
from measures.reports import Report, build_report
from measures.reports.as_json import UnknownVersion, from_data, to_data
from measures.reports.document import document
from measures.reports.model import ItemState
from measures.reports.outline import Table
from measures.reports.template_fields import template_fields
from measures.reports.write_csv import write_csv, write_updates_csv
from tests.make import SignIn, change, find_item
from tests.sheets import apply, sheet_of, upload

DAY = date(2026, 9, 30)
AFTER = DAY + timedelta(10)
ITEM = "/checklists/henan/items/1.1.1/"
LIST = "/checklists/henan/items/"
ENGLISH = {"Accept-Language": "en"}
ROW = {"X-Fragment": "row", **ENGLISH}
EVERY_FIELD = "code," + ",".join(STATE_FIELDS)
CLASSES: dict[Kind, "type[models.Field[Any, Any]]"] = {
    Kind.STATUS: models.CharField,
    Kind.OWNER: models.ForeignKey,
    Kind.DAY: models.DateField,
    Kind.TEXT: models.CharField,
    Kind.LONG_TEXT: models.TextField,
}


def noon(day: date) -> datetime:
    return timezone.make_aware(datetime(day.year, day.month, day.day, 12))


def sample(one: StateField, owner: Owner) -> Any:
    """A value that differs from the empty one, and from that of every other field."""
    samples = {Kind.STATUS: Status.IN_PROGRESS, Kind.OWNER: owner, Kind.DAY: date(2026, 12, 24)}
    return samples.get(one.kind, f"{one.name} 文字")


def shown(one: StateField, state: dict[str, Any]) -> str:
    """The value as lists and files show it in English."""
    with translation.override("en"):
        value = state[one.name]
        return str(value.isoformat()) if isinstance(value, date) else one.in_words(value)


def key(value: Any) -> Any:
    """What a filter takes for this value."""
    return getattr(value, "pk", value)


class Drawn(HTMLParser):
    """The name and the value of each input that a browser would send back from this HTML."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.sent: dict[str, str] = {}
        self.open = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        name = found.get("name") or ""
        if "disabled" in found:
            return
        if tag in ("input", "select", "textarea") and name:
            self.sent[name] = found.get("value") or ""
            self.open = name if tag != "input" else ""
        elif tag == "option" and self.open and "selected" in found:
            self.sent[self.open] = found.get("value") or ""

    def handle_data(self, data: str) -> None:
        if self.open and self.lasttag == "textarea":
            self.sent[self.open] += data.removeprefix("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("select", "textarea"):
            self.open = ""


def drawn_on_page(page: str) -> dict[str, str]:
    return Drawn(page.partition('aria-labelledby="annotate"')[2].partition("</form>")[0]).sent


@pytest.fixture
def opened(checklist: Checklist) -> Checklist:
    Checklist.objects.filter(pk=checklist.pk).update(opened_at=noon(DAY - timedelta(90)))
    checklist.refresh_from_db()
    return checklist


@pytest.fixture
def state(opened: Checklist, owner: Owner) -> dict[str, Any]:
    return {one.name: sample(one, owner) for one in FIELDS}


@pytest.fixture
def written(opened: Checklist, state: dict[str, Any], administrator: User) -> Item:
    """An item that has a value in every field since DAY."""
    change(find_item(opened), by=administrator, at=noon(DAY), **state)
    return find_item(opened)


@pytest.fixture
def client(administrator: User, sign_in: SignIn) -> Client:
    return sign_in(administrator)


@pytest.fixture
def report(written: Item) -> Report:
    items = written.checklist.items.as_of(DAY)
    with translation.override("en"):
        return build_report(
            items,
            checklist=written.checklist,
            as_of=DAY,
            since=DAY - timedelta(9),
            made_at=noon(DAY),
            made_by="",
        )


def test_the_description_is_that_of_the_model() -> None:
    of_the_model: Any = {field.name: field for field in State._meta.local_fields}

    assert tuple(of_the_model) == STATE_FIELDS
    for one in FIELDS:
        field = of_the_model[one.name]
        assert type(field) is CLASSES[one.kind], one.name
        assert one.empty == (field.get_default() if one.kind != Kind.OWNER else None), one.name
        assert one.limit == (field.max_length if one.is_text else None), one.name
        assert one.limit or not one.is_text, f"{one.name} has no limit"


def test_plain_items_have_every_field_where_their_query_puts_it(written: Item) -> None:
    for one in FIELDS:
        assert lookups()[Facts._fields.index(one.name)] == one.lookup

    assert facts_of(Item.objects.filter(pk=written.pk)) == [Facts.of(written)]


def test_reports_have_every_field_and_those_from_before_a_field_lack_it() -> None:
    first = ("status", "owner", "due", "notes")

    assert [field.name for field in fields(ItemState)] == ["code", "title", *STATE_FIELDS]
    for field in fields(ItemState):
        if field.name in BY_NAME and field.name not in first:
            assert field.default == BY_NAME[field.name].plain(BY_NAME[field.name].empty), field.name
        else:
            assert field.default is MISSING, field.name


def test_the_list_shows_and_sorts_by_every_field(written: Item, client: Client, state: Any) -> None:
    page = client.get(f"{LIST}?columns={EVERY_FIELD}", headers=ENGLISH).content.decode()
    row = unescape(page.partition('data-row="1.1.1"')[2].partition("</tbody>")[0])

    for one in FIELDS:
        assert f">{shown(one, state)}<" in row, one.name
        assert one.is_long or f"sort={one.name}" in page, one.name


def test_items_without_a_value_come_last_either_way(
    opened: Checklist, administrator: User, owner: Owner
) -> None:
    for one in FIELDS:
        if one.is_long or one.kind == Kind.STATUS:
            continue
        item = find_item(opened, "2.1.1")
        change(item, by=administrator, **{one.name: sample(one, owner)})
        for sort in (one.name, f"-{one.name}"):
            found = ItemTable(opened.items.for_list(), order_by=sort).items
            assert found[0].measure.code == "2.1.1", sort


@pytest.mark.parametrize("columns", ["code", "code,status", EVERY_FIELD])
def test_a_row_that_is_edited_draws_every_field_once(written: Item, client: Client, columns: str) -> None:
    html = client.get(f"{ITEM}?columns={columns}", headers=ROW).content.decode()
    names = re.findall(r'<(?:input|select|textarea)\b[^>]* name="(\w+)"', html)

    form = RowForm(instance=written, may_hand_over=True)
    assert sorted(name for name in names if name != "csrfmiddlewaretoken") == sorted(form.fields)


def test_the_items_page_draws_every_field(written: Item, client: Client) -> None:
    sent = drawn_on_page(client.get(ITEM).content.decode())

    form = ItemForm(instance=written, may_hand_over=True)
    assert set(sent) - {"csrfmiddlewaretoken"} == set(form.fields)


@pytest.mark.parametrize("columns", [None, "code", EVERY_FIELD])
def test_saving_what_a_page_draws_changes_nothing_else(
    written: Item, client: Client, state: dict[str, Any], columns: str | None
) -> None:
    if columns is None:
        address, headers = ITEM, ENGLISH
        sent = drawn_on_page(client.get(address).content.decode())
    else:
        address, headers = f"{ITEM}?columns={columns}", ROW
        sent = Drawn(client.get(address, headers=ROW).content.decode()).sent

    client.post(address, sent, headers=headers)
    assert find_item(written.checklist).version == written.version
    client.post(address, sent | {"status": "done"}, headers=headers)

    assert find_item(written.checklist).state() == state | {"status": Status.DONE}


def test_a_field_that_a_page_did_not_draw_keeps_its_value(
    written: Item, client: Client, state: dict[str, Any]
) -> None:
    for headers in (ENGLISH, ROW):
        item = find_item(written.checklist)
        status = "done" if item.status != "done" else "in_progress"

        client.post(ITEM, {"version": item.version, "status": status}, headers=headers)

        assert find_item(written.checklist).state() == state | {"status": status}


def test_a_viewer_reads_every_field_on_the_items_page(
    written: Item, viewer: User, sign_in: SignIn, state: dict[str, Any]
) -> None:
    page = sign_in(viewer).get(ITEM, headers=ENGLISH).content.decode()
    read = unescape(page.partition('<dl class="facts">')[2].partition("</dl>")[0])

    for one in FIELDS:
        with translation.override("en"):
            assert f"<dt>{one.label}</dt>" in read, one.name
            assert f">{one.in_words(state[one.name])}<" in read, one.name


def test_the_admin_writes_and_tells_every_field(
    written: Item, administrator: User, client: Client, state: dict[str, Any]
) -> None:
    User.objects.filter(pk=administrator.pk).update(is_staff=True)
    rows = Drawn(client.get("/admin/measures/item/?q=1.1.1").content.decode()).sent
    page = client.get(f"/admin/measures/item/{written.pk}/change/", headers=ENGLISH).content.decode()

    journal = unescape(page.partition('id="updates-group"')[2])
    for one in FIELDS:
        assert f"form-0-{one.name}" in rows, one.name
        assert one.name in Drawn(page).sent, one.name
        with translation.override("en"):
            assert one.in_words(state[one.name]) in journal, one.name


def test_the_admins_list_never_sends_more_inputs_than_are_taken(
    opened: Checklist, administrator: User, client: Client, settings: Any
) -> None:
    from measures.admin.items import ItemAdmin

    User.objects.filter(pk=administrator.pk).update(is_staff=True)
    sent = Drawn(client.get("/admin/measures/item/").content.decode()).sent
    of_a_row = len([name for name in sent if name.startswith("form-0-")]) + 1

    for rows in (ItemAdmin.list_per_page, ItemAdmin.list_max_show_all):
        assert of_a_row * rows < settings.DATA_UPLOAD_MAX_NUMBER_FIELDS - 50


def test_the_past_has_every_field_and_none_of_todays_values(
    written: Item, administrator: User, state: dict[str, Any]
) -> None:
    change(written, by=administrator, at=noon(AFTER), **dict[str, Any](UNTOUCHED))
    items = Item.objects.filter(pk=written.pk)

    for moment, past in ((DAY - timedelta(1), UNTOUCHED), (DAY, state), (AFTER, UNTOUCHED)):
        replayed = items.as_of(moment)
        assert replayed.get().state() == past
        (facts,) = facts_of(replayed)
        for one in FIELDS:
            value, other = past[one.name], (state if past is UNTOUCHED else UNTOUCHED)[one.name]
            assert getattr(facts, one.name) in (one.plain(value), value), one.name
            assert replayed.filter(**{one.name: key(value)}).exists(), one.name
            assert not replayed.filter(**{one.name: key(other)}).exists(), one.name


def test_the_journal_tells_every_field_in_words(
    written: Item, administrator: User, client: Client, state: dict[str, Any]
) -> None:
    change(written, by=administrator, at=noon(AFTER), **dict[str, Any](UNTOUCHED))

    with translation.override("en"):
        newest, first = entries(written.updates.select_related("owner").order_by("-at", "-id"))
        words = [(one.name, str(one.label), one.in_words(state[one.name])) for one in FIELDS]
        assert [(d.field, d.label, d.after) for d in first.differences] == words
        assert [(d.field, d.label, d.before) for d in newest.differences] == words
    page = unescape(client.get(ITEM, headers=ENGLISH).content.decode().partition('class="journal"')[2])
    for _name, label, said in words:
        assert f"<dt>{label}</dt>" in page
        assert said in page


def test_a_sheet_takes_every_field_out_and_in(
    written: Item, client: Client, state: dict[str, Any], opened: Checklist
) -> None:
    content = client.get(f"{LIST}?columns={EVERY_FIELD}&format=xlsx", headers=ENGLISH).content
    headings, row, *_others = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0].values

    preview = upload(client, sheet_of(list(headings[:-1]), ["1.1.2", *row[1:-1]]))
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

        assert from_plain(sealed, {owner.pk: owner}) == values


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
        tables = [block for block in document(report).blocks if isinstance(block, Table)]
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
