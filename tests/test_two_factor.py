"""The second factor: setting it up, signing in with it, recovery codes, and checklists that ask for it."""

import io
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from unittest import mock

import pytest
import time_machine
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django_otp.plugins.otp_totp.models import TOTPDevice
from pytest_django import Settings

from measures.choices import Status
from measures.models import Checklist, RecoveryCode, Session
from tests.make import NOW, PASSWORD, SignIn, code_of, find_item

PAGE = "/checklists/henan/items/1.1.1/"


@pytest.fixture(autouse=True)
def clock() -> Iterator[Any]:
    with time_machine.travel(NOW, tick=False) as moved:
        yield moved


def set_up(client: Client, user: User) -> list[str]:
    """Turn the second factor on as a person does; the recovery codes that are shown."""
    client.post("/account/two-factor/begin/")
    page = client.post("/account/two-factor/confirm/", {"code": code_of(user), "password": PASSWORD})
    codes: list[str] = page.context["codes"]
    return codes


@pytest.fixture
def codes(administrator: User, sign_in: SignIn, clock: Any) -> list[str]:
    """The administrator has a second factor; their recovery codes. The code of the set-up has gone by."""
    shown = set_up(sign_in(administrator), administrator)
    clock.shift(timedelta(minutes=1))
    return shown


def first_step(client: Client, **more: str) -> Any:
    return client.post("/sign-in/", {"username": "administrator", "password": PASSWORD, **more})


def half_way(**more: str) -> Client:
    client = Client(headers={"Accept-Language": "en"})
    first_step(client, **more)
    return client


def test_setting_it_up_takes_a_picture_and_a_first_code(administrator: User, sign_in: SignIn) -> None:
    client = sign_in(administrator)
    client.post("/account/two-factor/begin/")
    page = client.get("/account/two-factor/")
    picture = client.get("/account/two-factor/picture/")

    assert 'src="/account/two-factor/picture/"' in page.content.decode()
    assert picture.headers["Content-Type"] == "image/svg+xml"
    assert ET.parse(io.BytesIO(picture.content)).getroot().tag == "{http://www.w3.org/2000/svg}svg"
    assert "style=" not in picture.content.decode()
    wrong = {"code": "000000", "password": PASSWORD}
    assert client.post("/account/two-factor/confirm/", wrong).status_code == 422
    assert not TOTPDevice.objects.get().confirmed


@pytest.mark.parametrize("password", ["", "a guess"])
def test_nobody_ties_a_phone_to_an_account_by_a_session_that_was_left_open(
    administrator: User, sign_in: SignIn, password: str
) -> None:
    client = sign_in(administrator)
    client.post("/account/two-factor/begin/")
    code = code_of(administrator)

    page = client.post("/account/two-factor/confirm/", {"code": code, "password": password})

    assert page.status_code == 422
    assert page.context["form"].errors.keys() == {"password"}
    assert f'value="{code}"' in page.content.decode()
    assert not TOTPDevice.objects.get().confirmed
    # The code is not used up by that.
    right = {"code": code, "password": PASSWORD}
    assert client.post("/account/two-factor/confirm/", right).context["codes"]


def test_who_guesses_the_password_there_has_five_tries(
    administrator: User, sign_in: SignIn, settings: Settings
) -> None:
    settings.AXES_ENABLED = True
    client = sign_in(administrator)
    client.post("/account/two-factor/begin/")
    guess = {"code": code_of(administrator), "password": "a guess"}

    answers = [client.post("/account/two-factor/confirm/", guess).status_code for _try in range(6)]

    assert answers == [422] * 4 + [429] * 2
    right = {"code": code_of(administrator), "password": PASSWORD}
    assert client.post("/account/two-factor/confirm/", right).status_code == 429


def test_whoever_signs_in_by_the_offices_provider_is_asked_for_no_password(
    administrator: User, sign_in: SignIn
) -> None:
    administrator.set_unusable_password()
    administrator.save()
    client = sign_in(administrator)
    client.post("/account/two-factor/begin/")

    assert 'name="password"' not in client.get("/account/two-factor/").content.decode()
    page = client.post("/account/two-factor/confirm/", {"code": code_of(administrator)})
    assert page.context["codes"]


def test_ten_recovery_codes_are_shown_once_and_kept_as_hashes(codes: list[str], administrator: User) -> None:
    assert len(set(codes)) == 10
    assert all(re.fullmatch(r"[a-z2-9]{5}(-[a-z2-9]{5}){4}", code) for code in codes)
    kept = " ".join(RecoveryCode.objects.values_list("code", flat=True))
    assert not any(code.replace("-", "") in kept for code in codes)


@pytest.mark.parametrize("right", [True, False])
def test_a_recovery_code_costs_one_query_and_no_slow_hash(
    codes: list[str], administrator: User, right: bool
) -> None:
    code = codes[0].replace("-", "")

    with (
        mock.patch("measures.models.accounts.check_password") as slow,
        CaptureQueriesContext(connection) as caught,
    ):
        assert RecoveryCode.use(administrator, code if right else code[::-1]) is right

    assert not slow.called
    assert len(caught) == 1


def test_anothers_recovery_code_is_none_of_ones_own(codes: list[str], viewer: User) -> None:
    [code, *_rest] = RecoveryCode.renew(viewer)

    assert half_way().post("/sign-in/code/", {"code": code}).status_code == 422
    assert RecoveryCode.objects.filter(user=viewer).count() == 10


def test_a_new_secret_key_ends_every_recovery_code(
    codes: list[str], administrator: User, settings: Settings
) -> None:
    settings.SECRET_KEY = "another key that is long enough to pass all the checks 0123456789"

    assert not RecoveryCode.use(administrator, codes[0].replace("-", ""))


class TestRecoveryCodesOfAnEarlierRelease:
    @pytest.fixture
    def old(self, codes: list[str], administrator: User) -> list[str]:
        """Ten letters each, kept as passwords are, as up to the release before."""
        made = [f"{letter * 5}-{letter * 5}" for letter in "abcdefghjk"]
        RecoveryCode.objects.all().delete()
        for code in made:
            kept = make_password(code.replace("-", ""))
            RecoveryCode.objects.create(user=administrator, code=kept)
        return made

    def test_each_works_once_and_whoever_has_some_left_is_led_to_new_ones(
        self, old: list[str], administrator: User, sign_in: SignIn
    ) -> None:
        client = half_way()

        assert client.post("/sign-in/code/", {"code": old[3]}).status_code == 302

        assert "older kind" in client.get(PAGE).content.decode()
        assert half_way().post("/sign-in/code/", {"code": old[3]}).status_code == 422
        assert half_way().post("/sign-in/code/", {"code": old[4]}).status_code == 302
        assert RecoveryCode.objects.count() == 8

    def test_new_ones_end_them_and_the_reminder(
        self, old: list[str], administrator: User, sign_in: SignIn
    ) -> None:
        page = sign_in(administrator).post("/account/two-factor/codes/", {"code": old[0]})
        fresh = page.context["codes"]

        client = half_way()
        assert half_way().post("/sign-in/code/", {"code": old[1]}).status_code == 422
        assert client.post("/sign-in/code/", {"code": fresh[0]}).status_code == 302
        assert "older kind" not in client.get(PAGE).content.decode()

    @pytest.mark.parametrize("code", ["zzzzzzzzzz", "z" * 25, "z" * 9])
    def test_a_guess_costs_ten_slow_hashes_at_most_and_the_same_queries(
        self, old: list[str], administrator: User, code: str
    ) -> None:
        for more in range(5):
            RecoveryCode.objects.create(user=administrator, code=f"old${more}")

        with (
            mock.patch("measures.models.accounts.check_password", return_value=False) as slow,
            CaptureQueriesContext(connection) as caught,
        ):
            assert not RecoveryCode.use(administrator, code)

        assert slow.call_count == (10 if len(code) == 10 else 0)
        assert len(caught) == 1


def test_the_key_is_not_shown_again(codes: list[str], administrator: User, sign_in: SignIn) -> None:
    client = sign_in(administrator)

    assert client.get("/account/two-factor/picture/").status_code == 404
    assert "secret" not in client.get("/account/two-factor/").content.decode()
    key = TOTPDevice.objects.get().key
    client.post("/account/two-factor/begin/")
    assert TOTPDevice.objects.get().key == key


def test_setting_it_up_ends_sessions_that_began_without_it(administrator: User, sign_in: SignIn) -> None:
    other, client = sign_in(administrator), sign_in(administrator)

    set_up(client, administrator)

    assert other.get(PAGE).status_code == 302
    assert client.get(PAGE).status_code == 200


def test_signing_in_takes_both_steps_and_leads_on(codes: list[str], administrator: User) -> None:
    client = Client()
    response = first_step(client, next=PAGE)
    assert response.headers["Location"] == f"/sign-in/code/?next={PAGE.replace('/', '%2F')}"

    response = client.post("/sign-in/code/", {"code": code_of(administrator), "next": PAGE})

    assert response.headers["Location"] == PAGE
    assert client.get(PAGE).status_code == 200


def test_no_address_opens_after_the_first_step_only(codes: list[str], checklist: Checklist) -> None:
    from tests.test_access import SIGN_IN, TABLE

    client = half_way()
    for name, expected in TABLE.items():
        address = reverse(name, args=expected.arguments)
        wanted = expected.get["anonymous"]
        # Half-way in one may type the code, and nothing else that a stranger may not.
        assert client.get(address).status_code == (200 if name == "second-step" else wanted), address
        if wanted == SIGN_IN and name != "second-step":
            assert "/sign-in/" in client.get(address).headers["Location"], address
    assert "_auth_user_id" not in client.session


def test_a_code_works_once(codes: list[str], administrator: User) -> None:
    code = code_of(administrator)
    assert half_way().post("/sign-in/code/", {"code": code}).status_code == 302

    again = half_way().post("/sign-in/code/", {"code": code})

    assert again.status_code == 422
    assert "wrong, or has been used" in again.content.decode()


@pytest.mark.parametrize("spaced", ["{}", " {} ", "{}".upper()])
def test_a_recovery_code_works_once_however_it_is_spaced(codes: list[str], spaced: str) -> None:
    sent = spaced.format(codes[3])
    client = half_way()

    assert client.post("/sign-in/code/", {"code": sent}).status_code == 302
    assert client.get(PAGE).status_code == 200
    assert half_way().post("/sign-in/code/", {"code": sent}).status_code == 422
    assert RecoveryCode.objects.count() == 9


@pytest.mark.parametrize(
    "code", ["", "000000", "abcde-fghjk", "abcde-" * 5, "1" * 41, "１２３４５６", "a\x00b"]
)
def test_a_wrong_code_is_refused_in_words(codes: list[str], code: str) -> None:
    page = half_way().post("/sign-in/code/", {"code": code})

    assert page.status_code == 422
    assert page.context["form"].errors["code"]
    assert "_auth_user_id" not in page.client.session


def test_five_wrong_codes_lock_the_account_out(
    codes: list[str], administrator: User, settings: Settings, clock: Any
) -> None:
    settings.AXES_ENABLED = True
    client = half_way()
    for _ in range(4):
        assert client.post("/sign-in/code/", {"code": "000000"}).status_code == 422
        clock.shift(timedelta(seconds=40))

    assert client.post("/sign-in/code/", {"code": "000000"}).status_code == 429
    clock.shift(timedelta(seconds=40))
    assert client.post("/sign-in/code/", {"code": code_of(administrator)}).status_code == 429
    assert first_step(Client()).status_code == 429


def test_wrong_codes_slow_down_the_right_one(codes: list[str], administrator: User, clock: Any) -> None:
    client = half_way()
    for _ in range(3):
        client.post("/sign-in/code/", {"code": "000000"})

    assert client.post("/sign-in/code/", {"code": code_of(administrator)}).status_code == 422
    clock.shift(timedelta(seconds=30))
    assert client.post("/sign-in/code/", {"code": code_of(administrator)}).status_code == 302


def test_the_code_must_follow_within_five_minutes(codes: list[str], administrator: User, clock: Any) -> None:
    client = half_way()
    clock.shift(timedelta(minutes=5))

    response = client.post("/sign-in/code/", {"code": code_of(administrator)})

    assert response.headers["Location"] == "/sign-in/"


def test_a_new_password_or_a_disabled_account_ends_the_way_in(codes: list[str], administrator: User) -> None:
    clients = [half_way(), half_way()]
    User.objects.update(is_active=False)
    assert clients[0].post("/sign-in/code/", {"code": codes[0]}).headers["Location"] == "/sign-in/"
    administrator.refresh_from_db()
    administrator.is_active = True
    administrator.set_password("zai-ban-shi-xiang-26")
    administrator.save()

    assert clients[1].post("/sign-in/code/", {"code": codes[0]}).headers["Location"] == "/sign-in/"


def test_signing_in_with_a_code_never_leads_to_another_site(codes: list[str]) -> None:
    sent = {"code": codes[0], "next": "https://elsewhere.example/"}

    assert half_way().post("/sign-in/code/", sent).headers["Location"] == "/"


def test_new_recovery_codes_take_a_code(codes: list[str], administrator: User, sign_in: SignIn) -> None:
    client = sign_in(administrator)
    assert client.post("/account/two-factor/codes/", {"code": "000000"}).status_code == 422

    fresh = client.post("/account/two-factor/codes/", {"code": codes[0]}).context["codes"]

    assert len(fresh) == 10
    assert not set(fresh) & set(codes)
    assert half_way().post("/sign-in/code/", {"code": codes[1]}).status_code == 422
    assert half_way().post("/sign-in/code/", {"code": fresh[1]}).status_code == 302


def test_turning_it_off_takes_a_code(codes: list[str], administrator: User, sign_in: SignIn) -> None:
    client = sign_in(administrator)
    assert client.post("/account/two-factor/end/", {"code": "000000"}).status_code == 422
    assert TOTPDevice.objects.exists()

    client.post("/account/two-factor/end/", {"code": codes[0]})

    assert not TOTPDevice.objects.exists()
    assert not RecoveryCode.objects.exists()
    assert first_step(Client()).headers["Location"] == "/"


class TestChecklistsThatAskForIt:
    @pytest.fixture(autouse=True)
    def asks(self, checklist: Checklist) -> None:
        Checklist.objects.filter(pk=checklist.pk).update(requires_two_factor=True)

    def save(self, client: Client) -> Any:
        sent = {"status": "done", "owner": "", "due": "", "notes": "", "version": "1", "reason": ""}
        return client.post(PAGE, sent)

    def test_an_administrator_without_one_reads_and_is_led_to_set_it_up(
        self, administrator: User, sign_in: SignIn, checklist: Checklist
    ) -> None:
        client = sign_in(administrator)

        page = client.get(PAGE, headers={"Accept-Language": "en"})
        response = self.save(client)

        assert page.status_code == 200
        assert "asks its administrators for a second factor" in page.content.decode()
        assert "<textarea" not in page.content.decode()
        assert response.headers["Location"] == "/account/two-factor/"
        assert find_item(checklist).status == Status.NOT_STARTED

    def test_an_administrator_with_one_goes_on_as_before(
        self, codes: list[str], administrator: User, sign_in: SignIn, checklist: Checklist
    ) -> None:
        self.save(sign_in(administrator))

        assert find_item(checklist).status == Status.DONE

    def test_the_admin_site_is_no_way_round(
        self, administrator: User, sign_in: SignIn, checklist: Checklist
    ) -> None:
        User.objects.filter(pk=administrator.pk).update(is_staff=True)
        client = sign_in(administrator)
        item = find_item(checklist)

        assert client.get(f"/admin/measures/checklist/{checklist.pk}/change/").status_code in (302, 403)
        client.post(f"/admin/measures/item/{item.pk}/change/", {"status": "done", "version": "1"})
        assert find_item(checklist).status == Status.NOT_STARTED

    def test_it_is_asked_of_no_other_role(self, viewer: User, sign_in: SignIn) -> None:
        page = sign_in(viewer).get(PAGE, headers={"Accept-Language": "en"})

        assert "second factor." not in page.content.decode()

    def test_it_is_asked_in_no_other_checklist(self, stranger: User, sign_in: SignIn) -> None:
        page = sign_in(stranger).get("/checklists/elsewhere/", headers={"Accept-Language": "en"})

        assert "asks its administrators" not in page.content.decode()


def test_sessions_of_the_half_way_belong_to_nobody(codes: list[str], administrator: User) -> None:
    Session.objects.all().delete()

    half_way()

    assert [session.user for session in Session.objects.all()] == [None]
