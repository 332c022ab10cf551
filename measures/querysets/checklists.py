"""The verbs with which everything else asks for checklists, their views and their periods."""

from datetime import date
from typing import TYPE_CHECKING, Self

from django.apps import apps
from django.db import models
from django.db.models import (
    BigIntegerField,
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

from measures.choices import WELL_STATUSES, ChecklistStatus, PeriodKind
from measures.lights import end_of_day, late

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser

    from measures.models.checklists import Checklist
    from measures.models.editions import ChecklistEdition
    from measures.models.periods import Period
    from measures.models.placements import Placement, Turn
    from measures.models.saved_views import SavedView
    from measures.models.takeovers import Takeover


def around(checklist: str) -> dict[str, Exists]:
    """`has_units` and `has_ledger`, as `with_units`, of the checklist whose key is in this column."""
    checklists: type[Checklist] = apps.get_model("measures.Checklist")
    takeovers: type[Takeover] = apps.get_model("measures.Takeover")
    return {
        "has_units": Exists(checklists.objects.filter(parent=OuterRef(checklist))),
        "has_ledger": Exists(takeovers.objects.filter(checklist=OuterRef(checklist))),
    }


class ChecklistQuerySet(models.QuerySet["Checklist"]):
    def visible_to(self, user: "AbstractBaseUser | AnonymousUser") -> Self:
        """Those that the user has a role in, and all below them. The operator, a superuser, reads all."""
        return self if getattr(user, "is_superuser", False) else self.read_by(user.pk)

    def read_by(self, user: int | None) -> Self:
        """Those that the user with this key has a role in, and all below them."""
        above = (
            self.model._default_manager.filter(memberships__user=user)
            .annotate(lower=ExpressionWrapper(OuterRef("path"), output_field=TextField()))
            .filter(lower__startswith=F("path"))
        )
        return self.filter(Exists(above))

    def below(self, checklist: "Checklist", *, as_of: date | None = None) -> Self:
        """Those below this one, at any depth; with a day, as the tree was at its end."""
        return self.tree(checklist, as_of=as_of).exclude(pk=checklist.pk)

    def tree(self, checklist: "Checklist", *, as_of: date | None = None) -> Self:
        """This one and those below it, at any depth; with a day, as the tree was at its end."""
        if as_of is None:
            return self.filter(path__startswith=checklist.path)
        top = self.model._default_manager.placed(as_of).filter(
            pk=checklist.pk, opened_at__lt=end_of_day(as_of)
        )
        path = top.values_list(F("place"), flat=True).first()
        if path is None:
            return self.none()
        return self.opened_by(as_of).placed(as_of).filter(place__startswith=path)

    def tree_for(
        self, user: "AbstractBaseUser | AnonymousUser", checklist: "Checklist", *, as_of: date | None = None
    ) -> Self:
        """The tree of a checklist that the user may read: of a past one, what they may still read today."""
        found = self.tree(checklist, as_of=as_of)
        # Those below now are readable with their top.
        return found if as_of is None else found.visible_to(user)

    def placed(self, as_of: date | None = None) -> Self:
        """With `place`, its path; with a day, the one that it had at its end."""
        if as_of is None:
            return self.annotate(place=F("path"))
        placements: type[Placement] = apps.get_model("measures.Placement")
        then = placements.objects.filter(checklist=OuterRef("pk")).newest_by(as_of).values("path")[:1]
        return self.annotate(place=Coalesce(Subquery(then), F("path"), output_field=TextField()))

    def turned(self, as_of: date | None = None) -> Self:
        """With `state`, its status, and `merged`, the key of the one into which it was merged.

        Both are those at the end of the day, if there is one.
        """
        turns: type[Turn] = apps.get_model("measures.Turn")
        newest = turns.objects.filter(checklist=OuterRef("pk")).newest_by(as_of)
        merged = Subquery(newest.values("merged_into")[:1])
        if as_of is None:
            return self.annotate(state=F("status"), merged=merged)
        then = Coalesce(Subquery(newest.values("status")[:1]), Value(ChecklistStatus.OPEN))
        return self.annotate(state=then, merged=merged)

    def following(self, as_of: date | None = None) -> Self:
        """With `edition`, the key of its catalogue; with a day, of the one that it had at its end."""
        if as_of is None:
            return self.annotate(edition=F("catalogue"))
        editions: type[ChecklistEdition] = apps.get_model("measures.ChecklistEdition")
        then = editions.objects.filter(checklist=OuterRef("pk"), at__lt=end_of_day(as_of))
        newest = then.order_by("-at", "-id").values("catalogue")[:1]
        return self.annotate(
            edition=Coalesce(Subquery(newest), F("catalogue"), output_field=BigIntegerField())
        )

    def counted(self, *, as_of: date | None = None, with_closed: bool = False) -> Self:
        """Those whose items count: the open ones. `with_closed` adds closed ones, but none that was merged
        into another, where its items continue.
        """
        if as_of is None and not with_closed:
            return self.filter(status=ChecklistStatus.OPEN)
        found = self.turned(as_of)
        return found.filter(merged=None) if with_closed else found.filter(state=ChecklistStatus.OPEN)

    def with_children(self) -> Self:
        """With `children_count`, the number of checklists directly below each."""
        children = self.model._default_manager.filter(parent=OuterRef("pk")).order_by()
        counted = children.values("parent").annotate(count=Count("pk")).values("count")
        return self.annotate(children_count=Coalesce(Subquery(counted), Value(0)))

    def with_progress(self, *, on: date) -> Self:
        """With `total`, `finished` (done or standing) and `late` (overdue on this day), without those below.

        Nothing is late in a closed one.
        """
        there = Q(items__retired_at=None)
        finished = Q(items__status__in=WELL_STATUSES)
        return self.annotate(
            total=Count("items", filter=there),
            finished=Count("items", filter=there & finished),
            late=Count("items", filter=there & late(on, "items__") & Q(status=ChecklistStatus.OPEN)),
        )

    def opened_by(self, day: date) -> Self:
        """Those that were there at the end of this day."""
        return self.filter(opened_at__lt=end_of_day(day))

    def with_units(self) -> Self:
        """With `has_units`: whether any checklist is below; `has_ledger`: whether it came from a ledger."""
        return self.annotate(**around("pk"))


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    def visible_to(self, user: "AbstractBaseUser | AnonymousUser") -> Self:
        """The user's views, and shared ones. Expects views of a checklist that the user can read."""
        return self.read_by(user.pk)

    def read_by(self, user: int | None) -> Self:
        """As `visible_to`, by the key of the user."""
        return self.filter(Q(user=user) | Q(is_shared=True)).order_by("name", "pk")


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
