"""Links of invitations are mailed to addresses that nobody keeps; the slips stay for those without one."""

import re
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.core import mail
from django.test import Client
from pytest_django import Settings

from measures.choices import Audited, Role
from measures.models import AuditRecord, Checklist, Owner
from tests.invitations import apply_list, links_in, make_invitation, set_first_password
from tests.make import SignIn, make_user
from tests.reminders_make import LOCMEM
from tests.test_three_administrators import make_security

pytestmark = [pytest.mark.any_engine, pytest.mark.usefixtures("clock")]

MAIL = "/account/invitations/mail/"


@pytest.fixture(autouse=True)
def with_mail(settings: Settings) -> None:
    settings.MAILERS, settings.SENDS_MAIL, settings.SECURITY_PROFILE = LOCMEM, True, "asvs"
    settings.LANGUAGE_CODE = "en"
    settings.SITE_ADDRESS, settings.DEFAULT_FROM_EMAIL = "https://ledger.example.org", "ledger@example.org"


@pytest.fixture
def client(administrator: User, sign_in: SignIn) -> Client:
    return sign_in(administrator)


def tokens_in(page: Any) -> list[str]:
    return re.findall(r'name="token" value="([^"]+)"', page.content.decode())


def send(client: Client, tokens: list[str], addresses: list[str]) -> Any:
    return client.post(MAIL, {"token": tokens, "address": addresses})


class TestByTheAdministrator:
    def test_a_list_of_people_is_mailed_at_once_and_the_slips_stay(
        self, client: Client, checklist: Checklist, owner: Owner
    ) -> None:
        tokens = tokens_in(apply_list(client, f"{owner.name}\t甲\tjia\n{owner.name}\t乙\tyi"))

        page = send(client, tokens, ["jia@example.org", ""])

        (sent,) = mail.outbox
        assert sent.to == ["jia@example.org"]
        assert checklist.name in str(sent.subject)
        assert len(links_in(page)) == 2
        assert "1 link has been mailed." in page.content.decode()
        (path,) = re.findall(r"https://ledger\.example\.org(/\S+)", str(sent.body))
        assert set_first_password(path).status_code == 302
        assert page.context["enrolment"] is not None

    def test_the_address_is_stored_nowhere_and_the_trail_says_that_it_was_mailed(
        self, client: Client, checklist: Checklist, administrator: User
    ) -> None:
        _made, token = make_invitation(checklist, administrator)

        send(client, [token], ["someone@private.example.org"])

        given = AuditRecord.objects.filter(action=Audited.LINK_GIVEN).order_by("pk")
        assert [record.after for record in given] == ["", '{"why": "mailed"}']
        for model in apps.get_models():
            assert "private.example.org" not in str(list(model._default_manager.values())), model

    def test_a_wrong_address_is_named_beside_its_field_and_nothing_is_sent(
        self, client: Client, checklist: Checklist, administrator: User
    ) -> None:
        tokens = [make_invitation(checklist, administrator, name)[1] for name in ("jia", "yi")]

        page = send(client, tokens, ["jia@example.org", "yi at home"])

        assert page.status_code == 422
        assert "Enter a valid email address." in page.content.decode()
        assert 'value="jia@example.org"' in page.content.decode()
        assert not mail.outbox

    def test_a_server_that_is_away_costs_no_link(
        self, client: Client, checklist: Checklist, administrator: User, settings: Settings
    ) -> None:
        _made, token = make_invitation(checklist, administrator)
        server = {"BACKEND": "django.core.mail.backends.smtp.EmailBackend"}
        settings.MAILERS = {"default": server | {"OPTIONS": {"host": "127.0.0.1", "port": 9, "timeout": 5}}}

        page = send(client, [token], ["a@example.org"])

        assert "The mail server did not take every message." in page.content.decode()
        assert 'value="a@example.org"' in page.content.decode()
        assert len(links_in(page)) == 1

    def test_only_links_that_one_may_give_are_mailed(
        self, client: Client, checklist: Checklist, administrator: User, sign_in: SignIn
    ) -> None:
        _made, token = make_invitation(checklist, administrator)
        viewer = sign_in(make_user("reader", checklist, Role.VIEWER))

        assert send(viewer, [token], ["a@example.org"]).status_code == 404
        assert send(client, ["guessed"], ["a@example.org"]).status_code == 404
        assert send(client, [], []).status_code == 404
        set_first_password(f"/account/invitation/{token}/")
        assert send(client, [token], ["a@example.org"]).status_code == 404
        assert not mail.outbox

    def test_without_mail_the_slips_have_no_field(
        self, client: Client, checklist: Checklist, owner: Owner, settings: Settings
    ) -> None:
        settings.SENDS_MAIL = False

        page = apply_list(client, f"{owner.name}\t甲\tjia")

        assert len(links_in(page)) == 1
        assert not tokens_in(page)

    def test_nobody_mails_without_end(
        self, client: Client, checklist: Checklist, administrator: User
    ) -> None:
        _made, token = make_invitation(checklist, administrator)
        statuses = [send(client, [token], ["a@example.org"]).status_code for _ in range(31)]
        assert statuses == [200] * 30 + [429]


def test_under_mlps_the_account_manager_mails_the_links_and_the_administrator_cannot(
    checklist: Checklist, administrator: User, sign_in: SignIn, settings: Settings
) -> None:
    settings.SECURITY_PROFILE = "mlps"
    manager = sign_in(make_security("security"))
    _made, token = make_invitation(checklist, administrator)

    assert send(sign_in(administrator), [token], ["a@example.org"]).status_code == 404
    assert send(manager, [token], ["a@example.org"]).status_code == 200

    assert [sent.to for sent in mail.outbox] == [["a@example.org"]]
