"""Every field that people write is on every page that shows or changes it.

The tests walk `FIELDS`. They need no change for a new field of a known kind.
"""

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import models
from django.test import Client
from django.utils import translation

from measures.choices import Status
from measures.forms.items import ItemForm, RowForm
from measures.ledger.facts import Facts, facts_of, lookups
from measures.ledger.journal import journal_of
from measures.ledger.tables import ItemTable
from measures.models import Checklist, Item, Owner
from measures.models.state import COLUMN_FIELDS, FIELDS, UNTOUCHED, Kind, State
from tests.item_fields.make import (
    AFTER,
    DAY,
    ENGLISH,
    EVERY_FIELD,
    ITEM,
    LIST,
    ROW,
    Drawn,
    drawn_on_page,
    noon,
    sample,
    shown,
    with_value,
)
from tests.make import SignIn, change, find_item

CLASSES: dict[Kind, "type[models.Field[Any, Any]]"] = {
    Kind.STATUS: models.CharField,
    Kind.OWNER: models.ForeignKey,
    Kind.DAY: models.DateField,
    Kind.TEXT: models.CharField,
    Kind.LONG_TEXT: models.TextField,
}


def test_the_description_is_that_of_the_model() -> None:
    of_the_model: Any = {field.name: field for field in State._meta.local_fields}

    assert tuple(of_the_model) == COLUMN_FIELDS
    for one in FIELDS:
        if not one.is_column:
            continue
        field = of_the_model[one.name]
        assert type(field) is CLASSES[one.kind], one.name
        assert one.empty == (field.get_default() if one.kind != Kind.OWNER else None), one.name
        assert one.limit == (field.max_length if one.is_text else None), one.name
        assert one.limit or not one.is_text, f"{one.name} has no limit"


def test_plain_items_have_every_field_where_their_query_puts_it(written: Item) -> None:
    for one in FIELDS:
        assert lookups()[Facts._fields.index(one.name)] == one.lookup

    assert facts_of(Item.objects.filter(pk=written.pk)) == [Facts.of(written)]


def test_the_list_shows_and_sorts_by_every_field(written: Item, client: Client, state: Any) -> None:
    page = client.get(f"{LIST}?columns={EVERY_FIELD}", headers=ENGLISH).content.decode()
    row = unescape(page.partition('data-row="1.1.1"')[2].partition("</tbody>")[0])

    for one in FIELDS:
        assert f">{shown(one, state)}<" in row, one.name
        assert one.is_long or not one.is_column or f"sort={one.name}" in page, one.name


def test_items_without_a_value_come_last_either_way(
    opened: Checklist, administrator: User, owner: Owner
) -> None:
    for one in FIELDS:
        if one.is_long or one.kind in (Kind.STATUS, Kind.UNITS):
            continue
        item = find_item(opened, "2.1.1")
        change(item, by=administrator, **{one.name: sample(one, owner)})
        for sort in (one.name, f"-{one.name}"):
            found = ItemTable(opened.items.for_list(), order_by=sort).items
            assert found[0].measure.code == "2.1.1", sort


# The box that confirms an unusual day is drawn once there is such a day.
ASKED_LATER = {"sure"}


@pytest.mark.parametrize("columns", ["code", "code,status", EVERY_FIELD])
def test_a_row_that_is_edited_draws_every_field_once(written: Item, client: Client, columns: str) -> None:
    html = client.get(f"{ITEM}?columns={columns}", headers=ROW).content.decode()
    names = re.findall(r'<(?:input(?! type="checkbox")|select|textarea)\b[^>]* name="(\w+)"', html)

    form = RowForm(instance=written, may_hand_over=True)
    assert sorted({*names} - {"csrfmiddlewaretoken"}) == sorted({*form.fields} - ASKED_LATER)
    assert len(names) == len({*names})


def test_the_items_page_draws_every_field(written: Item, client: Client) -> None:
    sent = drawn_on_page(client.get(ITEM).content.decode())

    form = ItemForm(instance=written, may_hand_over=True)
    assert set(sent) - {"csrfmiddlewaretoken"} == set(form.fields) - ASKED_LATER


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
        if one.is_column:  # the rest is only shown there
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
            assert with_value(replayed, one, value).exists(), one.name
            assert not with_value(replayed, one, other).exists(), one.name


def test_the_journal_tells_every_field_in_words(
    written: Item, administrator: User, client: Client, state: dict[str, Any]
) -> None:
    change(written, by=administrator, at=noon(AFTER), **dict[str, Any](UNTOUCHED))

    with translation.override("en"):
        newest, first = journal_of(written.updates.select_related("owner").order_by("-at", "-id"))
        words = [(one.name, str(one.label), one.in_words(state[one.name])) for one in FIELDS]
        assert [(d.field, d.label, d.after) for d in first.differences] == words
        assert [(d.field, d.label, d.before) for d in newest.differences] == words
    page = unescape(client.get(ITEM, headers=ENGLISH).content.decode().partition('class="journal"')[2])
    for _name, label, said in words:
        assert f"<dt>{label}</dt>" in page
        assert said in page
