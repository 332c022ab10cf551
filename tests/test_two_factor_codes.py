"""Recovery codes: shown once, kept as hashes, each good for one sign-in."""

import re
from unittest import mock

import pytest
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from measures.models import RecoveryCode
from tests.make import SignIn
from tests.two_factor_make import PAGE, half_way

pytestmark = pytest.mark.usefixtures("clock")


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


@pytest.mark.parametrize("spaced", ["{}", " {} ", "{}".upper()])
def test_a_recovery_code_works_once_however_it_is_spaced(codes: list[str], spaced: str) -> None:
    sent = spaced.format(codes[3])
    client = half_way()

    assert client.post("/sign-in/code/", {"code": sent}).status_code == 302
    assert client.get(PAGE).status_code == 200
    assert half_way().post("/sign-in/code/", {"code": sent}).status_code == 422
    assert RecoveryCode.objects.count() == 9


def test_new_recovery_codes_take_a_code(codes: list[str], administrator: User, sign_in: SignIn) -> None:
    client = sign_in(administrator)
    assert client.post("/account/two-factor/codes/", {"code": "000000"}).status_code == 422

    fresh = client.post("/account/two-factor/codes/", {"code": codes[0]}).context["codes"]

    assert len(fresh) == 10
    assert not set(fresh) & set(codes)
    assert half_way().post("/sign-in/code/", {"code": codes[1]}).status_code == 422
    assert half_way().post("/sign-in/code/", {"code": fresh[1]}).status_code == 302
