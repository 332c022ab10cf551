"""Bytes that no browser sends, straight into the server's socket: no 500, no wait, and it lives on."""

import random
import socket
import time
from collections import Counter

from tests.faults.bad_input import quoted
from tests.faults.conftest import crowd
from tests.faults.nasty import NASTY
from tests.figures import Say
from tests.proofs import share
from tests.serving import Site

REQUESTS = share(3_000)
HOLD = 5.0  # seconds

METHODS = ["GET", "POST", "PUT", "OPTIONS", "TRACE", "get"]
START = b"GET /sign-in/ HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Forwarded-Proto: https\r\n"
POST = START.replace(b"GET", b"POST")
FORM = b"Content-Type: application/x-www-form-urlencoded\r\n"
HAND_MADE = [
    b"\r\n\r\n",
    b"\x00\x01\x02\r\n\r\n",
    b"GET\r\n\r\n",
    b"GET / HTTP/9.9\r\n\r\n",
    b"GET /\xff\xfe HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    b"GET /%ED%A0%80/?q=%ED%A0%80&\xff=\xff HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Forwarded-Proto: https\r\n\r\n",
    b"GET /%00 HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Forwarded-Proto: https\r\n\r\n",
    b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    START + b"Cookie: sessionid=\xff\xfe; theme=\x80\r\n\r\n",
    START + b"Accept-Language: " + b"zh," * 3_000 + b"\r\n\r\n",
    START + b"X: " + b"y" * 100_000 + b"\r\n\r\n",
    START + b"X: y\r\n" * 500 + b"\r\n",
    START + b"Host: other\r\n\r\n",
    START + b"X-Forwarded-Proto: http\r\n\r\n",
    POST + FORM + b"Content-Length: -1\r\n\r\n",
    POST + FORM + b"Content-Length: x\r\n\r\n",
    POST + FORM + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    POST + FORM + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n0\r\n\r\n",
    POST + FORM + b"Content-Length: 10000000\r\n\r\n" + b"a" * 10_000_000,
    POST + b"Content-Type: multipart/form-data\r\nContent-Length: 3\r\n\r\nabc",
    POST + b"Content-Type: multipart/form-data; boundary=\xff\r\nContent-Length: 3\r\n\r\nabc",
    POST
    + b"Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 20\r\n\r\n--x\r\nContent-Disposit",
    POST + FORM + b"Content-Length: 50\r\n\r\nusername=a",
]


def made_up(chance: random.Random, cookie: bytes) -> bytes:
    """A request to a page of the site, with bytes of it spoilt."""
    path = chance.choice(
        ["/", "/checklists/henan/items/", "/checklists/henan/report/", "/admin/", "/sign-in/"]
    )
    query = quoted(chance.choice(NASTY)[:3_000])
    whole = (
        (
            f"{chance.choice(METHODS)} {path}?q={query} HTTP/1.1\r\n"
            f"Host: 127.0.0.1\r\nX-Forwarded-Proto: https\r\nContent-Length: 0\r\n"
        ).encode()
        + b"Cookie: "
        + cookie
        + b"\r\n\r\n"
    )
    spoilt = bytearray(whole)
    for _ in range(chance.randrange(4)):
        spoilt[chance.randrange(len(spoilt) - 4)] = chance.randrange(256)
    return bytes(spoilt)


def answer_to(site: Site, sent: bytes) -> tuple[int, float]:
    """The status, 0 where the server just hangs up; and how long that took."""
    began = time.monotonic()
    with socket.create_connection(("127.0.0.1", site.port), timeout=HOLD) as line:
        got = b""
        try:
            line.sendall(sent)
            # What is not whole leaves the server waiting; that is its right, until it is hung up on.
            line.shutdown(socket.SHUT_WR)
            line.settimeout(HOLD)
            while b"\r\n" not in got and (part := line.recv(65_536)):
                got += part
        except OSError:  # hung up on, in the middle of it
            pass
    words = got.split(None, 2)
    status = int(words[1]) if len(words) > 1 and words[1].isdigit() else 0
    return status, time.monotonic() - began


def test_no_bytes_break_the_server(site: Site, say: Say, chance: random.Random) -> None:
    site.start()
    person = crowd(site)[0]
    cookie = "; ".join(f"{name}={value}" for name, value in person.cookies.items()).encode()
    counted: Counter[int] = Counter()
    slowest = 0.0
    for number in range(REQUESTS):
        sent = HAND_MADE[number] if number < len(HAND_MADE) else made_up(chance, cookie)
        status, took = answer_to(site, sent)
        counted[status] += 1
        slowest = max(slowest, took)
        # 501 and 505 are the server's own words for methods and versions that it does not speak.
        assert status < 500 or status in (501, 505), f"{status} for {sent[:300]!r}"
        assert took < HOLD, f"{took:.1f} s for {sent[:300]!r}"

    assert site.get("/healthz")[0].status == 200
    assert person.ask("GET", "/checklists/henan/items/").status == 200
    assert "Internal Server Error" not in site.log()
    for line in site.log().splitlines():
        assert line.isprintable(), f"a client wrote this line of the log: {line!r}"
    say(f"{REQUESTS} requests, slowest {slowest:.2f} s; {dict(sorted(counted.items()))}", requests=REQUESTS)
