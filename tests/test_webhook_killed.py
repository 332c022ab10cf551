"""`remind`, killed while it sends to a real gateway, sends that message again under the same id."""

import os
import random
import signal
from collections import Counter
from pathlib import Path

import pytest

from measures.models import Reminder
from tests.proofs import SEED, share
from tests.reminding_make import PERSONS, late_units, run_once, sending
from tests.webhook_make import SECRET, Gateway, gateway

__all__ = ["gateway", "late_units"]  # fixtures are found by their names

pytestmark = [pytest.mark.slow, pytest.mark.proof, pytest.mark.django_db(transaction=True)]


class Killer:
    """Kills the process at a chosen request: the gateway has taken it, and its sender does not know."""

    def __init__(self) -> None:
        self.victim, self.kill_at, self.asked = 0, 0, Counter[str]()

    def aim(self, victim: int) -> None:
        self.victim = victim

    def ask(self, name: str) -> None:
        self.asked[name] += 1
        if self.victim and self.asked.total() == self.kill_at:
            os.kill(self.victim, signal.SIGKILL)


@pytest.mark.usefixtures("late_units")
def test_every_message_comes_and_what_comes_twice_has_one_id(gateway: Gateway, tmp_path: Path) -> None:
    killer, chance = Killer(), random.Random(SEED)
    gateway.before_answer = killer.ask
    door = {"WEBHOOK_URL": gateway.url, "WEBHOOK_SECRET": SECRET, "WEBHOOK_NETWORKS": "127.0.0.1"}
    with sending(door, tmp_path) as sender:
        first = set(killer.asked)
        assert len(first) == killer.asked.total() == PERSONS, "Nothing comes twice without a kill."

        for _number in range(share(40, least=2)):
            Reminder.objects.all().delete()
            killer.asked.clear()
            gateway.received.clear()
            killer.kill_at = chance.randint(1, PERSONS)

            assert run_once(sender, killer.aim) == -signal.SIGKILL
            assert run_once(sender) == 0
            assert run_once(sender) == 0

            assert set(killer.asked) == first, "The same ids every time, and none is missing."
            assert killer.asked.total() == PERSONS + 1
            assert {one.account for one in gateway.received} == {f"reader{n}" for n in range(PERSONS)}
