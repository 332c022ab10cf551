"""A period that has ended, and who judges it."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from measures.choices import PeriodKind, Role, Side, Status
from measures.models import Checklist, Owner, Period
from tests.make import NOW, change, make_checklist, make_periods, make_user, write_entry


@pytest.fixture
def opened(checklist: Checklist) -> Checklist:
    """The checklist, opened long ago."""
    Checklist.objects.update(opened_at=timezone.now() - timedelta(300))
    checklist.refresh_from_db()
    return checklist


@pytest.fixture
def period(opened: Checklist) -> Period:
    """The ten days that ended yesterday."""
    yesterday = timezone.localdate() - timedelta(1)
    return make_periods(opened, PeriodKind.BY_HAND, [(yesterday - timedelta(9), yesterday)])[0]


@pytest.fixture
def complete(opened: Checklist, owner: Owner, administrator: User) -> None:
    """Nothing is missing: every item has an owner, who reported three days ago."""
    at = timezone.now() - timedelta(3)
    for item in opened.items.all():
        change(item, by=administrator, at=at, status=Status.IN_PROGRESS, owner=owner)
        write_entry(item, administrator, side=Side.OFFICE, at=at)


@pytest.fixture
def judge(opened: Checklist) -> User:
    """Administrator of the checklist above."""
    above = make_checklist("above", "上级", opened.catalogue)
    opened.move(above, at=NOW)
    return make_user("judge", above, Role.ADMINISTRATOR)
