"""Reminders are sent: one message for each person and working day, and again only what failed."""

import fcntl
from datetime import timedelta
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.core.management import CommandError
from django.utils import translation
from pytest_django import Settings

from measures.choices import ReminderKind, Role
from measures.models import (
    Checklist,
    Owner,
    Reminder,
    ReminderChoice,
)
from measures.operations import jobs
from measures.reminders import outbox
from tests.make import (
    NOW,
    TODAY,
    change,
    find_item,
    make_user,
)
from tests.proofs import share
from tests.reminders_make import LOCMEM, a_mail_server, at_work, people, remind

__all__ = ["a_mail_server", "at_work", "people"]  # fixtures are found by their names

pytestmark = [pytest.mark.any_engine, pytest.mark.usefixtures("a_mail_server")]


@pytest.mark.usefixtures("at_work")
class TestMail:
    def test_each_person_gets_one_message_however_often_the_command_runs(self) -> None:
        assert "sent: 1" in remind()
        assert "sent: 0" in remind()

        (sent,) = mail.outbox
        assert sent.to == ["editor@example.org"]
        assert sent.subject == "Taizhang: 4 things to do"
        assert sent.extra_headers["Message-ID"].endswith("@ledger.example.org>")
        assert jobs.last_run("remind") is not None

    def test_a_message_has_text_and_html_with_links_and_no_notes(
        self, checklist: Checklist, administrator: User
    ) -> None:
        change(find_item(checklist), by=administrator, notes="机密备注")
        remind()

        (sent,) = mail.outbox
        assert isinstance(sent, EmailMultiAlternatives)
        parsed = message_from_bytes(sent.message().as_bytes())
        parts = {
            part.get_content_type(): bytes(part.get_payload(decode=True)).decode()
            for part in parsed.walk()
            if not part.is_multipart()
        }
        for text in (parts["text/plain"], parts["text/html"]):
            assert "https://ledger.example.org/checklists/henan/items/1.1.1/" in text
            assert "https://ledger.example.org/checklists/henan/chasers/" in text
            assert "https://ledger.example.org/account/reminders/" in text
            assert "Title 措施 1.1.1" in text
            assert "机密" not in text

    def test_a_message_is_in_the_language_that_the_person_chose(self, editor: User) -> None:
        ReminderChoice.objects.create(user=editor, language="zh-hant")
        remind()

        (sent,) = mail.outbox
        assert "繁 措施 1.1.1" in str(sent.body)
        with translation.override("zh-hant"):
            assert str(ReminderKind.LATE.label) in str(sent.body)

    @pytest.mark.proof
    def test_day_after_day_each_working_day_has_one_message(self, clock: Any, editor: User) -> None:
        days = [TODAY + timedelta(number) for number in range(share(365, least=10))]
        for number, day in enumerate(days):
            clock.move_to(NOW + timedelta(number))
            before = len(mail.outbox)

            remind()
            remind()

            readers = [address for sent in mail.outbox[before:] for address in sent.to]
            assert len(readers) == len(set(readers)), day
            assert ("editor@example.org" in readers) == (day.weekday() < 5), day
        assert len({one.extra_headers["Message-ID"] for one in mail.outbox}) == len(mail.outbox)

    def test_nobody_gets_a_message_on_a_day_off(self, clock: Any) -> None:
        clock.move_to(NOW + timedelta(4))  # a Saturday

        assert "made: 0; sent: 0" in remind()
        assert not Reminder.objects.exists()

    def test_without_an_address_or_an_active_account_there_is_no_message(self, editor: User) -> None:
        User.objects.filter(pk=editor.pk).update(email="")
        assert "made: 0" in remind()

        User.objects.filter(pk=editor.pk).update(email="a@example.org", is_active=False)
        assert "made: 0" in remind()

    def test_what_was_not_sent_yesterday_is_left_and_old_rows_go(self, clock: Any, editor: User) -> None:
        Reminder.objects.create(user=editor, day=TODAY - timedelta(1), door="mail", body={}, language="en")
        Reminder.objects.create(user=editor, day=TODAY - timedelta(40), door="mail", body={}, language="en")

        remind()

        assert len(mail.outbox) == 1
        assert set(Reminder.objects.values_list("day", flat=True)) == {TODAY, TODAY - timedelta(1)}


@pytest.mark.usefixtures("at_work")
class TestFailures:
    def test_an_error_is_kept_and_the_message_is_sent_by_the_next_run(self, settings: Settings) -> None:
        server = {"BACKEND": "django.core.mail.backends.smtp.EmailBackend"}
        settings.MAILERS = {"default": server | {"OPTIONS": {"host": "127.0.0.1", "port": 9, "timeout": 5}}}
        with pytest.raises(CommandError, match="not sent: 1"):
            remind()
        (kept,) = Reminder.objects.all()
        assert (kept.attempts, kept.sent_at) == (1, None)
        assert "refused" in kept.error
        failed = jobs.last_run("remind")
        assert failed is not None
        assert failed.error

        settings.MAILERS = LOCMEM

        assert "made: 0; sent: 1" in remind()

    def test_a_server_that_is_away_is_not_asked_for_every_message(
        self, settings: Settings, owner: Owner, checklist: Checklist
    ) -> None:
        server = {"BACKEND": "django.core.mail.backends.smtp.EmailBackend"}
        settings.MAILERS = {"default": server | {"OPTIONS": {"host": "127.0.0.1", "port": 9, "timeout": 5}}}
        for name in "abcd":
            user = make_user(name, checklist, Role.EDITOR, owner)
            User.objects.filter(pk=user.pk).update(email=f"{name}@example.org")

        with pytest.raises(CommandError, match="does not take them"):
            remind()

        assert Reminder.objects.filter(attempts=1).count() == outbox.FAILURES_IN_A_ROW

    def test_without_a_mail_server_the_command_says_so_and_succeeds(self, settings: Settings) -> None:
        settings.SENDS_MAIL = False

        assert "nothing to do" in remind()
        assert "remind" not in [job.name for job in jobs.jobs_of_this_site()]

    def test_two_runs_at_once_send_nothing_twice(self, settings: Settings) -> None:
        with (Path(settings.DATA_DIR) / "remind.lock").open("a") as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            with pytest.raises(CommandError, match="has not ended"):
                remind()

        assert not Reminder.objects.exists()
