"""Fails a test that breaks the order in measures/database/locks.py: conftest.py installs it for every test.

It follows each connection's transaction: which statements write or lock rows, and when the two locks are
taken. On SQLite the locks do nothing, but the code asks for them all the same, so the check is the same. The
transaction in which pytest-django wraps a test is not counted.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.backends.signals import connection_created
from django.db.transaction import Atomic

from measures.database import locks

LOCKS = re.compile(r"\bFOR (NO KEY )?UPDATE\b", re.IGNORECASE)
BY_KEY = re.compile(r'ORDER BY \S+"id" ASC')
CHANGES = re.compile(r"\s*(INSERT|UPDATE|DELETE)\b", re.IGNORECASE)
RECORD = re.compile(r'\s*INSERT INTO "?measures_auditrecord\b', re.IGNORECASE)


class LockOrderError(AssertionError):
    """A transaction locks in another order than the rest of the code does."""


@dataclass
class Transaction:
    """What one transaction has done so far. A depth is the number of atomic blocks around."""

    written: str = ""  # the first statement that wrote or locked a row before the ledger was locked
    shares: bool = False
    ledger_depth: int = 0  # where the lock was taken, 0 for not at all: a rollback to before gives it back
    chain_depth: int = 0


running: WeakKeyDictionary[Any, Transaction] = WeakKeyDictionary()
broken: list[str] = []


def fail(why: str) -> None:
    """Also remembered: the code under test, or the thread that it runs in, may swallow the error."""
    broken.append(why)
    raise LockOrderError(why)


def depth() -> int:
    return sum(not is_of_the_test(block) for block in connection.atomic_blocks)


def is_of_the_test(block: Any) -> bool:
    return bool(block._from_testcase)


def look_at(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
    now = running.get(context["connection"])
    if now and (CHANGES.match(sql) or LOCKS.search(sql)) and not RECORD.match(sql):
        if not now.ledger_depth:
            now.written = now.written or sql
        if now.chain_depth and (now.shares or not now.ledger_depth):
            fail(f"This locks a row after the chain, and others may hold that row: {sql}")
        if now.shares and LOCKS.search(sql) and not BY_KEY.search(sql):
            fail(f"Others that share the ledger may lock these rows in another order: {sql}")
    return execute(sql, params, many, context)


def take(
    lock: int, *, shared: bool = False, then: str = "", using: str = DEFAULT_DB_ALIAS
) -> tuple[object, ...] | None:
    now = running[connections[DEFAULT_DB_ALIAS]]
    if not now.ledger_depth and now.written:
        fail(f"This locks a row before the ledger or the chain: {now.written}")
    if lock == locks.CHAIN:
        now.chain_depth = now.chain_depth or depth()
    elif not now.ledger_depth:
        if now.chain_depth:
            fail("The chain is locked before the ledger.")
        now.ledger_depth, now.shares = depth(), shared
    elif now.shares and not shared:
        fail("Two that share the ledger would wait for each other if both asked for it alone.")
    return plain_take(lock, shared=shared, then=then, using=using)


def enter(self: Atomic) -> None:
    plain_enter(self)
    if depth() == 1 and not is_of_the_test(self) and self.using in (None, DEFAULT_DB_ALIAS):
        running[connections[DEFAULT_DB_ALIAS]] = Transaction()


def leave(self: Atomic, exc_type: Any, exc_value: Any, traceback: Any) -> None:
    try:
        plain_leave(self, exc_type, exc_value, traceback)
    finally:
        now = running.get(connections[DEFAULT_DB_ALIAS])
        if now and depth() == 0:
            del running[connections[DEFAULT_DB_ALIAS]]
        elif now and exc_type:
            now.ledger_depth = now.ledger_depth if now.ledger_depth <= depth() else 0
            now.chain_depth = now.chain_depth if now.chain_depth <= depth() else 0


def watch(connection: Any, **more: Any) -> None:
    if look_at not in connection.execute_wrappers:
        connection.execute_wrappers.append(look_at)


plain_take, plain_enter, plain_leave = locks.take_lock, Atomic.__enter__, Atomic.__exit__


def install() -> None:
    """Watch every connection of this process from now on."""
    patched: Any = Atomic
    locks.take_lock = take
    locks.begins_here = lambda: depth() == 0
    patched.__enter__, patched.__exit__ = enter, leave
    connection_created.connect(watch)
