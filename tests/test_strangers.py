"""A megabyte from somebody without an account, in each field, header and cookie of all that asks for none."""

import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.contrib.auth.tokens import default_token_generator
from django.core import serializers
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django_otp.plugins.otp_totp.models import TOTPDevice
from pytest_django import Settings

from measures.choices import Role
from measures.errors.typed import LIMIT
from measures.models import Checklist, Invitation
from measures.models.state import NOTES_LIMIT
from tests.make import PASSWORD, make_user

pytestmark = [pytest.mark.slow, pytest.mark.any_engine]

MEGABYTE = "x" * 1_000_000
FORM = "application/x-www-form-urlencoded"
HEADERS = ["Accept", "Accept-Language", "Origin", "Referer", "User-Agent", "X-Forwarded-For", "X-Remote-User"]
COOKIES = ["sessionid", "csrftoken", "django_language", "theme", "messages"]
# What else a form holds, so that the field in question is looked at. The password is wrong.
FILLED = {
    "username": "administrator",
    "password": "a guess",
    "code": "000000",
    "new_password1": "short",
    "new_password2": "short",
    "theme": "dark",
    "language": "en",
    "next": "/",
}
# Of these nothing at all is stored: the form refuses them.
REFUSED = {
    "sign-in": {"username", "password"},
    "second-step": {"code"},
    "first-password": {"new_password1", "new_password2"},
    "invitation": {"new_password1", "new_password2"},
    "forgot-password": {"username"},
}


def half_way() -> Client:
    client = Client()
    client.post("/sign-in/", {"username": "half-way", "password": PASSWORD})
    return client


def link() -> str:
    user = User.objects.get(username="new")
    key = urlsafe_base64_encode(force_bytes(user.pk))
    return reverse("first-password", args=[key, default_token_generator.make_token(user)])


def invited() -> str:
    by, now = User.objects.get(username="administrator"), timezone.now()
    if made := Invitation.objects.first():
        return reverse("invitation", args=[made.new_link(by=by, at=now)])
    made = Invitation(checklist=Checklist.objects.get(), username="invited", person="来人", role=Role.VIEWER)
    made.prepare(by=by, at=now)
    return reverse("invitation", args=[made.approve(by=by, at=now)])


# How each address is reached that asks for no account.
WAYS: dict[str, Callable[[], tuple[Client, str]]] = {
    "sign-in": lambda: (Client(), "/sign-in/"),
    "second-step": lambda: (half_way(), "/sign-in/code/"),
    "first-password": lambda: (Client(), link()),
    "invitation": lambda: (Client(), invited()),
    "forgot-password": lambda: (Client(), "/account/forgot-password/"),
    "calendar": lambda: (Client(), "/calendar/unknown/taizhang.ics"),
    "sign-in-help": lambda: (Client(), "/help/sign-in/"),
    "language": lambda: (Client(), "/language/"),
    "theme": lambda: (Client(), "/theme/"),
    "healthz": lambda: (Client(), "/healthz"),
    "admin/login/": lambda: (Client(), "/admin/login/"),
    "login": lambda: (Client(), reverse("admin:login")),  # Django's own, behind the one above
}


@pytest.fixture(autouse=True)
def site(settings: Settings, administrator: User) -> None:
    """Locks that never close, so that each try goes as deep as it can."""
    settings.AXES_ENABLED = settings.BEHIND_PROXY = True
    settings.AXES_FAILURE_LIMIT = settings.ACCOUNT_FAILURE_LIMIT = 10**6
    settings.ACCOUNT_DAY_LIMIT = settings.ADDRESS_FAILURE_LIMIT = 10**6
    settings.SENDS_MAIL, settings.SECURITY_PROFILE = True, "asvs"  # so that the page has a form
    make_user("new")
    TOTPDevice.objects.create(user=make_user("half-way"), name="TOTP", confirmed=True)


def open_addresses() -> Iterator[str]:
    """The names of the views that LoginRequiredMiddleware lets everybody reach."""

    def walk(patterns: list[URLPattern | URLResolver]) -> Iterator[str]:
        for pattern in patterns:
            if isinstance(pattern, URLResolver):
                yield from walk(pattern.url_patterns)
            elif not getattr(pattern.callback, "login_required", True):
                yield pattern.name or str(pattern.pattern)

    yield from walk(get_resolver().url_patterns)


def fields() -> set[str]:
    """The names of all that a form or a link on these pages sends, and of something that none sends."""
    names = {"next", "ended", "anything"}
    for way in WAYS.values():
        client, address = way()
        page = client.get(address, follow=True).content.decode()
        names |= set(re.findall(r'<(?:input|button|select|textarea)[^>]* name="([^"]+)"', page))
        names |= {name for link in re.findall(r'href="[^"]*\?([^"]*)"', page) for name in link.split("=")[:1]}
    return names - {"csrfmiddlewaretoken"}


def stored() -> int:
    """How many bytes all rows have together."""
    models = (model for model in apps.get_models() if model._meta.app_label not in ("auth", "contenttypes"))
    return sum(len(serializers.serialize("json", model._default_manager.all())) for model in models)


def size(response: Any) -> int:
    return len(response.content) + sum(len(name) + len(value) for name, value in response.headers.items())


def hold_the_bounds(response: Any, before: int, what: str, *, kept: int = 4_000) -> None:
    assert response.status_code < 500, what
    assert size(response) < 50_000, f"{what}: answered by {size(response)} bytes"
    assert stored() - before <= kept, f"{what}: {stored() - before} bytes are stored"


def test_no_address_that_asks_for_no_account_is_forgotten() -> None:
    assert set(open_addresses()) == set(WAYS)


@pytest.mark.parametrize("name", WAYS)
def test_a_megabyte_in_any_field_is_neither_stored_nor_answered_by_one(name: str) -> None:
    names = fields()
    assert set(FILLED) <= names

    for field in sorted(names):
        client, address = WAYS[name]()
        before = stored()
        sent = urlencode(FILLED | {field: MEGABYTE})
        response = client.post(address, sent, content_type=FORM)
        kept = 0 if field in REFUSED.get(name, ()) else 4_000
        hold_the_bounds(response, before, f"{name}, {field}", kept=kept)
    client, address = WAYS[name]()
    before = stored()
    for field in sorted(names):
        hold_the_bounds(client.get(address, {field: MEGABYTE}), before, f"GET {name}, {field}")


@pytest.mark.parametrize("name", WAYS)
def test_a_megabyte_in_any_header_or_cookie_is_not_either(name: str, behind_a_proxy: None) -> None:
    client, address = WAYS[name]()
    before = stored()
    for header in HEADERS:
        start = "http://testserver/" if header in ("Referer", "Origin") else ""
        headers = {header: start + MEGABYTE}
        hold_the_bounds(client.get(address, headers=headers), before, f"GET {name}, {header}")
        hold_the_bounds(client.post(address, headers=headers), before, f"{name}, {header}")
    for cookie in COOKIES:
        client, address = WAYS[name]()
        client.cookies[cookie] = MEGABYTE
        before = stored()
        hold_the_bounds(client.post(address), before, f"{name}, {cookie}")


@pytest.mark.parametrize("address", ["/sign-in/", "/checklists/henan/items/1.1.1/"])
def test_a_megabyte_in_a_form_without_its_token_is_not_sent_back(address: str) -> None:
    client = Client(enforce_csrf_checks=True)

    response = client.post(address, {"notes": MEGABYTE, "reason": MEGABYTE})

    assert response.status_code == 403
    assert size(response) < 50_000
    assert LIMIT == NOTES_LIMIT


@pytest.mark.parametrize(
    "name", ["x" * 151, "\N{ARABIC LIGATURE SALLALLAHOU ALAYHE WASALLAM}" * 100, "x" * 1_000_000]
)
def test_a_name_of_more_than_150_characters_is_refused_beside_its_field(name: str) -> None:
    before = stored()

    page = Client().post("/sign-in/", {"username": name, "password": "a guess"})

    assert page.status_code == 422
    assert page.context["form"].errors.keys() == {"username"}
    assert stored() == before


def test_a_name_of_150_characters_is_tried() -> None:
    page = Client().post("/sign-in/", {"username": "x" * 150, "password": "a guess"})

    assert page.context["form"].errors.keys() == {"__all__"}
