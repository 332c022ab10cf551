"""A checklist from which those below it take owners and due dates."""

from datetime import date

import pytest
from django.contrib.auth.models import User
from django.test import Client

from measures.choices import Status
from measures.models import Checklist, Owner
from tests.make import SignIn, change, find_item

BELOW = "/checklists/henan/below/"


@pytest.fixture
def client(administrator: User, sign_in: SignIn) -> Client:
    return sign_in(administrator)


def annotated(checklist: Checklist, owner: Owner, by: User) -> Checklist:
    """The checklist, with an owner and a due date on 1.1.1, a due date on 1.1.2, an owner on 1.1.3."""
    due = date(2026, 12, 31)
    change(find_item(checklist, "1.1.1"), by=by, owner=owner, due=due, status=Status.DONE)
    change(find_item(checklist, "1.1.2"), by=by, due=due, notes="不带走")
    change(find_item(checklist, "1.1.3"), by=by, owner=owner)
    return checklist


@pytest.fixture
def template(checklist: Checklist, owner: Owner, administrator: User) -> Checklist:
    return annotated(checklist, owner, administrator)
