"""What the outbox asks of a way by which reminders leave the site."""

from datetime import timedelta
from typing import Protocol

from measures.models import Reminder


class NotTaken(Exception):
    """A message was not taken. `is_its_own`: because of what it says, so that others may still be taken."""

    def __init__(self, error: str, *, is_its_own: bool = False) -> None:
        super().__init__(error)
        self.is_its_own = is_its_own


class Sender(Protocol):
    """Sends one message after the other. `waits` are the times between the tries of one message."""

    waits: tuple[timedelta, ...]

    def send(self, reminder: Reminder) -> None:
        """Return once the message is taken; raise NotTaken otherwise."""
        ...

    def close(self) -> None: ...
