"""The server, reached without a proxy: slow clients hold nobody up, and a stop cuts nobody off."""

import http.client
import os
import re
import signal
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.serving import Site, served

pytestmark = pytest.mark.slow
HALF = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Slow: "


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """A running site. It needs no tables: /healthz answers without."""
    with served(tmp_path, f"sqlite:///{tmp_path}/db.sqlite3", ready=False) as site:
        yield site


def connect(site: Site, sent: bytes) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", site.port), timeout=30)
    connection.sendall(sent)
    return connection


def test_half_sent_headers_hold_nobody_up_and_are_closed(site: Site) -> None:
    slow = [connect(site, HALF) for _ in range(40)]

    began = time.monotonic()
    for _ in range(5):
        site.get("/healthz")
        for one in slow:
            one.sendall(b"x")

    assert time.monotonic() - began < 5
    with suppress(ConnectionResetError):
        assert slow[0].recv(1) == b""
    assert time.monotonic() - began < 15
    for one in slow:
        one.close()


def test_a_request_that_comes_in_pieces_is_answered(site: Site) -> None:
    connection = connect(site, HALF)
    for piece in (b"a", b"b\r\n", b"\r", b"\n"):
        time.sleep(0.05)
        connection.sendall(piece)

    assert connection.recv(100).startswith(b"HTTP/1.1 503")
    connection.close()


def test_the_figures_are_those_of_all_workers_together(site: Site) -> None:
    for _ in range(20):
        site.get("/healthz")

    _, text = site.get("/metrics")

    counted = re.search(r'seconds_count{method="GET",route="healthz",status="503"} (\S+)', text)
    assert counted
    assert float(counted[1]) >= 20
    assert "taizhang_database_up 0.0" in text  # it has no tables yet


def test_a_stop_under_load_cuts_nobody_off(site: Site) -> None:
    """Whoever is connected gets an answer; whoever comes later is refused at once, and may ask elsewhere."""
    answers: Counter[str] = Counter()
    stop = threading.Event()

    def ask() -> None:
        while not stop.is_set():
            connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=30)
            try:
                connection.request("GET", "/healthz")
                answers[str(connection.getresponse().status)] += 1
            except ConnectionRefusedError:
                stop.set()
            except (OSError, http.client.HTTPException) as error:
                answers[repr(error)] += 1
            finally:
                connection.close()

    threads = [threading.Thread(target=ask) for _ in range(16)]
    for thread in threads:
        thread.start()
    time.sleep(1.5)
    assert site.server
    os.kill(site.server.pid, signal.SIGTERM)
    for thread in threads:
        thread.join(timeout=60)

    assert answers["503"] > 20
    assert set(answers) == {"503"}, answers
