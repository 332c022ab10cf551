"""The access line: who asked for what, from where, how long it took; nothing that a person typed."""

import logging
import re

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import Settings

from config.logs import line_formatter
from measures.models import Checklist
from tests.make import SignIn


@pytest.fixture
def lines(settings: Settings, caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    """The log, with the access line switched on."""
    settings.ACCESS_LOG, settings.SLOW_REQUEST_MS = True, 60_000
    caplog.set_level(logging.INFO, "taizhang.access")
    return caplog


def newest(lines: pytest.LogCaptureFixture) -> logging.LogRecord:
    return [line for line in lines.records if line.name == "taizhang.access"][-1]


def test_a_request_leaves_one_line_with_who_what_and_how_long(
    viewer: User, checklist: Checklist, sign_in: SignIn, lines: pytest.LogCaptureFixture
) -> None:
    response = sign_in(viewer).get("/checklists/henan/items/?q=某某同志")

    line = line_formatter().format(newest(lines))
    name = response.headers["X-Request-ID"]
    asked = r"INFO taizhang.access GET /checklists/henan/items/ 200 \d+ ms "
    assert re.search(asked + f"user={viewer.pk} address=127.0.0.1 request={name}$", line)
    assert re.fullmatch("[0-9a-f]{16}", name)
    assert "某某" not in line


def test_somebody_who_is_not_signed_in_has_a_dash(db: None, lines: pytest.LogCaptureFixture) -> None:
    Client().get("/checklists/")

    assert newest(lines).__dict__["user"] == "-"
    assert newest(lines).__dict__["status"] == 302


def test_a_one_time_link_is_logged_by_its_pattern(db: None, lines: pytest.LogCaptureFixture) -> None:
    Client().get("/account/first-password/MQ/c8s-0123456789abcdef/")

    assert newest(lines).__dict__["path"] == "/account/first-password/<str:key>/<str:token>/"
    assert "c8s-" not in line_formatter().format(newest(lines))


def test_a_slow_request_names_its_slowest_statement_without_values(
    viewer: User,
    checklist: Checklist,
    sign_in: SignIn,
    lines: pytest.LogCaptureFixture,
    settings: Settings,
) -> None:
    client = sign_in(viewer)
    settings.SLOW_REQUEST_MS = 0
    client.get("/checklists/henan/items/?q=某某同志")

    slow = newest(lines)
    assert slow.levelno == logging.WARNING
    assert slow.__dict__["queries"] > 3
    assert "SELECT" in slow.__dict__["slowest"]
    assert "某某" not in line_formatter().format(slow)


@pytest.mark.parametrize(("behind", "kept"), [(True, True), (False, False)])
def test_the_proxys_request_id_is_kept_and_nobody_elses(
    db: None, settings: Settings, behind: bool, kept: bool
) -> None:
    settings.BEHIND_PROXY = behind

    response = Client().get("/sign-in/", headers={"X-Request-ID": "from-the-proxy-1"})

    assert (response.headers["X-Request-ID"] == "from-the-proxy-1") is kept


def test_a_forged_request_id_is_replaced(db: None, settings: Settings) -> None:
    settings.BEHIND_PROXY = True

    response = Client().get("/sign-in/", headers={"X-Request-ID": "x y\u007f"})

    assert re.fullmatch("[0-9a-f]{16}", response.headers["X-Request-ID"])


def test_no_line_is_written_where_the_log_is_off(
    db: None, settings: Settings, lines: pytest.LogCaptureFixture
) -> None:
    settings.ACCESS_LOG = False

    Client().get("/sign-in/")

    assert not [line for line in lines.records if line.name == "taizhang.access"]
