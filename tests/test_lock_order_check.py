"""The check of the order of locks refuses every wrong order, and no right one."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, suppress

import pytest
from django.db import connection, transaction

from measures.choices import Audited
from measures.database.locks import audited_transaction
from measures.models import Owner, audit
from tests import lock_order
from tests.lock_order import LockOrderError
from tests.make import NOW


@pytest.fixture
def breaking() -> Iterator[AbstractContextManager[object]]:
    """What it holds must break the order, and is then forgiven."""
    yield pytest.raises(LockOrderError)
    assert lock_order.broken
    lock_order.broken.clear()


def record() -> None:
    audit(Audited.EXPORTED, at=NOW)


def write() -> None:
    Owner.objects.filter(name="nobody").update(name="nobody")


def lock_rows() -> None:
    list(Owner.objects.select_for_update().order_by("name"))


class TestTheCheckRefuses:
    @pytest.mark.parametrize("acts", [(write, record), (record, write)])
    def test_rows_and_a_record_in_a_plain_transaction(
        self, db: None, breaking: AbstractContextManager[object], acts: tuple[Callable[[], None], ...]
    ) -> None:
        with breaking, transaction.atomic():
            for act in acts:
                act()

    def test_rows_before_the_ledger(self, db: None, breaking: AbstractContextManager[object]) -> None:
        with breaking, transaction.atomic():
            write()
            with audited_transaction():
                pass

    def test_a_record_before_the_ledger(self, db: None, breaking: AbstractContextManager[object]) -> None:
        with breaking, transaction.atomic():
            record()
            with audited_transaction():
                pass

    def test_rows_after_the_record_of_one_that_shares_the_ledger(
        self, db: None, breaking: AbstractContextManager[object]
    ) -> None:
        with breaking, audited_transaction(shared=True):
            write()
            record()
            write()

    def test_one_that_shares_the_ledger_and_then_wants_it_alone(
        self, db: None, breaking: AbstractContextManager[object]
    ) -> None:
        with breaking, audited_transaction(shared=True), audited_transaction():
            pass

    def test_a_ledger_that_a_rollback_gave_back(
        self, db: None, breaking: AbstractContextManager[object]
    ) -> None:
        with breaking, transaction.atomic():
            with suppress(ZeroDivisionError), audited_transaction():
                raise ZeroDivisionError
            write()
            record()

    @pytest.mark.skipif(connection.vendor == "sqlite", reason="has no locks of rows")
    def test_rows_not_in_the_order_of_keys_where_the_ledger_is_shared(
        self, db: None, breaking: AbstractContextManager[object]
    ) -> None:
        with breaking, audited_transaction(shared=True):
            lock_rows()


def test_the_check_leaves_alone_what_is_in_order(db: None) -> None:
    with transaction.atomic(), audited_transaction():
        for act in (lock_rows, record, write, record):
            act()
    with audited_transaction(shared=True):
        write()
        record()
        record()
    with transaction.atomic():
        record()
        record()
    write()
    record()
