"""A forgotten password: the page says whom to ask or, where mail is set up, mails a link."""

import re
import threading
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.test import Client
from pytest_django import Settings

from measures.choices import Audited
from measures.models import AuditRecord, Session
from measures.views.accounts import forgotten as page_of
from measures.views.accounts import mailed_link
from tests.make import PASSWORD, SignIn
from tests.reminders_make import LOCMEM

pytestmark = [pytest.mark.any_engine, pytest.mark.django_db]

PAGE = "/account/forgot-password/"
NEW = "Zai-ban-shi-xiang-26"


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    """The mail is sent before the answer comes, so that a test sees it."""
    monkeypatch.setattr(page_of, "mail_link_soon", mailed_link.mail_link)


@pytest.fixture
def with_mail(settings: Settings, viewer: User, clock: Any) -> User:
    """A site that sends mail, and a viewer with an address."""
    settings.MAILERS, settings.SENDS_MAIL, settings.SECURITY_PROFILE = LOCMEM, True, "asvs"
    settings.SITE_ADDRESS, settings.DEFAULT_FROM_EMAIL = "https://ledger.example.org", "ledger@example.org"
    User.objects.filter(pk=viewer.pk).update(email="viewer@example.org")
    viewer.refresh_from_db()
    return viewer


def ask(name: str = "viewer", address: str = "10.0.0.1") -> Any:
    client = Client(REMOTE_ADDR=address)
    return client.post(PAGE, {"username": name}, follow=True, headers={"Accept-Language": "en"})


def link_in(text: object) -> str:
    (path,) = re.findall(r"https://ledger\.example\.org(/\S+)", str(text))
    return str(path)


def test_the_sign_in_page_leads_there() -> None:
    assert PAGE in Client().get("/sign-in/").content.decode()


@pytest.mark.parametrize(("sends", "profile"), [(False, "asvs"), (True, "mlps")])
def test_without_mail_or_under_mlps_the_page_says_whom_to_ask_and_mails_nothing(
    with_mail: User, here: None, settings: Settings, sends: bool, profile: str
) -> None:
    settings.SENDS_MAIL, settings.SECURITY_PROFILE = sends, profile

    for page in (Client().get(PAGE, headers={"Accept-Language": "en"}), ask()):
        assert page.status_code == 200
        assert "Ask the account manager of your office" in page.content.decode()
        assert 'name="username"' not in page.content.decode()
    assert not mail.outbox


@pytest.mark.usefixtures("here")
class TestByMail:
    def test_a_link_sets_a_new_password_once_and_ends_the_sessions(
        self, with_mail: User, sign_in: SignIn
    ) -> None:
        elsewhere = sign_in(with_mail)

        ask()

        (sent,) = mail.outbox
        assert sent.to == ["viewer@example.org"]
        path = link_in(sent.body)
        assert Client().login(username="viewer", password=PASSWORD), "Asking alone changes nothing."
        ask()
        path = link_in(mail.outbox[-1].body)
        assert Client().post(path, {"new_password1": NEW, "new_password2": NEW}).status_code == 302
        assert not Session.objects.filter(user=with_mail).exists()
        assert elsewhere.get("/").status_code == 302
        assert Client().post(path, {"new_password1": NEW, "new_password2": NEW}).status_code == 404
        assert Client().login(username="viewer", password=NEW)

    def test_the_trail_says_that_a_link_was_given_and_never_the_link(self, with_mail: User) -> None:
        ask(address="10.0.0.7")

        record = AuditRecord.objects.get(action=Audited.LINK_GIVEN)
        assert (record.about, record.by_id, record.address) == ("viewer", None, "10.0.0.7")
        token = link_in(mail.outbox[0].body).strip("/").rpartition("/")[2]
        assert token not in str(AuditRecord.objects.values())

    def test_the_link_leads_to_the_site_whatever_host_was_asked(self, with_mail: User) -> None:
        Client(SERVER_NAME="evil.example.org").post(PAGE, {"username": "viewer"})

        assert link_in(mail.outbox[0].body)
        assert "evil" not in str(mail.outbox[0].body)

    def test_every_name_gets_the_same_answer(self, with_mail: User, editor: User) -> None:
        User.objects.filter(pk=editor.pk).update(email="editor@example.org", is_active=False)
        answers = {name: ask(name) for name in ("viewer", "nobody", "editor", "administrator")}

        said = {re.sub(r'value="[\w-]{64}"', "", page.content.decode()) for page in answers.values()}
        assert len(said) == 1
        assert "a link is on its way" in said.pop()
        assert [sent.to for sent in mail.outbox] == [["viewer@example.org"]]

    @pytest.mark.parametrize("post", ["is_superuser", "no password"])
    def test_no_mailbox_opens_the_administration_or_an_account_that_has_no_password(
        self, with_mail: User, post: str
    ) -> None:
        if post == "is_superuser":
            User.objects.filter(pk=with_mail.pk).update(is_superuser=True)
        else:
            with_mail.set_unusable_password()
            with_mail.save()

        ask()

        assert not mail.outbox

    def test_the_words_are_in_the_language_of_the_page(self, with_mail: User) -> None:
        Client().post(PAGE, {"username": "viewer"}, headers={"Accept-Language": "zh-hans"})

        assert "密码" in str(mail.outbox[0].body)

    def test_a_name_that_is_too_long_is_refused_beside_its_field(self, with_mail: User) -> None:
        assert ask("x" * 151).status_code == 422


@pytest.mark.usefixtures("here", "lockout")
class TestLimits:
    @pytest.mark.parametrize("name", ["viewer", "nobody"])
    def test_after_five_links_for_a_name_there_are_no_more_for_half_an_hour(
        self, with_mail: User, clock: Any, name: str
    ) -> None:
        assert [ask(name).status_code for _ in range(6)] == [200] * 5 + [429]
        assert len(mail.outbox) == (5 if name == "viewer" else 0)
        assert ask(name)["Retry-After"] == "1800"
        assert Client().post("/sign-in/", {"username": name, "password": PASSWORD}).status_code == (
            302 if name == "viewer" else 422
        ), "Whoever asks for links keeps nobody from signing in."

        clock.shift(timedelta(minutes=31))

        assert ask(name).status_code == 200

    def test_one_address_asks_for_a_bounded_number_of_names(
        self, with_mail: User, settings: Settings
    ) -> None:
        settings.ADDRESS_FAILURE_LIMIT = 6
        statuses = [ask(f"name{number}").status_code for number in range(7)]
        assert statuses == [200] * 6 + [429]
        assert ask("viewer", address="10.0.0.2").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_the_answer_waits_for_no_mail_server(
    with_mail: User, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    """The real thread: the answer is there while the mail is not yet sent."""
    answered = threading.Event()
    at_once = mailed_link.mail_link

    def slow(name: str, language: str) -> None:
        assert answered.wait(20)
        at_once(name, language)

    monkeypatch.setattr(mailed_link, "mail_link", slow)

    assert ask().status_code == 200

    assert not mail.outbox
    answered.set()
    mailed_link.background.submit(lambda: None).result(20)
    assert [sent.to for sent in mail.outbox] == [["viewer@example.org"]]
    assert AuditRecord.objects.get(action=Audited.LINK_GIVEN).address == "10.0.0.1"
