"""The demo in the database of the tests, which takes long to make: on SQLite, a run makes it once."""

import sqlite3
from contextlib import closing
from pathlib import Path

from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.utils import timezone

from measures.demo import SLUG, make_demo
from measures.models import Checklist
from tests.once import once


def ready_demo(run_folder: Path) -> Checklist:
    """What `make demo` serves, until today. Wants a transactional test; the copy replaces its database."""
    if connection.vendor != "sqlite":
        return new_demo()

    def make(path: Path) -> None:
        new_demo()
        with closing(sqlite3.connect(path)) as made:
            connection.connection.backup(made)

    with closing(sqlite3.connect(once(run_folder / "demo.sqlite3", make))) as made:
        connection.ensure_connection()
        made.backup(connection.connection)
    ContentType.objects.clear_cache()
    return Checklist.objects.get(slug=SLUG)


def new_demo() -> Checklist:
    return make_demo(until=timezone.localdate())
