"""A user's browser over TLS, for tests that run a whole installation with its proxy on port 443."""

import http.client
import re
import ssl
import subprocess
from pathlib import Path
from urllib.parse import urlencode

NAME = "ledger.example.org"
TRUSTING = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
TRUSTING.check_hostname, TRUSTING.verify_mode = False, ssl.CERT_NONE
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
FIRST_ITEM = "/checklists/henan/items/1.1.1/"


class Browser:
    """One user's cookies, and TLS to the proxy."""

    def __init__(self) -> None:
        self.cookies: dict[str, str] = {}

    def ask(
        self, method: str, path: str, form: dict[str, str] | None = None
    ) -> tuple[int, str, dict[str, str]]:
        """The status, the page and the headers."""
        connection = http.client.HTTPSConnection("127.0.0.1", 443, timeout=60, context=TRUSTING)
        raw = connection._create_connection(("127.0.0.1", 443), 60)  # type: ignore[attr-defined]
        connection.sock = TRUSTING.wrap_socket(raw, server_hostname=NAME)
        headers = {"Host": NAME, "Referer": f"https://{NAME}/"}
        headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            connection.request(method, path, urlencode(form) if form is not None else None, headers)
            answer = connection.getresponse()
            page = answer.read().decode()
        finally:
            connection.close()
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer.status, page, dict(answer.headers)

    def send(self, path: str, form: dict[str, str], at: str = "") -> int:
        """The status after sending the form on a page, with its token."""
        _, page, _ = self.ask("GET", at or path)
        [token, *_] = TOKEN.findall(page)
        return self.ask("POST", path, {**form, "csrfmiddlewaretoken": token})[0]


def sign_in(password: str) -> Browser:
    """The user admin's browser, after it has seen the list."""
    browser = Browser()
    assert browser.send("/sign-in/", {"username": "admin", "password": password}) == 302
    status, page, _ = browser.ask("GET", "/checklists/henan/items/")
    assert status == 200
    assert "1.1.1" in page
    return browser


def save(browser: Browser, notes: str) -> None:
    """Write a note on the first item, through its page."""
    _, page, _ = browser.ask("GET", FIRST_ITEM)
    version = re.findall(r'name="version" value="(\d+)"', page)[0]
    status = browser.send(FIRST_ITEM, {"version": version, "status": "in_progress", "notes": notes})
    assert status == 302, status
    assert notes in browser.ask("GET", FIRST_ITEM)[1]


def make_certificate(key: Path, certificate: Path) -> None:
    """A certificate that nobody vouches for, under NAME."""
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN={NAME}"]
    made += ["-keyout", str(key), "-out", str(certificate)]
    subprocess.run(made, check=True, capture_output=True)
