"""Days that people type: one that is not plausible is refused, and one that is past is asked about."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from measures.choices import PeriodKind
from measures.models import Assignment, Checklist, Period
from tests.make import SignIn, find_item, make_checklist
from tests.sheets import ENGLISH

ITEMS = "/checklists/henan/items/"
IMPROBABLE = ["0026-11-24", "1899-12-31", "0206-12-31", "2206-12-31"]


@pytest.fixture
def client(administrator: User, sign_in: SignIn) -> Client:
    return sign_in(administrator)


def send(client: Client, address: str, **fields: Any) -> Any:
    return client.post(address, fields, headers=ENGLISH)


@pytest.mark.parametrize("day", IMPROBABLE)
def test_a_due_date_that_cannot_be_meant_is_refused_on_every_way_in(
    checklist: Checklist, administrator: User, client: Client, day: str
) -> None:
    below = make_checklist("kaifeng", "开封", checklist.catalogue, parent=checklist)
    item = {"version": 1, "status": "not_started", "notes": "", "owner": "", "due": day}

    answers = [
        send(client, f"{ITEMS}1.1.1/", **item),
        send(client, f"{ITEMS}bulk/", codes="1.1.1", preview="1", due=day),
        send(
            client,
            f"{ITEMS}1.1.1/hand-down/",
            due=day,
            text="报送",
            to=below.pk,
        ),
    ]

    for answer in answers:
        assert answer.status_code == 422
        assert "This date is not plausible. Choose one from 2000 to 2100." in answer.content.decode()
    assert find_item(checklist).due is None
    assert not Assignment.objects.exists()


@pytest.mark.parametrize(
    ("starts", "ends"),
    [("0001-01-01", "0001-01-31"), ("1999-12-01", "2000-01-01"), ("2100-12-01", "2101-01-31")],
)
def test_a_period_that_cannot_be_frozen_cannot_be_made(
    checklist: Checklist, client: Client, starts: str, ends: str
) -> None:
    answer = send(client, "/checklists/henan/periods/add/", starts=starts, ends=ends)

    assert answer.status_code == 422
    assert not Period.objects.exists()


def test_handing_down_for_a_day_that_is_past_asks_first(checklist: Checklist, client: Client) -> None:
    below = make_checklist("kaifeng", "开封", checklist.catalogue, parent=checklist)
    asked = {"due": "2020-01-01", "text": "报送", "to": below.pk}

    first = send(client, f"{ITEMS}1.1.1/hand-down/", **asked)
    assert first.status_code == 422
    assert "This date is in the past." in first.content.decode()
    assert "报送" in first.content.decode()
    assert not Assignment.objects.exists()

    send(client, f"{ITEMS}1.1.1/hand-down/", **asked, sure="on")
    assert Assignment.objects.get().due.year == 2020


@pytest.mark.parametrize("headers", [{}, {"X-Fragment": "row"}])
@pytest.mark.parametrize("day", ["2020-01-01", "2090-01-01"])
def test_the_page_and_the_row_of_an_item_ask_before_they_take_such_a_day(
    checklist: Checklist, client: Client, day: str, headers: dict[str, str]
) -> None:
    sent = {"version": 1, "status": "not_started", "notes": "", "owner": "", "due": day}
    address = f"{ITEMS}1.1.1/"

    first = client.post(address, sent, headers=ENGLISH | headers)
    assert first.status_code == 422
    asked = "This date is in the past." if day < "2026" else "This date is more than ten years ahead."
    assert asked in first.content.decode()
    assert 'type="checkbox" name="sure"' in first.content.decode()
    assert find_item(checklist).due is None

    client.post(address, sent | {"sure": "on"}, headers=ENGLISH | headers)
    assert str(find_item(checklist).due) == day

    again = sent | {"version": 2, "notes": "备注", "reason": "补记"}
    client.post(address, again, headers=ENGLISH | headers)
    assert find_item(checklist).notes == "备注"


def test_a_bulk_edit_to_a_day_that_is_past_says_so_before_it_is_applied(
    checklist: Checklist, client: Client
) -> None:
    yesterday = timezone.localdate() - timedelta(days=1)

    past = send(client, f"{ITEMS}bulk/", codes="1.1.1", preview="1", due=yesterday)
    today = send(client, f"{ITEMS}bulk/", codes="1.1.1", preview="1", due=timezone.localdate())

    assert "in the past" in past.content.decode()
    assert "in the past" not in today.content.decode()


@pytest.mark.parametrize(
    ("starts", "ends", "name"),
    [
        ("2026-08-01", "2026-08-31", "August 2026"),
        ("2026-07-01", "2026-09-30", "Third quarter of 2026"),
        ("2026-08-01", "2026-10-31", "2026-08-01 to 2026-10-31"),
        ("2026-12-01", "2027-02-28", "2026-12-01 to 2027-02-28"),
    ],
)
def test_a_period_of_chosen_days_has_the_name_that_people_give_these_days(
    checklist: Checklist, client: Client, starts: str, ends: str, name: str
) -> None:
    send(client, "/checklists/henan/periods/add/", starts=starts, ends=ends)

    page = client.get("/checklists/henan/periods/", headers=ENGLISH).content.decode()
    assert Period.objects.get().kind == PeriodKind.BY_HAND
    assert name in page


def test_a_text_that_the_browser_takes_is_taken(checklist: Checklist, client: Client) -> None:
    """A browser counts a line break as one sign and sends it as two."""
    notes = "\r\n".join(["很" * 19] * 500)
    item = {"version": 1, "status": "not_started", "owner": "", "due": ""}

    assert send(client, f"{ITEMS}1.1.1/", **item, notes=notes).status_code == 302
    assert len(find_item(checklist).notes) == 9_999
    again = send(client, f"{ITEMS}1.1.2/", **item, notes=notes + "很很")
    assert again.status_code == 422
