"""Counts beside each other in one query, which takes less time than a query for each.

Nothing here imports a model.
"""

from django.db.models import Func, IntegerField, Model, QuerySet, Subquery


class _Rows(Func):
    """Not Django's Count, which groups the rows by what the outer query names."""

    template = "COUNT(*)"
    output_field = IntegerField()


def how_many(rows: QuerySet[Model, object]) -> Subquery:
    """How many rows there are, as a column of another query."""
    return Subquery(rows.order_by().annotate(rows=_Rows()).values("rows"), output_field=IntegerField())
