"""The provinces that benchmarks measure are built, and hold what the app itself would have written."""

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client

from bench import _province
from measures.models import Item
from measures.querysets.loop import DERIVED_FIELDS, loop_columns
from tests.make import NOW

pytestmark = [pytest.mark.any_engine, pytest.mark.django_db(transaction=True)]


def test_a_province_is_built_whose_pages_open_and_whose_items_hold_what_their_journal_says() -> None:
    _province.build(100, now=NOW)
    items = Item.objects.annotate(**{f"derived_{name}": column for name, column in loop_columns().items()})
    for item in items:
        held = {name: getattr(item, name) for name in DERIVED_FIELDS}
        assert held == {name: getattr(item, f"derived_{name}") for name in DERIVED_FIELDS}
    assert len(items) == 100
    assert {item.updates.count() for item in items} == {_province.UPDATES}
    client = Client()
    client.force_login(User.objects.get())
    for page in ("", "items/", "report/"):
        assert client.get(f"/checklists/henan/{page}").status_code == 200
    connection.close()  # the next one opens with the settings that building a province changed
