"""Reminders as signed HTTP requests to a server of the office, which passes them on: Standard Webhooks.

The operator alone names the server. Its address is looked up and judged for every request, and the
connection goes to the very address that was judged: https://www.standardwebhooks.com/ has the rest.
"""

import base64
import hmac
import json
import socket
import ssl
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime, time, timedelta
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from threading import Timer
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from measures.keyed_hash import keyed_hash
from measures.models import Reminder
from measures.reminders.digest import digest_of, lines_of
from measures.reminders.doors import NotTaken

STEP_SECONDS = 10  # for the connection and for each part of the answer
WHOLE_SECONDS = 30  # for all of one request
TYPE = "reminder.digest"
# Answers that are about one message: the server takes others.
ABOUT_ONE = frozenset({400, 409, 413, 422})
# Ways of writing an IPv4 address in IPv6 that Python takes for addresses of the internet.
TUNNELS = (ip_network("64:ff9b::/96"), ip_network("2002::/16"))

type Address = IPv4Address | IPv6Address
type Network = IPv4Network | IPv6Network


class WebhookSender:
    """A request for each message, without following redirects. Waits longer after each failure."""

    waits: tuple[timedelta, ...] = (
        timedelta(minutes=5),
        timedelta(minutes=30),
        timedelta(hours=2),
        timedelta(hours=4),
    )

    def send(self, reminder: Reminder) -> None:
        """Send it, signed as of now."""
        try:
            status = post(settings.WEBHOOK_URL, body_of(reminder), webhook_id(reminder))
        except (OSError, HTTPException, ValueError) as failure:
            raise NotTaken(str(failure) or repr(failure)) from failure
        if not 200 <= status < 300:
            raise NotTaken(f"HTTP {status}", is_its_own=status in ABOUT_ONE)

    def close(self) -> None:
        """Each request has closed its connection."""


def webhook_id(reminder: Reminder) -> str:
    """The same for every attempt, so that the server can drop what comes twice."""
    secret = f"{settings.SITE_ADDRESS} {reminder.user_id} {reminder.day.isoformat()}"
    return f"msg_{keyed_hash('webhook', secret)[:32]}"


def body_of(reminder: Reminder) -> bytes:
    """The message as JSON, the same for every attempt."""
    digest = digest_of(reminder)
    with override(reminder.language):
        lines = lines_of(digest)
    told = {
        "type": TYPE,
        "timestamp": timezone.make_aware(datetime.combine(reminder.day, time())).isoformat(),
        "data": {
            "account": reminder.user.get_username(),
            "language": reminder.language,
            "subject": digest.subject,
            "text": lines,
            "link": f"{settings.SITE_ADDRESS}{reverse('home')}",
        },
    }
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def signatures(name: str, at: int, body: bytes, keys: Iterable[bytes]) -> str:
    """What the header says: one signature for each key."""
    signed = f"{name}.{at}.".encode() + body
    made = (base64.b64encode(hmac.digest(key, signed, "sha256")).decode() for key in keys)
    return " ".join(f"v1,{one}" for one in made)


def post(url: str, body: bytes, name: str) -> int:
    """Send the request and return the status of the answer, whose body nobody reads."""
    at = int(timezone.now().timestamp())
    parts = urlsplit(url)
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": settings.GENERATOR,
        "Connection": "close",
        "webhook-id": name,
        "webhook-timestamp": str(at),
        "webhook-signature": signatures(name, at, body, settings.WEBHOOK_KEYS),
    }
    host, is_safe = parts.hostname or "", parts.scheme == "https"
    port = parts.port or (443 if is_safe else 80)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    context = ssl.create_default_context() if is_safe else None
    made = HTTPSConnection(host, port, context=context) if context else HTTPConnection(host, port)
    with ended_in_time(connect(addresses_of(host, port, is_safe=is_safe), port)) as plain:
        # The certificate must be that of the host, whatever address it was found at.
        made.sock = context.wrap_socket(plain, server_hostname=host) if context else plain
        try:
            made.request("POST", target, body, headers)
            return made.getresponse().status
        finally:
            made.close()


def addresses_of(host: str, port: int, *, is_safe: bool) -> list[Address]:
    """The addresses of the host; an OSError if one of them may not be reached."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = [ip_address(str(address[0]).partition("%")[0]) for *_more, address in found]
    for address in addresses:
        if not may_reach(address, settings.WEBHOOK_NETWORKS, is_safe=is_safe):
            raise OSError(
                f"{host} has the address {address}, which the webhook may not reach"
                f"{'' if is_safe else ' without TLS'}. Name its network in WEBHOOK_NETWORKS."
            )
    return addresses


def may_reach(address: Address, named: Sequence[Network], *, is_safe: bool) -> bool:
    """Whether it is in a network that is named or, with TLS, on the internet."""
    real = getattr(address, "ipv4_mapped", None) or address
    if any(real in network for network in named):
        return True
    hides_another = any(real in network for network in TUNNELS)
    return is_safe and real.is_global and not real.is_multicast and not hides_another


def connect(addresses: Iterable[Address], port: int) -> socket.socket:
    """A connection to the first of these addresses that answers."""
    failure = OSError("This host has no address.")
    for address in addresses:
        try:
            return socket.create_connection((str(address), port), timeout=STEP_SECONDS)
        except OSError as error:
            failure = error
    raise failure


@contextmanager
def ended_in_time(connection: socket.socket) -> Iterator[socket.socket]:
    """End what is sent and received after WHOLE_SECONDS, also for a server that answers byte by byte."""
    # Another name for the connection: TLS takes the first one over.
    again = connection.dup()

    def end() -> None:
        with suppress(OSError):  # it has just ended by itself
            again.shutdown(socket.SHUT_RDWR)

    timer = Timer(WHOLE_SECONDS, end)
    timer.daemon = True
    timer.start()
    try:
        yield connection
    finally:
        timer.cancel()
        again.close()
        connection.close()
