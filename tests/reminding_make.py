"""A process that runs `remind` and may be killed, and the people whom it reminds."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.db import connection

from measures.choices import Role, Status
from measures.models import Checklist
from tests.make import NOW, change, find_item, make_owner, make_user

PERSONS = 6


@pytest.fixture
def late_units(checklist: Checklist, administrator: User) -> None:
    """Each of six persons has an item that is in progress and late."""
    codes = list(checklist.items.order_by("pk").values_list("measure__code", flat=True)[:PERSONS])
    for number, code in enumerate(codes):
        unit = make_owner(checklist, f"{number}处")
        user = make_user(f"reader{number}", checklist, Role.EDITOR, unit)
        User.objects.filter(pk=user.pk).update(email=f"reader{number}@example.org")
        item = find_item(checklist, code)
        change(item, by=administrator, owner=unit, status=Status.IN_PROGRESS, due=NOW.date().replace(day=2))


@contextmanager
def sending(door: Mapping[str, str], data: Path) -> Iterator[subprocess.Popen[str]]:
    """A process with this way of sending; it runs `remind` for each line it is given, and has run it once."""
    name = connection.settings_dict["NAME"]
    address = f"sqlite:///{name}"
    if connection.vendor == "postgresql":
        address = os.environ["DATABASE_URL"].rpartition("/")[0] + f"/{name}"
    environment = os.environ | door
    environment |= {
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "DATABASE_URL": address,
        "DATA_DIR": str(data),
        "SITE_ADDRESS": "https://ledger.example.org",
    }
    command = [sys.executable, "-m", "tests.reminding"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
        yield process
        assert process.stdin
        process.stdin.close()


def run_once(sender: subprocess.Popen[str], aim: Callable[[int], None] | None = None) -> int:
    """Run `remind`, and return its exit status; `aim` is told which process may be killed, and 0 after it."""
    assert sender.stdin
    assert sender.stdout
    sender.stdin.write("\n")
    sender.stdin.flush()
    child = int(sender.stdout.readline())
    if aim:
        aim(child)
    status = int(sender.stdout.readline())
    if aim:
        aim(0)
    return status
