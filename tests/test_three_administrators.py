"""Under `mlps` one account has one post (三员分立): the effect of a second post, and who fills empty ones."""

import io
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.core.management import call_command
from django.test import Client
from pytest_django import Settings

from measures.choices import Role, Status
from measures.models import Checklist, Item, Membership
from tests.make import SignIn, change, find_item, make_checklist, make_owner, make_user

ITEM = "/checklists/henan/items/1.1.1/"
ENGLISH = {"Accept-Language": "en"}


@pytest.fixture
def operator(checklist: Checklist) -> User:
    """A superuser who is also the administrator of 河南, as the admin of a first start is."""
    user = User.objects.create_superuser("operator")
    Membership.objects.create(user=user, checklist=checklist, role=Role.ADMINISTRATOR)
    return user


@pytest.fixture
def security(db: None) -> User:
    return make_security("security")


def make_security(name: str) -> User:
    user = make_user(name)
    User.objects.filter(pk=user.pk).update(is_staff=True)
    rights = Permission.objects.filter(codename__in=["add_user", "change_user", "view_user"])
    user.user_permissions.set(rights)
    return User.objects.get(pk=user.pk)


def give(user: User, checklist: Checklist, role: str) -> None:
    """A role that no form would give: by a backup, or from before the profile was chosen."""
    owner = make_owner(checklist, "给") if role == Role.EDITOR else None
    Membership.objects.create(user=user, checklist=checklist, role=role, owner=owner)


def save_item(client: Client) -> int:
    data = {"status": "done", "version": "1", "notes": "", "due": "", "owner": ""}
    return client.post(ITEM, data).status_code


def is_done() -> bool:
    return Item.objects.filter(status=Status.DONE).exists()


class TestWhoRunsTheSystem:
    def test_the_admin_of_a_first_start_works_alone(
        self, db: None, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "Zai-ban-shi-xiang-26")
        call_command("set_up", stdout=io.StringIO())
        client = sign_in(User.objects.get())

        assert save_item(client) == 302
        assert is_done()
        assert client.get("/audit/").status_code == 200
        assert client.get("/admin/auth/user/add/").status_code == 200

    def test_changes_nothing_once_somebody_else_administers(
        self, operator: User, administrator: User, sign_in: SignIn
    ) -> None:
        client = sign_in(operator)

        assert save_item(client) == 403
        assert not is_done()
        assert client.get(ITEM).status_code == 200
        assert 'name="status"' not in client.get(ITEM).content.decode()
        assert client.get("/checklists/henan/hand-over/").status_code == 403
        assert client.post("/checklists/henan/periods/add/").status_code == 403

    @pytest.mark.parametrize("who", ["disabled", "a superuser too", "who manages accounts"])
    def test_stands_in_where_the_other_is_none(
        self, operator: User, administrator: User, sign_in: SignIn, who: str
    ) -> None:
        if who == "who manages accounts":
            other = make_security("other")
            give(other, Checklist.objects.get(slug="henan"), Role.ADMINISTRATOR)
            administrator.memberships.all().delete()
        else:
            values = {"is_active": False} if who == "disabled" else {"is_superuser": True}
            User.objects.filter(pk=administrator.pk).update(**values)

        assert save_item(sign_in(operator)) == 302

    def test_reads_no_trail_that_an_auditor_reads(
        self, operator: User, auditor: User, sign_in: SignIn
    ) -> None:
        client = sign_in(operator)

        assert client.get("/audit/").status_code == 403
        assert 'href="/audit/"' not in client.get("/checklists/").content.decode()

    def test_reads_the_trail_of_a_tree_without_an_auditor(
        self, operator: User, auditor: User, stranger: User, sign_in: SignIn
    ) -> None:
        elsewhere = Checklist.objects.get(slug="elsewhere")
        change(find_item(elsewhere), by=stranger, notes="elsewhere")

        rows = sign_in(operator).get("/audit/").context["rows"]

        assert {row["record"].checklist_slug for row in rows} == {"", "elsewhere"}

    def test_gives_posts_but_manages_no_account_once_somebody_does(
        self, operator: User, security: User, viewer: User, sign_in: SignIn
    ) -> None:
        client = sign_in(operator)
        address = f"/admin/auth/user/{viewer.pk}"
        old = viewer.password

        assert client.get("/admin/auth/user/add/").status_code == 403
        assert client.post(f"{address}/link/").status_code == 403
        assert client.post(f"{address}/no-second-factor/").status_code == 403
        sent = {"password1": "Zai-ban-26x", "password2": "Zai-ban-26x", "usable_password": "true"}
        assert client.post(f"{address}/password/", sent).status_code == 403
        page = client.get(f"{address}/change/").content.decode()
        assert 'name="is_active"' not in page
        assert 'name="is_staff"' in page
        assert f"{viewer.pk}/link/" not in page
        client.post(f"{address}/change/", {"username": "renamed", "is_staff": "on"})
        viewer.refresh_from_db()
        assert (viewer.username, viewer.is_active, viewer.is_staff) == ("viewer", True, True)
        assert viewer.password == old

    def test_manages_accounts_again_where_nobody_does(
        self, operator: User, security: User, viewer: User, sign_in: SignIn
    ) -> None:
        User.objects.filter(pk=security.pk).update(is_active=False)

        assert sign_in(operator).post(f"/admin/auth/user/{viewer.pk}/link/").status_code == 200


class TestWhoManagesAccounts:
    @pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.EDITOR])
    def test_changes_nothing(self, security: User, checklist: Checklist, sign_in: SignIn, role: str) -> None:
        give(security, checklist, role)
        client = sign_in(security)

        assert save_item(client) == 403
        assert client.get("/checklists/henan/").status_code == 200

    def test_reads_no_trail(self, security: User, checklist: Checklist, sign_in: SignIn) -> None:
        give(security, checklist, Role.AUDITOR)

        assert sign_in(security).get("/audit/").status_code == 403

    def test_is_read_of_by_the_auditor_though_without_a_role(
        self, security: User, auditor: User, viewer: User, stranger: User, sign_in: SignIn
    ) -> None:
        sign_in(security).post(f"/admin/auth/user/{viewer.pk}/link/")
        sign_in(stranger)

        rows = sign_in(auditor).get("/audit/").context["rows"]

        told = {(row["record"].by_name, row["record"].action) for row in rows}
        assert {("security", "signed_in"), ("security", "link_given")} <= told
        assert ("stranger", "signed_in") not in told


class TestWhoAudits:
    def test_changes_nothing_in_the_tree_that_they_audit(
        self, checklist: Checklist, auditor: User, sign_in: SignIn
    ) -> None:
        below = make_checklist("zhengzhou", "郑州", checklist.catalogue, parent=checklist)
        give(auditor, below, Role.ADMINISTRATOR)
        address = "/checklists/zhengzhou/items/1.1.1/"

        assert sign_in(auditor).post(address, {"status": "done", "version": "1"}).status_code == 403
        assert not is_done()

    def test_works_in_another_tree(self, checklist: Checklist, auditor: User, sign_in: SignIn) -> None:
        other = make_checklist("other", "别处", checklist.catalogue)
        give(auditor, other, Role.ADMINISTRATOR)
        address = "/checklists/other/items/1.1.1/"
        data = {"status": "done", "version": "1", "notes": "", "due": "", "owner": ""}

        assert sign_in(auditor).post(address, data).status_code == 302


class TestForms:
    """What would be worth nothing is refused where it is given."""

    @pytest.fixture
    def root(self, operator: User, sign_in: SignIn) -> Client:
        return sign_in(operator)

    def add(self, root: Client, user: User, checklist: Checklist, role: str) -> Any:
        owner = make_owner(checklist, "给").pk if role == Role.EDITOR else ""
        data = {"user": user.pk, "checklist": checklist.pk, "role": role, "owner": owner}
        return root.post("/admin/measures/membership/add/", data, headers=ENGLISH)

    @pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.EDITOR, Role.AUDITOR])
    def test_who_manages_accounts_is_given_no_role_but_to_read(
        self, root: Client, security: User, checklist: Checklist, role: str
    ) -> None:
        page = self.add(root, security, checklist, role)

        assert "One account must not combine these duties" in page.content.decode()
        assert page.context["adminform"].form.errors.keys() == {"role"}
        assert not security.memberships.exists()
        assert self.add(root, security, checklist, Role.VIEWER).status_code == 302

    def test_an_auditor_is_given_no_work_in_their_tree(
        self, root: Client, auditor: User, checklist: Checklist
    ) -> None:
        below = make_checklist("zhengzhou", "郑州", checklist.catalogue, parent=checklist)
        other = make_checklist("other", "别处", checklist.catalogue)

        assert self.add(root, auditor, below, Role.ADMINISTRATOR).status_code == 200
        assert self.add(root, auditor, other, Role.ADMINISTRATOR).status_code == 302

    def test_a_role_may_become_another(self, root: Client, auditor: User) -> None:
        held = auditor.memberships.get()
        address = f"/admin/measures/membership/{held.pk}/change/"

        assert root.post(address, {"role": Role.VIEWER, "owner": ""}).status_code == 302

    def test_a_superuser_stands_in_by_a_form_too(
        self, root: Client, operator: User, administrator: User, checklist: Checklist
    ) -> None:
        other = make_checklist("other", "别处", checklist.catalogue)
        operator.memberships.all().delete()

        assert self.add(root, operator, other, Role.ADMINISTRATOR).status_code == 302
        assert self.add(root, operator, checklist, Role.ADMINISTRATOR).status_code == 200

    @pytest.mark.parametrize("post", ["is_superuser", "user_permissions"])
    def test_who_works_is_given_no_post_beside(
        self, root: Client, administrator: User, viewer: User, post: str
    ) -> None:
        right = Permission.objects.get(codename="change_user")
        given = {"is_superuser": "on"} if post == "is_superuser" else {"user_permissions": right.pk}
        sent = {
            "is_active": "on",
            "is_staff": "on",
            "date_joined_0": "2026-11-24",
            "date_joined_1": "09:30:00",
            **given,
        }

        page = root.post(
            f"/admin/auth/user/{administrator.pk}/change/", {"username": "administrator", **sent}
        )
        assert page.status_code == 200
        assert page.context["adminform"].form.errors.keys() == {post}
        saved = root.post(f"/admin/auth/user/{viewer.pk}/change/", {"username": "viewer", **sent})
        assert saved.status_code == 302


class TestTheOtherProfile:
    @pytest.fixture(autouse=True)
    def asvs(self, settings: Settings) -> None:
        settings.SECURITY_PROFILE = "asvs"

    def test_warns_and_keeps_nobody_from_anything(
        self, operator: User, administrator: User, auditor: User, security: User, sign_in: SignIn
    ) -> None:
        client = sign_in(operator)

        assert save_item(client) == 302
        assert client.get("/audit/").status_code == 200
        assert client.get("/admin/auth/user/add/").status_code == 200

    def test_gives_any_role(self, operator: User, security: User, checklist: Checklist) -> None:
        client = Client()
        client.force_login(operator)
        data = {"user": security.pk, "checklist": checklist.pk, "role": Role.AUDITOR, "owner": ""}

        assert client.post("/admin/measures/membership/add/", data).status_code == 302


def test_the_rights_over_accounts_are_told_in_the_readers_language(
    operator: User, viewer: User, sign_in: SignIn
) -> None:
    address = f"/admin/auth/user/{viewer.pk}/change/"

    page = sign_in(operator).get(address, headers={"Accept-Language": "zh-CN"}).content.decode()

    assert page.count('name="user_permissions"') == 3
    assert "新建账号" in page
