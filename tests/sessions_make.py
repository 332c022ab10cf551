"""Signs in through the page, and finds the row of a session."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from measures.accounts.sessions import stored_key
from tests.make import PASSWORD

PAGE = "/checklists/henan/items/1.1.1/"
EDGE = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0"


def sign_in_through_the_page() -> Client:
    """The administrator's, in Edge at 10.0.0.1."""
    client = Client(REMOTE_ADDR="10.0.0.1", HTTP_USER_AGENT=EDGE, headers={"Accept-Language": "en"})
    client.post("/sign-in/", {"username": "administrator", "password": PASSWORD})
    return client


@pytest.fixture
def client(clock: Any, sessions_touched: None, administrator: User) -> Client:
    return sign_in_through_the_page()


def key_of(client: Client) -> str:
    """The primary key of the row of the client's session."""
    return stored_key(client.cookies["sessionid"].value)
