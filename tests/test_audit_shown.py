"""How the audit trail's page shows what changed, and the way back from it."""

import re

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from django.utils.translation import override

from measures.models import Batch, Checklist
from tests import test_bulk
from tests.make import SignIn, change, find_item
from tests.sheets import ENGLISH


@pytest.fixture
def reading(auditor: User, sign_in: SignIn) -> Client:
    return sign_in(auditor)


def test_a_change_of_notes_is_shown_as_a_difference(
    checklist: Checklist, administrator: User, reading: Client
) -> None:
    old = "\n".join(f"第{number}行" for number in range(30))
    change(find_item(checklist, "1.1.2"), by=administrator, notes=old)
    change(find_item(checklist, "1.1.2"), by=administrator, notes=f"{old}\n新的一行")

    newest = reading.get("/audit/?q=新的一行", headers=ENGLISH).content.decode()

    assert "<ins>新的一行</ins>" in newest
    assert "第7行" not in newest


def test_a_batch_has_a_name_that_people_can_read(
    checklist: Checklist, administrator: User, reading: Client, sign_in: SignIn
) -> None:
    client = sign_in(administrator)
    test_bulk.apply(client, test_bulk.preview(client, status="done"))
    made = Batch.objects.get()
    name = f"Bulk edit {timezone.localtime(made.at):%Y-%m-%d %H:%M}"

    page = reading.get("/audit/?action=batch_changed", headers=ENGLISH).content.decode()

    assert str(made.pk) not in re.sub('href="[^"]*"', "", page)
    assert f"{timezone.localtime(made.at):%Y-%m-%d %H:%M}" in page
    assert str(made.get_absolute_url()) in page
    with override("en"):
        assert str(made) == name


def test_there_is_a_way_back_to_the_checklist(checklist: Checklist, reading: Client) -> None:
    assert '<a href="/checklists/henan/">河南</a>' in reading.get("/audit/").content.decode()
