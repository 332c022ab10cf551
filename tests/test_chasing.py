"""Chasing on the pages: the office sends, units read and answer, and every page says what waits."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from measures.choices import ChaserLevel, Role, Status
from measures.models import Chaser, ChaserRead, Checklist, Item, Owner
from tests.make import NOW, TODAY, SignIn, change, find_item, make_owner, make_user, write_entry
from tests.sheets import ENGLISH

CHASERS = "/checklists/henan/chasers/"
NEW = f"{CHASERS}new/"
DUE = TODAY + timedelta(7)
SAID = {"codes": "1.1.1,1.1.2,1.1.3", "level": "yellow", "text": "请报送进展", "answer_by": DUE.isoformat()}

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def led(checklist: Checklist, owner: Owner, administrator: User) -> Item:
    """1.1.1 and 1.1.2 are the editor's, 1.1.3 is nobody's; a month old."""
    Checklist.objects.update(opened_at=NOW - timedelta(30))
    for code in ("1.1.1", "1.1.2"):
        item = find_item(checklist, code)
        change(item, by=administrator, owner=owner, status=Status.IN_PROGRESS, at=NOW - timedelta(20))
    return find_item(checklist)


@pytest.fixture
def office(led: Item, administrator: User, sign_in: SignIn) -> Client:
    return sign_in(administrator)


@pytest.fixture
def chaser(led: Item, administrator: User) -> Chaser:
    """Sent a week ago about 1.1.1, to be answered by yesterday."""
    said: Any = {"level": ChaserLevel.YELLOW, "text": "请报送进展", "answer_by": TODAY - timedelta(1)}
    return Chaser.send([led.pk], by=administrator, at=NOW - timedelta(7), **said).chasers[0]


def text_of(client: Client, address: str) -> str:
    answer = client.get(address, headers=ENGLISH)
    assert answer.status_code == 200, address
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_the_page_names_the_units_and_what_nobody_leads_before_anything_is_sent(office: Client) -> None:
    ticked = {"scope": "ticked", "codes": "1.1.1,1.1.2,1.1.3", "query": "pillar=1"}
    filtered = {"scope": "filter", "query": "section=1.1"}
    for sent in (ticked, filtered):
        answer = office.post(NEW, sent)
        assert [(unit.name, len(items)) for unit, items in answer.context["units"]] == [("干部一处", 2)]
        assert [item.measure.code for item in answer.context["left_out"]] == ["1.1.3"]
        assert answer.context["form"]["codes"].value() == "1.1.1,1.1.2,1.1.3"
    assert "Chase 1 unit" in text_of(office, f"{NEW}?codes=1.1.1")
    assert "Chase 1 unit" in text_of(office, f"{NEW}?owner={Owner.objects.get().pk}")
    assert "No item is chosen" in text_of(office, NEW)
    assert "nobody can be chased" in text_of(office, f"{NEW}?codes=1.1.3")
    assert not Chaser.objects.exists()


def test_one_post_chases_each_unit_and_names_what_is_left_out(office: Client, checklist: Checklist) -> None:
    answer = office.post(CHASERS, SAID, follow=True, headers=ENGLISH)

    (chaser,) = Chaser.objects.all()
    assert answer.redirect_chain == [(f"{CHASERS}{chaser.pk}/", 302)]
    assert [str(message) for message in answer.context["messages"]] == [
        "1 unit chased.",
        "Left out, because no unit leads them: 1.1.3",
    ]
    assert (chaser.unit.name, chaser.level, chaser.text, chaser.answer_by) == (
        "干部一处",
        "yellow",
        "请报送进展",
        DUE,
    )
    assert [one.item.measure.code for one in chaser.chased.all()] == ["1.1.1", "1.1.2"]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"codes": ""}, "Choose the items first"),
        ({"codes": "1.1.1,9.9.9"}, "no item with these codes: 9.9.9"),
        ({"codes": "1.1.3"}, "nobody can be chased"),
        ({"codes": ",".join(f"1.1.{number}" for number in range(1, 1200))}, "at most 1,000 items"),
        ({"codes": "1" * 30_000}, "at most 20000 characters"),
        ({"level": "purple"}, "Select a valid choice"),
        ({"text": " "}, "This field is required"),
        ({"text": "字" * 1001}, "at most 1000 characters"),
        ({"answer_by": "soon"}, "This is not a date"),
        ({"answer_by": (TODAY - timedelta(1)).isoformat()}, "This date is in the past"),
        ({"answer_by": f"{TODAY.year + 11}-01-01"}, "more than ten years ahead"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(
    office: Client, wrong: dict[str, str], message: str
) -> None:
    sent = SAID | wrong

    answer = office.post(CHASERS, sent, headers=ENGLISH)

    assert answer.status_code == 422
    assert message in str(answer.context["form"].errors)
    for name, value in sent.items():
        assert answer.context["form"][name].value() == value
    assert not Chaser.objects.exists()


def test_an_unusual_day_is_taken_once_it_is_confirmed(office: Client) -> None:
    sent = SAID | {"answer_by": (TODAY - timedelta(1)).isoformat()}

    first = office.post(CHASERS, sent)
    office.post(CHASERS, sent | {"sure": "on"})

    assert 'type="checkbox" name="sure"' in first.content.decode()
    assert Chaser.objects.count() == 1


def test_only_the_office_chases_and_only_the_chased_unit_notes_that_it_has_read(
    chaser: Chaser, checklist: Checklist, editor: User, viewer: User, stranger: User, sign_in: SignIn
) -> None:
    other = make_user("other editor", checklist, Role.EDITOR, make_owner(checklist, "干部二处"))
    administrator = User.objects.get(username="administrator")
    page, read = f"{CHASERS}{chaser.pk}/", f"{CHASERS}{chaser.pk}/read/"
    for user, seen, sends, notes in (
        (stranger, 404, 404, 404),
        (viewer, 200, 403, 403),
        (other, 200, 403, 403),
        (editor, 200, 403, 302),
        (administrator, 200, 302, 403),
    ):
        client = sign_in(user)
        said = (
            client.get(page).status_code,
            client.post(CHASERS, SAID).status_code,
            client.post(read).status_code,
        )
        assert said == (seen, sends, notes), user.username
        assert client.get(NEW).status_code == {302: 200}.get(sends, sends)
    assert client.get(f"/checklists/elsewhere/chasers/{chaser.pk}/").status_code == 404
    assert [one.by_name for one in ChaserRead.objects.all()] == ["editor"]


def test_looking_at_a_chaser_notes_nothing_a_click_does_once(
    chaser: Chaser, editor: User, sign_in: SignIn
) -> None:
    client, address = sign_in(editor), f"{CHASERS}{chaser.pk}/"
    assert "I have read it" in text_of(client, address)
    assert not ChaserRead.objects.exists()

    client.post(f"{address}read/")
    client.post(f"{address}read/")

    assert ChaserRead.objects.get().by_name == "editor"
    assert "I have read it" not in text_of(client, address)
    assert "editor 2026-11-24 09:30" in text_of(client, address)


def test_nobody_chases_in_a_closed_checklist(
    office: Client, chaser: Chaser, editor: User, sign_in: SignIn
) -> None:
    Checklist.objects.update(status="closed")

    assert office.post(CHASERS, SAID).status_code == 403
    assert sign_in(editor).post(f"{CHASERS}{chaser.pk}/read/").status_code == 403
    assert "Chase…" not in text_of(office, "/checklists/henan/items/1.1.1/")


def test_item_list_and_overview_say_what_waits_until_an_entry_answers(
    chaser: Chaser, led: Item, editor: User, office: Client, sign_in: SignIn
) -> None:
    client, item = sign_in(editor), "/checklists/henan/items/1.1.1/"
    reason = "Chaser not answered by November 23"
    assert reason in text_of(client, item)
    assert "The office waits for an entry of your unit" in text_of(client, item)
    assert "The office waits for an entry of your unit" not in text_of(office, item)
    assert reason in text_of(client, "/checklists/henan/items/?pillar=1")
    assert "1 chaser waits for an entry of 干部一处" in text_of(client, "/checklists/henan/")
    assert "1 chaser waits" in text_of(office, "/checklists/henan/")
    assert "0 / 1" in text_of(client, f"{CHASERS}?unit={chaser.unit_id}&waiting=on")

    write_entry(led, editor, progress="已开推进会")

    for address in (item, "/checklists/henan/items/?pillar=1"):
        assert reason not in text_of(client, address)
    assert "干部一处 2026-11-24 09:30 after the day 已开推进会" in text_of(client, item)
    assert "chaser waits" not in text_of(client, "/checklists/henan/")
    assert "1 / 1" in text_of(client, f"{CHASERS}?unit={chaser.unit_id}")
    assert "No chaser was sent that fits" in text_of(client, f"{CHASERS}?waiting=on")


def test_a_past_day_shows_chasers_as_they_were(
    chaser: Chaser, led: Item, editor: User, sign_in: SignIn
) -> None:
    write_entry(led, editor, at=NOW - timedelta(3), progress="已开推进会")
    chaser.note_read(by=editor, at=NOW - timedelta(4))
    client, item = sign_in(editor), "/checklists/henan/items/1.1.1/"
    page, listed = f"{CHASERS}{chaser.pk}/", CHASERS

    def at(address: str, days: int) -> str:
        return text_of(client, f"{address}?as_of={TODAY - timedelta(days)}")

    assert "请报送进展" not in at(item, 8) + at(listed, 8)
    assert client.get(f"{page}?as_of={TODAY - timedelta(8)}").status_code == 404
    for then in (at(item, 5), at(page, 5)):
        assert "请报送进展" in then
        assert "waits for an answer" in then
    assert "Chaser to be answered by November 23" in at(item, 5)
    assert "Chaser to be answered by November 23" in at("/checklists/henan/items/", 5)
    assert "nobody yet" in at(page, 5)
    assert "editor" in at(page, 4)
    assert "已开推进会" in at(page, 3)
    assert "I have read it" not in at(page, 5)


def test_pages_take_as_many_queries_for_one_chaser_as_for_many(
    office: Client, checklist: Checklist, administrator: User
) -> None:
    def queries(address: str) -> int:
        office.get(address)
        with CaptureQueriesContext(connection) as counted:
            office.get(address)
        return len(counted)

    addresses = (CHASERS, "/checklists/henan/items/", "/checklists/henan/", "/checklists/henan/items/1.1.1/")
    office.post(CHASERS, SAID)
    few = [queries(address) for address in addresses]
    for number, item in enumerate(checklist.items.filter(owner=None)[:6]):
        found = find_item(checklist, item.measure.code)
        change(found, by=administrator, owner=make_owner(checklist, f"{number}处"))
    for _round in range(3):
        everything = ",".join(checklist.items.values_list("measure__code", flat=True))
        assert office.post(CHASERS, SAID | {"codes": everything}).status_code == 302

    assert [queries(address) for address in addresses] == few
