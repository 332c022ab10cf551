"""Units and members of a checklist, managed by its own administrators on its page of people."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from measures.choices import Audited, Role
from measures.models import AuditRecord, Checklist, Item, Membership, Owner
from tests.everybody import rows_of_everything
from tests.invitations import make_invitation
from tests.make import SignIn, change, make_checklist, make_owner, make_user

PAGE = "/checklists/henan/people/"


@pytest.fixture
def client(administrator: User, sign_in: SignIn) -> Client:
    return sign_in(administrator)


@pytest.fixture
def asvs(settings: Settings) -> None:
    settings.SECURITY_PROFILE = "asvs"


def add_unit(client: Client, **sent: str) -> Any:
    return client.post(f"{PAGE}units/", {f"unit-{name}": value for name, value in sent.items()})


def add_member(client: Client, account: str, role: str = "viewer", unit: object = "") -> Any:
    sent = {"member-account": account, "member-role": role, "member-unit": str(unit)}
    return client.post(f"{PAGE}members/", sent)


def test_an_administrator_of_a_checklist_below_manages_its_own_people_alone(
    checklist: Checklist, sign_in: SignIn
) -> None:
    below = make_checklist("zhoukou", "周口", parent=checklist)
    client = sign_in(make_user("zhoukou", below, Role.ADMINISTRATOR))

    added = client.post("/checklists/zhoukou/people/units/", {"unit-name": "办公室"})

    assert added.status_code == 302
    assert below.owners.get().name == "办公室"
    assert "办公室" in client.get("/checklists/zhoukou/people/").content.decode()
    assert client.get(PAGE).status_code == 404


def test_an_administrator_adds_changes_and_removes_a_unit(client: Client, checklist: Checklist) -> None:
    told = {"name": " 干部 一处 ", "leader": "分管副部长", "contact": "综合科", "phone": "0371-65900000"}
    add_unit(client, **told)
    unit = checklist.owners.get()
    assert (unit.name, unit.leader, unit.contact, unit.phone) == ("干部 一处", *list(told.values())[1:])

    client.post(f"{PAGE}units/{unit.pk}/", told | {"name": "干部二处"})
    unit.refresh_from_db()
    assert unit.name == "干部二处"
    client.post(f"{PAGE}units/{unit.pk}/remove/")

    assert not checklist.owners.exists()
    records = AuditRecord.objects.filter(action=Audited.OWNER_CHANGED).order_by("pk")
    assert [record.before for record in records] == ["", '{"name": "干部 一处"}', records[2].before]
    assert "干部二处" in records[2].before
    assert not records[2].after


def test_what_is_wrong_with_a_unit_is_said_beside_its_field(client: Client, owner: Owner) -> None:
    taken = add_unit(client, name=owner.name)
    mobile = add_unit(client, name="新", phone="13800000000")
    nameless = client.post(f"{PAGE}units/{owner.pk}/", {"name": ""})

    assert taken.status_code == mobile.status_code == nameless.status_code == 422
    assert taken.context["unit_form"].errors["name"]
    assert mobile.context["unit_form"].errors["phone"]
    assert "13800000000" in mobile.content.decode()
    assert nameless.context["form"].errors["name"]


def test_a_unit_that_something_names_stays(
    client: Client, administrator: User, first: Item, owner: Owner
) -> None:
    change(first, by=administrator, owner=owner)

    answer = client.post(f"{PAGE}units/{owner.pk}/remove/", follow=True)

    assert owner.name in answer.content.decode()
    assert Owner.objects.filter(pk=owner.pk).exists()
    assert not AuditRecord.objects.filter(action=Audited.OWNER_CHANGED).exists()


def test_an_account_is_added_by_its_exact_name(client: Client, checklist: Checklist, owner: Owner) -> None:
    user = make_user("liming")

    assert add_member(client, "liming", "editor", owner.pk).status_code == 302

    membership = checklist.memberships.get(user=user)
    assert (membership.role, membership.owner) == ("editor", owner)
    again = add_member(client, "liming")
    assert again.context["member_form"].errors["account"]


def test_nobody_learns_from_the_error_whether_an_account_exists(
    client: Client, checklist: Checklist, elsewhere: Checklist, stranger: User, superuser: User
) -> None:
    User.objects.create_user("gone", is_active=False)
    make_invitation(elsewhere, stranger, "invited-elsewhere")
    other = make_checklist("shandong", "山东", parent=checklist)
    make_user("auditing", other, Role.AUDITOR)

    said = {
        str(add_member(client, name, role).context["member_form"].errors)
        for name, role in (
            ("nobody", "viewer"),
            ("Stranger", "viewer"),
            ("gone", "viewer"),
            (superuser.username, "viewer"),
            ("invited-elsewhere", "viewer"),
            ("auditing", "administrator"),  # `mlps`: who audits a tree does not work in it
        )
    }

    assert len(said) == 1
    assert checklist.memberships.count() == 1


def test_an_editor_has_a_unit_and_nobody_else_has_one(
    client: Client, owner: Owner, checklist: Checklist
) -> None:
    make_user("liming")

    without = add_member(client, "liming", "editor")
    with_one = add_member(client, "liming", "viewer", owner.pk)

    for page in (without, with_one):
        assert page.status_code == 422
        assert list(page.context["member_form"].errors) == ["unit"]


def test_an_administrator_gives_another_role_and_ends_it(
    client: Client, checklist: Checklist, viewer: User, owner: Owner, sign_in: SignIn
) -> None:
    member = Membership.objects.get(user=viewer)
    assert client.get(f"{PAGE}members/{member.pk}/").status_code == 200

    client.post(f"{PAGE}members/{member.pk}/", {"role": "editor", "unit": owner.pk})
    member.refresh_from_db()
    assert (member.role, member.owner) == ("editor", owner)
    reader = sign_in(viewer)
    client.post(f"{PAGE}members/{member.pk}/end/")

    assert reader.get("/checklists/henan/").status_code == 404
    changed, ended = AuditRecord.objects.filter(action=Audited.MEMBERSHIP_CHANGED).order_by("pk")
    assert '"role": "editor"' in changed.after
    assert '"role": "viewer"' in changed.before
    assert '"user": "viewer"' in ended.before


def test_nobody_changes_or_ends_their_own_role(client: Client, administrator: User) -> None:
    own = Membership.objects.get(user=administrator)

    for verb, sent in (("", {"role": "viewer", "unit": ""}), ("end/", {})):
        assert client.post(f"{PAGE}members/{own.pk}/{verb}", sent).status_code == 403

    own.refresh_from_db()
    assert own.role == Role.ADMINISTRATOR


@pytest.mark.usefixtures("asvs")
def test_rows_of_another_checklist_are_not_there(
    client: Client, checklist: Checklist, elsewhere: Checklist, stranger: User, their_owner: Owner
) -> None:
    theirs = Membership.objects.get(user=stranger)
    invitation, _token = make_invitation(elsewhere, stranger)
    before = rows_of_everything()

    for path in (
        f"units/{their_owner.pk}/",
        f"units/{their_owner.pk}/remove/",
        f"members/{theirs.pk}/",
        f"members/{theirs.pk}/end/",
        f"members/{theirs.pk}/link/",
        f"invitations/{invitation.pk}/withdraw/",
    ):
        assert client.post(f"{PAGE}{path}", {"name": "x", "role": "viewer"}).status_code == 404, path
    foreign = add_member(client, "liming", "editor", their_owner.pk)

    assert foreign.context["member_form"].errors["unit"]
    assert rows_of_everything() == before


def test_those_who_do_not_manage_are_refused_and_strangers_find_nothing(
    checklist: Checklist, viewer: User, editor: User, owner: Owner, stranger: User, sign_in: SignIn
) -> None:
    member = Membership.objects.get(user=viewer)
    for user, status in ((viewer, 403), (editor, 403), (stranger, 404)):
        client = sign_in(user)
        for path in (f"units/{owner.pk}/", f"members/{member.pk}/"):
            assert client.get(f"{PAGE}{path}").status_code == status
            assert client.post(f"{PAGE}{path}", {"name": "x", "role": "viewer"}).status_code == status
        for path in (f"units/{owner.pk}/remove/", f"members/{member.pk}/end/"):
            assert client.post(f"{PAGE}{path}").status_code == status


def test_an_administrator_sets_the_name_and_asks_for_a_second_factor(
    client: Client, checklist: Checklist
) -> None:
    page = "/checklists/henan/settings/"
    told = {"due_soon_days": "14", "silence_days": "60", "requires_two_factor": "on"}
    nameless = client.post(page, told | {"name": ""})
    assert list(nameless.context["form"].errors) == ["name"]

    client.post(page, told | {"name": "河南省委组织部"})

    checklist.refresh_from_db()
    assert (checklist.name, checklist.requires_two_factor) == ("河南省委组织部", True)
    record = AuditRecord.objects.get(action=Audited.RULES_CHANGED)
    assert '"name": "河南"' in record.before
    assert '"requires_two_factor": true' in record.after


def test_the_page_of_rules_makes_periods_and_says_by_which_rule_they_go_on(
    client: Client, checklist: Checklist, clock: Any
) -> None:
    settings, english = "/checklists/henan/settings/", {"Accept-Language": "en"}
    assert "There is no rule yet." in client.get(settings, headers=english).content.decode()

    client.post("/checklists/henan/periods/make/", {"kind": "quarter", "year": "2026"})

    page = client.get(settings, headers=english)
    assert "Rule: Quarter. The last period ends on Dec. 31, 2026." in page.content.decode()
    assert page.context["by_rule"].initial == {"kind": "quarter", "year": 2026}
    assert AuditRecord.objects.filter(action=Audited.PERIOD_STEP).count() == 1


def test_the_admin_leads_to_the_pages_of_ones_own_checklists(
    client: Client, checklist: Checklist, administrator: User, owner: Owner, stranger: User
) -> None:
    User.objects.filter(pk=administrator.pk).update(is_staff=True)
    member = checklist.memberships.get(user=administrator)

    for model, row in (("owner", owner), ("membership", member), ("checklist", checklist)):
        for address in ("", f"{row.pk}/change/"):
            page = client.get(f"/admin/measures/{model}/{address}").content.decode()
            assert f'href="{PAGE}"' in page
            assert 'href="/checklists/henan/settings/"' in page
            assert "/checklists/elsewhere/" not in page
        assert client.get(f"/admin/measures/{model}/999/change/").status_code == 302


def test_the_page_costs_the_same_for_2_and_40_units(client: Client, checklist: Checklist) -> None:
    counted = []
    for start, end in ((0, 2), (2, 40)):
        for number in range(start, end):
            unit = make_owner(checklist, f"{number}处")
            make_user(f"u{number}", checklist, Role.EDITOR, unit)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(PAGE).status_code == 200
        counted.append(len(queries))

    assert counted[0] == counted[1]
