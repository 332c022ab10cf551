"""The units that cooperate on items, as one text in the query that reads the items.

Lists need no further query then, however many rows they have. Nothing here imports a model.
"""

from typing import TYPE_CHECKING

from django.apps import apps
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Exists, Func, OuterRef, Q, Subquery, TextField, Value
from django.db.models.functions import Coalesce
from django.db.models.sql.compiler import SQLCompiler

if TYPE_CHECKING:
    from measures.models.cooperation import Cooperation, UpdateCooperation

COOPERATING = "cooperating_text"  # the annotation that holds it
BETWEEN_UNITS = "\n"
NAMED = ("unit_id", "unit__checklist_id", "unit__name")


class Joined(Func):
    """`key:checklist:name` of each unit in a subquery, one below the other, in any order.

    Not Django's StringAgg: that groups the few rows of one item by the item, which takes most of the time.
    """

    output_field = TextField()
    function = "STRING_AGG"
    template = "%(function)s(%(expressions)s, '\n')"
    arg_joiner = " || ':' || "

    def as_sqlite(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **extra_context: object
    ) -> tuple[str, tuple[str | int, ...]]:
        """SQLite has STRING_AGG only from 3.44 on."""
        sql, parameters = self.as_sql(compiler, connection, function="GROUP_CONCAT")
        return sql, tuple(parameters)


def now() -> Coalesce:
    """The units that cooperate on an item now."""
    model: type[Cooperation] = apps.get_model("measures.Cooperation")
    found = model.objects.filter(item=OuterRef("pk")).order_by()
    return _or_nothing(Subquery(found.values(text=Joined(*NAMED))))


def after(update: str) -> Coalesce:
    """Those that cooperated after the update with this key."""
    model: type[UpdateCooperation] = apps.get_model("measures.UpdateCooperation")
    found = model.objects.filter(update=OuterRef(update)).order_by()
    return _or_nothing(Subquery(found.values(text=Joined(*NAMED))))


def with_unit(unit: int, *, past: bool) -> Q:
    """Items on which this unit cooperates; with `past`, at the day of `ItemQuerySet.as_of`."""
    if past:
        then: type[UpdateCooperation] = apps.get_model("measures.UpdateCooperation")
        return Q(Exists(then.objects.filter(update=OuterRef("then__pk"), unit=unit)))
    model: type[Cooperation] = apps.get_model("measures.Cooperation")
    return Q(Exists(model.objects.filter(item=OuterRef("pk"), unit=unit)))


def _or_nothing(text: Subquery) -> Coalesce:
    return Coalesce(text, Value(""), output_field=TextField())
