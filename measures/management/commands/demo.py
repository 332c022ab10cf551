"""Fills an empty, migrated database with a lively checklist: `make demo` uses a separate one."""

import os
import secrets
from argparse import ArgumentParser
from datetime import date

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from measures.database.locks import audited_transaction
from measures.demo import NAME, USERS, make_demo, set_passwords
from measures.models import Checklist


class Command(BaseCommand):
    help = (
        "Fills an empty database with half a year of invented progress, and users whose password is that in "
        "DEMO_PASSWORD, or a random one that is shown once. An existing demo is kept."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--until", type=date.fromisoformat, help="the day on which the half year ends; today unless told"
        )

    @audited_transaction()
    def handle(self, *, until: date | None = None, **options: object) -> None:
        there = Checklist.objects.filter(name=NAME).exists()
        if not there and (Checklist.objects.exists() or User.objects.exists()):
            raise CommandError("This database is in use. The demo wants an empty one: make demo has its own.")
        given = os.environ.get("DEMO_PASSWORD", "")
        if there and not given:
            self.stdout.write("The demo is as it was left. To start over: rm -r var/demo, then make demo.")
            return
        if not there:
            make_demo(until=until or timezone.localdate())
        password = given or secrets.token_urlsafe(12)
        set_passwords(password)
        said = "the one in DEMO_PASSWORD" if given else f"{password} (not shown again)"
        # After the commit only: a password that was shown must work.
        transaction.on_commit(lambda: self.stdout.write(f"Users: {', '.join(USERS)}\nPassword: {said}"))
