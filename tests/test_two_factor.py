"""The second factor: setting it up, turning it off, and checklists that ask for it."""

import io
import xml.etree.ElementTree as ET
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django_otp.plugins.otp_totp.models import TOTPDevice
from pytest_django import Settings

from measures.choices import Status
from measures.models import Checklist, RecoveryCode
from tests.make import PASSWORD, SignIn, code_of, find_item
from tests.two_factor_make import PAGE, first_step, set_up

pytestmark = pytest.mark.usefixtures("clock")


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
        assert "requires a second factor" in page.content.decode()
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

        assert "requires a second factor" not in page.content.decode()
