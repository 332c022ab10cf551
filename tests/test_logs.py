"""Nobody outside can forge a log line, and no secret appears in the log or on a page."""

import io
import json
import logging
import sys
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError
from django.test import Client, override_settings
from pytest_django import Settings

from config.logs import WithoutTraceback, line_formatter, printable
from measures.models import Checklist
from measures.views.site import overview
from tests.make import SignIn

pytestmark = pytest.mark.any_engine

SECRET = "fake-secret-7f3a9d0c-never-to-be-seen"


def written(message: str, *arguments: Any, exc_info: Any = None) -> str:
    record = logging.LogRecord("test", logging.WARNING, "x.py", 1, message, arguments, exc_info)
    return line_formatter().format(record)


@pytest.mark.parametrize(
    "forged",
    [
        "a\n2026-01-01 CRITICAL root all is lost",
        "a\rb",
        "a\x1b[2Jb",
        "a\x00b",
        "a\u2028b",
        "a\x85b",
        "a\u202eb",
    ],
)
def test_what_a_client_sends_stays_on_its_line_and_can_be_seen(forged: str) -> None:
    line = written("Not Found: %s", forged)

    assert line.isprintable()
    assert "\\" in line


def test_chinese_stays_readable() -> None:
    assert printable("干部 第一处，100%") == "干部 第一处，100%"


def test_a_lone_surrogate_does_not_break_the_log() -> None:
    assert written("%s", "a\ud800b").endswith(r"a\ud800b")


def test_a_forged_line_in_an_exception_stands_behind_a_bar() -> None:
    try:
        raise ValueError("x\n2026-01-01 00:00:00,000 CRITICAL root all is lost")
    except ValueError:
        lines = written("failed", exc_info=sys.exc_info()).splitlines()

    assert "failed" in lines[0]
    assert all(line.startswith("  | ") for line in lines[1:])
    assert any("all is lost" in line for line in lines)


def test_the_sites_loggers_write_safe_lines() -> None:
    made: Any = settings.LOGGING["formatters"]

    assert made["line"]["()"] == "config.logs.line_formatter"


def test_no_secret_stands_on_the_page_of_a_failure_or_in_its_log(
    administrator: User, checklist: Checklist, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines: list[str] = []

    class Kept(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(line_formatter().format(record))

    def fail(request: Any, slug: str) -> None:
        password = SECRET  # in the frame, as a careless error page would show it
        raise RuntimeError(f"failed after {len(password)}")

    client = sign_in(administrator)
    client.raise_request_exception = False
    monkeypatch.setenv("SECRET_KEY", SECRET)
    monkeypatch.setattr(overview, "readable_checklist", fail)
    kept = Kept()
    logging.getLogger("django.request").addHandler(kept)
    try:
        with override_settings(SOME_API_TOKEN=SECRET):
            response = client.get("/checklists/henan/", {"q": "x"}, headers={"X-Anything": "y"})
    finally:
        logging.getLogger("django.request").removeHandler(kept)

    assert response.status_code == 500
    assert "RuntimeError" in "".join(lines)
    assert SECRET not in "".join(lines)
    assert SECRET not in response.content.decode()
    assert "Traceback" not in response.content.decode()
    assert administrator.password not in "".join(lines)


def test_a_request_for_a_forged_address_is_one_line(
    caplog: pytest.LogCaptureFixture, administrator: User, sign_in: SignIn, settings: Settings
) -> None:
    settings.ACCESS_LOG = True
    caplog.set_level(logging.INFO, "taizhang.access")
    client: Client = sign_in(administrator)
    client.get("/checklists/none/%0A2026-01-01%20CRITICAL")

    assert caplog.records
    assert all(len(line_formatter().format(record).splitlines()) == 1 for record in caplog.records)


def test_every_line_begins_with_its_time_and_the_offset_of_the_sites_zone() -> None:
    record = logging.makeLogRecord({"msg": "x", "created": 1_795_000_000.25, "levelname": "INFO"})

    assert line_formatter().format(record) == "2026-11-18T19:06:40.250+08:00 INFO None x"


def test_json_has_one_object_on_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOG_FORMAT", "json")
    try:
        raise ValueError("a\nb")
    except ValueError:
        line = written("failed at %s", "\u202ex", exc_info=sys.exc_info())

    said = json.loads(line)
    assert line.isprintable()
    assert line.isascii()
    assert said["message"] == "failed at \u202ex"
    assert said["level"] == "WARNING"
    assert "ValueError: a\nb" in said["exception"]


def test_a_format_that_is_none_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOG_FORMAT", "xml")

    with pytest.raises(ImproperlyConfigured, match="LOG_FORMAT='xml': write one of text, json"):
        line_formatter()


def logged_by(name: str, message: str, error: Exception, status: int) -> str:
    """What the site's handler writes for a failure of this kind."""
    try:
        raise error
    except Exception:
        record = logging.LogRecord(name, logging.ERROR, "x.py", 1, message, (), sys.exc_info())
    record.status_code = status
    WithoutTraceback().filter(record)
    return line_formatter().format(record)


def test_a_foreign_name_and_an_absent_database_leave_one_line_each() -> None:
    host = logged_by("django.security.DisallowedHost", "Invalid HTTP_HOST header: 'x'", ValueError("x"), 400)
    away = logged_by("django.request", "Service Unavailable: /", OperationalError("no route\n to host"), 503)

    assert "WARNING django.security.DisallowedHost Invalid HTTP_HOST header" in host
    assert away.endswith("WARNING django.request Service Unavailable: /: no route\\n to host")
    assert len([*host.splitlines(), *away.splitlines()]) == 2


def test_a_mistake_of_ours_keeps_its_traceback() -> None:
    said = logged_by("django.request", "Internal Server Error: /", OperationalError("no such column"), 500)

    assert "  | Traceback" in said


def test_what_users_get_wrong_is_no_warning() -> None:
    made: Any = settings.LOGGING["loggers"]

    assert made["django.request"]["level"] == "ERROR"


def test_a_body_that_does_not_come_is_a_mistake_of_the_client_and_no_error_of_ours(
    administrator: User, checklist: Checklist, sign_in: SignIn, caplog: pytest.LogCaptureFixture
) -> None:
    class Late(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            raise TimeoutError("The body of the request did not come in time.")

    client = sign_in(administrator)
    client.raise_request_exception = False

    late: Any = {"wsgi.input": Late()}
    response = client.post("/checklists/henan/periods/add/", {"x": "y"}, **late)

    assert response.status_code == 400
    assert caplog.records == []
