"""Sends the reminders of the day: `manage.py remind`, from a timer in the morning."""

import fcntl
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from measures.operations.jobs import REMIND, record_run
from measures.reminders.outbox import doors_open, remind


class Command(BaseCommand):
    help = (
        "Sends each person one message about what waits for them: at most one a day, none on a day off. "
        "Run it again to send what was not sent."
    )

    def handle(self, **options: object) -> None:
        if not doors_open():
            self.stdout.write(
                "No way of sending reminders is set up (EMAIL_HOST, WEBHOOK_URL): nothing to do."
            )
            return
        at = timezone.localtime()
        with (Path(settings.DATA_DIR) / "remind.lock").open("a") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as busy:
                raise CommandError("Another run of remind has not ended yet.") from busy
            done = remind(at)
        said = f"Reminders made: {done.filled}; sent: {done.sent}; not sent: {done.failed}."
        error = ""
        if done.failed:
            error = f"{said} " + ("A server does not take them. " if done.gave_up else "")
            error += "Look at the log, and run remind again."
        record_run(REMIND.name, at=at, error=error)
        if error:
            raise CommandError(error)
        self.stdout.write(said)
