"""A checklist with work in it, and the mapping of its edition to the next."""

from datetime import date, timedelta

import pytest
from django.contrib.auth.models import User

from measures.choices import Status
from measures.models import Catalogue, Checklist, EditionMapping, Owner
from tests.make import change, find_item, make_owner
from tests.upgrades.make import BEFORE, make_mapping, make_next_edition


@pytest.fixture
def mapping(checklist: Checklist, administrator: User) -> EditionMapping:
    return make_mapping(checklist.catalogue, make_next_edition(), administrator)


@pytest.fixture
def second(checklist: Checklist) -> Catalogue:
    return make_next_edition()


@pytest.fixture
def worked_on(checklist: Checklist, owner: Owner, administrator: User) -> Checklist:
    """Every item has a state of its own."""
    other = make_owner(checklist, "研究室")
    for number, item in enumerate(checklist.items.select_related("measure").in_order()):
        change(
            find_item(checklist, item.measure.code),
            by=administrator,
            at=BEFORE,
            status=list(Status)[number % 3],
            owner=[owner, other][number % 2],
            due=date(2026, 12, 1) + timedelta(days=number),
            notes=f"备注 {item.measure.code}",
        )
    return checklist
