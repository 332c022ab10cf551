"""Who is reminded of what: units and offices, as their checklists are on a day."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from measures.choices import (
    ApplicationKind,
    MilestoneAct,
    PeriodKind,
    ReminderKind,
    Role,
    Side,
    Status,
)
from measures.lights import WorkingDays
from measures.models import (
    Application,
    Assignment,
    Checklist,
    Item,
    Membership,
    Milestone,
    Owner,
    Period,
    ReminderChoice,
)
from measures.models.milestones import NewStep
from measures.reminders.digest import KindSaid, bodies
from tests.make import (
    NOW,
    TODAY,
    change,
    find_item,
    make_checklist,
    make_owner,
    make_user,
    write_entry,
)
from tests.reminders_make import a_mail_server, at_work, people

__all__ = ["a_mail_server", "at_work", "people"]  # fixtures are found by their names

pytestmark = pytest.mark.usefixtures("a_mail_server")

MONDAY = TODAY - timedelta(TODAY.weekday())


def told(user: User, on: date = TODAY, **calendar: Any) -> dict[str, list[str] | int]:
    """By kind, the codes of the items that the user is told about, or how many other things."""
    said = kinds_of(user, on, **calendar)
    return {kind["kind"]: [item["code"] for item in kind["items"]] or kind["count"] for kind in said}


def kinds_of(user: User, on: date = TODAY, **calendar: Any) -> list[KindSaid]:
    """What a message to the user says."""
    told_to = bodies([user], on=on, days=WorkingDays(**calendar))
    return [
        kind
        for _user, _language, body in told_to
        for checklist in body["checklists"]
        for kind in checklist["kinds"]
    ]


@pytest.mark.usefixtures("at_work")
class TestWho:
    def test_a_unit_is_told_about_each_open_item_once(self, editor: User) -> None:
        assert told(editor) == {
            ReminderKind.CHASED: ["1.1.3"],
            ReminderKind.LATE: ["1.1.1"],
            ReminderKind.DUE_SOON: ["1.1.2"],
            ReminderKind.SILENT: ["1.2.2"],
        }

    def test_an_answer_ends_the_reminder_of_a_chaser(self, checklist: Checklist, editor: User) -> None:
        write_entry(find_item(checklist, "1.1.3"), editor, at=NOW)

        assert ReminderKind.CHASED not in told(editor)

    def test_a_returned_application_is_told_and_a_waiting_one_stops_the_clock(
        self, checklist: Checklist, editor: User, administrator: User
    ) -> None:
        Checklist.objects.update(signs_off=True)
        item = find_item(checklist, "1.1.2")
        asked = Application.ask(item, ApplicationKind.CLOSE, side=Side.LEAD, by=editor, at=NOW, reason="办结")
        assert ReminderKind.DUE_SOON not in told(editor)
        assert told(administrator, MONDAY + timedelta(7))[ReminderKind.APPLICATIONS] == 1

        asked.send_back(by=administrator, at=NOW, reason="补材料")

        assert told(editor)[ReminderKind.RETURNED] == ["1.1.2"]
        assert ReminderKind.APPLICATIONS not in told(administrator, MONDAY + timedelta(7))

    def test_a_milestone_is_told_before_its_day_and_after_it_until_it_is_done(
        self, checklist: Checklist, editor: User, administrator: User
    ) -> None:
        item, day = find_item(checklist, "1.1.2"), TODAY + timedelta(1)
        step = Milestone.add(item, text="印发方案", due=day, side=Side.OFFICE, by=administrator, at=NOW)
        (due,) = (kind for kind in kinds_of(editor) if kind["kind"] == ReminderKind.MILESTONE)
        assert due["items"] == [{"code": "1.1.2", "title": due["items"][0]["title"], "day": day.isoformat()}]
        assert ReminderKind.DUE_SOON not in told(editor)
        assert told(editor, TODAY + timedelta(2))[ReminderKind.MILESTONE] == ["1.1.2"]

        done = NewStep(MilestoneAct.DONE, 1, day=TODAY)
        step.milestone.take(done, side=Side.LEAD, by=editor, at=NOW)

        assert told(editor)[ReminderKind.DUE_SOON] == ["1.1.2"]

    def test_the_office_is_told_of_milestones_that_a_unit_proposed_or_asked_to_move(
        self, checklist: Checklist, editor: User, administrator: User
    ) -> None:
        Checklist.objects.update(signs_off=True, extends_by_request=True)
        item, day = find_item(checklist, "1.1.2"), TODAY + timedelta(60)
        step = Milestone.add(item, text="印发方案", due=day, side=Side.LEAD, by=editor, at=NOW)
        week = MONDAY + timedelta(7)
        assert told(administrator, week)[ReminderKind.MILESTONES] == 1

        step.milestone.take(NewStep(MilestoneAct.ACCEPTED, 1), side=Side.OFFICE, by=administrator, at=NOW)
        assert ReminderKind.MILESTONES not in told(administrator, week)

        later = NewStep(MilestoneAct.MOVE_ASKED, 2, day=day + timedelta(9), reason="会签未完")
        step.milestone.take(later, side=Side.LEAD, by=editor, at=NOW)
        assert told(administrator, week)[ReminderKind.MILESTONES] == 1

        change(item, by=administrator, status=Status.DONE)
        assert ReminderKind.MILESTONES not in told(administrator, week)

    def test_entries_are_due_from_seven_working_days_before_the_end_of_a_period(
        self, checklist: Checklist, editor: User, administrator: User
    ) -> None:
        span = (TODAY.replace(day=1), TODAY.replace(day=30))
        Period.make(checklist, PeriodKind.MONTH, [span], at=NOW)
        write_entry(find_item(checklist, "1.1.1"), editor, at=NOW)
        early = TODAY.replace(day=18)

        (due,) = (kind for kind in kinds_of(editor) if kind["kind"] == "entries_due")

        assert (due["count"], due["of"]) == (3, 4)
        assert ReminderKind.ENTRIES_DUE not in told(editor, early)
        assert told(administrator, MONDAY)[ReminderKind.NOT_REPORTED] == 1

    def test_the_office_is_told_once_a_week_and_of_long_unanswered_chasers_every_day(
        self, checklist: Checklist, administrator: User
    ) -> None:
        weekly = {ReminderKind.WITHOUT_LEAD: 7, ReminderKind.UNANSWERED: 1}
        next_monday = MONDAY + timedelta(7)
        assert told(administrator) == {}
        assert told(administrator, next_monday) == weekly | {ReminderKind.ESCALATED: 1}
        assert told(administrator, TODAY + timedelta(3)) == {ReminderKind.ESCALATED: 1}

        holiday = frozenset({next_monday})
        assert told(administrator, next_monday, holidays=holiday) == {}
        tuesday = told(administrator, next_monday + timedelta(1), holidays=holiday)
        assert tuesday == weekly | {ReminderKind.ESCALATED: 1}

    def test_an_office_is_told_what_was_handed_down_until_it_answers(
        self, checklist: Checklist, administrator: User, people: dict[str, User]
    ) -> None:
        above = make_checklist("china", "全国", checklist.catalogue)
        checklist.move(above, at=NOW)
        checklist.refresh_from_db()
        measure = find_item(checklist).measure
        asked = Assignment.hand_down(
            above, measure, [checklist], due=TODAY, text="抓紧", by=administrator, at=NOW
        )
        assert told(administrator) == {ReminderKind.HANDED_DOWN: 1}

        asked.accept(checklist, version=1, by=administrator, at=NOW)

        assert told(administrator) == {}

    def test_viewers_and_members_of_closed_checklists_are_told_nothing(
        self, checklist: Checklist, people: dict[str, User]
    ) -> None:
        assert told(people["viewer"]) == {}

        Checklist.objects.update(status="closed")

        assert [told(user, MONDAY) for user in people.values()] == [{}, {}, {}]

    def test_somebody_kept_apart_by_the_three_posts_is_not_told_to_act(
        self, checklist: Checklist, administrator: User, settings: Settings
    ) -> None:
        settings.SECURITY_PROFILE = "mlps"
        assert told(administrator, MONDAY + timedelta(7))

        above = make_checklist("china", "全国", checklist.catalogue)
        checklist.move(above, at=NOW)
        Membership.objects.create(user=administrator, checklist=above, role=Role.AUDITOR)

        assert told(administrator, MONDAY + timedelta(7)) == {}

    def test_a_kind_that_is_switched_off_is_not_told_but_chasers_always_are(self, editor: User) -> None:
        ReminderChoice.objects.create(user=editor, off=[*ReminderKind])

        assert told(editor) == {ReminderKind.CHASED: ["1.1.3"]}


def test_the_number_of_queries_does_not_grow_with_the_persons(
    checklist: Checklist, owner: Owner, at_work: None
) -> None:
    counts = []
    for many in (3, 30):
        for number in range(many):
            other = make_owner(checklist, f"{many} {number}")
            make_user(f"{many} {number}", checklist, Role.EDITOR, other)
            make_user(f"office {many} {number}", checklist, Role.ADMINISTRATOR)
            change_owner = Item.objects.filter(checklist=checklist, owner=None).first()
            if change_owner:
                change(change_owner, by=User.objects.get(username="administrator"), owner=other)
        everybody = list(User.objects.order_by("pk"))
        with CaptureQueriesContext(
            connection,
        ) as asked:
            list(bodies(everybody, on=MONDAY, days=WorkingDays()))
        counts.append(len(asked))

    assert counts[0] == counts[1] <= 13, counts
