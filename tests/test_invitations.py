"""People who are invited: one link, once, for an account that the invitation made; and who makes accounts."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import Settings

from measures.choices import Audited, Role
from measures.models import AuditRecord, Checklist, Invitation, Membership, Owner, Session
from measures.models.invitations import LINK_DAYS
from tests.invitations import PASSWORD_SET, links_in, make_invitation, set_first_password
from tests.make import PASSWORD, SignIn, make_user
from tests.test_three_administrators import make_security

pytestmark = pytest.mark.usefixtures("clock")

PAGE = "/checklists/henan/people/"
REQUESTS = "/account/requests/"


@pytest.fixture
def client(administrator: User, sign_in: SignIn) -> Client:
    return sign_in(administrator)


@pytest.fixture
def asvs(settings: Settings) -> None:
    settings.SECURITY_PROFILE = "asvs"


def invite(client: Client, account: str = "xinren", role: str = "viewer", unit: object = "") -> Any:
    sent = {"person": "新人", "account": account, "role": role, "unit": str(unit)}
    return client.post(f"{PAGE}invitations/", {f"invite-{name}": value for name, value in sent.items()})


@pytest.mark.usefixtures("asvs")
class TestByTheAdministrator:
    def test_an_invited_person_sets_a_password_and_works_for_their_unit(
        self, client: Client, checklist: Checklist, owner: Owner
    ) -> None:
        (path,) = links_in(invite(client, role="editor", unit=owner.pk))
        person = Client()
        assert "xinren" in person.get(path).content.decode()

        assert set_first_password(path).headers["Location"] == "/sign-in/"

        assert person.post("/sign-in/", {"username": "xinren", "password": PASSWORD_SET}).status_code == 302
        assert person.get("/checklists/henan/").context["owner"] == owner
        assert not Invitation.objects.exists()

    def test_the_trail_tells_who_invited_whom_and_never_the_link(self, client: Client) -> None:
        (path,) = links_in(invite(client))
        set_first_password(path)

        records = AuditRecord.objects.exclude(
            action__in=(Audited.CHECKLIST_OPENED, Audited.SIGNED_IN)
        ).order_by("pk")
        assert [record.action for record in records] == [
            *(Audited.INVITED, Audited.USER_CHANGED, Audited.MEMBERSHIP_CHANGED, Audited.LINK_GIVEN),
            Audited.PASSWORD_CHANGED,
        ]
        token = path.strip("/").rpartition("/")[2]
        assert token not in str(AuditRecord.objects.values())
        assert token not in str(Invitation.objects.values())

    def test_opening_the_link_writes_nothing_and_it_works_once(self, client: Client) -> None:
        (path,) = links_in(invite(client))
        before = Session.objects.count(), Invitation.objects.get().link
        Client().get(path)
        assert (Session.objects.count(), Invitation.objects.get().link) == before
        set_first_password(path)

        again = set_first_password(path, "Another-one-26")

        assert again.status_code == 404
        assert Client().login(username="xinren", password=PASSWORD_SET)

    def test_a_link_is_shown_once_and_kept_as_a_hash(self, client: Client) -> None:
        (path,) = links_in(invite(client))

        assert links_in(client.get(PAGE)) == []
        assert path.strip("/").rpartition("/")[2] != Invitation.objects.get().link

    def test_a_link_works_for_seven_days(self, client: Client, clock: Any) -> None:
        (path,) = links_in(invite(client))
        clock.shift(timedelta(days=LINK_DAYS) - timedelta(seconds=1))
        assert Client().get(path).status_code == 200

        clock.shift(timedelta(seconds=1))

        assert Client().get(path).status_code == 404

    def test_a_weak_password_is_refused_beside_its_field(self, client: Client) -> None:
        page = set_first_password(links_in(invite(client))[0], "12345")

        assert page.status_code == 422
        assert page.context["form"].errors["new_password2"]

    @pytest.mark.parametrize(
        "change",
        [
            {"is_active": False},
            {"is_superuser": True},
            {"is_staff": True},
            {"last_login": "2026-11-24 00:00:00+08:00"},
            {"password": "md5$has$one"},
        ],
        ids=lambda change: next(iter(change)),
    )
    def test_a_link_opens_only_an_account_that_nobody_has_used(
        self, client: Client, change: dict[str, Any]
    ) -> None:
        (path,) = links_in(invite(client))
        User.objects.filter(username="xinren").update(**change)

        assert set_first_password(path).status_code == 404

    def test_a_new_link_ends_the_one_before(self, client: Client) -> None:
        (old,) = links_in(invite(client))
        member = Membership.objects.get(user__username="xinren")

        (new,) = links_in(client.post(f"{PAGE}members/{member.pk}/link/"))

        assert Client().get(old).status_code == 404
        assert Client().get(new).status_code == 200

    def test_a_link_of_the_account_manager_ends_the_invitation(
        self, client: Client, superuser: User, sign_in: SignIn
    ) -> None:
        (path,) = links_in(invite(client))
        user = User.objects.get(username="xinren")

        sign_in(superuser).post(f"/admin/auth/user/{user.pk}/link/")

        assert Client().get(path).status_code == 404

    def test_nobody_gets_a_link_for_an_account_that_was_there_before(
        self, client: Client, viewer: User
    ) -> None:
        member = Membership.objects.get(user=viewer)

        answer = client.post(f"{PAGE}members/{member.pk}/link/", follow=True)

        assert links_in(answer) == []
        assert Client().login(username="viewer", password=PASSWORD)

    def test_a_name_that_is_taken_makes_nothing_and_gives_no_link(
        self, client: Client, checklist: Checklist
    ) -> None:
        make_user("Taken")

        page = invite(client, "taken")

        assert page.status_code == 422
        assert list(page.context["invite_form"].errors) == ["account"]
        assert "新人" in page.content.decode()
        assert not Invitation.objects.exists()
        assert not AuditRecord.objects.filter(action=Audited.INVITED).exists()

    def test_ending_the_role_of_somebody_who_never_came_takes_the_account_away(
        self, client: Client, checklist: Checklist
    ) -> None:
        (path,) = links_in(invite(client))
        member = Membership.objects.get(user__username="xinren")

        client.post(f"{PAGE}members/{member.pk}/end/")

        assert not User.objects.filter(username="xinren").exists()
        assert Client().get(path).status_code == 404

    def test_ending_the_role_of_somebody_who_came_leaves_the_account(self, client: Client) -> None:
        (path,) = links_in(invite(client))
        set_first_password(path)
        member = Membership.objects.get(user__username="xinren")

        client.post(f"{PAGE}members/{member.pk}/end/")

        assert User.objects.get(username="xinren").has_usable_password()


class TestByTheAccountManager:
    """Under `mlps`, an administrator asks, and another one makes the account."""

    @pytest.fixture
    def manager(self, db: None, sign_in: SignIn) -> Client:
        return sign_in(make_security("security"))

    def test_an_administrator_makes_no_account(self, client: Client, checklist: Checklist) -> None:
        page = invite(client)

        assert page.status_code == 302
        assert not User.objects.filter(username="xinren").exists()
        assert "xinren" in client.get(PAGE).content.decode()

    def test_the_account_manager_makes_it_and_gets_the_link(
        self, client: Client, manager: Client, checklist: Checklist, owner: Owner
    ) -> None:
        invite(client, role="editor", unit=owner.pk)
        invitation = Invitation.objects.get()
        assert "新人" in manager.get(REQUESTS).content.decode()

        (path,) = links_in(manager.post(REQUESTS, {"ticked": [invitation.pk], "approve": "1"}))

        assert set_first_password(path).status_code == 302
        member = Membership.objects.get(user__username="xinren")
        assert (member.checklist, member.role, member.owner) == (checklist, "editor", owner)
        made = AuditRecord.objects.get(action=Audited.USER_CHANGED)
        assert made.by_name == "security"

    def test_an_administrator_cannot_approve_nor_make_links(
        self, client: Client, manager: Client, checklist: Checklist
    ) -> None:
        invite(client)
        invitation = Invitation.objects.get()
        assert client.post(REQUESTS, {"ticked": [invitation.pk], "approve": "1"}).status_code == 403
        manager.post(REQUESTS, {"ticked": [invitation.pk], "approve": "1"})
        member = Membership.objects.get(user__username="xinren")

        assert client.post(f"{PAGE}members/{member.pk}/link/").status_code == 403

    def test_a_superuser_approves_only_until_somebody_else_manages_accounts(
        self, client: Client, superuser: User, sign_in: SignIn
    ) -> None:
        root = sign_in(superuser)
        assert root.get(REQUESTS).status_code == 200
        make_security("security")

        assert root.get(REQUESTS).status_code == 403

    def test_what_is_asked_by_somebody_who_no_longer_manages_is_left(
        self, client: Client, manager: Client, administrator: User
    ) -> None:
        invite(client)
        Membership.objects.filter(user=administrator).update(role=Role.VIEWER)

        answer = manager.post(REQUESTS, {"ticked": [Invitation.objects.get().pk], "approve": "1"})

        assert links_in(answer) == []
        assert "administrator" in answer.content.decode()
        assert not User.objects.filter(username="xinren").exists()

    def test_a_name_that_is_taken_is_left_and_can_be_returned(
        self, client: Client, manager: Client, checklist: Checklist
    ) -> None:
        invite(client, "Security")
        key = Invitation.objects.get().pk
        assert "Security" in manager.post(REQUESTS, {"ticked": [key], "approve": "1"}).content.decode()

        manager.post(REQUESTS, {"ticked": [key], "return": "1"})

        assert not Invitation.objects.exists()

    def test_an_administrator_withdraws_what_waits(self, client: Client, checklist: Checklist) -> None:
        invite(client)

        client.post(f"{PAGE}invitations/{Invitation.objects.get().pk}/withdraw/")

        assert not Invitation.objects.exists()

    def test_an_account_that_was_made_stays_when_its_role_ends(
        self, client: Client, administrator: User, checklist: Checklist
    ) -> None:
        make_invitation(checklist, administrator)
        member = Membership.objects.get(user__username="xinren")

        client.post(f"{PAGE}members/{member.pk}/end/")

        assert User.objects.filter(username="xinren").exists()
        assert not Invitation.objects.exists()


@pytest.mark.parametrize("ticked", [["x"], ["-1"], ["9" * 40], []])
def test_keys_that_cannot_be_approve_nothing(superuser: User, sign_in: SignIn, ticked: list[str]) -> None:
    answer = sign_in(superuser).post(REQUESTS, {"ticked": ticked, "approve": "1"})

    assert answer.status_code == 302


def test_a_made_up_token_opens_nothing(db: None) -> None:
    for token in ("x", "x" * 2_000, "%00", "a-b_c"):
        assert Client().get(f"/account/invitation/{token}/").status_code == 404
