"""A gateway on this machine that takes webhooks, and checks their signatures by code of its own."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_network
from pathlib import Path
from threading import Thread

import pytest
from pytest_django import Settings

KEY = bytes(range(32))
SECRET = "whsec_" + base64.b64encode(KEY).decode()


@dataclass
class Received:
    """One request, whose signature was right."""

    name: str
    at: int
    path: str
    body: bytes

    @property
    def account(self) -> str:
        return str(json.loads(self.body)["data"]["account"])


@dataclass
class Gateway:
    """What a receiver does: it checks the signature, answers as it is told, and remembers."""

    port: int = 0
    answers: list[int] = field(default_factory=list)  # the statuses of the next answers; then 204
    received: list[Received] = field(default_factory=list)  # what it did not refuse
    before_answer: Callable[[str], None] = lambda _name: None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook?to=office"


def signed_as(secret: str, name: str, at: str, body: bytes) -> str:
    """The signature that the specification asks for, without the app's code."""
    inner = hmac.new(base64.b64decode(secret.split("_", 1)[1]), digestmod=hashlib.sha256)
    for part in (name.encode(), b".", at.encode(), b".", body):
        inner.update(part)
    return "v1," + base64.b64encode(inner.digest()).decode()


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    gateway = Gateway()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            name, at = self.headers["webhook-id"], self.headers["webhook-timestamp"]
            is_right = signed_as(SECRET, name, at, body) in self.headers["webhook-signature"].split(" ")
            gateway.before_answer(name)
            status = gateway.answers.pop(0) if gateway.answers else 204
            if not is_right:
                status = 401
            if status < 400:
                gateway.received.append(Received(name, int(at), self.path, body))
            self.send_response(status)
            self.send_header("Location", "http://127.0.0.1:9/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    gateway.port = server.server_address[1]
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield gateway
    server.shutdown()
    server.server_close()


@pytest.fixture
def a_gateway(settings: Settings, gateway: Gateway, tmp_path: Path, clock: object) -> Gateway:
    """A site that sends to the gateway, and no mail."""
    settings.WEBHOOK_URL, settings.WEBHOOK_KEYS = gateway.url, [KEY]
    settings.WEBHOOK_NETWORKS = [ip_network("127.0.0.0/8")]
    settings.SITE_ADDRESS, settings.DATA_DIR = "https://ledger.example.org", tmp_path
    settings.LANGUAGE_CODE, settings.SENDS_MAIL = "en", False
    return gateway
