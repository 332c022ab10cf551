"""Items handed out section by section: a lead unit and a due date for those that have none."""

from datetime import date, timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client

from measures.models import Checklist, Item, Owner, Section
from tests.make import TODAY, SignIn, change, find_item, make_owner

PAGE = "/checklists/henan/items/by-section/"
DUE, LATER = TODAY + timedelta(60), TODAY + timedelta(90)

pytestmark = [pytest.mark.any_engine, pytest.mark.usefixtures("clock")]


@pytest.fixture
def client(administrator: User, sign_in: SignIn) -> Client:
    return sign_in(administrator)


def field(kind: str, code: str) -> str:
    return f"{kind}-{Section.objects.get(code=code).pk}"


def leads(checklist: Checklist) -> dict[str, str | None]:
    return dict(checklist.items.values_list("measure__code", "owner__name"))


def dues(checklist: Checklist) -> dict[str, date | None]:
    return dict(checklist.items.values_list("measure__code", "due"))


def test_each_section_gets_its_unit_and_its_date_and_all_can_be_undone(
    client: Client, checklist: Checklist, owner: Owner
) -> None:
    sent = {field("unit", "1.1"): owner.pk, field("due", "1.2"): LATER.isoformat(), "due": DUE.isoformat()}

    answer = client.post(PAGE, sent)

    assert answer.headers["Location"] == "/checklists/henan/"
    assert [code for code, name in sorted(leads(checklist).items()) if name] == ["1.1.1", "1.1.2", "1.1.3"]
    assert {dues(checklist)[code] for code in ("1.2.1", "1.2.2", "1.2.3")} == {LATER}
    assert {dues(checklist)[code] for code in ("1.1.1", "2.1.1", "2.2.3")} == {DUE}
    batch = checklist.batches.get()
    client.post(f"/checklists/henan/batches/{batch.pk}/undo/", {"apply": "1", "reason": "试"})


def test_what_is_set_already_stays(
    client: Client, checklist: Checklist, first: Item, administrator: User, owner: Owner
) -> None:
    other = make_owner(checklist, "干部二处")
    change(first, by=administrator, owner=other, due=LATER)

    client.post(PAGE, {field("unit", "1.1"): owner.pk, "due": DUE.isoformat()})

    first = find_item(checklist)
    assert (first.owner, first.due) == (other, LATER)
    assert find_item(checklist, "1.1.2").owner == owner


def test_an_empty_form_and_a_foreign_unit_are_refused(
    client: Client, checklist: Checklist, their_owner: Owner
) -> None:
    nothing = client.post(PAGE, {})
    foreign = client.post(PAGE, {field("unit", "1.1"): their_owner.pk})

    assert nothing.status_code == foreign.status_code == 422
    assert "别处" not in foreign.content.decode()
    assert not any(leads(checklist).values())


def test_a_day_in_the_past_is_asked_about(client: Client, checklist: Checklist) -> None:
    sent = {"due": (TODAY - timedelta(1)).isoformat()}

    assert "sure" in client.post(PAGE, sent).content.decode()
    assert client.post(PAGE, sent | {"sure": "on"}).status_code == 302


def test_the_first_steps_say_which_are_done(client: Client, checklist: Checklist, owner: Owner) -> None:
    steps = client.get("/checklists/henan/").context["steps"]
    assert (steps.units, steps.people, steps.handed_out, steps.dated) == (True, False, False, False)

    every = {field("unit", code): owner.pk for code in ("1.1", "1.2", "2.1", "2.2")}
    client.post(PAGE, every | {"due": DUE.isoformat()})

    steps = client.get("/checklists/henan/").context["steps"]
    assert (steps.handed_out, steps.dated) == (True, True)
