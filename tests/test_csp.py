"""No page lets foreign code run, and none needs to: every address of the site, the admin's too."""

from html.parser import HTMLParser
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from measures.models import Checklist, Owner
from tests.everybody import checklist, everybody, owner, viewer
from tests.test_access import TABLE
from tests.test_admin_access import BUTTONS, CASES, keys, name_of, staff

pytestmark = [pytest.mark.slow, pytest.mark.any_engine]

__all__ = ["checklist", "everybody", "keys", "owner", "staff", "viewer"]  # fixtures are found by their names

POLICY = {
    "default-src": ["'self'"],
    "base-uri": ["'none'"],
    "form-action": ["'self'"],
    "frame-ancestors": ["'none'"],
    "object-src": ["'none'"],
}
DATA = ("application/json", "application/ld+json")


class Inline(HTMLParser):
    """What a browser that keeps to the policy would not run: scripts and styles inside the page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "style" or (tag == "script" and "src" not in given and given.get("type") not in DATA):
            self.found.append(tag)
        for name, value in attrs:
            if name == "style" or name.startswith("on") or (value or "").lower().startswith("javascript:"):
                self.found.append(f"{tag} {name}={value}")


def hold_the_policy(response: HttpResponse | Any, address: str) -> None:
    said = response.headers["Content-Security-Policy"]
    policy = {name: sources for name, *sources in (part.split() for part in said.split(";"))}
    assert policy == POLICY, address
    if response.headers.get("Content-Type", "").startswith("text/html") and not response.streaming:
        assert Inline(response.content.decode()).found == [], address


@pytest.mark.parametrize("name", TABLE)
def test_every_address_of_the_site(
    name: str, everybody: dict[str, User | None], checklist: Checklist
) -> None:
    address = reverse(name, args=TABLE[name].arguments)
    for who in ("anonymous", "viewer", "auditor", "administrator", "superuser"):
        client = Client()
        if user := everybody[who]:
            client.force_login(user)
        for response in (client.get(address), client.post(address)):
            hold_the_policy(response, f"{address} as {who}")


@pytest.mark.parametrize(("model", "kind"), CASES)
def test_every_address_of_the_admin(
    model: str, kind: str, staff: dict[str, User | None], keys: dict[str, int], owner: Owner
) -> None:
    of_a_row = kind in ("history", "delete", "change", "password_change", *BUTTONS) and model
    arguments: dict[str, list[object]] = {"app_list": ["measures"], "view_on_site": [1, 1]}
    found = [keys[model]] if of_a_row else arguments.get(kind, [])
    address = reverse(f"admin:{name_of(model, kind)}", args=found)
    for who in ("administrator", "superuser", "security"):
        client = Client()
        user = staff[who]
        assert user
        client.force_login(user)
        for response in (client.get(address), client.post(address)):
            hold_the_policy(response, f"{address} as {who}")
