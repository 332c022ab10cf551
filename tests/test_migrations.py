"""Migrations hold the SQL that they ran: code that changes later must not change what an old one does."""

import ast
from pathlib import Path

from tests.test_structure import ROOT, imports, sources

# The runner of literal SQL, and a field whose class a migration names, as Django writes it.
ALLOWED = ("measures.migrations._engines.", "measures.models.catalogue")


def test_no_migration_imports_code_of_the_app() -> None:
    wrong = [
        f"{path} imports {name}: write the SQL or the function out in the migration."
        for path, tree in sources("measures/migrations")
        for name in imports(tree)
        if name.startswith("measures") and not name.startswith(ALLOWED)
    ]
    assert not wrong, "\n".join(wrong)


def test_the_runner_of_literal_sql_imports_django_alone() -> None:
    source = ROOT / Path("measures/migrations/_engines.py")

    assert {name.split(".")[0] for name in imports(ast.parse(source.read_text()))} <= {"django", "typing"}
