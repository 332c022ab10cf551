"""The database of a run: one process migrates it and the others copy it; what tests write is undone."""

import fcntl
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg
from django.db import connection, transaction
from psycopg import sql

from measures.database import append_only

TEMPLATE = "migrated"


class Migrated:
    """The copy that a run's processes share, in a folder of theirs."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / TEMPLATE
        self.lock = (folder / f"{TEMPLATE}.lock").open("w")
        test = connection.settings_dict["TEST"]
        if connection.vendor == "sqlite":
            # Where pytest clears up, since Django leaves a database that it has not made.
            test["NAME"] = str(folder / Path(test["NAME"]).name)
        self.name = str(test["NAME"])

    def take(self) -> bool:
        """Whether the tests' database is a copy now. Where there is none yet, others wait until `give`."""
        fcntl.flock(self.lock, fcntl.LOCK_EX)
        if not self.path.exists():
            return False
        if connection.vendor == "sqlite":
            shutil.copyfile(self.path, self.name)
        else:
            self._create(self.name, of=TEMPLATE)
        self.lock.close()
        return True

    def give(self) -> None:
        """Copy the tests' own database for the others, if this process has made it."""
        if self.lock.closed:
            return
        # A run in which no test needs the database makes none.
        if connection.settings_dict["NAME"] == self.name:
            if connection.vendor == "sqlite":
                connection.ensure_connection()
                part = self.path.with_suffix(".part")
                with closing(sqlite3.connect(part)) as copy:
                    connection.connection.backup(copy)
                part.rename(self.path)
            else:
                connection.close()
                self._create(TEMPLATE, of=self.name)
                self.path.touch()
        self.lock.close()

    def _create(self, name: str, *, of: str) -> None:
        address = os.environ["DATABASE_URL"].removesuffix("taizhang") + "postgres"
        with psycopg.connect(address, autocommit=True) as server:
            query = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
            server.execute(query.format(sql.Identifier(name), sql.Identifier(of)))


@contextmanager
def undone() -> Iterator[None]:
    """Undo in the end what is written meanwhile, in a transaction that counts as the test's own."""
    block: Any = transaction.atomic()
    block._from_testcase = True
    with block:
        yield
        transaction.set_rollback(True)


operations: Any = type(connection.ops)
plain_sql_flush = operations.sql_flush


def sql_flush_past_the_triggers(self: Any, style: Any, tables: list[str], **options: Any) -> list[str]:
    """Django empties tables after a transactional test, which our triggers refuse."""
    vendor = self.connection.vendor
    if vendor == "postgresql":
        # TRUNCATE makes a new file for each table, though most are empty or hold a few rows.
        emptied = [f"DELETE FROM {self.quote_name(table)}" for table in tables]
        return ["SET session_replication_role = replica", *emptied, "SET session_replication_role = origin"]
    guarded = [table for table in append_only.TABLES if table in tables]
    before = [sql for table in guarded for sql in append_only.remove_statements(vendor, table)]
    after = [sql for table in guarded for sql in append_only.install_statements(vendor, table)]
    return [*before, *plain_sql_flush(self, style, tables, **options), *after]


def install() -> None:
    operations.sql_flush = sql_flush_past_the_triggers
