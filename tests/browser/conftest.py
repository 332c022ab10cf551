"""Chromium, Chinese by default, signed in as whom a test asks for."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from playwright.sync_api import BrowserContext, Page
from pytest_django.live_server_helper import LiveServer

from measures.choices import Role
from measures.models import Checklist, Membership
from tests.browser.arrivals import Site
from tests.browser.chromium import MISSING, QUIET, find_chromium, has_downloaded_chromium
from tests.demos import ready_demo
from tests.make import make_checklist

PageAs = Callable[[User], Page]
WALK = "test_every_page_is_accessible"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The walk over every page begins before other browser tests: else all wait for it in the end."""
    ours = [item for item in items if item.get_closest_marker("browser")]
    walks = [item for item in ours if WALK in item.name]
    if walks:
        begin = items.index(ours[0])
        others = [item for item in items[begin:] if item not in walks]
        items[begin:] = walks + others


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The machine's Chromium, or Playwright's. With neither, tests are skipped, or fail where CI=true."""
    if found := find_chromium():
        return browser_type_launch_args | {"executable_path": found, "args": QUIET}
    if has_downloaded_chromium():
        return browser_type_launch_args | {"args": QUIET}
    if os.environ.get("CI") == "true":
        pytest.fail(MISSING)
    pytest.skip(MISSING)


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


@pytest.fixture(autouse=True)
def used_for_long(sessions_touched: None) -> None:
    """Taking pictures of every page must not end a session: it is kept alive as on a real site."""


@pytest.fixture(scope="session")
def base_url(live_server: LiveServer) -> str:
    """What a page's relative addresses start from."""
    return live_server.url


@pytest.fixture
def demo(transactional_db: None, run_folder: Path) -> Checklist:
    return ready_demo(run_folder)


@pytest.fixture
def demo_site(
    live_server: LiveServer,
    demo: Checklist,
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> Site:
    """The demo on a live server, with a second checklist below it in which nothing has been entered."""
    empty = make_checklist("xinxiang", "新乡（演示）", demo.catalogue, parent=demo)
    administrator = User.objects.get(username="administrator")
    Membership.objects.create(user=administrator, checklist=empty, role=Role.ADMINISTRATOR)
    settings.MAINTENANCE_FILE = tmp_path / "maintenance"
    return Site(live_server.url, settings, monkeypatch)
