"""The outbox: filled once for each person and day, sent until each message is marked as sent.

A message is marked only after the door has taken it. A process that is killed between the two sends that
one again, with the same Message-ID or webhook-id, when it next runs: at least once, and one repeat for each
kill.
"""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.contrib.auth.models import User
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from measures.choices import ReminderDoor
from measures.lights import WorkingDays
from measures.models import Membership, Reminder, SpecialDay
from measures.models.reminders import ERROR_LIMIT
from measures.reminders.digest import bodies
from measures.reminders.doors import NotTaken, Sender
from measures.reminders.mail import MailSender
from measures.reminders.webhook import WebhookSender

reminder_log = logging.getLogger("taizhang.reminders")

TOGETHER = 500  # persons whose reminders are gathered by one set of queries
KEPT = timedelta(days=31)
FAILURES_IN_A_ROW = 3  # after so many, the server is taken to be away
SENDERS: Mapping[ReminderDoor, Callable[[], Sender]] = {
    ReminderDoor.MAIL: MailSender,
    ReminderDoor.WEBHOOK: WebhookSender,
}


@dataclass
class RunOutcome:
    """What one run did: messages put into the outbox and sent, and those of the day not sent after it."""

    filled: int = 0
    sent: int = 0
    failed: int = 0
    gave_up: bool = False


def doors_open() -> list[ReminderDoor]:
    """The doors that the operator has set up."""
    is_open = {ReminderDoor.MAIL: settings.SENDS_MAIL, ReminderDoor.WEBHOOK: settings.WEBHOOK_URL}
    return [door for door in ReminderDoor if is_open[door]]


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
        send_all(door, on=on, at=at, done=done)
        done.failed += not_sent(door, on=on).count()
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


def send_all(door: ReminderDoor, *, on: date, at: datetime, done: RunOutcome) -> None:
    """Send what is not sent of the day, and mark each message once it is."""
    in_a_row = 0
    with closing(SENDERS[door]()) as sender:
        for reminder in waiting(door, on=on, at=at, tries=len(sender.waits) + 1):
            try:
                sender.send(reminder)
            except NotTaken as failure:
                mark_failed(reminder, str(failure), waits=sender.waits)
                reminder_log.warning("A reminder to user %s was not sent: %s", reminder.user_id, failure)
                in_a_row = 0 if failure.is_its_own else in_a_row + 1
                if in_a_row == FAILURES_IN_A_ROW:
                    done.gave_up = True
                    return
                continue
            mark_sent(reminder)
            done.sent, in_a_row = done.sent + 1, 0


def not_sent(door: ReminderDoor, *, on: date) -> QuerySet[Reminder]:
    """Messages of the day that are not sent, to people who may still sign in."""
    return Reminder.objects.filter(sent_at=None, day=on, door=door, user__is_active=True)


def waiting(door: ReminderDoor, *, on: date, at: datetime, tries: int) -> Iterator[Reminder]:
    """Messages of the day that are to be tried now, in batches."""
    is_time = Q(next_try=None) | Q(next_try__lte=at)
    found = not_sent(door, on=on).filter(is_time, attempts__lt=tries).select_related("user").order_by("pk")
    last = 0
    while batch := list(found.filter(pk__gt=last)[:TOGETHER]):
        last = batch[-1].pk
        yield from batch


def mark_sent(reminder: Reminder) -> None:
    """Write down that a message was taken."""
    mine = Reminder.objects.filter(pk=reminder.pk)
    mine.update(attempts=F("attempts") + 1, error="", next_try=None, sent_at=timezone.now())


def mark_failed(reminder: Reminder, error: str, *, waits: Sequence[timedelta]) -> None:
    """Write down that a message was not taken, and when it may be tried again."""
    tried = reminder.attempts
    again = timezone.now() + waits[tried] if tried < len(waits) else None
    mine = Reminder.objects.filter(pk=reminder.pk)
    mine.update(attempts=tried + 1, error=error[:ERROR_LIMIT], next_try=again)
