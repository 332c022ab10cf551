"""Calendars of due dates: secret addresses that a person makes and ends, read by calendar programs."""

from datetime import timedelta
from typing import Any

import pytest
import vobject
from django.contrib.auth.models import User
from django.test import Client
from icalendar import Calendar
from pytest_django import Settings

from measures.choices import Audited, MilestoneAct, PeriodKind, Role, Side, Status
from measures.models import (
    AuditRecord,
    CalendarAddress,
    Checklist,
    Membership,
    Milestone,
    Owner,
    Period,
    SavedView,
)
from measures.models.milestones import NewStep
from measures.reminders import calendar as calendars
from measures.views.accounts import calendars as pages
from tests.make import NOW, TODAY, SignIn, change, find_item, make_user

pytestmark = pytest.mark.any_engine

MAKE = "/account/calendars/"


@pytest.fixture(autouse=True)
def addresses_are_on(settings: Settings, clock: Any) -> None:
    settings.CALENDAR_ADDRESSES = True
    settings.SITE_ADDRESS = "https://ledger.example.org"
    settings.LANGUAGE_CODE = "en"


@pytest.fixture
def due(checklist: Checklist, owner: Owner, administrator: User) -> None:
    """1.1.1 and 1.1.2 are the editor's and due; 1.1.3 is done; 1.2.1 is nobody's; a period ends."""
    for number, code in enumerate(("1.1.1", "1.1.2", "1.1.3", "1.2.1")):
        values: dict[str, Any] = {"due": TODAY + timedelta(number), "notes": "机密备注"}
        values |= {"status": Status.DONE} if code == "1.1.3" else {"status": Status.IN_PROGRESS}
        values["owner"] = None if code == "1.2.1" else owner
        change(find_item(checklist, code), by=administrator, **values)
    Period.make(checklist, PeriodKind.MONTH, [(TODAY.replace(day=1), TODAY.replace(day=30))], at=NOW)


def make(client: Client, view: SavedView | None = None) -> str:
    """The path of a new address."""
    answer = client.post(MAKE, {"view": str(view.pk) if view else ""})
    assert answer.status_code == 200
    address: str = answer.context["address"]
    assert address in answer.content.decode()
    return address.removeprefix("https://ledger.example.org")


def shown(path: str) -> list[str]:
    """The summaries of the events, in order, as two parsers read them."""
    answer = Client().get(path)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    read = vobject.readOne(answer.content.decode())
    read.validate()
    assert all(len(line.encode()) <= 75 for line in answer.content.decode().split("\r\n"))
    events = Calendar.from_ical(answer.content).walk("VEVENT")
    found = [str(event["summary"]) for event in events]
    assert found == [event.summary.value for event in getattr(read, "vevent_list", [])]
    uids = [str(event["uid"]) for event in events]
    assert len(set(uids)) == len(uids)
    assert "机密" not in answer.content.decode()
    return found


@pytest.mark.usefixtures("due")
class TestReading:
    def test_a_persons_calendar_has_the_dues_of_their_unit_and_the_ends_of_periods(
        self, editor: User, sign_in: SignIn
    ) -> None:
        assert shown(make(sign_in(editor))) == [
            "Due: 1.1.1 Title 措施 1.1.1 (河南)",
            "Due: 1.1.2 Title 措施 1.1.2 (河南)",
            "Period ends: November 2026 (河南)",
        ]

    def test_an_administrators_calendar_has_all_items_of_the_checklist(
        self, administrator: User, sign_in: SignIn
    ) -> None:
        assert len(shown(make(sign_in(administrator)))) == 3 + 1

    def test_a_views_calendar_has_what_the_view_shows(
        self, checklist: Checklist, viewer: User, sign_in: SignIn
    ) -> None:
        view = SavedView.objects.create(checklist=checklist, user=viewer, name="我的", query="q=1.1.2")

        assert shown(make(sign_in(viewer), view)) == ["Due: 1.1.2 Title 措施 1.1.2 (河南)"]

    def test_open_milestones_of_open_items_are_shown_without_their_text(
        self, checklist: Checklist, administrator: User, editor: User, sign_in: SignIn
    ) -> None:
        def add(code: str, days: int, side: Side = Side.OFFICE) -> Milestone:
            due, item = TODAY + timedelta(days), find_item(checklist, code)
            return Milestone.add(item, text="机密", due=due, side=side, by=administrator, at=NOW).milestone

        add("1.1.1", 9)
        add("1.1.1", -2)
        add("1.1.1", 5, Side.LEAD)
        add("1.2.1", 3)
        done = NewStep(MilestoneAct.DONE, 1, day=TODAY)
        add("1.1.2", 4).take(done, side=Side.OFFICE, by=administrator, at=NOW)
        view = SavedView.objects.create(checklist=checklist, user=editor, name="我的", query="q=1.2.1")
        client = sign_in(editor)

        assert [said for said in shown(make(client)) if said.startswith("Milestone")] == [
            "Milestone: 1.1.1 Title 措施 1.1.1 (河南)",
            "Milestone: 1.1.1 Title 措施 1.1.1 (河南)",
        ]
        assert "Milestone: 1.2.1 Title 措施 1.2.1 (河南)" in shown(make(client, view))

    def test_rights_are_judged_when_it_is_read(
        self, checklist: Checklist, editor: User, sign_in: SignIn
    ) -> None:
        other = make_user("other", checklist, Role.VIEWER)
        view = SavedView.objects.create(checklist=checklist, user=other, name="共享", is_shared=True)
        own, of_view = make(sign_in(editor)), make(sign_in(editor), view)
        assert len(shown(of_view)) == 3

        SavedView.objects.update(is_shared=False)
        assert Client().get(of_view).status_code == 404
        Membership.objects.filter(user=editor).delete()
        assert shown(own) == []
        User.objects.filter(pk=editor.pk).update(is_active=False)
        assert Client().get(own).status_code == 404

    def test_nothing_of_a_closed_checklist_is_shown(
        self, checklist: Checklist, administrator: User, sign_in: SignIn
    ) -> None:
        path = make(sign_in(administrator))
        Checklist.objects.update(status="closed")

        assert shown(path) == []

    def test_the_number_of_events_is_bounded(
        self, administrator: User, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(calendars, "EVENTS", 2)

        assert len(shown(make(sign_in(administrator)))) == 2 + 1

    def test_somebody_who_reads_too_often_has_to_wait(
        self, editor: User, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch, clock: Any
    ) -> None:
        monkeypatch.setattr(pages, "READS", 2)
        path = make(sign_in(editor))
        assert [Client().get(path).status_code for _time in range(3)] == [200, 200, 429]

        clock.shift(timedelta(hours=1, minutes=1))

        assert Client().get(path).status_code == 200


class TestAddresses:
    def test_the_database_holds_a_hash_and_the_log_no_secret(self, editor: User, sign_in: SignIn) -> None:
        token = make(sign_in(editor)).split("/")[2]

        assert len(token) == 43
        assert token not in str(list(CalendarAddress.objects.values()))
        assert CalendarAddress.objects.get().token != token

    def test_a_new_address_replaces_the_old_and_both_acts_are_recorded(
        self, editor: User, sign_in: SignIn
    ) -> None:
        client = sign_in(editor)
        old, new = make(client), make(client)
        assert [Client().get(path).status_code for path in (old, new)] == [404, 200]

        answer = client.post(f"{MAKE}{CalendarAddress.objects.get().pk}/end/")

        assert answer.status_code == 302
        assert Client().get(new).status_code == 404
        recorded = AuditRecord.objects.filter(action=Audited.CALENDAR_ADDRESS).order_by("pk")
        assert [one.after for one in recorded] == ['{"state": "made"}'] * 2 + ['{"state": "ended"}']

    def test_nobody_ends_anothers_address_or_makes_one_of_a_view_that_they_cannot_see(
        self, editor: User, stranger: User, elsewhere: Checklist, sign_in: SignIn
    ) -> None:
        theirs = SavedView.objects.create(checklist=elsewhere, user=stranger, name="x", is_shared=True)
        make(sign_in(stranger), theirs)
        client = sign_in(editor)

        assert client.post(f"{MAKE}{CalendarAddress.objects.get().pk}/end/").status_code == 404
        assert client.post(MAKE, {"view": str(theirs.pk)}).status_code == 404
        assert client.post(MAKE, {"view": "x" * 50}).status_code == 404
        assert CalendarAddress.objects.count() == 1

    def test_the_page_lists_addresses_and_never_shows_them_again(
        self, checklist: Checklist, editor: User, sign_in: SignIn
    ) -> None:
        SavedView.objects.create(checklist=checklist, user=editor, name="我的视图")
        client = sign_in(editor)
        path = make(client)

        page = client.get("/account/reminders/").content.decode()

        assert "End this address" in page
        assert "我的视图" in page
        assert path not in page

    def test_where_addresses_are_off_there_are_none(
        self, editor: User, sign_in: SignIn, settings: Settings
    ) -> None:
        path = make(sign_in(editor))
        settings.CALENDAR_ADDRESSES = False

        assert Client().get(path).status_code == 404
        assert sign_in(editor).post(MAKE).status_code == 404
        assert "Make an address" not in sign_in(editor).get("/account/reminders/").content.decode()
