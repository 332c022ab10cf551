"""A program between nginx and an identity provider, like oauth2-proxy: it knows who is signed in."""

import json
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.cookies import SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit
from urllib.request import Request, urlopen


class Gate(ThreadingHTTPServer):
    """`/oauth2/auth` answers 202 and who it is, or 401; `/oauth2/start` and `/oauth2/callback` sign in."""

    def __init__(self, provider: str) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.provider = provider
        self.outside = ""  # the address at which people reach nginx
        self.waiting: dict[str, str] = {}  # by the state that the provider gives back: where they were going
        self.names: dict[str, str] = {}  # by the cookie of the gate: who it is

    def ask(self, path: str, data: dict[str, str] | None = None, **headers: str) -> Any:
        """What the provider answers the gate itself, as JSON."""
        body = urlencode(data).encode() if data else None
        with urlopen(Request(f"{self.provider}{path}", body, headers), timeout=20) as answer:
            return json.load(answer)

    @property
    def callback(self) -> str:
        return f"{self.outside}/oauth2/callback"


class Handler(BaseHTTPRequestHandler):
    server: Gate

    def do_GET(self) -> None:
        path = urlsplit(self.path)
        asked = {name: values[0] for name, values in parse_qs(path.query).items()}
        if path.path == "/oauth2/auth":
            cookie = SimpleCookie(self.headers.get("Cookie", "")).get("gate")
            name = self.server.names.get(cookie.value) if cookie else None
            self.answer(202 if name else 401, **({"X-Auth-Request-User": name} if name else {}))
        elif path.path == "/oauth2/callback" and (back := self.server.waiting.pop(asked["state"], "")):
            self.answer(302, Location=back, Set_Cookie=f"gate={self.let_in(asked['code'])}; Path=/; HttpOnly")
        else:
            state = secrets.token_urlsafe()
            self.server.waiting[state] = self.headers.get("X-Auth-Request-Redirect", "/")
            wanted = {"response_type": "code", "client_id": "taizhang", "scope": "openid", "state": state}
            query = urlencode(wanted | {"redirect_uri": self.server.callback})
            self.answer(302, Location=f"{self.server.provider}/oauth2/authorize?{query}")

    def let_in(self, code: str) -> str:
        """A new cookie for the user to whom the provider says this code belongs."""
        sent = {"grant_type": "authorization_code", "code": code, "redirect_uri": self.server.callback}
        sent |= {"client_id": "taizhang", "client_secret": "of the gate"}
        token = self.server.ask("/oauth2/token", sent)["access_token"]
        cookie = secrets.token_urlsafe()
        self.server.names[cookie] = self.server.ask("/userinfo", Authorization=f"Bearer {token}")["sub"]
        return cookie

    def answer(self, status: int, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *arguments: Any) -> None:
        pass


@contextmanager
def gate_to(provider: str) -> Iterator[Gate]:
    """A running gate."""
    with Gate(provider) as gate:
        threading.Thread(target=gate.serve_forever, daemon=True).start()
        try:
            yield gate
        finally:
            gate.shutdown()
