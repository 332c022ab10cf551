"""Milestones on pages: what each role may do, what a wrong form keeps, and what list and files show."""

import csv
import io
import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from measures.choices import MilestoneAct, Role, Side, Status
from measures.models import Checklist, Item, Milestone, MilestoneStep, NewStep, Owner
from measures.reports import build_report
from measures.reports.write_docx import write_docx
from measures.reports.write_xlsx import write_xlsx
from tests.make import NOW, TODAY, SignIn, change, find_item, make_owner, make_user
from tests.sheets import ENGLISH

pytestmark = pytest.mark.any_engine

ADDRESS = "/checklists/henan/items/1.1.1/"
MILESTONES = f"{ADDRESS}milestones/"
LIST = "/checklists/henan/items/"
DAY, IN_FIFTY_YEARS = timedelta(1), 18_250
FUTURE = (timezone.localdate() + timedelta(200)).isoformat()


@pytest.fixture
def given(checklist: Checklist, owner: Owner, administrator: User) -> Item:
    """1.1.1 is at work and the editor's; another unit cooperates."""
    Checklist.objects.update(signs_off=True, extends_by_request=True, opened_at=NOW - timedelta(90))
    helping = make_owner(checklist, "配合处")
    make_user("helper", checklist, Role.EDITOR, helping)
    values: Any = {"owner": owner, "cooperating": (helping,), "status": Status.IN_PROGRESS}
    change(find_item(checklist), by=administrator, at=NOW - 30 * DAY, **values)
    return find_item(checklist)


def add(
    item: Item, by: User, *, side: Side = Side.OFFICE, days: int = IN_FIFTY_YEARS, text: str = "印发方案"
) -> MilestoneStep:
    return Milestone.add(item, text=text, due=TODAY + timedelta(days), side=side, by=by, at=NOW - 9 * DAY)


def send(client: Client, step: MilestoneStep, verb: str, **said: Any) -> int:
    address = f"{MILESTONES}{step.milestone_id}/{verb}/"
    return client.post(address, {"seen": step.number} | said).status_code


def test_each_role_does_what_it_may_with_each_kind_of_milestone_and_nothing_else(
    given: Item, administrator: User, editor: User, viewer: User, sign_in: SignIn
) -> None:
    """Every verb is sent for every kind; what the page does not offer is refused and changes nothing."""
    add(given, administrator)
    proposed = add(given, editor, side=Side.LEAD)
    asked = add(given, administrator).milestone.take(
        NewStep(MilestoneAct.MOVE_ASKED, 1, day=TODAY + 30 * DAY, reason="x"),
        side=Side.LEAD,
        by=editor,
        at=NOW,
    )
    done = add(given, administrator).milestone.take(
        NewStep(MilestoneAct.DONE, 1, day=TODAY), side=Side.LEAD, by=editor, at=NOW
    )
    steps = [Milestone.objects.earliest("pk").steps.get(), proposed, asked, done]
    expected: dict[User, list[set[str]]] = {
        administrator: [
            {"done", "move", "withdraw"},
            {"accept", "return", "withdraw"},
            {"accept", "return", "done", "move", "withdraw"},
            {"reopen", "withdraw"},
        ],
        editor: [{"done", "move"}, {"change", "withdraw"}, {"done", "take-back"}, {"reopen"}],
        viewer: [set()] * 4,
        User.objects.get(username="helper"): [set()] * 4,
    }
    verbs = {verb for of_role in expected.values() for some in of_role for verb in some}
    before = MilestoneStep.objects.count()
    for user, of_role in expected.items():
        client = sign_in(user)
        page = client.get(ADDRESS).content.decode()
        for step, allowed in zip(steps, of_role, strict=True):
            offered = set(re.findall(rf"/milestones/{step.milestone_id}/([a-z-]+)/\"", page))
            assert offered == allowed, (user, step)
            for verb in verbs - allowed:
                assert send(client, step, verb, day=FUTURE, reason="x", text="x") == 403, (user, step, verb)
        assert ('name="text"' in page) == (user in (administrator, editor))
        refused = user.username in ("viewer", "helper")
        if refused:
            assert client.post(MILESTONES, {"text": "x", "due": FUTURE}).status_code == 403
    assert MilestoneStep.objects.count() == before


def test_the_office_sets_a_unit_proposes_and_the_office_accepts(
    given: Item, administrator: User, editor: User, sign_in: SignIn
) -> None:
    office, unit = sign_in(administrator), sign_in(editor)
    assert office.post(MILESTONES, {"text": "印发方案", "due": FUTURE}).status_code == 302
    assert unit.post(MILESTONES, {"text": "开展调研", "due": FUTURE}).status_code == 302

    waiting = office.get("/checklists/henan/applications/").content.decode()
    assert "开展调研" in waiting
    assert "印发方案" not in waiting
    proposed = MilestoneStep.objects.get(text="开展调研")
    assert send(office, proposed, "accept") == 302

    given.refresh_from_db()
    assert given.milestone_count == 2
    assert "开展调研" not in office.get("/checklists/henan/applications/").content.decode()


@pytest.mark.parametrize(
    ("said", "error"),
    [
        ({"text": "", "due": FUTURE}, "This field is required."),
        ({"text": "字" * 201, "due": FUTURE}, "at most 200 characters"),
        ({"text": "印发方案", "due": "2001-02-30"}, "This is not a date."),
        ({"text": "印发方案", "due": "1999-01-01"}, "This date is not plausible."),
        ({"text": "印发方案", "due": "2001-01-01"}, "This date is in the past."),
    ],
)
def test_a_wrong_milestone_says_why_next_to_the_field_and_keeps_what_was_typed(
    given: Item, administrator: User, sign_in: SignIn, said: dict[str, str], error: str
) -> None:
    answer = sign_in(administrator).post(MILESTONES, said, headers=ENGLISH)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert error in page
    assert f'name="due" value="{said["due"]}"' in page
    assert said["text"] in page
    assert not Milestone.objects.exists()


def test_what_has_ended_takes_no_more_and_says_so_with_what_was_typed(
    given: Item, administrator: User, sign_in: SignIn
) -> None:
    change(given, by=administrator, status=Status.DONE)
    client = sign_in(administrator)

    assert 'id="milestone-text"' not in client.get(ADDRESS).content.decode()
    answer = client.post(MILESTONES, {"text": "印发方案", "due": FUTURE}, headers=ENGLISH)

    assert answer.status_code == 422
    assert "This item has ended" in answer.content.decode()
    assert "印发方案" in answer.content.decode()


def test_a_day_in_the_past_is_taken_once_it_is_confirmed(
    given: Item, administrator: User, sign_in: SignIn
) -> None:
    said = {"text": "印发方案", "due": "2025-01-01", "sure": "on"}
    assert sign_in(administrator).post(MILESTONES, said).status_code == 302


def test_a_step_without_its_reason_or_day_opens_its_form_again_with_what_was_typed(
    given: Item, administrator: User, sign_in: SignIn
) -> None:
    step, client = add(given, administrator), sign_in(administrator)
    for verb, said, kept in (
        ("move", {"day": FUTURE}, FUTURE),
        ("move", {"reason": "推迟", "day": step.due.isoformat()}, "推迟"),
        ("done", {"day": FUTURE}, FUTURE),
        ("withdraw", {}, ""),
    ):
        answer = client.post(f"{MILESTONES}{step.milestone_id}/{verb}/", {"seen": 1} | said)
        page = answer.content.decode()
        assert answer.status_code == 422
        assert kept in page
        assert page.count("<details open") == 1, verb
    assert MilestoneStep.objects.count() == 1


def test_who_acts_on_what_has_changed_meanwhile_is_told_and_loses_nothing(
    given: Item, administrator: User, editor: User, sign_in: SignIn
) -> None:
    step = add(given, administrator)
    office = sign_in(administrator)
    assert send(sign_in(editor), step, "move", day=FUTURE, reason="文件未出") == 302

    answer = office.post(
        f"{MILESTONES}{step.milestone_id}/withdraw/", {"seen": 1, "reason": "不再需要"}, headers=ENGLISH
    )

    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Somebody changed this milestone" in page
    assert "不再需要" in page
    assert send(office, MilestoneStep.objects.latest("pk"), "withdraw", reason="不再需要") == 302

    proposed = add(given, editor, side=Side.LEAD)
    assert send(sign_in(editor), proposed, "change", text="改为开会", day=FUTURE) == 302
    answer = office.post(f"{MILESTONES}{proposed.milestone_id}/accept/", {"seen": 1}, headers=ENGLISH)
    assert answer.status_code == 409
    assert "Somebody changed this milestone" in answer.content.decode()
    assert "改为开会" in answer.content.decode()


def test_anothers_milestone_and_unknown_verbs_are_not_there(
    given: Item, elsewhere: Checklist, administrator: User, stranger: User, sign_in: SignIn
) -> None:
    theirs = add(find_item(elsewhere), stranger)
    other = add(find_item(given.checklist, "1.1.2"), administrator)
    client = sign_in(administrator)

    assert send(client, theirs, "done") == 404
    assert send(client, other, "done") == 404
    assert send(client, add(given, administrator), "explode") == 404
    Checklist.objects.update(status="closed")
    assert client.post(MILESTONES, {"text": "x", "due": FUTURE}).status_code == 403


def test_a_past_day_shows_what_was_then_and_no_forms(
    given: Item, administrator: User, sign_in: SignIn
) -> None:
    step = add(given, administrator, days=-5)
    step.milestone.take(NewStep(MilestoneAct.DONE, 1, day=TODAY), side=Side.OFFICE, by=administrator, at=NOW)
    client = sign_in(administrator)

    page = client.get(f"{ADDRESS}?as_of={TODAY - DAY}", headers=ENGLISH).content.decode()

    assert "印发方案" in page
    assert "milestone-missed" in page
    assert "/milestones/" not in page
    assert "印发方案" not in client.get(f"{ADDRESS}?as_of={TODAY - 20 * DAY}").content.decode()


def test_the_list_shows_how_many_are_done_and_finds_what_is_missed(
    given: Item, administrator: User, sign_in: SignIn
) -> None:
    for days in (-3, IN_FIFTY_YEARS):
        add(given, administrator, days=days)
    add(find_item(given.checklist, "1.1.2"), administrator)
    client = sign_in(administrator)

    page = client.get(f"{LIST}?sort=milestones", headers=ENGLISH).content.decode()
    assert "0/2" in page
    assert "0/2" in client.get(f"{LIST}?columns=code,milestones").content.decode()
    assert "milestone of November 21 missed" in page
    missed = client.get(f"{LIST}?milestone=missed").content.decode()
    assert re.findall(r'data-row="([\d.]+)"', missed) == ["1.1.1"]
    assert (
        'data-row="1.1.1"'
        not in client.get(f"{LIST}?milestone=missed&as_of={TODAY - 9 * DAY}").content.decode()
    )
    assert client.get(f"{LIST}?milestone=x", headers=ENGLISH).content.decode().count("data-row=") == 0
    text = client.get(f"{LIST}?columns=code,milestones&format=csv", headers=ENGLISH).content.decode(
        "utf-8-sig"
    )
    rows = {row["Code"]: row["Milestones"] for row in csv.DictReader(io.StringIO(text))}
    assert (rows["1.1.1"], rows["1.1.2"], rows["1.1.3"]) == ("0 of 2 done", "0 of 1 done", "")


def test_the_list_takes_as_many_queries_with_milestones_as_without(
    given: Item, administrator: User, sign_in: SignIn
) -> None:
    client, counts = sign_in(administrator), []
    client.get(LIST)
    for _size in (1, 2):
        with CaptureQueriesContext(connection) as queries:
            client.get(LIST)
        counts.append(len(queries))
        for item in given.checklist.items.select_related("checklist"):
            add(item, administrator, days=-1)
            add(item, administrator)

    assert counts[0] == counts[1]


def test_reports_tell_each_milestone_and_which_are_missed(
    given: Item, administrator: User, sign_in: SignIn
) -> None:
    add(given, administrator, days=-3, text="印发方案")
    done = add(given, administrator, days=2, text="开展培训")
    done.milestone.take(NewStep(MilestoneAct.DONE, 1, day=TODAY), side=Side.OFFICE, by=administrator, at=NOW)

    report = build_report(
        given.checklist.items.as_of(TODAY),
        checklist=given.checklist,
        as_of=TODAY,
        made_at=NOW,
        made_by="督查室",
    )
    assert [(row.text, row.state) for row in report.milestones] == [
        ("印发方案", "missed"),
        ("开展培训", "done"),
    ]
    (row,) = (row for row in report.rows if row.code == "1.1.1")
    assert (row.milestones_done, row.milestone_count) == (1, 2)
    assert "missed" in row.light_reason or "逾期" in row.light_reason
    assert write_xlsx(report)
    assert write_docx(report)
    page = sign_in(administrator).get("/checklists/henan/report/", headers=ENGLISH).content.decode()
    assert "1/2" in page
    assert "Milestones missed" in page
