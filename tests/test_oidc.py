"""Signing in with an office's OpenID Connect provider: real nginx, with the documentation's configuration."""

import http.cookiejar
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, Request, build_opener

import pytest

from tests.gate import gate_to
from tests.nginx import answers, free_port, start_nginx
from tests.serving import ROOT, Site, make_site

pytest.importorskip("oidc_provider_mock", reason="no provider: pip install oidc-provider-mock")
pytestmark = [pytest.mark.slow, pytest.mark.any_engine]

PAGE = "/checklists/henan/items/"


def documented(site: Site, gate: str) -> str:
    """The lines for nginx in docs/security.md, with the ports of this test."""
    text = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    lines = text.partition("```nginx\n")[2].partition("```")[0]
    assert "127.0.0.1:8000" in lines and "127.0.0.1:4180" in lines  # noqa: PT018
    return lines.replace("127.0.0.1:8000", f"127.0.0.1:{site.port}").replace("127.0.0.1:4180", gate)


@contextmanager
def provider() -> Iterator[int]:
    """The port of a provider in a separate process, independent of what this one is doing."""
    port = free_port()
    process = subprocess.Popen([sys.executable, "-m", "oidc_provider_mock", "--port", str(port)])
    try:
        assert answers(port, process)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=20)


@pytest.fixture(scope="module")
def outside(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of nginx, before a gate to a provider and a site in which there is `admin`."""
    folder = tmp_path_factory.mktemp("oidc")
    more = {"HTTPS": "0", "REMOTE_USER_HEADER": "X-Remote-User", "ALLOWED_HOSTS": "127.0.0.1"}
    more["DJANGO_SUPERUSER_PASSWORD"] = "Zai-ban-shi-xiang-26"
    site = make_site(folder, f"sqlite:///{folder}/db.sqlite3", **more)
    for command in (["migrate"], ["collectstatic", "--no-input"], ["set_up"]):
        site.manage(*command)
    with provider() as its_port, gate_to(f"http://127.0.0.1:{its_port}") as gate:
        lines = documented(site, f"127.0.0.1:{gate.server_address[1]}")
        site.start()  # first, or nginx might be given its port
        port, nginx = start_nginx(folder, lambda port: f"server {{ listen 127.0.0.1:{port}; {lines} }}")
        gate.outside = f"http://127.0.0.1:{port}"
        try:
            yield gate.outside
        finally:
            nginx.terminate()
            nginx.wait(timeout=20)
            site.stop()


@dataclass
class Answer:
    status: int
    address: str
    text: str


class Browser:
    """Follows redirects, keeps cookies, and signs in at the provider where it is led there."""

    def __init__(self) -> None:
        self.opener = build_opener(HTTPCookieProcessor(http.cookiejar.CookieJar()))

    def get(self, address: str, name: str = "", **headers: str) -> Answer:
        sent = {key.replace("_", "-"): value for key, value in headers.items()}
        answer = self.ask(Request(address, headers=sent))
        if "/oauth2/authorize" in answer.address and name:
            answer = self.ask(Request(answer.address, urlencode({"sub": name}).encode()))
        return answer

    def ask(self, request: Request) -> Answer:
        try:
            with self.opener.open(request, timeout=20) as response:
                return Answer(response.status, response.url, response.read().decode())
        except HTTPError as error:
            return Answer(error.code, str(error.url), error.read().decode())


def test_whom_the_provider_knows_is_signed_in_and_led_on(outside: str) -> None:
    answer = Browser().get(outside + PAGE, name="admin")

    assert (answer.status, answer.address) == (200, outside + PAGE)
    assert re.search(r"admin\s*<", answer.text)


def test_nobody_reaches_a_page_without_the_provider(outside: str) -> None:
    answer = Browser().get(outside + PAGE)

    assert "/oauth2/authorize" in answer.address


def test_a_header_that_a_client_sends_counts_for_nothing(outside: str) -> None:
    assert "/oauth2/authorize" in Browser().get(outside + PAGE, X_Remote_User="admin").address

    answer = Browser().get(outside + PAGE, name="nobody", X_Remote_User="admin")

    assert answer.address.startswith(f"{outside}/sign-in/")


def test_whom_the_ledger_does_not_know_is_not_let_in(outside: str) -> None:
    assert Browser().get(outside + PAGE, name="stranger").address.startswith(f"{outside}/sign-in/")


def test_a_load_balancer_asks_for_health_without_an_account(outside: str) -> None:
    assert json.loads(Browser().get(f"{outside}/healthz").text)["database"] == "ok"
