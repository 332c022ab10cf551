"""The server that `make run` starts, with the settings of production, as a proxy before it would ask."""

import os
import re
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode

import psycopg
import pytest
from psycopg.sql import SQL, Identifier

from tests.serving import Site, served

PROXIED = {"X-Forwarded-Proto": "https"}

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Migrated and running, on the engine of the tests."""
    folder = tmp_path_factory.mktemp("running")
    database = f"sqlite:///{folder}/db.sqlite3"
    if os.environ.get("TAIZHANG_TEST_ENGINE") == "postgresql":
        # The tests of this file may be shared out to several processes.
        name = f"running_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"
        server = os.environ["DATABASE_URL"].removesuffix("taizhang")
        with psycopg.connect(f"{server}postgres", autocommit=True) as connection:
            connection.execute(SQL("CREATE DATABASE {}").format(Identifier(name)))
        database = f"{server}{name}"
    with served(folder, database, ready=True) as site:
        yield site


def test_health_is_503_until_the_migrations_are_applied(tmp_path: Path) -> None:
    with served(tmp_path, f"sqlite:///{tmp_path}/db.sqlite3", ready=False) as site:
        before, said = site.get("/healthz")
        site.manage("migrate")
        after, _ = site.get("/healthz")

    assert before.status == 503
    assert "not applied" in said
    assert after.status == 200


def test_health_needs_neither_tls_nor_an_account(site: Site) -> None:
    response, _ = site.get("/healthz")

    assert response.status == 200


def test_a_page_without_tls_leads_to_the_one_with_it(site: Site) -> None:
    response, _ = site.get("/sign-in/")

    assert response.status == 301
    assert str(response.getheader("Location")).startswith("https://")


def test_the_sign_in_page_is_served_safely(site: Site) -> None:
    response, page = site.get("/sign-in/", **PROXIED)

    assert response.status == 200
    assert 'name="username"' in page
    policy = str(response.getheader("Content-Security-Policy"))
    assert "default-src 'self'" in policy
    assert "unsafe-" not in policy
    assert "*" not in policy
    assert "max-age=31536000" in str(response.getheader("Strict-Transport-Security"))
    assert response.getheader("X-Frame-Options") == "DENY"
    cookies = response.headers.get_all("Set-Cookie")
    assert cookies
    assert all(cookie.startswith("__Host-") and "Path=/;" in cookie for cookie in cookies)
    assert all("Secure" in cookie and "HttpOnly" in cookie for cookie in cookies)


def test_every_cookie_is_bound_to_this_host(site: Site) -> None:
    """Language and theme as well; a browser takes such a name only with Secure, Path=/ and no domain."""
    response, page = site.get("/sign-in/", **PROXIED)
    cookie = str(response.getheader("Set-Cookie")).partition(";")[0]
    token = re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[0]
    headers = {"X-Forwarded-Proto": "https", "Cookie": cookie, "Referer": f"https://127.0.0.1:{site.port}/"}
    headers["Content-Type"] = "application/x-www-form-urlencoded"
    names = set()
    for address, name, value in (("/theme/", "theme", "dark"), ("/language/", "language", "en")):
        connection = HTTPConnection("127.0.0.1", site.port, timeout=10)
        sent = urlencode({"csrfmiddlewaretoken": token, name: value, "next": "/sign-in/"})
        connection.request("POST", address, sent, headers)
        cookies = connection.getresponse().headers.get_all("Set-Cookie") or []
        connection.close()
        assert all("Secure" in one and "Path=/" in one and "Domain" not in one for one in cookies)
        names |= {one.partition("=")[0] for one in cookies}

    assert names == {"__Host-theme", "__Host-django_language"}


def test_no_other_site_uses_a_static_file(site: Site) -> None:
    _, page = site.get("/sign-in/", **PROXIED)
    [sheet, *_] = re.findall(r'href="(/static/[^"]+\.css)"', page)

    response, _ = site.get(sheet, **PROXIED)

    assert response.getheader("Cross-Origin-Resource-Policy") == "same-origin"
    assert response.getheader("Access-Control-Allow-Origin") is None


@pytest.mark.parametrize(("accepted", "sent"), [("br, gzip", "br"), ("gzip", "gzip"), ("identity", None)])
def test_style_sheets_have_hashed_names_and_come_compressed(
    site: Site, accepted: str, sent: str | None
) -> None:
    _, page = site.get("/sign-in/", **PROXIED)
    sheets = re.findall(r'href="(/static/[^"]+\.css)"', page)
    assert sheets

    for sheet in sheets:
        response, _ = site.get(sheet, Accept_Encoding=accepted, **PROXIED)

        assert response.status == 200
        assert re.search(r"\.[0-9a-f]{12}\.css$", sheet)
        assert "immutable" in str(response.getheader("Cache-Control"))
        assert response.getheader("Content-Encoding") == sent
        assert response.getheader("Access-Control-Allow-Origin") is None


def test_a_host_of_somebody_else_is_refused(site: Site) -> None:
    response, page = site.get("/sign-in/", Host="evil.example", **PROXIED)

    assert response.status == 400
    assert "evil.example" not in page


def test_a_page_that_is_not_there_gives_nothing_away(site: Site) -> None:
    response, page = site.get("/nowhere/", **PROXIED)

    assert response.status in (302, 404)
    assert "Traceback" not in page
    assert "config.urls" not in page
