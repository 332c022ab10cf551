"""What the database engine itself must be like: checked by `migrate`, and by `check --database default`."""

from collections.abc import Sequence
from sqlite3 import sqlite_version
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections


@register(Tags.database)
def wal_only_where_it_is_safe(databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """An error for each SQLite database that runs in WAL on a version with the WAL-reset defect."""
    if settings.SQLITE_WAL_IS_SAFE:
        return []
    return [
        Error(
            f"The database “{alias}” runs in WAL, and SQLite {sqlite_version} can lose committed data in it.",
            hint="Stop the site and run `sqlite3 FILE 'PRAGMA journal_mode=DELETE'`, or take SQLite 3.51.3.",
            id="measures.E001",
        )
        for alias in databases or []
        if connections[alias].vendor == "sqlite" and journal_mode_of(alias) == "wal"
    ]


def journal_mode_of(alias: str) -> str:
    with connections[alias].cursor() as cursor:
        return str(cursor.execute("PRAGMA journal_mode").fetchone()[0]).lower()
