"""Copy a whole database to the other engine, row by row, and compare both.

Every column of every model is read and written as the value that Django stores, past managers, signals and
`save`: keys, times to the microsecond and the hashes of the audit trail stay what they are.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import batched
from pathlib import Path
from typing import Any

from django.apps import apps
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import connections, models, router, transaction

from measures.database import schema
from measures.database.backups.contents import Contents, differing_tables, digest

type StoredField = models.Field[object, object]
type StoredRow = tuple[object, ...]

ROWS_AT_ONCE = 500
# Written by `migrate` itself, and so never copied.
OF_MIGRATE = {"django_migrations"}


class MoveError(Exception):
    """Why the database cannot be moved, in words for the operator."""


def tables() -> list[type[models.Model]]:
    """Every model with a table, those first that others refer to."""
    left = [one for one in apps.get_models(include_auto_created=True) if not one._meta.proxy]
    ordered: list[type[models.Model]] = []
    while left:
        ready = [one for one in left if not (referred_by(one) - {one}) & set(left)] or left[:1]
        ordered += ready
        left = [one for one in left if one not in ready]
    return ordered


def referred_by(model: type[models.Model]) -> set[type[models.Model]]:
    return {field.related_model for field in stored_fields(model) if isinstance(field.related_model, type)}


def stored_fields(model: type[models.Model]) -> list[StoredField]:
    """The fields that the database does not compute itself."""
    return [field for field in model._meta.local_concrete_fields if not field.generated]


def rows_of_model(model: type[models.Model], alias: str) -> Iterator[StoredRow]:
    """Every row in the order of its key, past managers and translated fields, which would change values."""
    names = [field.attname for field in stored_fields(model)]
    found = models.QuerySet[models.Model](model, using=alias).order_by("pk")
    return iter(found.values_list(*names).iterator(chunk_size=ROWS_AT_ONCE))


def contents_of(alias: str) -> Contents:
    """The rows and a hash of each table, which are the same on both engines."""
    return {
        model._meta.db_table: digest(tuple(map(comparable_text, row)) for row in rows_of_model(model, alias))
        for model in tables()
    }


def comparable_text(value: object) -> str | None:
    """A text that is the same on both engines: PostgreSQL keeps JSON without the order of its names."""
    if value is None:
        return None
    if isinstance(value, dict | list):
        return json.dumps(value, sort_keys=True)
    return bytes(value).hex() if isinstance(value, bytes | memoryview) else str(value)


def is_empty(alias: str) -> bool:
    """Whether the database has no tables, or only what `migrate` puts there: no user, checklist or record."""
    with connections[alias].cursor() as cursor:
        there = set(connections[alias].introspection.table_names(cursor))
    # `migrate` fills these, and a move that was broken off leaves no row in any other.
    filled = {"django_content_type", "auth_permission", *OF_MIGRATE}
    ours = {model._meta.db_table: model for model in tables()}
    if there - set(ours) - filled - {f"measures_item_pairs{rest}" for rest in PARTS_OF_THE_INDEX}:
        return False
    names = there - filled
    return not any(models.QuerySet(ours[name], using=alias).exists() for name in names if name in ours)


# FTS5's own tables.
PARTS_OF_THE_INDEX = ("", "_config", "_content", "_data", "_docsize", "_idx")


def copy_all(source: str, target: str) -> int:
    """Fill the empty, migrated target in one transaction; return the number of rows."""
    count = 0
    with transaction.atomic(using=target), connections[target].cursor() as cursor:
        for model in reversed(tables()):
            cursor.execute(f'DELETE FROM "{model._meta.db_table}"')  # noqa: S608 - our own table
        for model in tables():
            fields = stored_fields(model)
            names = ", ".join(f'"{field.column}"' for field in fields)
            places = ", ".join(["%s"] * len(fields))
            statement = f'INSERT INTO "{model._meta.db_table}" ({names}) VALUES ({places})'  # noqa: S608
            for block in batched(rows_of_model(model, source), ROWS_AT_ONCE):
                prepared = [stored(fields, row, target) for row in block]
                cursor.executemany(statement, prepared)
                count += len(prepared)
        for statement in connections[target].ops.sequence_reset_sql(no_style(), tables()):
            cursor.execute(statement)
    return count


def stored(fields: list[StoredField], row: StoredRow, alias: str) -> list[Any]:
    """The values as the driver of this database takes them."""
    connection = connections[alias]
    return [field.get_db_prep_save(value, connection) for field, value in zip(fields, row, strict=True)]


def move(source: str, target: str) -> int:
    """Make the target hold what the source holds; return the number of rows. The source is only read.

    Raises MoveError where one of the two is not fit for it, or where they differ afterwards.
    """
    if not schema.is_of_this_release(source):
        raise MoveError("The database is of another release. Run manage.py migrate first.")
    if not is_empty(target):
        raise MoveError("The new database is not empty. Name an empty one: nothing in it is overwritten.")
    with read_only(source):
        with everything_goes_to(target):
            call_command("migrate", database=target, verbosity=0, interactive=False)
        count = copy_all(source, target)
        differing = differing_tables(contents_of(source), contents_of(target))
    serious = [str(one) for one in schema.schema_differences(target) if one.serious]
    if differing or serious:
        said = "; ".join([*differing, *serious])
        raise MoveError(f"The new database is not the same: {said}. Do not use it.")
    return count


class OnlyRouter:
    """Sends every query that names no database to one of them."""

    def __init__(self, alias: str) -> None:
        self.alias = alias

    def db_for_read(self, model: type[models.Model], **hints: object) -> str:
        return self.alias

    db_for_write = db_for_read


@contextmanager
def everything_goes_to(alias: str) -> Iterator[None]:
    """Migrations that write rows seldom say to which database: they mean the one that is being migrated."""
    only = OnlyRouter(alias)
    router.routers.insert(0, only)
    try:
        yield
    finally:
        router.routers.remove(only)


@contextmanager
def read_only(alias: str) -> Iterator[None]:
    """One state of this database, which no code here can change, not even a careless migration."""
    connection = connections[alias]
    try:
        with transaction.atomic(using=alias), connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            else:
                cursor.execute("PRAGMA query_only = 1")
            yield
    finally:
        # After a query that failed, the transaction lets no other through.
        if connection.vendor == "sqlite":
            with connection.cursor() as cursor:
                cursor.execute("PRAGMA query_only = 0")


def unfinished(file: Path) -> Path:
    """Where a SQLite file is written until it is whole."""
    return file.with_name(f"{file.name}.moving")


def left_out(source: str) -> list[str]:
    """Tables of the source that this release does not know, and that are not copied.

    SQLite keeps the names that begin with `sqlite_` for itself: `ANALYZE` fills `sqlite_stat1`.
    """
    known = {model._meta.db_table for model in tables()} | OF_MIGRATE
    with connections[source].cursor() as cursor:
        there = connections[source].introspection.table_names(cursor)
    of_others = {name for name in there if not name.startswith("sqlite_")}
    return sorted(of_others - known - {f"measures_item_pairs{rest}" for rest in PARTS_OF_THE_INDEX})
