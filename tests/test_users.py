"""Users in the admin: made without a password, let in by a link, disabled and never deleted."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django_otp.plugins.otp_totp.models import TOTPDevice

from measures.models import Account, Checklist, RecoveryCode, Session
from tests.make import NOW, PASSWORD, SignIn, make_user

pytestmark = pytest.mark.usefixtures("clock")

USERS = "/admin/auth/user/"
NEW = "Zai-ban-shi-xiang-26"


@pytest.fixture
def root(db: None, sign_in: SignIn) -> Client:
    return sign_in(User.objects.create_superuser("root", password=PASSWORD))


def path_in(page: Any) -> str:
    found = re.search(r'value="http://testserver(/account/first-password/[^"]+)"', page.content.decode())
    assert found
    return found[1]


def add(root: Client, name: str = "xinren") -> str:
    """Make a user as the administrator does; the path of the link that is shown."""
    return path_in(root.post(f"{USERS}add/", {"username": name, "last_name": "新", "first_name": "人"}))


def set_password(path: str, new: str = NEW) -> Any:
    client = Client(headers={"Accept-Language": "en"})
    return client.post(path, {"new_password1": new, "new_password2": new})


def test_a_new_user_has_no_password_and_sets_their_own_by_the_link(root: Client) -> None:
    page = root.get(f"{USERS}add/").content.decode()
    assert "password" not in re.findall(r'name="(\w+)"', page)
    path = add(root)
    user = User.objects.get(username="xinren")
    assert not user.has_usable_password()
    assert "xinren" in Client().get(path).content.decode()

    assert set_password(path).headers["Location"] == "/sign-in/"

    client = Client()
    assert client.post("/sign-in/", {"username": "xinren", "password": NEW}).status_code == 302
    assert client.get("/checklists/").status_code == 200
    assert Account.objects.get(user=user).password_changed_at == NOW


def test_opening_the_link_writes_nothing(root: Client) -> None:
    path = add(root)
    before = Session.objects.count(), User.objects.get(username="xinren").password

    Client().get(path)

    assert (Session.objects.count(), User.objects.get(username="xinren").password) == before


def test_the_link_works_once(root: Client) -> None:
    path = add(root)
    set_password(path)

    again = set_password(path, "Another-one-26")

    assert again.status_code == 404
    assert "no longer works" in again.content.decode()
    assert Client().login(username="xinren", password=NEW)


def test_the_link_works_for_three_days(root: Client, clock: Any) -> None:
    path = add(root)
    clock.shift(timedelta(days=3))
    assert Client().get(path).status_code == 200

    clock.shift(timedelta(seconds=1))

    assert Client().get(path).status_code == 404


def test_a_weak_first_password_is_refused_beside_its_field(root: Client) -> None:
    page = set_password(add(root), "12345")

    assert page.status_code == 422
    assert page.context["form"].errors["new_password2"]


@pytest.mark.parametrize("key", ["MQ", "nonsense", "4pyT", "MTAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDA"])
def test_a_made_up_link_opens_nothing(root: Client, key: str) -> None:
    assert Client().get(f"/account/first-password/{key}/c8x1h2-abcdef0123456789/").status_code == 404


def test_the_link_of_one_user_is_none_for_another(root: Client) -> None:
    path = add(root)
    make_user("other")
    root_key = re.sub(r"first-password/[^/]+", "first-password/MQ", path)

    assert Client().get(root_key).status_code == 404


def test_a_new_link_ends_the_old_password_older_links_and_sessions(root: Client, sign_in: SignIn) -> None:
    first = add(root)
    user = User.objects.get(username="xinren")
    second = path_in(root.post(f"{USERS}{user.pk}/link/"))
    assert Client().get(first).status_code == 404
    set_password(second)
    user.refresh_from_db()
    client = sign_in(user)

    third = path_in(root.post(f"{USERS}{user.pk}/link/"))

    assert client.get("/checklists/").status_code == 302
    assert not Client().login(username="xinren", password=NEW)
    assert set_password(third, "Another-one-26").status_code == 302


def test_a_disabled_user_is_signed_out_and_no_link_lets_them_in(root: Client, sign_in: SignIn) -> None:
    path = add(root)
    user = User.objects.get(username="xinren")
    client = sign_in(user)
    sent = {
        "username": "xinren",
        "date_joined_0": "2026-11-24",
        "date_joined_1": "09:30:00",
        "initial-date_joined_0": "2026-11-24",
        "initial-date_joined_1": "09:30:00",
    }

    assert root.post(f"{USERS}{user.pk}/change/", sent).status_code == 302

    assert not Session.objects.filter(user=user).exists()
    assert client.get("/checklists/").status_code == 302
    assert Client().get(path).status_code == 404


def test_the_list_names_a_person_in_one_column_family_name_first(root: Client) -> None:
    add(root)

    page = root.get(USERS, headers={"Accept-Language": "zh-hans"}).content.decode()

    assert '<td class="field-full_name">新人</td>' in page
    assert "姓名" in page
    assert "姓氏" not in page


def test_nobody_deletes_a_user(root: Client, viewer: User) -> None:
    assert root.get(f"{USERS}{viewer.pk}/delete/").status_code == 403
    root.post(USERS, {"action": "delete_selected", "_selected_action": [viewer.pk], "post": "yes"})

    assert User.objects.filter(pk=viewer.pk).exists()


def test_a_password_set_by_somebody_else_must_be_changed(root: Client, viewer: User, sign_in: SignIn) -> None:
    sent = {"password1": NEW, "password2": NEW, "usable_password": "true"}
    root.post(f"{USERS}{viewer.pk}/password/", sent)

    viewer.refresh_from_db()

    assert sign_in(viewer).get("/").headers["Location"] == "/password/"


def test_a_lost_phone_is_forgotten_for_its_owner(root: Client, viewer: User) -> None:
    TOTPDevice.objects.create(user=viewer, confirmed=True)
    RecoveryCode.renew(viewer)

    assert root.get(f"{USERS}{viewer.pk}/no-second-factor/").status_code == 405
    root.post(f"{USERS}{viewer.pk}/no-second-factor/")

    assert not TOTPDevice.objects.exists()
    assert not RecoveryCode.objects.exists()


class TestWhoManagesUsersButIsNoSuperuser:
    @pytest.fixture
    def manager(self, administrator: User, sign_in: SignIn) -> Client:
        administrator.is_staff = True
        administrator.save()
        codenames = ["add_user", "change_user", "view_user"]
        administrator.user_permissions.set(Permission.objects.filter(codename__in=codenames))
        return sign_in(administrator)

    def test_makes_users_and_links(self, manager: Client) -> None:
        path = add(manager)
        user = User.objects.get(username="xinren")
        assert set_password(path).status_code == 302
        assert manager.post(f"{USERS}{user.pk}/link/").status_code == 200

    def test_gets_no_link_to_a_superuser(self, root: Client, manager: Client) -> None:
        superuser = User.objects.get(username="root")

        assert manager.post(f"{USERS}{superuser.pk}/link/").status_code == 403
        assert manager.post(f"{USERS}{superuser.pk}/no-second-factor/").status_code == 403
        sent = {"password1": NEW, "password2": NEW, "usable_password": "true"}
        assert manager.post(f"{USERS}{superuser.pk}/password/", sent).status_code == 403
        assert Client().login(username="root", password=PASSWORD)

    def test_makes_nobody_a_superuser(self, manager: Client, viewer: User, checklist: Checklist) -> None:
        sent = {
            "username": "viewer",
            "is_active": "on",
            "is_superuser": "on",
            "date_joined_0": "2026-11-24",
            "date_joined_1": "09:30:00",
        }

        assert manager.post(f"{USERS}{viewer.pk}/change/", sent).status_code == 302
        viewer.refresh_from_db()
        assert not viewer.is_superuser


@pytest.mark.parametrize("button", ["link", "no-second-factor"])
def test_the_buttons_are_for_nobody_else(
    viewer: User, administrator: User, sign_in: SignIn, button: str
) -> None:
    client = sign_in(viewer)

    assert client.post(f"{USERS}{administrator.pk}/{button}/", follow=True).status_code == 403
    administrator.refresh_from_db()
    assert administrator.has_usable_password()


def test_two_users_of_the_same_name_in_other_letters_are_refused(root: Client) -> None:
    add(root)

    page = root.post(f"{USERS}add/", {"username": "XinRen"})

    assert page.status_code == 200
    assert User.objects.filter(username__iexact="xinren").count() == 1
