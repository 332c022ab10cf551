"""What the database engine itself must be like: checked by `migrate`, and by `check --database default`."""

from collections.abc import Sequence
from sqlite3 import sqlite_version

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import connections
from django.db.migrations.recorder import MigrationRecorder

from measures.database import release, text_index


@register(Tags.database)
def wal_only_where_it_is_safe(databases: Sequence[str] | None = None, **kwargs: object) -> list[CheckMessage]:
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


@register(Tags.database)
def words_are_found_by_an_index(
    databases: Sequence[str] | None = None, **kwargs: object
) -> list[CheckMessage]:
    """A warning for each SQLite database in which a search reads every note."""
    return [
        Warning(
            f"The database “{alias}” has no index of words: a search reads every note.",
            hint="Take a SQLite with FTS5; then `manage.py migrate measures 0014` and `manage.py migrate`.",
            id="measures.W002",
        )
        for alias in databases or []
        if connections[alias].vendor == "sqlite" and is_migrated(alias) and not text_index.is_there(alias)
    ]


@register(Tags.database)
def history_is_of_one_line(databases: Sequence[str] | None = None, **kwargs: object) -> list[CheckMessage]:
    """An error if the database has migrations that this release lacks and lacks some that this release has.

    A state between two releases made it: `migrate` would create again what is there under another name.
    """
    if "default" not in (databases or []):
        return []
    found = release.match()
    if not (found.waiting and found.unknown):
        return []
    return [
        Error(
            f"No release made this database: it has {', '.join(found.unknown)}, which this release does "
            f"not know, and not {', '.join(found.waiting)}. Nothing was changed.",
            hint="First upgrade it to the next release with the code that made it (git checkout, migrate), "
            "or restore a backup that a release made.",
            id="measures.E012",
        )
    ]


def is_migrated(alias: str) -> bool:
    """Whether the migration has run that makes the index where it can."""
    return ("measures", "0015_text_index") in MigrationRecorder(connections[alias]).applied_migrations()


def journal_mode_of(alias: str) -> str:
    with connections[alias].cursor() as cursor:
        return str(cursor.execute("PRAGMA journal_mode").fetchone()[0]).lower()
