"""The units that cooperate on items, as one text in the query that reads the items.

Lists need no further query then, however many rows they have. Nothing here imports a model.
"""

from typing import TYPE_CHECKING

from django.apps import apps
from django.db.models import CharField, Exists, F, OuterRef, Q, StringAgg, Subquery, TextField, Value
from django.db.models.functions import Cast, Coalesce, Concat

if TYPE_CHECKING:
    from measures.models.cooperation import Cooperation, UpdateCooperation

COOPERATING = "cooperating_text"  # the annotation that holds it
BETWEEN_UNITS = "\n"


def now() -> Coalesce:
    """The units that cooperate on an item now."""
    model: type[Cooperation] = apps.get_model("measures.Cooperation")
    found = model.objects.filter(item=OuterRef("pk")).order_by().values("item")
    return _or_nothing(Subquery(found.annotate(text=_joined()).values("text")))


def after(update: str) -> Coalesce:
    """Those that cooperated after the update with this key."""
    model: type[UpdateCooperation] = apps.get_model("measures.UpdateCooperation")
    found = model.objects.filter(update=OuterRef(update)).order_by().values("update")
    return _or_nothing(Subquery(found.annotate(text=_joined()).values("text")))


def with_unit(unit: int, *, past: bool) -> Q:
    """Items on which this unit cooperates; with `past`, at the day of `ItemQuerySet.as_of`."""
    if past:
        then: type[UpdateCooperation] = apps.get_model("measures.UpdateCooperation")
        return Q(Exists(then.objects.filter(update=OuterRef("then__pk"), unit=unit)))
    model: type[Cooperation] = apps.get_model("measures.Cooperation")
    return Q(Exists(model.objects.filter(item=OuterRef("pk"), unit=unit)))


def _joined() -> StringAgg:
    """`key:checklist:name` of each unit, one below the other, in any order."""
    key, checklist = Cast("unit_id", CharField()), Cast("unit__checklist_id", CharField())
    return StringAgg(Concat(key, Value(":"), checklist, Value(":"), F("unit__name")), Value(BETWEEN_UNITS))


def _or_nothing(text: Subquery) -> Coalesce:
    return Coalesce(text, Value(""), output_field=TextField())
