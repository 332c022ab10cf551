"""The verbs with which everything else asks for checklists, their views and their periods."""

from datetime import date
from typing import TYPE_CHECKING, Self

from django.apps import apps
from django.db import models
from django.db.models import (
    Count,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    Subquery,
    TextField,
    Value,
)
from django.db.models.functions import Coalesce

from measures.choices import ChecklistStatus, PeriodKind, Status
from measures.lights import end_of_day, late

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser

    from measures.models.checklists import Checklist
    from measures.models.periods import Period
    from measures.models.placements import Placement
    from measures.models.saved_views import SavedView


class ChecklistQuerySet(models.QuerySet["Checklist"]):
    def visible_to(self, user: "AbstractBaseUser | AnonymousUser") -> Self:
        """Those that the user has a role in, and all below them. The operator, a superuser, reads all."""
        if getattr(user, "is_superuser", False):
            return self
        above = (
            self.model._default_manager.filter(memberships__user=user.pk)
            .annotate(lower=ExpressionWrapper(OuterRef("path"), output_field=TextField()))
            .filter(lower__startswith=F("path"))
        )
        return self.filter(Exists(above))

    def below(self, checklist: "Checklist", *, as_of: date | None = None) -> Self:
        """Those below this one, at any depth; with a day, as the tree was at its end."""
        if as_of is None:
            return self.filter(path__startswith=checklist.path).exclude(pk=checklist.pk)
        placed: type[Placement] = apps.get_model("measures.Placement")
        placements = placed.objects
        top = placements.filter(checklist=checklist).newest_by(as_of).first()
        if top is None:
            return self.none()
        then = placements.filter(checklist=OuterRef("pk")).newest_by(as_of).values("path")[:1]
        return self.alias(then=Subquery(then)).filter(then__startswith=top.path).exclude(pk=checklist.pk)

    def with_children(self) -> Self:
        """With `children_count`, the number of checklists directly below each."""
        children = self.model._default_manager.filter(parent=OuterRef("pk")).order_by()
        counted = children.values("parent").annotate(count=Count("pk")).values("count")
        return self.annotate(children_count=Coalesce(Subquery(counted), Value(0)))

    def with_progress(self, *, on: date) -> Self:
        """With `total`, `finished` (done or standing) and `late` (overdue on this day) of its own items."""
        finished = Q(items__status__in=(Status.DONE, Status.STANDING))
        return self.annotate(
            total=Count("items"),
            finished=Count("items", filter=finished),
            late=Count("items", filter=late(on, "items__")),
        )

    def within(self, path: str) -> Self:
        """The checklist of this path and all below it."""
        return self.filter(path__startswith=path)

    def opened_by(self, day: date) -> Self:
        """Those that were there at the end of this day."""
        return self.filter(opened_at__lt=end_of_day(day))

    def with_units(self) -> Self:
        """With `has_units`: whether there is any checklist below."""
        return self.annotate(has_units=Exists(self.model._default_manager.filter(parent=OuterRef("pk"))))


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    def visible_to(self, user: "AbstractBaseUser | AnonymousUser") -> Self:
        """The user's views, and shared ones. Expects views of a checklist that the user can read."""
        return self.filter(Q(user=user.pk) | Q(is_shared=True)).order_by("name", "pk")


class PeriodQuerySet(models.QuerySet["Period"]):
    def overlapping(self, starts: date, ends: date) -> Self:
        """Those that have a day in common with this span."""
        return self.filter(starts__lte=ends, ends__gte=starts)

    def to_continue(self, *, on: date) -> Self:
        """The last period of each open checklist, where it is a month or a quarter that has ended."""
        later = self.model._default_manager.filter(checklist=OuterRef("checklist"), ends__gt=OuterRef("ends"))
        by_rule = self.filter(kind__in=[PeriodKind.MONTH, PeriodKind.QUARTER], ends__lt=on)
        return by_rule.filter(~Exists(later), checklist__status=ChecklistStatus.OPEN)

    def for_list(self) -> Self:
        """Newest first, with `last_at` and `last_by` of the last step, `well` and `in_force` as reported."""
        period = OuterRef("pk")
        events = self.model._meta.get_field("events").related_model._default_manager
        frozen = self.model._meta.get_field("reports").related_model._default_manager
        last = events.filter(period=period).order_by("-pk")
        newest = frozen.filter(period=period).order_by("-pk")
        return self.order_by("-starts").annotate(
            last_at=Subquery(last.values("at")[:1]),
            last_by=Subquery(last.values("by_name")[:1]),
            well=Subquery(newest.values("well")[:1]),
            in_force=Subquery(newest.values("in_force")[:1]),
        )
