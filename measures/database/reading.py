"""What a prepared query finds, from its rows. Django works out for each query anew how to read them."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Expression, Model, QuerySet, prefetch_related_objects
from django.db.models.query import (
    FlatValuesListIterable,
    ModelIterable,
    ValuesListIterable,
    get_related_populators,
)
from django.db.models.sql.compiler import SQLCompiler

type RowValues = Sequence[object]
type Read[Row] = Callable[[Iterable[RowValues]], list[Row]]
# Of a column: what makes a value of what the database returns.
type Converters = dict[int, tuple[list[Callable[..., object]], Expression]]


def converted(
    rows: Iterable[RowValues], converters: Converters, connection: BaseDatabaseWrapper
) -> Iterable[RowValues]:
    """As Django's compiler does."""
    columns = list(converters.items())
    for row in rows:
        values = list(row)
        for place, (steps, expression) in columns:
            value = values[place]
            for step in steps:
                value = step(value, expression, connection)
            values[place] = value
        yield values


def reader_of[Found: Model, Row](queryset: "QuerySet[Found, Row]", compiler: SQLCompiler) -> Read[Row] | None:
    """What reads rows of a compiled query as its queryset would; None for what only Django can read."""
    kind = queryset._iterable_class
    if kind is ModelIterable and not queryset._fetch_mode.track_peers:  # type: ignore[attr-defined]
        return _instances(queryset, compiler)
    if kind is ValuesListIterable:
        return _tuples
    return _firsts if kind is FlatValuesListIterable else None


def _tuples[Row](rows: Iterable[RowValues]) -> list[Row]:
    return [tuple(row) for row in rows]  # type: ignore[misc]


def _firsts[Row](rows: Iterable[RowValues]) -> list[Row]:
    return [row[0] for row in rows]  # type: ignore[misc]


def _instances[Row](queryset: "QuerySet[Model, Row]", compiler: SQLCompiler) -> Read[Row]:
    """Rows with what is joined, annotated and prefetched."""
    select, of_model = compiler.select, compiler.klass_info
    assert select
    assert of_model
    using, mode = queryset.db, queryset._fetch_mode  # type: ignore[attr-defined]
    first, end = of_model["select_fields"][0], of_model["select_fields"][-1] + 1
    names = [column[0].target.attname for column in select[first:end]]
    from_db = partial(of_model["model"].from_db, using, names, fetch_mode=mode)
    joined = get_related_populators(of_model, select, using, mode)
    annotated = list((compiler.annotation_col_map or {}).items())
    lookups = queryset._prefetch_related_lookups  # type: ignore[attr-defined]

    def read(rows: Iterable[RowValues]) -> list[Row]:
        found = []
        for row in rows:
            one = from_db(row[first:end])
            for each in joined:
                each.populate(row, one)
            for name, place in annotated:
                vars(one)[name] = row[place]
            found.append(one)
        if lookups:
            prefetch_related_objects(found, *lookups)
        return found

    return read
