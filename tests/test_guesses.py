"""Wrong passwords and codes: counted on every page that takes one, recorded, and stopped."""

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any
from unittest import mock

import pytest
import time_machine
from django.contrib.auth import hashers
from django.contrib.auth.models import User
from django.test import Client
from django.urls import resolve, reverse
from django_otp.plugins.otp_totp.models import TOTPDevice
from pytest_django import Settings

from measures.choices import Audited
from measures.models import AuditRecord, Checklist, RecoveryCode, Use
from tests.make import NOW, PASSWORD, SignIn, code_of
from tests.test_access import TABLE
from tests.test_structure import sources

pytestmark = pytest.mark.slow

NEW = "zai-ban-shi-xiang-26"
ENGLISH = {"Accept-Language": "en"}
WRONG_CODES = ("000000", "abcde-fghjk")
SECRETS = {"password", "old_password", "code"}
CHECKS = {"check_password", "authenticate", "verify_token", "takes", "use", "verify_password"}
# The functions that look at a secret. Django's own do so behind the forms of measures/forms/accounts.py.
LOOKING = {
    ("measures/accounts/passwords.py", "validate"),  # a new password against earlier ones
    ("measures/accounts/second_factor.py", "takes"),
    ("measures/forms/second_factor.py", "clean_password"),
    # On the terminal of the operator, who can read and write everything anyway.
    ("measures/management/commands/remove_evidence.py", "consent_of"),
    ("measures/models/accounts.py", "use"),
    ("measures/models/accounts.py", "_use_old"),
    # A link of 192 random bits, which nobody guesses.
    ("measures/views/accounts/invitation.py", "invitation"),
    ("measures/views/accounts/two_factor.py", "confirm"),
    ("measures/views/accounts/two_factor.py", "new_codes"),
    ("measures/views/accounts/two_factor.py", "end"),
    ("measures/views/accounts/sign_in.py", "second_step"),
}


@pytest.fixture(autouse=True)
def clock(settings: Settings) -> Iterator[Any]:
    settings.AXES_ENABLED = True
    with time_machine.travel(NOW, tick=False) as moved:
        yield moved


def tie_phone(user: User) -> list[str]:
    TOTPDevice.objects.create(user=user, name="TOTP", confirmed=True)
    return RecoveryCode.renew(user)


def half_way() -> Client:
    client = Client(headers=ENGLISH)
    client.post("/sign-in/", {"username": "administrator", "password": PASSWORD})
    return client


@dataclass(frozen=True)
class Secret:
    """How a page is reached, and what it is sent: a wrong secret, or the right one."""

    wrong: dict[str, str]
    right: Callable[[User], dict[str, str]]
    phone: str = ""  # "on", or "pending" where it is being set up
    half_way: bool = False


def code(user: User) -> dict[str, str]:
    return {"code": code_of(user)}


PAGES = {
    "sign-in": Secret(
        {"username": "administrator", "password": "a guess"},
        lambda user: {"username": "administrator", "password": PASSWORD},
    ),
    "second-step": Secret({"code": "000000"}, code, phone="on", half_way=True),
    "password": Secret(
        {"old_password": "a guess", "new_password1": NEW, "new_password2": NEW},
        lambda user: {"old_password": PASSWORD, "new_password1": NEW, "new_password2": NEW},
    ),
    "confirm-two-factor": Secret(
        {"code": "000000", "password": "a guess"},
        lambda user: {"code": code_of(user), "password": PASSWORD},
        phone="pending",
    ),
    "recovery-codes": Secret({"code": "abcde-fghjk"}, code, phone="on"),
    "end-two-factor": Secret({"code": "000000"}, code, phone="on"),
}


def reach(name: str, user: User, sign_in: SignIn) -> Client:
    """A client for which this page takes secrets."""
    page = PAGES[name]
    if page.phone:
        TOTPDevice.objects.create(user=user, name="TOTP", confirmed=page.phone == "on")
    if page.half_way:
        return half_way()
    client = Client() if name == "sign-in" else sign_in(user)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


class Forms(HTMLParser):
    """The addresses to which a page sends a password or a code."""

    def __init__(self, path: str) -> None:
        super().__init__()
        self.path, self.action = path, path
        self.targets: set[str] = set()
        self.asks = False
        self.buttons: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        if tag == "form":
            self.action, self.asks, self.buttons = said.get("action") or self.path, False, set()
        guess = said.get("type") == "password" and said.get("autocomplete") != "new-password"
        if tag == "input" and (guess or said.get("name") in SECRETS):
            self.asks = True
        if said.get("formaction"):
            self.buttons.add(str(said["formaction"]))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form" and self.asks:
            self.targets |= self.buttons or {self.action}


def asked_for_secrets(client: Client) -> set[str]:
    """The names of the addresses to which any page sends a secret."""
    names = set()
    for name, expected in TABLE.items():
        response = client.get(reverse(name, args=expected.arguments))
        if response.status_code == 200 and "html" in response.headers["Content-Type"]:
            forms = Forms(response.request["PATH_INFO"])
            forms.feed(response.content.decode())
            names |= {str(resolve(target).url_name) for target in forms.targets}
    return names


def test_no_page_that_asks_for_a_secret_is_forgotten(
    checklist: Checklist, administrator: User, sign_in: SignIn
) -> None:
    pending = TOTPDevice.objects.create(user=administrator, name="TOTP", confirmed=False)
    names = asked_for_secrets(Client()) | asked_for_secrets(sign_in(administrator))
    pending.delete()
    tie_phone(administrator)
    names |= asked_for_secrets(half_way()) | asked_for_secrets(sign_in(administrator))

    assert names == set(PAGES)


def test_no_function_that_looks_at_a_secret_is_forgotten() -> None:
    found = set()
    for path, tree in sources("measures"):
        for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
            for call in (node for node in ast.walk(function) if isinstance(node, ast.Call)):
                called = call.func.attr if isinstance(call.func, ast.Attribute) else ast.unparse(call.func)
                if called in CHECKS:
                    found.add((str(path), function.name))

    assert found <= LOOKING, "Count what is wrong there, and add the page to PAGES."


@pytest.mark.parametrize("name", PAGES)
def test_the_fifth_wrong_secret_locks_and_then_the_right_one_does_not_help(
    name: str, administrator: User, sign_in: SignIn, clock: Any
) -> None:
    client, page, address = reach(name, administrator, sign_in), PAGES[name], reverse(name)
    before = AuditRecord.objects.order_by("pk").values_list("pk", flat=True).last() or 0

    answers = [client.post(address, page.wrong) for _try in range(9)]

    assert [answer.status_code for answer in answers] == [422] * 4 + [429] * 5
    with mock.patch.object(type(hashers.get_hasher()), "encode") as hashed:
        refused = client.post(address, page.right(administrator))
    assert refused.status_code == 429
    assert refused.headers["Retry-After"] == "1800"
    assert "in 30 minutes, at 10:00." in refused.content.decode()
    assert not hashed.called
    kept = AuditRecord.objects.filter(pk__gt=before).values_list("action", "by")
    signed_in = not page.half_way and name != "sign-in"
    tried = Audited.WRONG_SECRET if signed_in else Audited.SIGN_IN_FAILED
    assert sorted(kept) == sorted([(tried, administrator.pk)] * 5 + [(Audited.LOCKED_OUT, administrator.pk)])

    clock.shift(timedelta(minutes=30, seconds=1))
    client = half_way() if page.half_way else client if name == "sign-in" else sign_in(administrator)
    assert client.post(address, page.right(administrator)).status_code in (200, 302)


def test_wrong_ones_count_together_on_all_pages_and_at_the_sign_in(
    administrator: User, sign_in: SignIn
) -> None:
    tie_phone(administrator)
    client = sign_in(administrator)

    client.post("/password/", PAGES["password"].wrong)
    client.post("/password/", PAGES["password"].wrong)
    client.post("/account/two-factor/codes/", {"code": "000000"})
    client.post("/account/two-factor/end/", {"code": "abcde-fghjk"})

    assert Client().post("/sign-in/", PAGES["sign-in"].wrong).status_code == 429
    assert client.post("/password/", PAGES["password"].right(administrator)).status_code == 429


@pytest.mark.parametrize(
    ("address", "sent"),
    [
        ("/account/two-factor/codes/", {"code": ""}),
        ("/account/two-factor/codes/", {"code": "1" * 41}),
        ("/password/", {"old_password": "", "new_password1": NEW, "new_password2": NEW}),
        ("/password/", {"old_password": PASSWORD, "new_password1": "short", "new_password2": "short"}),
    ],
)
def test_what_is_no_guess_is_not_counted(
    administrator: User, sign_in: SignIn, address: str, sent: dict[str, str]
) -> None:
    tie_phone(administrator)
    client = sign_in(administrator)

    assert [client.post(address, sent).status_code for _try in range(6)] == [422] * 6
    assert not AuditRecord.objects.filter(action=Audited.WRONG_SECRET).exists()


def test_a_new_password_is_compared_with_earlier_ones_only_after_the_old_one(
    administrator: User, sign_in: SignIn
) -> None:
    client = sign_in(administrator)
    with mock.patch("measures.forms.accounts.PasswordChangeForm.validate_password_for_user") as compared:
        client.post("/password/", PAGES["password"].wrong)

    assert not compared.called


def test_the_right_password_is_hashed_thirty_times_in_five_minutes_at_most(
    administrator: User, sign_in: SignIn
) -> None:
    at = NOW - timedelta(minutes=1)
    Use.objects.bulk_create(Use(user=administrator, action="password", at=at) for _ in range(30))

    response = sign_in(administrator).post("/password/", PAGES["password"].right(administrator))

    assert response.status_code == 429
    assert response.headers["Retry-After"] == "240"


def test_others_failures_at_an_address_keep_nobody_from_their_own_pages(
    administrator: User, sign_in: SignIn, settings: Settings
) -> None:
    settings.ADDRESS_FAILURE_LIMIT = 3
    for number in range(3):
        Client().post("/sign-in/", {"username": f"nobody {number}", "password": "a guess"})
    assert Client().post("/sign-in/", PAGES["sign-in"].right(administrator)).status_code == 429

    response = sign_in(administrator).post("/password/", PAGES["password"].right(administrator))

    assert response.status_code == 302
