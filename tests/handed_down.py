"""A measure handed down from 河南 to two units, each with an administrator, for tests of what follows."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from measures.choices import Role
from measures.models import Assignment, AssignmentStep, Checklist
from tests.make import NOW, find_item, make_checklist, make_user
from tests.sheets import ENGLISH

__all__ = ["CORRECTION", "DUE", "LATER", "act", "answer", "first", "given", "one", "second", "states", "two"]

DUE = date(2026, 12, 20)
LATER = timezone.localdate() + timedelta(days=90)
CORRECTION = {"version": 1, "due": f"{LATER}", "text": "请报送书面总结", "reason": "省里推迟了时间"}


@pytest.fixture
def one(checklist: Checklist) -> Checklist:
    return make_checklist("one", "甲县", parent=checklist)


@pytest.fixture
def two(checklist: Checklist) -> Checklist:
    return make_checklist("two", "乙县", parent=checklist)


@pytest.fixture
def given(checklist: Checklist, one: Checklist, two: Checklist, administrator: User) -> Assignment:
    """1.1.1 handed down to both by 河南."""
    measure = find_item(checklist).measure
    return Assignment.hand_down(
        checklist, measure, [one, two], due=DUE, text="请报送总结", by=administrator, at=NOW
    )


@pytest.fixture
def first(one: Checklist) -> User:
    return make_user("first", one, Role.ADMINISTRATOR)


@pytest.fixture
def second(two: Checklist) -> User:
    return make_user("second", two, Role.ADMINISTRATOR)


def answer(client: Client, slug: str, given: Assignment, verb: str, **fields: str | int) -> Any:
    """Answer as the form on the item's page does; the user has read the first version unless told."""
    sent = {"version": 1, **fields}
    return client.post(f"/checklists/{slug}/assignments/{given.pk}/{verb}/", sent, headers=ENGLISH)


def states(given: Assignment) -> dict[str, str]:
    newest = AssignmentStep.objects.newest().filter(assignment=given)
    return dict(newest.values_list("checklist__slug", "state"))


def act(client: Client, given: Assignment, verb: str, **fields: Any) -> Any:
    """As the forms of the checklist that handed it down: `correct`, `withdraw`."""
    return client.post(f"/checklists/henan/assignments/{given.pk}/{verb}/", fields, headers=ENGLISH)
