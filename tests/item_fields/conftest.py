"""An item that has a value in every field."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import translation

from measures.models import Checklist, Item, Owner
from measures.models.state import FIELDS
from measures.reports import Report, build_report
from tests.item_fields.make import DAY, noon, sample
from tests.make import SignIn, change, find_item


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
