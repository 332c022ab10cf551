"""Queries whose SQL is made once. For a few rows, Django needs ten times as long to make SQL as to run it.

`@prepared` goes before a function that makes a queryset from plain values. It is called once for each
language and each length of its lists, with places instead of values. Its SQL is the same for all values, so
it is kept as long as the process runs, and only values are put into it. Therefore such a function must read
nothing but its arguments and the active language: a setting, a day or a row would stay as it was. It takes
keys, not rows, and compares a list with `__pk__in`. `tests/test_prepared.py` makes each of them on two days.
"""

from collections.abc import Callable, Mapping, Sequence
from copy import copy
from datetime import date, datetime
from functools import update_wrapper
from threading import Lock
from typing import NamedTuple, Self, cast

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import (
    BigIntegerField,
    BooleanField,
    DateField,
    DateTimeField,
    Expression,
    Field,
    FloatField,
    Model,
    QuerySet,
    TextField,
    Value,
)
from django.db.models.sql.compiler import SQLCompiler
from django.utils.translation import get_language

from measures.database.kept_plans import keeps_plans, values_apart, with_constants
from measures.database.reading import Converters, Read, converted, reader_of

# The field that knows how the database takes a value of a type.
FIELDS: dict[type, "Field[object, object]"] = {
    bool: BooleanField(),
    int: BigIntegerField(),
    float: FloatField(),
    str: TextField(),
    date: DateField(),
    datetime: DateTimeField(),
}


class Slot(Expression):
    """Where a value goes in a query: the value of this number."""

    def __init__(self, number: int, kind: type) -> None:
        super().__init__(output_field=FIELDS[kind])
        self.number, self.kind = number, kind

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, tuple[Self]]:  # type: ignore[override]
        return "%s", (self,)


def expression(value: object) -> Expression:
    """A value as an expression, as its place is one: some lookups make other SQL for a plain value."""
    return value if isinstance(value, Slot) else Value(value, output_field=FIELDS[type_of(value)])


class Made(NamedTuple):
    """The SQL of a query, with places among its parameters, and what reads its rows; None: Django itself."""

    sql: str
    parameters: Sequence[object]
    compiler: SQLCompiler
    converters: Converters
    read: Read[object] | None


# All of them, for the tests.
EVERY: list["Prepared[..., Model, object]"] = []


class Prepared[**Given, Found: Model, Row]:
    """The function; called with values, it returns the rows that its queryset finds.

    A list may be of any length; a bool is given to the function as it is, so that it can decide on the query.
    """

    def __init__(self, make: Callable[Given, "QuerySet[Found, Row]"]) -> None:
        update_wrapper(self, make)
        self.make = make
        self.querysets: dict[object, QuerySet[Found, Row]] = {}
        self.made: dict[object, Made] = {}
        self.making = Lock()
        EVERY.append(cast("Prepared[..., Model, object]", self))

    def __call__(self, *given: Given.args, **named: Given.kwargs) -> list[Row]:
        queryset, made, values = self.ready(given, named)
        if made.read is None:
            return self.by_django(queryset, made, values)
        connection = connections[queryset.db]
        with values_apart(connection), connection.cursor() as cursor:
            cursor.execute(made.sql, values)  # type: ignore[arg-type]
            rows = cursor.fetchall()
        if made.converters:
            return cast("list[Row]", made.read(converted(rows, made.converters, connection)))
        return cast("list[Row]", made.read(rows))

    def by_django(
        self, queryset: "QuerySet[Found, Row]", made: Made, values: tuple[object, ...]
    ) -> list[Row]:
        compiler = copy(made.compiler)
        compiler.connection = connections[queryset.db]
        compiler.as_sql = lambda *_, **__: (made.sql, values)  # type: ignore[method-assign, assignment]
        compiler.get_converters = lambda _columns: made.converters  # type: ignore[method-assign, assignment]
        send = compiler.execute_sql

        def sent(*how: object, **otherwise: object) -> object:
            with values_apart(compiler.connection):
                return send(*how, **otherwise)  # type: ignore[call-overload]

        compiler.execute_sql = sent  # type: ignore[method-assign, assignment]
        found = queryset.all()
        found.query.get_compiler = lambda *_, **__: compiler  # type: ignore[method-assign]
        return list(found)

    def plain(self, *given: Given.args, **named: Given.kwargs) -> list[Row]:
        """The rows as the database gives them: for very many of keys and counts, which need no conversion."""
        queryset, made, values = self.ready(given, named)
        connection = connections[queryset.db]
        with values_apart(connection), connection.cursor() as cursor:
            cursor.execute(made.sql, values)  # type: ignore[arg-type]
            return cast("list[Row]", cursor.fetchall())

    def count(self, *given: Given.args, **named: Given.kwargs) -> int:
        """How many rows there are."""
        queryset, made, values = self.ready(given, named)
        connection = connections[queryset.db]
        with values_apart(connection), connection.cursor() as cursor:
            statement = f"SELECT COUNT(*) FROM ({made.sql}) AS found"  # noqa: S608 - made by Django
            cursor.execute(statement, values)  # type: ignore[arg-type]
            return int(cursor.fetchone()[0])

    def ready(
        self, given: Sequence[object], named: Mapping[str, object]
    ) -> tuple["QuerySet[Found, Row]", Made, tuple[object, ...]]:
        """The queryset, its SQL, and its parameters with these values, as the database takes them."""
        values, shape = spread([*given, *named.values()])
        key = (get_language(), *named, shape)
        # Threads share what is kept. A query changes while its SQL is made: one thread makes it, of a copy.
        with self.making:
            if (queryset := self.querysets.get(key)) is None:
                queryset = self.querysets[key] = self.with_places(shape, list(named))
            using = queryset.db
            if (made := self.made.get((using, key))) is None:
                compiler = queryset.query.clone().get_compiler(using)
                sql, parameters = compiler.as_sql()
                if keeps_plans(connections[using]):
                    sql, parameters = with_constants(sql, parameters, Slot, connections[using])
                converters = compiler.get_converters([column for column, *_ in compiler.select or []])
                read = cast("Read[object] | None", reader_of(queryset, compiler))
                made = self.made[using, key] = Made(sql, parameters, compiler, converters, read)
        connection = connections[using]
        filled = [
            FIELDS[one.kind].get_db_prep_value(values[one.number], connection)
            if isinstance(one, Slot)
            else one
            for one in made.parameters
        ]
        return queryset, made, tuple(filled)

    def with_places(self, shape: Sequence[object], names: Sequence[str]) -> "QuerySet[Found, Row]":
        """The queryset with a place for each value; the last values are those of arguments with names."""
        made = places(shape)
        first = len(made) - len(names)
        return self.make(*made[:first], **dict(zip(names, made[first:], strict=True)))  # type: ignore[arg-type]


prepared = Prepared


def spread(given: Sequence[object]) -> tuple[list[object], tuple[object, ...]]:
    """All values in one list, and what differs where the SQL does: types, lengths of lists, bools.

    A list is filled up with its last value to 1, 2, 4, 8 … values, so that there are few lengths.
    """
    values: list[object] = []
    shape: list[object] = []
    for one in given:
        if isinstance(one, bool):
            shape.append(one)
        elif isinstance(one, list):
            length = 1 << (len(one) - 1).bit_length() if one else 0
            values += one + one[-1:] * (length - len(one))
            shape.append((type_of(one[0]), length) if one else (int, 0))
        else:
            values.append(one)
            shape.append(type_of(one))
    return values, tuple(shape)


def type_of(value: object) -> type:
    return next(kind for kind in (datetime, date, bool, int, float, str) if isinstance(value, kind))


def places(shape: Sequence[object]) -> list[object]:
    """What the function is called with: a place for each value."""
    number, made = 0, list[object]()
    for one in shape:
        if isinstance(one, bool):
            made.append(one)
        elif isinstance(one, tuple):
            kind, length = cast("tuple[type, int]", one)
            made.append([Slot(number + place, kind) for place in range(length)])
            number += length
        else:
            made.append(Slot(number, cast(type, one)))
            number += 1
    return made
