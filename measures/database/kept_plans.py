"""Plans that PostgreSQL keeps. It plans some queries of a page for longer than it runs them.

Django puts all values into the text of a query: each differs from the one before, and is planned anew. Here
the values that come from outside stay parameters, so that the server knows the query again, and keeps its
plan as long as the connection lasts. Where a plan for any value is costlier than one for these values, it
goes on making one each time. What is the same each time is put into the text, as the planner should know it.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.db.backends.base.base import BaseDatabaseWrapper

# Marks of parameters, and signs that only look like one.
MARKS = re.compile(r"%[s%]")
# A query that was sent so often is sent as a statement to keep from then on.
SENT_BEFORE = 2
# Statements that a connection keeps. The pages that people open all day have some fifty in each language.
KEPT = 200


def keeps_plans(connection: BaseDatabaseWrapper) -> bool:
    """Whether this engine plans on a server, which can keep plans."""
    return connection.vendor == "postgresql"


def with_constants[Place](
    sql: str, parameters: Sequence[object], kind: type[Place], connection: BaseDatabaseWrapper
) -> tuple[str, list[Place]]:
    """The SQL with those parameters in its text that are of no such kind, and the others."""
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
    """Queries that are sent meanwhile have their values beside their text, and their plans are kept."""
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
