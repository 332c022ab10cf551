"""The outbox: filled once for each person and day, sent until each message is marked as sent.

A message is marked only after the door has taken it. A process that is killed between the two sends that
one again, with the same Message-ID, when it next runs: at least once, and one repeat for each kill.
"""

import logging
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from smtplib import SMTPRecipientsRefused

from django.conf import settings
from django.contrib.auth.models import User
from django.core.mail import mailers
from django.db.models import Exists, F, OuterRef
from django.utils import timezone

from measures.choices import ReminderDoor
from measures.lights import WorkingDays
from measures.models import Membership, Reminder, SpecialDay
from measures.models.reminders import ERROR_LIMIT
from measures.reminders.digest import bodies
from measures.reminders.mail import mail_of

reminder_log = logging.getLogger("taizhang.reminders")

TOGETHER = 500  # persons whose reminders are gathered by one set of queries
KEPT = timedelta(days=31)
TRIES = 5  # of one message
FAILURES_IN_A_ROW = 3  # after so many, the server is taken to be away


@dataclass
class RunOutcome:
    """What one run did: messages put into the outbox, sent, and not sent."""

    filled: int = 0
    sent: int = 0
    failed: int = 0
    gave_up: bool = False


def doors_open() -> list[ReminderDoor]:
    """The doors that the operator has set up."""
    return [ReminderDoor.MAIL] if settings.SENDS_MAIL else []


def remind(at: datetime) -> RunOutcome:
    """Fill the outbox for the day of `at`, and send what is not sent of this day; nothing on a day off.

    What was not sent on an earlier day is left: the reminder of today says all that still waits.
    """
    on, days = timezone.localdate(at), SpecialDay.objects.calendar()
    done = RunOutcome()
    Reminder.objects.filter(day__lt=on - KEPT).delete()
    if not days.has(on):
        return done
    for door in doors_open():
        done.filled += fill_outbox(door, on=on, days=days)
        send_all(door, on=on, done=done)
    return done


def fill_outbox(door: ReminderDoor, *, on: date, days: WorkingDays) -> int:
    """Add the reminders of the day that are not there yet; return how many."""
    added = 0
    for users in batches_of_people(door, on=on):
        made = [
            Reminder(user=user, day=on, door=door, language=language, body=body)
            for user, language, body in bodies(users, on=on, days=days)
        ]
        Reminder.objects.bulk_create(made, ignore_conflicts=True)
        added += len(made)
    return added


def batches_of_people(door: ReminderDoor, *, on: date) -> Iterator[list[User]]:
    """Those with a role whom the door can reach and who have no reminder for the day, in batches."""
    there = Reminder.objects.filter(user=OuterRef("pk"), day=on, door=door)
    member = Membership.objects.filter(user=OuterRef("pk"))
    found = User.objects.filter(~Exists(there), Exists(member), is_active=True).order_by("pk")
    if door == ReminderDoor.MAIL:
        found = found.exclude(email="")
    last = 0
    while users := list(found.filter(pk__gt=last)[:TOGETHER]):
        last = users[-1].pk
        yield users


def send_all(door: ReminderDoor, *, on: date, done: RunOutcome) -> None:
    """Send what is not sent of the day, and mark each message once it is."""
    in_a_row = 0
    with closing(mailers.default) as connection:
        for reminder in waiting(door, on=on):
            error, is_its_own = "", False
            try:
                connection.open()
                connection.send_messages([mail_of(reminder)])
            except SMTPRecipientsRefused as refused:
                error, is_its_own = str(refused), True
            except (OSError, ValueError) as failure:  # SMTPException is an OSError
                error = str(failure) or repr(failure)
            mark(reminder, error)
            if not error:
                done.sent, in_a_row = done.sent + 1, 0
                continue
            # The server's side of the conversation may be anywhere: begin anew.
            connection.close()
            done.failed += 1
            reminder_log.warning("A reminder to user %s was not sent: %s", reminder.user_id, error)
            in_a_row = 0 if is_its_own else in_a_row + 1
            if in_a_row == FAILURES_IN_A_ROW:
                done.gave_up = True
                return


def waiting(door: ReminderDoor, *, on: date) -> Iterator[Reminder]:
    """Messages of the day that are not sent and not tried too often, in batches."""
    found = Reminder.objects.filter(sent_at=None, day=on, door=door, attempts__lt=TRIES)
    found = found.filter(user__is_active=True).select_related("user").order_by("pk")
    last = 0
    while batch := list(found.filter(pk__gt=last)[:TOGETHER]):
        last = batch[-1].pk
        yield from batch


def mark(reminder: Reminder, error: str) -> None:
    """Write down that a message was sent or, with an error, that it was not."""
    mine = Reminder.objects.filter(pk=reminder.pk)
    if error:
        mine.update(attempts=F("attempts") + 1, error=error[:ERROR_LIMIT])
    else:
        mine.update(attempts=F("attempts") + 1, error="", sent_at=timezone.now())
