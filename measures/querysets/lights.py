"""Items with their lights: a column that the database works out, and the order that follows from it.

Nothing here imports a model.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING, Self, TypedDict

from django.db import models
from django.db.models import Case, CharField, Count, F, IntegerField, Value, When

from measures.choices import Light
from measures.lights import Thresholds, light_case, start_of_day

if TYPE_CHECKING:
    from measures.models.tracking import Item


class Edges(TypedDict):
    """The last due date that warns, and the first moment that is recent enough not to."""

    soon: date
    heard_from: datetime


def edges(thresholds: Thresholds, on: date) -> Edges:
    """When lights warn on a day, by these thresholds."""
    heard_from = start_of_day(thresholds.heard_from(on))
    return {"soon": thresholds.warned_until(on), "heard_from": heard_from}


class LitQuerySet(models.QuerySet["Item"]):
    def with_light(self, *, on: date, thresholds: Thresholds) -> Self:
        """With `light`, and `light_order` from worst to calmest, as of this day."""
        return self.lit(on=on, **edges(thresholds, on))

    def lit(self, *, on: date, soon: date, heard_from: datetime) -> Self:
        """The same, by the edges of the thresholds on this day."""
        return self._in_order_of_light(light_case(on=on, soon=soon, heard_from=heard_from))

    def with_lights_of_units(self, *, on: date, units: Iterable[Thresholds]) -> Self:
        """Like `with_light`, for several checklists: each item by its own checklist's thresholds."""
        cases = [
            When(
                checklist__due_soon_days=one.due_soon,
                checklist__silence_days=one.silence,
                checklist__counts_working_days=one.working_days is not None,
                then=light_case(on=on, **edges(one, on)),
            )
            for one in units
        ]
        return self._in_order_of_light(Case(*cases, output_field=CharField()))

    def _in_order_of_light(self, light: Case) -> Self:
        order = [When(light=light, then=Value(place)) for place, light in enumerate(Light)]
        return self.annotate(light=light).annotate(light_order=Case(*order, output_field=IntegerField()))

    def in_light(self, *lights: Light) -> Self:
        """Those with one of these lights; wants `with_light` before it."""
        return self.filter(light__in=lights)

    def by_light(self) -> "models.QuerySet[Item, tuple[str, int]]":
        """Each light that there is, and how many have it; wants `with_light` before it."""
        return self.order_by().values_list(F("light")).annotate(count=Count("pk"))

    def counted_by_light(self) -> dict[Light, int]:
        """How many have each light; wants `with_light` before it."""
        return of_each_light(self.by_light())

    def worst_first(self) -> Self:
        """By light, then by due date: what is overdue longest comes first. Wants `with_light` before it."""
        return self.order_by("light_order", F("due").asc(nulls_last=True), "measure__position")


def of_each_light(counts: Iterable[tuple[str, int]]) -> dict[Light, int]:
    """The counts of `by_light`, with a zero for each light that no item has."""
    found = dict(counts)
    return {light: found.get(light, 0) for light in Light}
