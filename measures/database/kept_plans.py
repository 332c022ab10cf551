"""Plans that PostgreSQL keeps. It plans some queries of a page for longer than it runs them.

Django puts all values into the text of a query, so that the server has not seen it before, and plans it.
Here the values that differ stay parameters: the server recognises the query, and keeps its plan as long as
the connection lasts. If a plan for any value is costlier than one for the given values, the server continues
to plan it each time. Values that never differ are put into the text, where the planner sees them.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.db.backends.base.base import BaseDatabaseWrapper

# Marks of parameters, and signs that only look like one.
MARKS = re.compile(r"%[s%]")
# After so many executions a query becomes a prepared statement.
SENT_BEFORE = 2
# Prepared statements of a connection. Some fifty queries are made this way, each in three languages.
KEPT = 200


def keeps_plans(connection: BaseDatabaseWrapper) -> bool:
    """Whether this engine plans on a server, which can keep plans."""
    return connection.vendor == "postgresql"


def with_constants[Place](
    sql: str, parameters: Sequence[object], kind: type[Place], connection: BaseDatabaseWrapper
) -> tuple[str, list[Place]]:
    """Return the SQL with all parameters in its text but those of this kind, and these."""
    from psycopg import sql as texts

    connection.ensure_connection()
    places: list[Place] = []
    left = iter(parameters)

    def said(mark: re.Match[str]) -> str:
        if mark[0] == "%%":
            return mark[0]
        value = next(left)
        if isinstance(value, kind):
            places.append(value)
            return mark[0]
        return texts.Literal(value).as_string(connection.connection).replace("%", "%%")

    return MARKS.sub(said, sql), places


@contextmanager
def values_apart(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Within it, queries are sent with their values as parameters, and the server keeps their plans."""
    if not keeps_plans(connection):
        yield
        return
    from django.db.backends.postgresql.base import ServerBindingCursor

    connection.ensure_connection()
    link = connection.connection
    usual = link.cursor_factory, link.prepare_threshold
    link.cursor_factory, link.prepare_threshold = ServerBindingCursor, SENT_BEFORE
    link.prepared_max = KEPT
    try:
        yield
    finally:
        link.cursor_factory, link.prepare_threshold = usual
