"""The pages for when something is wrong: in the reader's language, whatever is broken; and maintenance."""

from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.contrib.staticfiles.storage import ManifestStaticFilesStorage
from django.db import DatabaseError
from django.test import Client, RequestFactory

from measures.errors import problems
from measures.models import Checklist
from tests.make import SignIn

CHINESE, ENGLISH = {"Accept-Language": "zh-CN"}, {"Accept-Language": "en"}


@pytest.fixture
def maintained(settings: Any, tmp_path: Path) -> Path:
    settings.MAINTENANCE_FILE = tmp_path / "maintenance"
    return tmp_path / "maintenance"


def test_a_fault_answers_500_in_the_site_s_own_look(
    administrator: User, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = sign_in(administrator)
    client.raise_request_exception = False
    client.cookies["theme"] = "dark"
    monkeypatch.setattr("measures.views.site.home.rights_of", None)

    response = client.get("/checklists/", headers=CHINESE)

    page = response.content.decode()
    assert response.status_code == 500
    assert "系统出错" in page
    assert 'data-theme="dark"' in page
    assert "measures/tokens.css" in page
    assert "NoneType" not in page
    assert "default-src 'self'" in response["Content-Security-Policy"]


def test_the_500_page_asks_no_database(monkeypatch: pytest.MonkeyPatch) -> None:
    """No fixture lets this test reach a database: a query would fail it."""
    response = problems.server_error(RequestFactory().get("/"))

    assert response.status_code == 500
    assert DatabaseError.__name__ not in response.content.decode()


def test_the_words_get_through_where_no_static_file_was_collected(monkeypatch: pytest.MonkeyPatch) -> None:
    storage = ManifestStaticFilesStorage(location="/nowhere", base_url="/static/")
    monkeypatch.setattr("django.contrib.staticfiles.storage.staticfiles_storage", storage)

    page = problems.server_error(RequestFactory().get("/")).content.decode()

    assert "stylesheet" not in page
    assert "<h1>" in page


def test_a_form_of_too_many_fields_answers_400_in_words(administrator: User, sign_in: SignIn) -> None:
    fields = {f"field{number}": "" for number in range(1100)}

    response = sign_in(administrator).post("/password/", fields, headers=ENGLISH)

    assert response.status_code == 400
    assert "This request cannot be understood" in response.content.decode()


def test_while_the_file_is_there_every_page_says_so_but_health(
    checklist: Checklist, administrator: User, sign_in: SignIn, maintained: Path
) -> None:
    client = sign_in(administrator)
    assert client.get("/checklists/henan/").status_code == 200
    maintained.touch()

    for address in ("/", "/sign-in/", "/checklists/henan/", "/admin/", "/no-such-page/"):
        response = client.get(address, headers=CHINESE)
        assert response.status_code == 503, address
        assert response["Retry-After"] == "600"
        assert "系统维护中" in response.content.decode()
    assert Client().get("/healthz").status_code == 200

    maintained.unlink()
    assert client.get("/checklists/henan/").status_code == 200


def test_nothing_is_written_while_maintained(
    checklist: Checklist, administrator: User, sign_in: SignIn, maintained: Path
) -> None:
    maintained.touch()

    sign_in(administrator).post("/checklists/henan/items/1.1.1/", {"status": "done", "version": 1})

    assert not checklist.items.filter(status="done").exists()
