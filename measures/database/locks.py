"""The order in which transactions lock, so that no two of them wait for each other.

First the ledger, then rows, last the end of the audit trail's chain. A transaction that holds the ledger
alone may lock rows and add records in any order. Transactions that share it lock their rows in the order of
the keys, and no row after the chain. A record that is added outside of both locks the chain and no row.

Every test runs under a check that refuses any other order (tests/lock_order.py). SQLite has one lock for the
whole database, and a transaction takes it when it begins (IMMEDIATE).
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DEFAULT_DB_ALIAS, connection, connections, transaction

# PostgreSQL's advisory locks; any numbers that nobody else takes.
LEDGER = 0x7A1B_0A0D
CHAIN = 0x7A1B_0A0E


@contextmanager
def audited_transaction(*, shared: bool = False) -> Iterator[None]:
    """A transaction that writes rows and adds audit records; also a decorator.

    It holds the ledger alone: no other one runs at the same time, so what it reads stays true until it ends.
    With `shared`, others that share the ledger run at the same time. Inside another transaction nothing is
    shared, since that one may lock more rows after the chain.
    """
    shared = shared and begins_here()
    with transaction.atomic():
        take_lock(LEDGER, shared=shared)
        yield


def begins_here() -> bool:
    """Whether the next `atomic` begins a transaction; else it sets a savepoint."""
    return not connection.in_atomic_block


def hold_the_chain() -> None:
    """Let nobody else add an audit record before this transaction ends."""
    take_lock(CHAIN)


def hold_the_chain_and_ask(query: str, using: str) -> tuple[object, ...] | None:
    """The same in this database, and the first row that this query finds then."""
    return take_lock(CHAIN, then=query, using=using)


def take_lock(
    lock: int, *, shared: bool = False, then: str = "", using: str = DEFAULT_DB_ALIAS
) -> tuple[object, ...] | None:
    """Wait for one of the two locks, and keep it until the transaction ends.

    The query `then` is sent along and runs once the lock is held, so that the others who wait for the lock
    do not also wait until one more statement is on its way.
    """
    waiting, connection = "", connections[using]
    if connection.vendor == "postgresql":
        function = "pg_advisory_xact_lock_shared" if shared else "pg_advisory_xact_lock"
        waiting = f"SELECT {function}({lock})"
    statements = "; ".join(filter(None, (waiting, then)))
    if not statements:
        return None
    with connection.cursor() as cursor:
        cursor.execute(statements)
        if not then:
            return None
        if waiting:
            cursor.nextset()
        found: tuple[object, ...] | None = cursor.fetchone()
        return found
