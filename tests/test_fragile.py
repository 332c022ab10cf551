"""Every interface in docs/fragile.md has a test that exists; some are in this file."""

import io
import re
from pathlib import Path
from typing import Any

import docx
import pytest
from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.test import RequestFactory
from gunicorn.config import Config

from config import gunicorn as served
from config.logs import LineFormatter
from measures.forms import widgets
from measures.forms.drawing import DrawingRenderer
from measures.message_storage import NamedCookie, Storage
from measures.reports.template_fields import LISTS, SHORT_LISTS, TEXTS, template_fields
from measures.word.expressions import Names
from measures.word.fill import fill
from measures.word.known import CORE
from tests.reports_make import make_small_report
from tests.test_standards import functions_of

pytestmark = pytest.mark.no_database

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "fragile.md").read_text(encoding="utf-8")
ROWS = [line.strip("| ").split(" | ") for line in PAGE.splitlines() if re.match(r"\| `", line)]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_every_row_names_a_place_a_reason_and_a_test_that_exists(row: list[str]) -> None:
    interface, where, why, tests = row
    places = re.findall(r"`([\w/]+\.(?:py|html))`|`(templates/[\w/]+/)`", where)
    names = re.findall(r"`(test_\w+)`", tests)
    files = re.findall(r"`(tests/[\w/]+\.py)`", tests)
    there = {name for path in (ROOT / "tests").rglob("test_*.py") for name in functions_of(path)}

    assert interface
    assert why
    assert places
    assert [place for pair in places for place in pair if place and not (ROOT / place).exists()] == []
    assert names or files
    assert [name for name in names if name not in there] == []
    assert [file for file in files if not (ROOT / file).exists()] == []


def test_the_page_is_read_whole() -> None:
    assert len(ROWS) > 20


class NoTemplates(DrawingRenderer):
    def get_template(self, template_name: str) -> Any:
        raise AssertionError(template_name)


@pytest.mark.parametrize(
    "field",
    [
        forms.CharField(widget=widgets.TextInput),
        forms.IntegerField(widget=widgets.NumberInput),
        forms.ChoiceField(widget=widgets.Select, choices=[("a", "A")]),
        forms.DateField(widget=widgets.DateInput),
    ],
    ids=lambda field: type(field.widget).__name__,
)
def test_a_field_of_a_filter_is_drawn_without_a_template(field: forms.Field) -> None:
    """Django's templates would draw the same, in twice the time."""
    form = forms.Form(renderer=NoTemplates())
    form.fields["one"] = field

    assert str(form["one"]).startswith(("<input ", "<select "))


def test_gunicorn_knows_every_setting_of_ours() -> None:
    """It passes over a name in its configuration that it does not know."""
    ours = {name for name in vars(served) if re.fullmatch(r"[a-z][a-z_]+", name)}
    ours -= {"fcntl", "os", "shutil", "sys", "env_bool", "env_int", "line_formatter"}

    assert ours <= set(Config().settings)
    assert "on_starting" in ours


def test_gunicorn_writes_its_own_lines_as_safely_as_ours() -> None:
    logger = served.SafeLogger(Config())

    handlers = [*logger.error_log.handlers, *logger.access_log.handlers]
    assert handlers
    assert all(isinstance(handler.formatter, LineFormatter) for handler in handlers)


def test_the_properties_that_libreoffice_wrote_stay_the_documents_only_ones() -> None:
    template = (ROOT / "tests" / "data" / "libreoffice.docx").read_bytes()
    names = Names(TEXTS, LISTS, tuple(SHORT_LISTS))

    filled = docx.Document(io.BytesIO(fill(template, names, template_fields(make_small_report()))))

    kinds = [one.reltype for one in filled.part.package.rels.values()]
    assert kinds.count(CORE) == len([kind for kind in kinds if kind.endswith("core-properties")]) == 1


def test_messages_wait_in_a_cookie_named_like_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    assert NamedCookie.cookie_name == settings.MESSAGES_COOKIE_NAME
    monkeypatch.setattr(NamedCookie, "cookie_name", "like-the-others")
    request, response = RequestFactory().get("/"), HttpResponse()
    request.session = {}  # type: ignore[assignment]
    storage = Storage(request)
    storage.add(messages.INFO, "saved")

    storage.update(response)

    assert list(response.cookies) == ["like-the-others"]
