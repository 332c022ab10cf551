"""Moves everything to another database, with the site stopped: `manage.py move_database --to postgres://…`."""

import os
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connection, connections
from django.db.utils import load_backend
from django.utils import timezone

from measures.choices import Audited
from measures.database.moving import MoveError, everything_goes_to, left_out, move, unfinished
from measures.database.stopped import SiteRunningError, stopped_site
from measures.models import audit

TARGET = "move_target"
REFUSED = (ImproperlyConfigured, MoveError, SiteRunningError, OSError, DatabaseError)


class Command(BaseCommand):
    help = (
        "Copies every row of the site's database into an empty one, of the other engine or on another "
        "server, and compares both. The old database stays as it is. Stop the site first."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--to", required=True, metavar="URL", help="such as postgres://… or sqlite:///…")

    def handle(self, *, to: str, **options: object) -> None:
        try:
            parsed = settings.DATABASE_AT("--to", to)
            file = new_file(parsed)
            with stopped_site(), reachable(parsed):
                count = move("default", TARGET)
                record_move(count)
            if file:
                appear(file)
        except REFUSED as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"Copied {count} rows. Both databases hold the same; the new one’s audit trail records the move. "
            "Set DATABASE_URL to the new one and start the site. The old one is as it was; files in the data "
            "folder stay where they are."
        )
        if others := left_out("default"):
            self.stderr.write(f"Not copied, because this release does not know them: {', '.join(others)}.")


def record_move(count: int) -> None:
    """Add a record to the trail of the new database, after what both hold. The old one stays as it is."""
    engines = " → ".join(connections[alias].vendor for alias in ("default", TARGET))
    with everything_goes_to(TARGET):
        audit(Audited.RESTORED, at=timezone.now(), about=f"move_database: {engines}", after={"rows": count})


@contextmanager
def reachable(parsed: dict[str, object]) -> Iterator[None]:
    """The database under the alias TARGET, for as long as it is needed."""
    # One connection does, and a pool would outlive this.
    options = parsed["OPTIONS"]
    assert isinstance(options, dict)
    options.pop("pool", None)
    made = connections.configure_settings({"default": {}, TARGET: parsed})[TARGET]
    connections[TARGET] = load_backend(made["ENGINE"]).DatabaseWrapper(made, TARGET)
    try:
        yield
    finally:
        connections[TARGET].close()
        del connections[TARGET]


def new_file(parsed: dict[str, object]) -> Path | None:
    """The SQLite file that is to be made, if it is one. It has another name until it is whole.

    Raises MoveError if the database is there already.
    """
    if parsed["ENGINE"] != "django.db.backends.sqlite3":
        now = connection.settings_dict
        if connection.vendor == "postgresql" and all(
            str(parsed.get(one) or "") == str(now.get(one) or "") for one in ("NAME", "HOST", "PORT")
        ):
            raise MoveError("--to names the database that the site uses now.")
        return None
    file = Path(str(parsed["NAME"])).absolute()
    if file.exists():
        raise MoveError(f"{file} is there already. Name a file that is not: nothing is overwritten.")
    # What a move that was broken off has left.
    for rest in ("", "-journal", "-wal", "-shm"):
        Path(f"{unfinished(file)}{rest}").unlink(missing_ok=True)
    parsed["NAME"] = str(unfinished(file))
    return file


def appear(file: Path) -> None:
    """Give the whole file its name."""
    written = unfinished(file)
    written.chmod(0o600)
    with written.open("rb") as whole:
        os.fsync(whole.fileno())
    written.replace(file)
