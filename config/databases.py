"""How Taizhang opens its database: one file, or a PostgreSQL server."""

import os
import sqlite3
from typing import Any

from config.env import env_int, parse_database

# The WAL-reset defect (3.7.0 to 3.51.2) can lose committed data; three releases carry the repair.
# https://sqlite.org/wal.html, "The WAL-Reset Bug"
WAL_SAFE_FROM = (3, 51, 3)
WAL_SAFE_BACKPORTS = {(3, 44, 6), (3, 50, 7)}


def wal_is_safe(version: tuple[int, ...] = sqlite3.sqlite_version_info) -> bool:
    """Whether this SQLite is free of the WAL-reset defect."""
    return version >= WAL_SAFE_FROM or any(
        version[:2] == patched[:2] and version >= patched for patched in WAL_SAFE_BACKPORTS
    )


def journal_mode(version: tuple[int, ...] = sqlite3.sqlite_version_info) -> str:
    """WAL where it is safe, else the rollback journal."""
    return "WAL" if wal_is_safe(version) else "DELETE"


def database_at(name: str, url: str) -> dict[str, object]:
    """Django's settings for the database of this URL; ImproperlyConfigured, naming `name`, for a bad one."""
    return with_engine_options(parse_database(name, url))


def with_engine_options(parsed: dict[str, Any]) -> dict[str, Any]:
    """The parsed DATABASE_URL, with the options that each engine needs to keep every acknowledged write."""
    options = parsed.setdefault("OPTIONS", {})
    if parsed["ENGINE"] == "django.db.backends.sqlite3":
        # IMMEDIATE takes the write lock at the start: two writers wait for each other in place of failing.
        options.setdefault("transaction_mode", "IMMEDIATE")
        options.setdefault("timeout", 20)
        # Kept for the next request: measures/database/kept.py.
        parsed["CONN_MAX_AGE"] = None
        options["init_command"] = f"PRAGMA journal_mode={journal_mode()}; PRAGMA synchronous=FULL;"
    else:
        # The pool keeps connections; Django must not keep them as well.
        parsed["CONN_MAX_AGE"] = 0
        parsed["CONN_HEALTH_CHECKS"] = True
        # By this `restore` tells its own connections from those of a running site, and so does an operator.
        options.setdefault("application_name", f"taizhang-{os.getpid()}")
        # A report of millions of items is estimated as costly and read in a moment: compiling its query first
        # takes seconds. What the address itself asks for comes last, and so is what counts.
        options["options"] = f"-c jit=off {options.get('options', '')}".rstrip()
        options.setdefault(
            "pool",
            {
                "min_size": 1,
                "max_size": env_int("DATABASE_POOL_SIZE", 8, least=1),
                "timeout": 2,
                # How long the pool retries by itself, at growing intervals, when the server is away. Left
                # long, it would sleep on after the server's return; given up, the next request tries at once.
                "reconnect_timeout": 1,
            },
        )
    return parsed
