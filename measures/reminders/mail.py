"""Reminders as mail, by Django's SMTP settings: text and HTML, in the person's language."""

from datetime import timedelta
from smtplib import SMTPRecipientsRefused
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, mailers
from django.template.loader import render_to_string
from django.utils.translation import override

from measures.keyed_hash import keyed_hash
from measures.models import Reminder
from measures.reminders.digest import digest_of
from measures.reminders.doors import NotTaken

TRIES = 5  # of one message


class MailSender:
    """One connection to the mail server. Every run tries again at once what was not taken."""

    waits: tuple[timedelta, ...] = (timedelta(),) * (TRIES - 1)

    def __init__(self) -> None:
        self.connection = mailers.default

    def send(self, reminder: Reminder) -> None:
        """Send it to the address of its user."""
        try:
            self.connection.open()
            self.connection.send_messages([mail_of(reminder)])
        except SMTPRecipientsRefused as refused:
            # The server's side of the conversation may be anywhere: begin anew.
            self.connection.close()
            raise NotTaken(str(refused), is_its_own=True) from refused
        except (OSError, ValueError) as failure:  # SMTPException is an OSError
            self.connection.close()
            raise NotTaken(str(failure) or repr(failure)) from failure

    def close(self) -> None:
        """End the conversation."""
        self.connection.close()


def message_id(reminder: Reminder) -> str:
    """The same for every attempt: a mail that comes twice is one to programs that know it by this."""
    secret = f"{settings.SITE_ADDRESS} {reminder.user_id} {reminder.day.isoformat()}"
    name = keyed_hash("reminder", secret)[:32]
    return f"<{name}@{urlsplit(settings.SITE_ADDRESS).hostname or 'localhost'}>"


def mail_of(reminder: Reminder) -> EmailMultiAlternatives:
    """The message, to the address of the reminder's user."""
    digest = digest_of(reminder)
    with override(reminder.language):
        told = {"digest": digest, "language": reminder.language}
        text = render_to_string("reminders/mail.txt", told)
        page = render_to_string("reminders/mail.html", told)
    mail = EmailMultiAlternatives(
        digest.subject,
        text,
        to=[reminder.user.email],
        # RFC 3834: no program answers that somebody is away.
        headers={"Message-ID": message_id(reminder), "Auto-Submitted": "auto-generated"},
    )
    mail.attach_alternative(page, "text/html")
    return mail
