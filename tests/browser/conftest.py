"""Chromium, Chinese by default, signed in as whom a test asks for."""

import os
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from playwright.sync_api import BrowserContext, Page
from pytest_django.live_server_helper import LiveServer

from tests.browser.chromium import MISSING, find_chromium

PageAs = Callable[[User], Page]

# No sandbox, since a container's root has none to use; the rest keeps the browser quiet and off the network.
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """This machine's own Chromium; without one, tests are skipped, and fail where CI=true."""
    found = find_chromium()
    if found is None:
        if os.environ.get("CI") == "true":
            pytest.fail(MISSING)
        pytest.skip(MISSING)
    return browser_type_launch_args | {"executable_path": found, "args": QUIET}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    return browser_context_args | {"locale": "zh-CN", "timezone_id": "Asia/Shanghai"}


@pytest.fixture
def page_as(live_server: LiveServer, context: BrowserContext) -> PageAs:
    """A page signed in as a user, by a session cookie: page_as(editor).goto("/") is on the live server."""

    def signed_in(user: User) -> Page:
        client = Client()
        client.force_login(user)
        context.add_cookies(
            [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}]
        )
        return context.new_page()

    return signed_in


@pytest.fixture(scope="session")
def base_url(live_server: LiveServer) -> str:
    """What a page's relative addresses start from."""
    return live_server.url
