"""Accounts on the to-do page: those who make accounts find which are asked for, and nobody else does."""

import pytest
from django.contrib.auth.models import User

from measures.choices import Role
from measures.models import Checklist, Invitation
from tests.make import NOW, SignIn, make_checklist
from tests.test_three_administrators import make_security
from tests.todo_make import blocks_of, in_header

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def account_manager(db: None) -> User:
    return make_security("manager")


def ask_for(checklist: Checklist, by: User, *names: str) -> None:
    for name in names:
        asked = Invitation(checklist=checklist, username=name, person=f"{name}某", role=Role.VIEWER)
        asked.prepare(by=by, at=NOW)


def test_an_account_manager_without_any_role_finds_the_accounts_to_make(
    checklist: Checklist, administrator: User, account_manager: User, sign_in: SignIn
) -> None:
    ask_for(checklist, administrator, *(f"user{number}" for number in range(10)))
    ask_for(make_checklist("zhengzhou", "郑州", checklist.catalogue), administrator, "zhang")

    client = sign_in(account_manager)
    waiting = blocks_of(client)["accounts"]

    assert waiting.total == 11
    assert [line.title for line in waiting.lines] == [f"user{number}某" for number in range(8)]
    assert waiting.lines[0].about == ("user0", "河南", "由administrator申请")
    assert waiting.links[0].address == waiting.lines[0].address == "/account/requests/"
    assert in_header(client.get("/").content.decode()) == 11
    assert in_header(client.get("/account/requests/").content.decode()) == 11


def test_an_account_that_was_made_or_returned_waits_no_longer(
    checklist: Checklist, administrator: User, account_manager: User, sign_in: SignIn
) -> None:
    ask_for(checklist, administrator, "one", "two", "three")
    made, returned, _left = Invitation.objects.order_by("pk")
    made.approve(by=account_manager, at=NOW)
    returned.withdraw(by=account_manager, at=NOW, with_account=False)

    waiting = blocks_of(sign_in(account_manager))["accounts"]

    assert [line.title for line in waiting.lines] == ["three某"]


def test_who_makes_no_accounts_does_not_see_them(
    checklist: Checklist, administrator: User, viewer: User, sign_in: SignIn
) -> None:
    ask_for(checklist, administrator, "one")

    assert "accounts" not in blocks_of(sign_in(administrator))
    assert "accounts" not in blocks_of(sign_in(viewer))


def test_the_items_without_a_lead_lead_to_the_page_that_hands_them_out(
    checklist: Checklist, administrator: User, sign_in: SignIn
) -> None:
    page = sign_in(administrator).get("/").content.decode()

    assert 'href="/checklists/henan/items/by-section/"' in page


def test_each_of_two_checklists_with_one_name_has_its_own_page_that_hands_out(
    checklist: Checklist, administrator: User, sign_in: SignIn
) -> None:
    twin = make_checklist("twin", checklist.name, checklist.catalogue)
    administrator.memberships.create(checklist=twin, role=Role.ADMINISTRATOR)

    ways = blocks_of(sign_in(administrator))["unled"].ways

    assert {way.address for way in ways} == {
        f"/checklists/{slug}/items/by-section/" for slug in ("henan", "twin")
    }
