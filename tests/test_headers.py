"""The headers of every kind of answer: pages, redirects, files, refusals and faults."""

from typing import Any
from unittest import mock

import pytest
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.test import Client

from tests.make import SignIn

KINDS = [
    ("anonymous", "/sign-in/", 200),
    ("anonymous", "/healthz", 200),
    ("anonymous", "/checklists/henan/", 302),
    ("anonymous", "/nowhere/", 404),
    ("administrator", "/checklists/henan/items/", 200),
    ("administrator", "/checklists/henan/report/?format=csv", 200),
    ("administrator", "/checklists/henan/items/?status=nonsense", 200),
    ("administrator", "/checklists/elsewhere/", 404),
    ("administrator", "/account/sessions/", 200),
    ("administrator", "/sign-out/", 405),
    ("administrator", "/admin/", 200),
    ("root", "/admin/", 200),
    ("root", "/admin/nowhere/", 404),
]


def hold_the_rules(response: HttpResponse | Any) -> None:
    headers = response.headers
    assert "no-store" in headers["Cache-Control"]
    assert "default-src 'self'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "Access-Control-Allow-Origin" not in headers


@pytest.mark.parametrize(("who", "address", "status"), KINDS)
def test_every_kind_of_answer_has_them(
    who: str, address: str, status: int, administrator: User, sign_in: SignIn
) -> None:
    users = {"administrator": administrator, "root": User.objects.create_superuser("root")}
    client = sign_in(users[who]) if who in users else Client()

    response = client.get(address, follow=address == "/admin/")

    assert response.status_code == status
    hold_the_rules(response)


@pytest.mark.parametrize("address", ["/sign-in/", "/checklists/", "/admin/", "/healthz"])
def test_no_address_answers_trace(administrator: User, sign_in: SignIn, address: str) -> None:
    assert sign_in(administrator).trace(address).status_code in (302, 405)


def test_a_fault_has_them_too(administrator: User, sign_in: SignIn) -> None:
    client = sign_in(administrator)
    client.raise_request_exception = False

    with mock.patch("measures.views.items.list.rows_of", side_effect=RuntimeError):
        response = client.get("/checklists/henan/items/")

    assert response.status_code == 500
    hold_the_rules(response)


def test_a_refused_form_has_them_too(administrator: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(administrator)

    response = client.post("/checklists/henan/items/1.1.1/")

    assert response.status_code == 403
    hold_the_rules(response)


def test_no_other_site_uses_a_static_file(db: None) -> None:
    response = Client().get("/static/measures/tokens.css")

    assert response.status_code == 200
    assert response.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "Access-Control-Allow-Origin" not in response.headers
