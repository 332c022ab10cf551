"""`remind`, killed at any moment and run again, before a real mail server: no message is lost."""

import asyncio
import os
import random
import signal
import socket
import subprocess
from collections import Counter
from collections.abc import Iterator
from email import message_from_bytes
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from measures.models import Reminder
from tests.proofs import SEED, share
from tests.reminding_make import PERSONS, late_units, run_once, sending

__all__ = ["late_units"]  # fixtures are found by their names

pytestmark = [pytest.mark.slow, pytest.mark.proof, pytest.mark.django_db(transaction=True)]


class Postbox:
    """Takes mail, and kills the process that sends it at a chosen message."""

    def __init__(self) -> None:
        self.received: list[str] = []  # Message-IDs
        self.readers: set[str] = set()
        self.victim, self.kill_at, self.delay, self.unsent = 0, 0, 0.0, False

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.rcpt_tos.append(address)
        if self.victim and self.unsent and len(self.received) == self.kill_at - 1:
            self.kill()  # before the message itself
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        content = envelope.content
        assert isinstance(content, bytes)
        self.received.append(message_from_bytes(content)["Message-ID"])
        self.readers |= set(envelope.rcpt_tos)
        if self.victim and len(self.received) == self.kill_at:
            if self.delay:
                asyncio.get_running_loop().call_later(self.delay, self.kill)
            else:
                self.kill()
        return "250 OK"

    def aim(self, victim: int) -> None:
        self.victim = victim

    def kill(self) -> None:
        os.kill(self.victim, signal.SIGKILL)


@pytest.fixture
def postbox() -> Iterator[tuple[Postbox, int]]:
    """A mail server, and its port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    box = Postbox()
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    yield box, port
    controller.stop()


@pytest.fixture
def sender(postbox: tuple[Postbox, int], late_units: None, tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that runs `remind` for each line that it is given; it has run once."""
    mail = {
        "EMAIL_HOST": "127.0.0.1",
        "EMAIL_PORT": str(postbox[1]),
        "EMAIL_SECURITY": "none",
        "EMAIL_FROM": "ledger@example.org",
    }
    with sending(mail, tmp_path) as process:
        yield process


def test_every_message_comes_at_least_once_and_is_repeated_at_most_once_for_each_kill(
    sender: subprocess.Popen[str], postbox: tuple[Postbox, int]
) -> None:
    box, _port = postbox
    assert run_once(sender) == 0
    first = sorted(box.received)
    assert len(set(first)) == len(first) == PERSONS, "Nothing comes twice without a kill."
    chance, kills = random.Random(SEED), 0

    for number in range(share(200, least=6)):
        Reminder.objects.all().delete()
        box.received.clear()
        box.readers.clear()
        box.kill_at = chance.randint(1, PERSONS)
        box.unsent = number % 3 == 0
        box.delay = 0.0 if number % 2 else chance.random() * 0.01

        kills += run_once(sender, box.aim) == -signal.SIGKILL
        assert run_once(sender) == 0
        assert run_once(sender) == 0

        came = Counter(box.received)
        assert sorted(came) == first, "The same Message-ID every time, and none is missing."
        assert came.total() <= PERSONS + 1
        assert len(box.readers) == PERSONS
        assert Reminder.objects.filter(sent_at=None).count() == 0
    assert kills
