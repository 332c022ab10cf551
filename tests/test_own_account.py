"""Nobody changes their own password or second factor in the admin, which asks for no old password or code."""

from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse
from django_otp.plugins.otp_totp.models import TOTPDevice
from pytest_django import Settings

from measures.models import AuditRecord, Checklist, RecoveryCode, Session
from tests.make import PASSWORD, SignIn, make_user

NEW = "Zai-ban-shi-xiang-26"
# What any form about a password or a user could hold, and the names of its buttons.
SENT = {
    "password": "md5$x$0cc175b9c0f1b6a831c399e269772661",
    "password1": NEW,
    "password2": NEW,
    "usable_password": "true",
    "unset-password": "1",
    "_save": "1",
}
ROUTES = [str(one.pattern) for one in admin.site._registry[User].get_urls()]


def whoever(who: str) -> User:
    """A superuser, or a security administrator, with a second factor and ten recovery codes."""
    if who == "superuser":
        user = User.objects.create_superuser(who, password=PASSWORD)
    else:
        user = make_user(who)
        user.user_permissions.set(
            Permission.objects.filter(codename__in=["add_user", "change_user", "view_user"])
        )
    User.objects.filter(pk=user.pk).update(is_staff=True)
    TOTPDevice.objects.create(user=user, confirmed=True)
    RecoveryCode.renew(user)
    return User.objects.get(pk=user.pk)


@pytest.fixture(params=["superuser", "security"])
def me(request: pytest.FixtureRequest, checklist: Checklist, settings: Settings) -> User:
    settings.SECURITY_PROFILE = "asvs"  # where a superuser always manages accounts
    return whoever(request.param)


def addresses(user: User) -> list[str]:
    """Each address of the admin that has this user's key in it, in several spellings."""
    slots = ("<int:pk>", "<id>", "<path:object_id>")
    routes = [(route, slot) for route in ROUTES for slot in slots]
    # The admin writes + as _2B, and a number may have a sign.
    keys = (str(user.pk), f"0{user.pk}", f"_2B{user.pk}")
    found = [(route, slot) for route, slot in routes if slot in route]
    return [f"/admin/auth/user/{route.replace(slot, key)}" for route, slot in found for key in keys]


def test_no_address_of_the_admin_with_ones_own_key_changes_ones_own_secrets(
    me: User, sign_in: SignIn
) -> None:
    client = sign_in(me)
    walked = addresses(me)
    assert len(walked) == 3 * 7

    for address in walked:
        client.get(address)
        page = client.post(address, SENT)
        assert "first-password" not in (page.content.decode() if page.status_code == 200 else ""), address

        now = User.objects.get(pk=me.pk)
        assert now.password == me.password, address
        assert TOTPDevice.objects.filter(user=me, confirmed=True).exists(), address
        assert RecoveryCode.objects.filter(user=me).count() == 10, address
        assert Session.objects.filter(user=me).exists(), address
    assert not AuditRecord.objects.filter(action__in=["password_changed", "link_given", "second_factor"])


@pytest.mark.parametrize(
    ("button", "leads_to"),
    [("password", "password"), ("link", "password"), ("no-second-factor", "two-factor")],
)
def test_one_is_led_to_the_page_that_asks_for_the_old_password_or_a_code(
    me: User, sign_in: SignIn, button: str, leads_to: str
) -> None:
    answer = sign_in(me).post(
        f"/admin/auth/user/{me.pk}/{button}/", SENT, follow=True, headers={"Accept-Language": "en"}
    )

    assert answer.redirect_chain == [(reverse(leads_to), 302)]
    assert "Change your own password and second factor here." in answer.content.decode()


def test_ones_own_page_shows_no_button_for_it(me: User, viewer: User, sign_in: SignIn) -> None:
    client = sign_in(me)

    own = client.get(f"/admin/auth/user/{me.pk}/change/").content.decode()
    others = client.get(f"/admin/auth/user/{viewer.pk}/change/").content.decode()

    for address in ("/link/", "/no-second-factor/", "../password/"):
        assert address in others, address
        assert address not in own, address


def test_one_still_writes_ones_own_name_there(me: User, sign_in: SignIn) -> None:
    sent = {"username": me.username, "last_name": "新", "is_active": "on", "is_staff": "on"}
    if me.is_superuser:
        sent["is_superuser"] = "on"

    answer = sign_in(me).post(f"/admin/auth/user/{me.pk}/change/", sent)

    assert answer.status_code == 302
    assert User.objects.get(pk=me.pk).last_name == "新"


def test_no_spelling_of_a_key_gets_round_who_manages_accounts(
    viewer: User, sign_in: SignIn, settings: Settings
) -> None:
    """Under `mlps` a superuser sets no password once there is a security administrator."""
    settings.SECURITY_PROFILE = "mlps"
    whoever("security")
    client = sign_in(whoever("superuser"))

    for address in addresses(viewer):
        if "/password/" in address:
            assert client.post(address, SENT).status_code == 403, address

    assert Client().login(username="viewer", password=PASSWORD)


def test_who_may_not_change_accounts_learns_no_keys(viewer: User, sign_in: SignIn) -> None:
    User.objects.update(is_staff=True)
    client: Any = sign_in(viewer)

    for key in (viewer.pk, 987654):
        for button in ("password", "link", "no-second-factor"):
            assert client.post(f"/admin/auth/user/{key}/{button}/").status_code == 403
