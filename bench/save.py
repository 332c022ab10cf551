"""The save of one item against its writes alone: `python -m bench.save [sqlite|postgresql]`.

A save is a POST of the item's page up to the redirect, through all middleware. The floor are the statements
that this very POST sends to write: those that lock, read under the lock, and write, by a bare cursor in one
transaction, with new values each time and the same commit. By the clock, since both wait for the disk; and in
time of the processor, which a busy machine or a slow disk does not change.
"""

import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from bench import _databases, _figures

LARGE, ROUNDS = 260_000, int(os.environ.get("ROUNDS", "200"))
BOUND = 1.5
# Statements that every save needs: it locks, it reads the item and the end of the chain, it writes.
NEEDED = re.compile(
    r'INSERT|UPDATE|SELECT pg_advisory|SELECT .* FROM "measures_(item|auditrecord)"', re.DOTALL
)


def main() -> None:
    for engine in sys.argv[1:] or _databases.ENGINES:
        subprocess.run([sys.executable, "-m", "bench.save", "--measure", engine], check=True)


def measure(engine: str) -> None:
    with tempfile.TemporaryDirectory(prefix="taizhang-save-") as name:
        folder = Path(name)
        _databases.set_up(_databases.copied_province(engine, LARGE, folder), folder)
        (folder / "static").mkdir()
        saves = Saves()
        works = {"post": saves.post, "floor": saves.floor()}
        by_clock, by_processor = rounds(works)
        told = saves.told()
        figures = (("save", by_clock), ("save, processor", by_processor))
        results = [
            _figures.compared(figure, engine, LARGE, taken["post"], taken["floor"], "its writes alone", BOUND)
            for figure, taken in figures
        ]
    _figures.keep(results[:1])
    sys.stdout.write(_figures.table(results))
    sys.stdout.write(f"{engine}: {told}; load {os.getloadavg()[0]:.1f}\n")


def rounds(
    works: Mapping[str, Callable[[], object]],
) -> tuple[dict[str, list[float]], dict[str, list[float]]]:
    """Milliseconds of each of these in turns, by the clock and of the processor; after a few to warm up."""
    by_clock: dict[str, list[float]] = {name: [] for name in works}
    by_processor: dict[str, list[float]] = {name: [] for name in works}
    for number in range(-10, ROUNDS):
        for name, work in works.items():
            began, spent = time.perf_counter(), _figures.spent()
            work()
            took, spent = time.perf_counter() - began, _figures.spent() - spent
            if number >= 0:
                by_clock[name].append(1000 * took)
                by_processor[name].append(1000 * spent)
    return by_clock, by_processor


class Saves:
    """An administrator of 河南, who notes something about one item again and again."""

    def __init__(self) -> None:
        from django.contrib.auth.models import User
        from django.test import Client

        from measures.choices import Role
        from measures.models import Checklist

        province = Checklist.objects.get(slug="henan")
        self.item, self.other = province.items.exclude(owner=None).order_by("pk")[:2]
        user = User.objects.create(username="saver", first_name="人员")
        user.memberships.create(checklist=province, role=Role.ADMINISTRATOR)
        self.client = Client(SERVER_NAME="127.0.0.1")
        self.client.force_login(user)
        self.address, self.version, self.number = self.item.get_absolute_url(), self.item.version, 0
        state = self.item.plain_state() | {"owner": str(self.item.owner_id), "cooperating": ""}
        self.sent = {name: value or "" for name, value in state.items()}

    def post(self) -> None:
        """Save the item's form; its page would say what is in the cookie of messages, and empty it."""
        self.number += 1
        notes = f"note {self.number}"
        sent = self.sent | {"notes": notes, "version": str(self.version)}
        answer = self.client.post(self.address, urlencode(sent), "application/x-www-form-urlencoded")
        assert answer.status_code == 302, answer.status_code
        self.version += 1
        self.client.cookies.pop("messages")

    def floor(self) -> Callable[[], object]:
        """What writes the same about another item, past Django, by the same connection."""
        from django.db import connection

        writes, item = self.writes(), self.other.pk
        postgresql = connection.vendor == "postgresql"
        cursor = connection.connection.cursor()
        begin, place = ("BEGIN", "%s") if postgresql else ("BEGIN IMMEDIATE", "?")
        run = [(sql.replace("%s", place), values) for sql, values in writes]

        def write() -> None:
            self.number += 1
            new = {self.noted: f"note {self.number}", self.item.pk: item}
            cursor.execute(begin)
            for sql, values in run:
                cursor.execute(sql, [put(value, new) for value in values])
                if "hash" in sql and sql.startswith("SELECT"):
                    if postgresql and "pg_advisory" in sql:
                        cursor.nextset()
                    (newest,) = cursor.fetchone()
                    new |= {self.previous: newest, self.hash: sha256(newest.encode()).hexdigest()}
                elif sql.startswith("SELECT") or "RETURNING" in sql:
                    cursor.fetchall()
            cursor.execute("COMMIT")

        return write

    def writes(self) -> list[tuple[str, Sequence[Any]]]:
        """The statements that one save sends in its transaction and that it cannot do without."""
        from django.db import connection

        from measures.models import AuditRecord

        told: list[tuple[str, Sequence[Any]]] = []

        def listen(execute: Callable[..., Any], sql: str, values: Any, many: bool, context: Any) -> Any:
            if connection.in_atomic_block and NEEDED.match(sql):
                told.append((sql, values or ()))
            return execute(sql, values, many, context)

        with connection.execute_wrapper(listen):
            self.post()
        record = AuditRecord.objects.earliest("-pk")
        self.noted, self.previous, self.hash = f"note {self.number}", record.previous, record.hash
        return told

    def told(self) -> str:
        """How many statements one save sends."""
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(connection) as captured:
            self.post()
        return f"a save sends {len(captured)} statements, of which it needs {len(self.writes())} and a commit"


def put(value: object, new: Mapping[object, object]) -> object:
    """The value of a captured statement, or the new one in its place; new notes in a text that holds them."""
    if value in new:
        return new[value]
    (old, notes), *_others = new.items()
    return value.replace(str(old), str(notes)) if isinstance(value, str) else value


if __name__ == "__main__":
    measure(sys.argv[2]) if sys.argv[1:2] == ["--measure"] else main()
