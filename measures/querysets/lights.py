"""Items with their lights: a column that the database works out, and the order that follows from it.

Nothing here imports a model.
"""

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Case, CharField, Count, F, IntegerField, Value, When

from measures.choices import Light
from measures.lights import Thresholds, light_case

if TYPE_CHECKING:
    from measures.models.tracking import Item


class LitQuerySet(models.QuerySet["Item"]):
    def with_light(self, *, on: date, thresholds: Thresholds) -> Self:
        """With `light`, and `light_order` from worst to calmest, as of this day."""
        return self._in_order_of_light(light_case(on=on, thresholds=thresholds))

    def with_lights_of_units(self, *, on: date, units: Iterable[Thresholds]) -> Self:
        """Like `with_light`, for several checklists: each item by its own checklist's thresholds."""
        cases = [
            When(
                checklist__due_soon_days=one.due_soon,
                checklist__silence_days=one.silence,
                checklist__counts_working_days=one.working_days is not None,
                then=light_case(on=on, thresholds=one),
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

    def counted_by_light(self) -> dict[Light, int]:
        """How many have each light; wants `with_light` before it."""
        found = dict(self.order_by().values_list(F("light")).annotate(count=Count("pk")))
        return {light: found.get(light, 0) for light in Light}

    def worst_first(self) -> Self:
        """By light, then by due date: what is overdue longest comes first. Wants `with_light` before it."""
        return self.order_by("light_order", F("due").asc(nulls_last=True), "measure__position")
