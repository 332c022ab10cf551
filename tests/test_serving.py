"""The server, reached without a proxy: slow clients hold nobody up, and a stop cuts nobody off."""

import http.client
import os
import re
import signal
import socket
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from gunicorn.config import Config

from config.serving import BoundedConnection, BoundedUnreader, begin_no_connection, wanted_bytes
from tests.serving import Site, served

pytestmark = pytest.mark.slow
HALF = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Slow: "
FORM = b"POST /sign-in/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n"


@contextmanager
def running(folder: Path) -> Iterator[Site]:
    """A running site. It needs no tables: /healthz answers without."""
    with served(folder, f"sqlite:///{folder}/db.sqlite3", ready=False) as site:
        yield site


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with running(tmp_path_factory.mktemp("site")) as site:
        yield site


def connect(site: Site, sent: bytes) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", site.port), timeout=30)
    connection.sendall(sent)
    return connection


def read_answer(connection: socket.socket) -> bytes:
    answer = b""
    while not answer.endswith(b"}"):
        answer += connection.recv(4096)
    return answer


def test_half_sent_requests_hold_nobody_up_and_are_never_acted_on(site: Site) -> None:
    """Headers, forms, and the second request of a connection that was kept."""
    before = forms_acted_on(site)
    dripping = [connect(site, HALF) for _ in range(30)]
    forms = [connect(site, FORM + b"username=a&pass") for _ in range(20)]
    kept = [connect(site, b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n") for _ in range(10)]
    for one in kept:
        assert read_answer(one).startswith(b"HTTP/1.1 503")
        one.sendall(HALF)

    began = time.monotonic()
    for _ in range(5):
        site.get("/healthz")
        for one in dripping:
            one.sendall(b"x")
    assert time.monotonic() - began < 5
    for one in forms[:10]:
        one.close()  # what was cut off is not what somebody meant to send
    for one in (*dripping, *forms[10:], *kept):
        with suppress(ConnectionResetError):
            assert one.recv(4096) == b""
        one.close()
    assert time.monotonic() - began < 15
    assert forms_acted_on(site) == before


def forms_acted_on(site: Site) -> list[str]:
    """The lines of /metrics that count them: other tests send forms to this site as well."""
    _, text = site.get("/metrics")
    return re.findall(r'seconds_count\{method="POST".*', text)


def test_a_form_that_comes_in_pieces_is_answered(site: Site) -> None:
    connection = connect(site, FORM)
    for _ in range(10):
        time.sleep(0.02)
        connection.sendall(b"a" * 10)

    assert connection.recv(100).startswith(b"HTTP/1.1 ")
    connection.close()


def test_clients_that_do_not_close_hold_nobody_up(site: Site) -> None:
    request = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    staying = [connect(site, request) for _ in range(20)]
    for one in staying:
        assert read_answer(one).startswith(b"HTTP/1.1 503")

    began = time.monotonic()
    for _ in range(5):
        site.get("/healthz")
    assert time.monotonic() - began < 3
    for one in staying:
        one.sendall(b"more")  # which the server reads, and does not act on
        assert one.recv(10) == b""
        one.close()


@pytest.mark.parametrize(
    ("begun", "wanted"),
    [
        (b"POST / HTTP/1.1\r\n", 18),
        (b"POST / HTTP/1.1\r\n\r\n", 19),
        (b"POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nab", 43),
        (b"POST / HTTP/1.1\r\ncontent-length:5 \r\n\r\n", 43),
        (b"POST / HTTP/1.1\r\nContent-Length: 999999\r\n\r\n", 65536),
        (b"POST / HTTP/1.1\r\nContent-Length: -5\r\n\r\n", 39),
        (b"POST / HTTP/1.1\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n", 60),
        (b"POST / HTTP/1.1\r\n\r\n\r\nContent-Length: 5\r\n\r\n", 19),
    ],
)
def test_a_request_is_waited_for_up_to_its_length(begun: bytes, wanted: int) -> None:
    assert wanted_bytes(begun) == wanted


def test_a_long_body_that_does_not_come_frees_its_thread() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        connection = BoundedConnection(Config(), ours, "", "")
        ours.setblocking(True)
        connection.body_by = time.monotonic() + 0.2
        theirs.sendall(b"half")

        assert BoundedUnreader(connection).chunk() == b"half"
        with pytest.raises(TimeoutError):
            BoundedUnreader(connection).chunk()


def test_a_request_that_comes_in_pieces_is_answered(site: Site) -> None:
    connection = connect(site, HALF)
    for piece in (b"a", b"b\r\n", b"\r", b"\n"):
        time.sleep(0.05)
        connection.sendall(piece)

    assert connection.recv(100).startswith(b"HTTP/1.1 503")
    connection.close()


def test_workers_share_what_many_ask_at_once(site: Site) -> None:
    """Though one of them had taken all connections while the other was busy."""
    people = [http.client.HTTPConnection("127.0.0.1", site.port, timeout=30) for _ in range(8)]

    def ask(connection: http.client.HTTPConnection) -> None:
        connection.request("GET", "/healthz")
        connection.getresponse().read()

    busy = workers_of(site)[0]
    os.kill(busy, signal.SIGSTOP)
    for one in people:
        ask(one)
    os.kill(busy, signal.SIGCONT)
    before, until = seconds_of_workers(site), time.monotonic() + 1.5

    def ask_again(connection: http.client.HTTPConnection) -> None:
        while time.monotonic() < until:
            ask(connection)
        connection.close()

    threads = [threading.Thread(target=ask_again, args=[one]) for one in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    spent = [after - earlier for earlier, after in zip(before, seconds_of_workers(site), strict=True)]
    assert min(spent) > max(spent) / 4, spent


def workers_of(site: Site) -> list[int]:
    assert site.server
    master = site.server.pid
    return [int(pid) for pid in Path(f"/proc/{master}/task/{master}/children").read_text().split()]


def seconds_of_workers(site: Site) -> list[float]:
    """What each has spent on the processor, in all its threads."""
    told = [
        Path(f"/proc/{worker}/stat").read_text().rpartition(")")[2].split() for worker in workers_of(site)
    ]
    return [(int(one[11]) + int(one[12])) / os.sysconf("SC_CLK_TCK") for one in told]


def test_the_figures_are_those_of_all_workers_together(site: Site) -> None:
    for _ in range(20):
        site.get("/healthz")

    _, text = site.get("/metrics")

    counted = re.search(r'seconds_count{method="GET",route="healthz",status="503"} (\S+)', text)
    assert counted
    assert float(counted[1]) >= 20
    assert "taizhang_database_up 0.0" in text  # it has no tables yet


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not know such filters")
def test_who_connects_while_a_server_stops_is_refused_and_not_cut_off() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        before = socket.create_connection(listener.getsockname())

        begin_no_connection(listener)

        with pytest.raises(TimeoutError):  # not a connection that the close would reset
            socket.create_connection(listener.getsockname(), timeout=0.3)
        accepted, _ = listener.accept()
        accepted.sendall(b"an answer")
        assert before.recv(100) == b"an answer"
        before.close()
        accepted.close()


def test_a_stop_under_load_cuts_nobody_off(tmp_path: Path) -> None:
    """Whoever is connected gets an answer; whoever comes later is refused at once, and may ask elsewhere."""
    answers: Counter[str] = Counter()
    stop = threading.Event()

    def ask(port: int) -> None:
        while not stop.is_set():
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
            try:
                connection.request("GET", "/healthz")
                answers[str(connection.getresponse().status)] += 1
            except ConnectionRefusedError:
                stop.set()
            except (OSError, http.client.HTTPException) as error:
                answers[repr(error)] += 1
            finally:
                connection.close()

    with running(tmp_path) as site:
        threads = [threading.Thread(target=ask, args=(site.port,)) for _ in range(16)]
        for thread in threads:
            thread.start()
        time.sleep(1.5)
        assert site.server
        os.kill(site.server.pid, signal.SIGTERM)
        for thread in threads:
            thread.join(timeout=60)

    assert answers["503"] > 20
    assert set(answers) == {"503"}, answers
