"""Our additions to `manage.py check --database default`."""

from collections.abc import Sequence

from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import DatabaseError, connections
from django.utils.translation import override

from measures.database import schema
from measures.database.schema import rights
from measures.rights.separation import separation_problems

UNEXPLAINED = (
    "If nobody knows why, somebody has changed the database from outside the site. Restoring a backup puts "
    "the triggers of this release back and removes others: docs/operations.md, Backup."
)
LESS = "docs/security.md, “A role without rights”, says what the role that serves the site needs."


@register(Tags.database, Tags.security)
def three_administrators(databases: Sequence[str] | None = None, **more: object) -> list[CheckMessage]:
    """A warning for each account that holds what should be separate. Silent before the first migration.

    In English, as all that commands print.
    """
    if not databases:
        return []
    try:
        with override("en"):
            return [Warning(problem.text, id="measures.W001") for problem in separation_problems()]
    except DatabaseError:
        return []


@register(Tags.database)
def the_schema_is_this_releases(databases: Sequence[str] | None = None, **more: object) -> list[CheckMessage]:
    """A message for each table, constraint, index, trigger or function that differs from this release.

    Silent about a database that is not migrated, or that a newer release has migrated.
    """
    said: list[CheckMessage] = []
    for alias in databases or []:
        if not schema.is_of_this_release(alias):
            continue
        for one in schema.schema_differences(alias):
            kind, number = (Error, "measures.E010") if one.serious else (Warning, "measures.W010")
            said.append(kind(f"The database “{alias}”: {one}.", hint=UNEXPLAINED, id=number))
        if connections[alias].vendor == "postgresql":
            said += [Error(text, id="measures.E011") for text in rights.faults(alias)]
            said += [Warning(text, hint=LESS, id="measures.W011") for text in rights.excesses(alias)]
    return said
