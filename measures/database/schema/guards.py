"""Puts missing and changed guards of this release back, and removes what else runs in the database."""

import re
from collections.abc import Callable, Iterator

from django.db import connection
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from measures.database import append_only, no_circles, pillar_guard, text_index
from measures.database.schema import ENGINES, found_in, schema_differences, written_down
from measures.database.schema.things import RUNNING, Thing

MADE = re.compile(r"CREATE (?:OR REPLACE )?(?:TRIGGER|FUNCTION|INDEX) (\w+)")

type Install = Callable[[object, BaseDatabaseSchemaEditor], None]


def guards() -> Iterator[tuple[set[str], Install]]:
    """The names of the triggers, functions and indexes that belong together, and what installs them."""
    on_sqlite = connection.vendor == "sqlite"
    for table in append_only.TABLES:
        yield made_by(append_only.install_statements(connection.vendor, table)), append_only.guard(table)
    yield made_by(pillar_guard.install_statements(connection.vendor)), pillar_guard.guard
    yield made_by(no_circles.ON_SQLITE if on_sqlite else no_circles.ON_POSTGRESQL), no_circles.install
    yield made_by(text_index.on_sqlite() if on_sqlite else text_index.ON_POSTGRESQL), text_index.install


def made_by(statements: list[str]) -> set[str]:
    return {found[1] for statement in statements if (found := MADE.match(statement))}


def remove_what_runs() -> list[Thing]:
    """Drop each trigger, rule and policy that is not exactly one of this release's; return the foreign ones.

    The tables may be those of an older release: its triggers go as well. The migrations or `reinstall` bring
    back ours.
    """
    found = found_in(connection.alias)
    _migrations, expected = written_down(connection.vendor)
    drop_statement = ENGINES[connection.vendor].drop_statement
    removed = []
    with connection.cursor() as cursor:
        for thing, definition in found.items():
            if thing.kind in RUNNING and definition != expected.get(thing):
                cursor.execute(drop_statement(thing))
                removed.append(thing)
        for thing, definition in found.items():
            if thing.kind == "function" and thing not in expected and "\n RETURNS trigger\n" in definition:
                cursor.execute(f"DROP FUNCTION {thing.name} CASCADE")
                removed.append(thing)
    return [thing for thing in removed if thing not in expected]


def reinstall() -> list[Thing]:
    """Install each guard anew of which something is missing or changed; return what that was."""
    wrong = {
        bare(one.thing): one.thing for one in schema_differences(connection.alias) if one.how != "foreign"
    }
    mended = []
    for names, install in guards():
        if broken := names & set(wrong):
            # SQLite takes no schema editor within a transaction.
            with connection.schema_editor() as editor:
                install(None, editor)
            mended += [wrong[name] for name in sorted(broken)]
    text_index.is_there.cache_clear()
    return mended


def bare(thing: Thing) -> str:
    """The name as a statement that makes it has it: a function's without its arguments."""
    return thing.name.partition("(")[0]
