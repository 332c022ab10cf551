"""Reminders reach the office's message gateway: signed, once for each person, and no other server."""

import json
import socket
import time
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError
from pytest_django import Settings

from config import webhook as webhook_settings
from measures.models import Checklist, Reminder, ReminderChoice
from measures.operations import jobs
from measures.reminders import webhook
from tests.make import NOW, TODAY, change, find_item
from tests.reminders_make import LOCMEM, at_work, people, remind
from tests.webhook_make import KEY, SECRET, Gateway, a_gateway, gateway, signed_as

__all__ = ["a_gateway", "at_work", "gateway", "people"]  # fixtures are found by their names

pytestmark = [pytest.mark.any_engine]
SENT = "sent: 1; not sent: 0"


@pytest.mark.usefixtures("at_work")
class TestGateway:
    def test_each_person_is_told_once_however_often_the_command_runs(self, a_gateway: Gateway) -> None:
        assert SENT in remind()
        assert "sent: 0; not sent: 0" in remind()

        assert [one.account for one in a_gateway.received] == ["editor"]
        assert jobs.last_run("remind") is not None
        assert jobs.REMIND in jobs.jobs_of_this_site()

    def test_the_body_says_what_waits_in_the_persons_language_and_no_notes(
        self, a_gateway: Gateway, checklist: Checklist, administrator: User, editor: User
    ) -> None:
        change(find_item(checklist), by=administrator, notes="机密备注")
        ReminderChoice.objects.create(user=editor, language="zh-hant")

        remind()

        (sent,) = [one for one in a_gateway.received if one.account == "editor"]
        told = json.loads(sent.body)
        assert set(told) == {"type", "timestamp", "data"}
        assert told["type"] == "reminder.digest"
        assert datetime.fromisoformat(told["timestamp"]).date() == TODAY
        data = told["data"]
        assert set(data) == {"account", "language", "subject", "text", "link"}
        assert (data["language"], data["link"]) == ("zh-hant", "https://ledger.example.org/")
        assert any("繁 措施 1.1.1" in line for line in data["text"])
        assert "机密" not in sent.body.decode()
        assert sent.path == "/hook?to=office"
        assert abs(sent.at - NOW.timestamp()) < 60

    def test_somebody_without_an_address_for_mail_is_told(self, a_gateway: Gateway, editor: User) -> None:
        User.objects.filter(pk=editor.pk).update(email="")

        assert SENT in remind()

    def test_mail_goes_on_while_the_gateway_is_away(self, a_gateway: Gateway, settings: Settings) -> None:
        settings.MAILERS, settings.SENDS_MAIL = LOCMEM, True
        a_gateway.answers = [500]

        with pytest.raises(CommandError, match="sent: 1; not sent: 1"):
            remind()

        assert [sent.to for sent in mail.outbox] == [["editor@example.org"]]

    def test_while_the_secret_changes_both_secrets_sign(self, a_gateway: Gateway, settings: Settings) -> None:
        settings.WEBHOOK_KEYS = [b"new" * 10, KEY]

        assert SENT in remind()

    def test_a_gateway_that_knows_another_secret_takes_nothing(
        self, a_gateway: Gateway, settings: Settings
    ) -> None:
        settings.WEBHOOK_KEYS = [b"another" * 5]

        with pytest.raises(CommandError, match="not sent: 1"):
            remind()

        assert Reminder.objects.get().error == "HTTP 401"


@pytest.mark.usefixtures("at_work")
class TestFailures:
    def test_a_failure_is_tried_again_later_under_the_same_id_but_not_for_ever(
        self, a_gateway: Gateway, clock: Any
    ) -> None:
        asked: list[str] = []
        a_gateway.before_answer = asked.append
        a_gateway.answers = [500, 503, 500]
        at = NOW
        for tries, wait in enumerate([5, 30, 120], start=1):
            with pytest.raises(CommandError, match="not sent: 1"):
                remind()
            assert len(asked) == tries
            clock.move_to(at + timedelta(minutes=wait - 1))
            with pytest.raises(CommandError, match="not sent: 1"):
                remind()  # it is too early
            assert len(asked) == tries
            at += timedelta(minutes=wait + 1)
            clock.move_to(at)

        assert SENT in remind()

        assert len(set(asked)) == 1
        assert [one.name for one in a_gateway.received] == asked[-1:]
        assert "sent: 0; not sent: 0" in remind()

    def test_after_five_tries_a_message_is_left_and_the_job_still_says_so(
        self, a_gateway: Gateway, clock: Any
    ) -> None:
        asked: list[str] = []
        a_gateway.before_answer = asked.append
        a_gateway.answers = [500] * 9
        for hours in range(0, 14, 2):
            clock.move_to(NOW.replace(hour=0) + timedelta(hours=hours))
            with pytest.raises(CommandError, match="not sent: 1"):
                remind()

        assert len(asked) == 5
        failed = jobs.last_run("remind")
        assert failed is not None
        assert "not sent: 1" in failed.error

    def test_no_redirect_is_followed(self, a_gateway: Gateway) -> None:
        a_gateway.answers = [307]
        with pytest.raises(CommandError):
            remind()
        assert Reminder.objects.get().error == "HTTP 307"

    def test_a_gateway_that_answers_byte_by_byte_does_not_hold_the_run(
        self, a_gateway: Gateway, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(webhook, "WHOLE_SECONDS", 0.2)
        a_gateway.before_answer = lambda _name: time.sleep(0.6)

        with pytest.raises(CommandError):
            remind()

    def test_a_private_address_is_refused_unless_it_is_named(
        self, a_gateway: Gateway, settings: Settings
    ) -> None:
        settings.WEBHOOK_NETWORKS = [ip_network("10.0.0.0/8")]
        asked: list[str] = []
        a_gateway.before_answer = asked.append

        with pytest.raises(CommandError, match="not sent: 1"):
            remind()

        assert not asked
        assert "127.0.0.1, which the webhook may not reach" in Reminder.objects.get().error

    def test_a_name_that_leads_to_this_machine_is_refused_too(
        self, a_gateway: Gateway, settings: Settings
    ) -> None:
        settings.WEBHOOK_NETWORKS = []
        settings.WEBHOOK_URL = f"https://localhost:{a_gateway.port}/"

        with pytest.raises(CommandError, match="not sent: 1"):
            remind()

        assert "which the webhook may not reach" in Reminder.objects.get().error

    def test_the_connection_goes_to_the_address_that_was_judged(
        self, a_gateway: Gateway, settings: Settings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        names: list[str] = []
        really = socket.getaddrinfo

        def look_up(host: str, *more: Any, **named: Any) -> object:
            if host != "gateway.example.org":
                return really(host, *more, **named)
            names.append(host)
            # Somebody who asks again is sent elsewhere.
            return really("127.0.0.1" if len(names) == 1 else "127.0.0.99", *more, **named)

        settings.WEBHOOK_URL = f"http://gateway.example.org:{a_gateway.port}/"
        monkeypatch.setattr(socket, "getaddrinfo", look_up)

        assert SENT in remind()
        assert len(names) == 1

    def test_without_a_door_the_command_succeeds(self, a_gateway: Gateway, settings: Settings) -> None:
        settings.WEBHOOK_URL = ""

        assert "nothing to do" in remind()
        assert jobs.REMIND not in jobs.jobs_of_this_site()


@pytest.mark.no_database
class TestAddresses:
    @pytest.mark.parametrize(
        "address",
        [
            "127.0.0.1",
            "10.1.2.3",
            "192.168.1.1",
            "169.254.169.254",
            "0.0.0.0",
            "100.64.0.1",
            "224.0.0.1",
            "::1",
            "fe80::1",
            "fd00::1",
            "::ffff:127.0.0.1",
            "64:ff9b::7f00:1",
            "2002:7f00:1::1",
            "ff02::1",
            "::",
        ],
    )
    def test_addresses_of_no_server_on_the_internet_are_refused(self, address: str) -> None:
        assert not webhook.may_reach(ip_address(address), [], is_safe=True)

    @pytest.mark.parametrize("address", ["1.1.1.1", "2400:3200::1", "::ffff:1.1.1.1"])
    def test_the_internet_is_reached_with_tls_only(self, address: str) -> None:
        assert webhook.may_reach(ip_address(address), [], is_safe=True)
        assert not webhook.may_reach(ip_address(address), [], is_safe=False)

    def test_a_network_that_the_operator_names_is_reached(self) -> None:
        named = [ip_network("10.0.0.0/24")]
        for is_safe in (True, False):
            assert webhook.may_reach(ip_address("10.0.0.7"), named, is_safe=is_safe)
            assert webhook.may_reach(ip_address("::ffff:10.0.0.7"), named, is_safe=is_safe)
            assert not webhook.may_reach(ip_address("10.0.1.7"), named, is_safe=is_safe)


@pytest.mark.no_database
class TestSettings:
    def test_the_example_of_the_specification_is_signed_alike(self) -> None:
        secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
        (key,) = webhook_settings.webhook_keys("WEBHOOK_SECRET", secret)
        name, at, body = "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}'
        expected = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
        assert webhook.signatures(name, at, body, [key]) == expected
        assert signed_as(secret, name, str(at), body) == expected

    @pytest.mark.parametrize(
        "bad",
        [
            "secret",
            SECRET.removeprefix("whsec_"),
            "whsec_",
            "whsec_c2hvcnQ=",
            "whsec_***",
            "whsec_" + "A" * 100,
        ],
    )
    def test_a_bad_secret_is_refused_and_never_shown(self, bad: str) -> None:
        with pytest.raises(ImproperlyConfigured, match="WEBHOOK_SECRET") as refused:
            webhook_settings.webhook_keys("WEBHOOK_SECRET", f"{SECRET},{bad}")
        assert bad == "whsec_" or bad not in str(refused.value)

    @pytest.mark.parametrize(
        "bad", ["gateway", "ftp://a.example/", "https://", "https://user@a.example/", "https://a.example/#x"]
    )
    def test_a_bad_address_is_refused(self, monkeypatch: pytest.MonkeyPatch, bad: str) -> None:
        monkeypatch.setenv("WEBHOOK_URL", bad)
        with pytest.raises(ImproperlyConfigured, match="WEBHOOK_URL"):
            webhook_settings.env_webhook_url()
