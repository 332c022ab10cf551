"""The item's page as a program drives it: which forms it has, what each offers, and what a past day shows."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from measures.choices import ApplicationKind, Role, Side, Status
from measures.models import Application, Checklist, Decision, Item, Membership, Owner
from measures.rights.roles import Rights
from tests.make import NOW, TODAY, SignIn, change, find_item, write_entry
from tests.sheets import ENGLISH

ADDRESS = "/checklists/henan/items/1.1.1/"
ASK_FIRST = "The rules of this checklist ask for an application here. Make one below."


@pytest.fixture
def given(checklist: Checklist, owner: Owner, administrator: User) -> Item:
    """1.1.1 under both rules: in progress, the editor's, five days late."""
    Checklist.objects.update(signs_off=True, extends_by_request=True, opened_at=NOW - timedelta(30))
    item = find_item(checklist)
    due = TODAY - timedelta(5)
    change(item, by=administrator, owner=owner, status=Status.IN_PROGRESS, due=due, at=NOW - timedelta(20))
    return find_item(checklist)


def fields_by_form(page: str) -> dict[str, str]:
    """The fields' HTML of each form by where it is sent, in the order of the page."""
    found = re.findall(r'<form[^>]*action="([^"]+)"[^>]*>(.*?)</form>', page, re.DOTALL)
    return dict(found)


def options(form: str, name: str) -> list[str]:
    select = re.search(rf'<select name="{name}".*?</select>', form, re.DOTALL)
    assert select
    return re.findall(r'<option value="([^"]*)"', select[0])


def test_a_unit_finds_its_state_form_first_with_only_what_it_may_set(
    given: Item, editor: User, sign_in: SignIn
) -> None:
    page = sign_in(editor).get(ADDRESS, headers=ENGLISH).content.decode()

    forms = fields_by_form(page)
    addresses = list(forms)
    assert addresses.index(ADDRESS) < addresses.index(f"{ADDRESS}entries/")
    state, entry = forms[ADDRESS], forms[f"{ADDRESS}entries/"]
    assert options(state, "status") == ["not_started", "in_progress", "blocked"]
    assert 'name="version"' in state
    assert 'name="due"' not in state
    assert "Ask for an extension to move it." in state
    assert options(entry, "entry-status") == ["", "not_started", "blocked"]
    for name in ("entry-progress", "entry-problems", "entry-next_steps"):
        assert f'name="{name}"' in entry
    assert options(forms[f"{ADDRESS}applications/"], "kind") == ["close", "standing", "drop", "extend"]


def test_the_office_finds_every_status_and_the_due_date(
    given: Item, administrator: User, sign_in: SignIn
) -> None:
    state = fields_by_form(sign_in(administrator).get(ADDRESS).content.decode())[ADDRESS]

    assert options(state, "status") == list(Status.values)
    assert f'name="due" value="{given.due}"' in state


@pytest.mark.parametrize("sent", [{"status": "done"}, {"due": "2027-03-01"}, {"due": ""}])
def test_what_a_unit_may_not_set_is_refused_and_not_passed_over(
    given: Item, editor: User, sign_in: SignIn, sent: dict[str, str]
) -> None:
    said = {"version": given.version, "status": "in_progress", "reason": "为测试"} | sent

    answer = sign_in(editor).post(ADDRESS, said, headers=ENGLISH)

    assert answer.status_code == 422
    assert ASK_FIRST in answer.content.decode()
    assert find_item(given.checklist).state() == given.state()


@pytest.mark.parametrize(
    ("days", "question"), [(-1, "This date is in the past."), (4000, "This date is more than ten years")]
)
def test_an_extension_to_an_unusual_day_asks_first(
    given: Item, editor: User, sign_in: SignIn, days: int, question: str
) -> None:
    client, wanted = sign_in(editor), TODAY + timedelta(days)
    sent = {"kind": "extend", "reason": "等待批复", "new_due": wanted.isoformat()}

    first = client.post(f"{ADDRESS}applications/", sent, headers=ENGLISH)
    client.post(f"{ADDRESS}applications/", sent | {"sure": "on"})

    assert first.status_code == 422
    assert question in first.content.decode()
    assert 'type="checkbox" name="sure"' in first.content.decode()
    assert Application.objects.get().new_due == wanted


def test_a_past_day_shows_the_loop_as_it_was(
    given: Item, editor: User, administrator: User, sign_in: SignIn
) -> None:
    entry = write_entry(given, editor, at=NOW - timedelta(9), progress="已开推进会")
    ask: Any = {"side": Side.LEAD, "by": editor, "at": NOW - timedelta(8), "reason": "等待批复"}
    asked = Application.ask(given, ApplicationKind.EXTEND, new_due=TODAY + timedelta(9), **ask)
    entry.withdraw(by=editor, at=NOW - timedelta(6), reason="写错了事项")
    asked.grant(by=administrator, at=NOW - timedelta(6))
    client = sign_in(editor)

    def page(days: int) -> str:
        answer = client.get(f"{ADDRESS}?as_of={TODAY - timedelta(days)}", headers=ENGLISH)
        return str(answer.content.decode())

    then, decided = page(7), page(6)
    assert "已开推进会" in then
    assert "写错了事项" not in then
    assert "写错了事项" in decided
    assert "waits for a decision" in then
    assert "Granted" not in then
    assert "Granted" in decided
    assert "extended 1 time" in decided
    assert "extended" not in then
    assert "<textarea" not in then + decided


def test_an_account_that_is_kept_apart_is_no_second_administrator(
    given: Item, administrator: User, settings: Settings
) -> None:
    settings.SECURITY_PROFILE = "mlps"
    operator = User.objects.create_superuser("operator")
    Membership.objects.create(user=operator, checklist=given.checklist, role=Role.ADMINISTRATOR)
    Membership.objects.filter(role=Role.ADMINISTRATOR).exclude(user__in=[administrator, operator]).delete()

    assert Rights(administrator).alone_decides(given.checklist)
    settings.SECURITY_PROFILE = ""
    assert not Rights(administrator).alone_decides(given.checklist)


def test_an_entry_with_a_status_derives_the_item_once(given: Item, editor: User) -> None:
    with CaptureQueriesContext(
        connection,
    ) as queries:
        write_entry(given, editor, values={"status": Status.BLOCKED}, reason="缺经费", progress="报告已报")

    derived = [one["sql"] for one in queries if "UPDATE" in one["sql"] and '"silent_since" =' in one["sql"]]
    assert len(derived) == 1
    assert find_item(given.checklist).last_entry_at == NOW


def test_granting_needs_no_text(given: Item, editor: User, administrator: User, sign_in: SignIn) -> None:
    sign_in(editor).post(f"{ADDRESS}applications/", {"kind": "close", "reason": "已印发"})
    pk = Application.objects.get().pk

    answer = sign_in(administrator).post(f"/checklists/henan/applications/{pk}/grant/")

    assert answer.status_code == 302
    assert Decision.objects.get().state == "granted"
