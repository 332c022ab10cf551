"""Rows written by SQL that is made once: Django takes longer to make the SQL of a row than to run it.

Only for models whose rows are written as they are: without signals, and without fields that change when they
are saved.
"""

from collections.abc import Collection, Sequence
from functools import cache

from django.db import DatabaseError, connections, router
from django.db.models import Field, Model

from measures.database.kept_plans import values_apart


def add_row(row: Model) -> None:
    """Add this row and give it its key, as `save(force_insert=True)`."""
    using = router.db_for_write(type(row))
    sql, fields = _insert(type(row))
    with values_apart(connections[using]), connections[using].cursor() as cursor:
        cursor.execute(sql, _values(row, fields, using))
        row.pk = cursor.fetchone()[0]
    row._state.adding, row._state.db = False, using


def change_rows(rows: Sequence[Model], names: Collection[str]) -> None:
    """Write these fields of rows that are there, as `save(update_fields=names)` of each; one model's rows."""
    model = type(rows[0])
    using = router.db_for_write(model)
    sql, fields = _update(model, tuple(names))
    values = [[*_values(row, fields, using), int(row.pk)] for row in rows]
    with values_apart(connections[using]), connections[using].cursor() as cursor:
        cursor.executemany(sql, values) if len(rows) > 1 else cursor.execute(sql, values[0])
        if cursor.rowcount != len(rows):
            raise DatabaseError(f"Only {cursor.rowcount} of {len(rows)} rows are in {model._meta.db_table}.")


@cache
def _insert(model: type[Model]) -> tuple[str, "Sequence[Field[object, object]]"]:
    fields = [field for field in model._meta.concrete_fields if not field.primary_key]
    columns, places = ", ".join(f'"{field.column}"' for field in fields), ", ".join("%s" for _field in fields)
    key = model._meta.pk.column
    return f'INSERT INTO "{model._meta.db_table}" ({columns}) VALUES ({places}) RETURNING "{key}"', fields  # noqa: S608


@cache
def _update(model: type[Model], names: tuple[str, ...]) -> tuple[str, "Sequence[Field[object, object]]"]:
    by_name = {field.name: field for field in model._meta.concrete_fields}
    fields = [by_name[name] for name in names]
    columns = ", ".join(f'"{field.column}" = %s' for field in fields)
    return f'UPDATE "{model._meta.db_table}" SET {columns} WHERE "{model._meta.pk.column}" = %s', fields  # noqa: S608


def _values(row: Model, fields: "Sequence[Field[object, object]]", using: str) -> list[str | int | None]:
    """The values of the fields, as the database takes them."""
    connection = connections[using]
    return [field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields]
