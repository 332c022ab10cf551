"""Signs in with a second factor, step by step."""

from typing import Any

from django.contrib.auth.models import User
from django.test import Client

from tests.make import PASSWORD, code_of

PAGE = "/checklists/henan/items/1.1.1/"


def set_up(client: Client, user: User) -> list[str]:
    """Turn the second factor on as a person does; the recovery codes that are shown."""
    client.post("/account/two-factor/begin/")
    page = client.post("/account/two-factor/confirm/", {"code": code_of(user), "password": PASSWORD})
    codes: list[str] = page.context["codes"]
    return codes


def first_step(client: Client, **more: str) -> Any:
    return client.post("/sign-in/", {"username": "administrator", "password": PASSWORD, **more})


def half_way(**more: str) -> Client:
    client = Client(headers={"Accept-Language": "en"})
    first_step(client, **more)
    return client
