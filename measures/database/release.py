"""Whether the database matches this release: missing migrations, and migrations of a newer release."""

import os
from dataclasses import dataclass
from pathlib import Path

from django.db import connection
from django.db.migrations.executor import MigrationExecutor


@dataclass(frozen=True)
class Match:
    """Migrations by name, such as measures.0002_updates_append_only; both empty where all is well."""

    waiting: list[str]  # this release has them, the database has not
    unknown: list[str]  # the database has them, this release does not: a newer one made it

    def __bool__(self) -> bool:
        return not self.waiting and not self.unknown


def match() -> Match:
    """How the database compares with this release. A handful of queries, so ask it seldom."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    waiting = [f"{migration.app_label}.{migration.name}" for migration, _backwards in plan]
    return Match(waiting, unknown(list(executor.loader.applied_migrations)))


def unwritable() -> str:
    """Why this process cannot write to the database, in a few words; empty if it can. Writes nothing."""
    if connection.vendor == "sqlite":
        file = Path(str(connection.settings_dict["NAME"]))
        # SQLite writes its journal next to the file.
        if file.exists() and not (os.access(file, os.W_OK) and os.access(file.parent, os.W_OK)):
            return "cannot be written: the file or its folder belongs to another user"
        return ""
    with connection.cursor() as cursor:
        cursor.execute("SHOW transaction_read_only")
        return "cannot be written: it is read-only" if cursor.fetchone()[0] == "on" else ""


def unknown(applied: list[tuple[str, str]]) -> list[str]:
    """Those of the applied migrations that this release has never heard of."""
    loader = MigrationExecutor(connection).loader
    known = {*loader.disk_migrations, *(key for m in loader.disk_migrations.values() for key in m.replaces)}
    ours = loader.migrated_apps
    return [f"{app}.{name}" for app, name in sorted(applied) if app in ours and (app, name) not in known]
