"""Passwords under both security profiles: what is refused, and when a new one is due."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from config.sign_in import PASSWORD_DAYS, PROFILES, password_validators
from measures.accounts.passwords import kinds
from measures.models import Account, Checklist, PastPassword
from tests.make import PASSWORD, SignIn, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.any_engine]
NEW = "zai-ban-shi-xiang-26"


@pytest.fixture
def mlps(settings: Settings) -> None:
    choose(settings, "mlps")


@pytest.fixture
def asvs(settings: Settings) -> None:
    choose(settings, "asvs")


def choose(settings: Settings, profile: str) -> None:
    settings.AUTH_PASSWORD_VALIDATORS = password_validators(profile)
    settings.PASSWORD_DAYS = PASSWORD_DAYS[profile]


def change_to(client: Client, new: str, old: str = PASSWORD) -> Any:
    return client.post("/password/", {"old_password": old, "new_password1": new, "new_password2": new})


def age(user: User, days: float) -> None:
    Account.objects.update_or_create(
        user=user, defaults={"password_changed_at": timezone.now() - timedelta(days=days)}
    )


@pytest.mark.parametrize(
    ("password", "count"),
    [("aaaa", 1), ("aaAA", 2), ("aaAA11", 3), ("aaAA11--", 4), ("密码 1", 2), ("", 0)],
)
def test_kinds_of_signs_are_counted(password: str, count: int) -> None:
    assert kinds(password) == count


@pytest.mark.parametrize("password", ["Short-1-x", "onlysmallletters", "small-and-hyphens"])
def test_mlps_refuses_what_is_short_or_of_too_few_kinds(mlps: None, password: str) -> None:
    with pytest.raises(ValidationError):
        validate_password(password)


@pytest.mark.parametrize("password", ["Small-and-Large", "small-and-123", "x1-" * 30])
def test_mlps_takes_three_kinds_however_long(mlps: None, password: str) -> None:
    validate_password(password)


@pytest.mark.parametrize("password", ["elevensigns", "1q2w3e4r5t6y", "startfinding"])
def test_asvs_refuses_what_is_short_or_common(asvs: None, password: str) -> None:
    with pytest.raises(ValidationError):
        validate_password(password)


@pytest.mark.parametrize(
    "password", ["onlysmalllettersbutlong", "十二个以上的汉字作密码也可以", "long " * 40]
)
def test_asvs_has_no_rules_of_composition(asvs: None, password: str) -> None:
    validate_password(password)


def test_mlps_refuses_the_last_five_and_the_present_one(
    mlps: None, administrator: User, sign_in: SignIn
) -> None:
    client, old = sign_in(administrator), PASSWORD
    for number in range(6):
        assert change_to(client, f"{NEW}-{number}", old).status_code == 302
        old = f"{NEW}-{number}"

    refused = [change_to(client, f"{NEW}-{number}", old) for number in range(1, 6)]

    assert [page.status_code for page in refused] == [422] * 5
    assert "new_password2" in refused[0].context["form"].errors
    assert change_to(client, f"{NEW}-0", old).status_code == 302
    assert PastPassword.objects.filter(user=administrator).count() == 5


def test_a_password_that_a_command_made_is_not_taken_twice(mlps: None) -> None:
    user = User.objects.create_user("new", password="Made-by-a-command-1")

    with pytest.raises(ValidationError):
        validate_password("Made-by-a-command-1", user)


@pytest.mark.parametrize("profile", ["mlps", "asvs"])
@pytest.mark.parametrize("password", ["TaiZhang-2026-x", "xx-HENAN-2026-yy", "Mima-台账-2026-xx"])
def test_no_profile_takes_a_word_of_the_site(
    request: pytest.FixtureRequest, profile: str, password: str
) -> None:
    request.getfixturevalue(profile)

    with pytest.raises(ValidationError) as refused:
        validate_password(password)
    assert [error.code for error in refused.value.error_list] == ["password_of_the_site"]


def test_past_passwords_are_kept_as_hashes(mlps: None, administrator: User, sign_in: SignIn) -> None:
    change_to(sign_in(administrator), NEW)

    kept = PastPassword.objects.get(user=administrator)
    administrator.refresh_from_db()
    assert NEW not in kept.password
    assert kept.password == administrator.password


def test_asvs_remembers_no_past_passwords(asvs: None, administrator: User, sign_in: SignIn) -> None:
    client = sign_in(administrator)
    change_to(client, NEW)

    assert change_to(client, PASSWORD, NEW).status_code == 302
    assert not PastPassword.objects.exists()


@pytest.mark.parametrize("address", ["/", "/checklists/henan/items/", "/admin/", "/admin/auth/user/"])
def test_after_90_days_mlps_leads_everywhere_to_a_new_password(
    mlps: None, checklist: Checklist, sign_in: SignIn, address: str
) -> None:
    user = User.objects.create_superuser("root", password=PASSWORD)
    client = sign_in(user)
    age(user, 89.9)
    assert client.get(address, follow=True).redirect_chain[-1:] != [("/password/", 302)]
    age(user, 90.1)

    assert client.get(address).headers["Location"] == "/password/"
    assert client.post(address).headers["Location"] == "/password/"


def test_whoever_must_change_may_do_so_or_leave(mlps: None, administrator: User, sign_in: SignIn) -> None:
    client = sign_in(administrator)
    age(administrator, 91)

    page = client.get("/password/", headers={"Accept-Language": "en"})
    assert "older than 90 days" in page.content.decode()
    assert change_to(client, NEW).status_code == 302
    assert client.get("/checklists/henan/").status_code == 200
    age(administrator, 91)
    assert client.post("/sign-out/").headers["Location"] == "/sign-in/"


def test_asvs_never_forces_a_change(asvs: None, administrator: User, sign_in: SignIn) -> None:
    age(administrator, 4000)

    assert sign_in(administrator).get("/checklists/henan/").status_code == 200


def test_a_password_without_a_record_is_as_old_as_its_user(
    mlps: None, administrator: User, sign_in: SignIn
) -> None:
    User.objects.filter(pk=administrator.pk).update(date_joined=timezone.now() - timedelta(days=91))

    assert sign_in(administrator).get("/checklists/henan/").headers["Location"] == "/password/"


@pytest.mark.parametrize("profile", PROFILES)
def test_the_shown_password_of_a_first_start_must_be_changed(
    settings: Settings,
    profile: str,
    monkeypatch: pytest.MonkeyPatch,
    sign_in: SignIn,
) -> None:
    choose(settings, profile)
    monkeypatch.delenv("DJANGO_SUPERUSER_PASSWORD", raising=False)
    call_command("set_up")

    client = sign_in(User.objects.get())

    assert client.get("/", follow=True).redirect_chain == [("/password/", 302)]


def test_the_operators_own_choice_need_not_be_changed(
    monkeypatch: pytest.MonkeyPatch, sign_in: SignIn
) -> None:
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "The-operators-own-1")
    call_command("set_up")

    assert sign_in(User.objects.get()).get("/checklists/henan/").status_code == 200


def test_the_admin_and_the_command_obey_and_record(mlps: None, sign_in: SignIn, checklist: Checklist) -> None:
    root = sign_in(User.objects.create_superuser("root", password=PASSWORD))
    user = make_user("someone")
    address = f"/admin/auth/user/{user.pk}/password/"

    weak = root.post(address, {"password1": "12345", "password2": "12345", "usable_password": "true"})
    assert weak.status_code == 200
    assert not Account.objects.filter(user=user).exists()

    root.post(address, {"password1": NEW, "password2": NEW, "usable_password": "true"})
    assert Account.objects.get(user=user).password_changed_at
    assert PastPassword.objects.filter(user=user).count() == 1
