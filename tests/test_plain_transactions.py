"""Plain transactions are only where nothing is audited."""

import ast

import pytest

from tests.test_structure import sources

pytestmark = pytest.mark.no_database

# Where nothing is audited, a plain transaction will do.
PLAIN_TRANSACTIONS = {
    ("audit/sign_ins.py", "record_once"),  # locks the chain and no row
    ("database/append_only.py", "unguarded"),  # within the purge's own
    ("database/backups/on_postgresql.py", "read_live"),  # reads
    ("database/backups/on_postgresql.py", "take"),  # reads
    ("database/locks.py", "audited_transaction"),
    ("database/moving.py", "copy_all"),  # into a database that nobody uses yet
    ("database/moving.py", "read_only"),
    ("management/commands/grant_rights.py", "handle"),  # writes no row
    ("models/accounts.py", "forget_second_factor"),
    ("models/accounts.py", "renew"),
    ("models/audit.py", "audit"),
    ("models/audit.py", "audit_each"),
    ("views/accounts/two_factor.py", "begin"),
}


def test_plain_transactions_are_only_where_nothing_is_audited() -> None:
    found = set()
    for path, tree in sources("measures"):
        for function in ast.walk(tree):
            if isinstance(function, ast.FunctionDef) and "transaction.atomic" in ast.unparse(function):
                found.add((path.relative_to("measures").as_posix(), function.name))

    assert found == PLAIN_TRANSACTIONS, (
        "Use audited_transaction of measures/database/locks.py, or say why not here."
    )
