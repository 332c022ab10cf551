"""Querysets for append-only tables: updates, audit records, placements, reports.

Nothing here imports a model: a queryset knows its own as `self.model`.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING, NoReturn, Self

from django.apps import apps
from django.db import models
from django.db.models import Count, Exists, Max, OuterRef, Q, Subquery, Window
from django.db.models.functions import Coalesce, RowNumber

from measures.choices import OPERATOR, AssignmentState, Audited
from measures.lights import end_of_day, start_of_day
from measures.querysets import cooperation
from measures.querysets.cooperation import COOPERATING
from measures.texts import half_width

if TYPE_CHECKING:
    from measures.models.assignment_steps import AssignmentStep
    from measures.models.audit import AuditRecord
    from measures.models.checklists import Checklist
    from measures.models.frozen import FrozenReport
    from measures.models.people import Membership
    from measures.models.placements import Placement, Turn
    from measures.models.updates import Update
    from measures.querysets.loop import Batches


CODE = re.compile(r"[0-9]+(\.[0-9]+)+")


class AppendOnlyError(TypeError):
    """Code tried to change or delete an append-only row."""


class AppendOnlyQuerySet[Row: models.Model](models.QuerySet[Row]):
    """Rows are added and read; every way of changing them is shut."""

    def _refuse(self, *args: object, **kwargs: object) -> NoReturn:
        raise AppendOnlyError(f"{self.model._meta.verbose_name_plural}: never changed or deleted.")

    update = bulk_update = delete = update_or_create = _refuse

    def among_newest(self, count: int) -> Self:
        """Those among the newest so many of the whole table."""
        last = self.model._default_manager.order_by("-pk").values_list("pk", flat=True)[:1]
        return self.filter(pk__gt=Coalesce(Subquery(last), 0) - count)


class PlacementQuerySet(AppendOnlyQuerySet["Placement"]):
    def newest_by(self, day: date) -> Self:
        """Those made by the end of this day, the one in force first. Wants those of one checklist."""
        return self.filter(at__lt=end_of_day(day)).order_by("-at", "-id")


class TurnQuerySet(AppendOnlyQuerySet["Turn"]):
    def newest_by(self, day: date | None) -> Self:
        """As `PlacementQuerySet.newest_by`; None: all of them."""
        found = self if day is None else self.filter(at__lt=end_of_day(day))
        return found.order_by("-at", "-id")


class AssignmentStepQuerySet(AppendOnlyQuerySet["AssignmentStep"]):
    def newest(self) -> Self:
        """The last step of each assignment in each checklist: its state now."""
        later = self.model._default_manager.filter(
            assignment=OuterRef("assignment"), checklist=OuterRef("checklist"), pk__gt=OuterRef("pk")
        )
        return self.filter(~Exists(later))

    def with_terms(self) -> Self:
        """With what each asks. One query more, however many they are."""
        return self.select_related("assignment__checklist").prefetch_related("assignment__corrections")

    def in_force(self) -> Self:
        """The newest, without those that are withdrawn."""
        return self.newest().exclude(state=AssignmentState.WITHDRAWN)


class UpdateQuerySet(AppendOnlyQuerySet["Update"]):
    """The journal's entries."""

    def with_state(self) -> Self:
        """With the owner and the cooperating units that the state after each update names."""
        return self.select_related("owner").annotate(**{COOPERATING: cooperation.after("pk")})

    def since(self, day: date) -> Self:
        """Those made on this day or later."""
        return self.filter(at__gte=start_of_day(day))

    def up_to(self, day: date) -> Self:
        """Those made by the end of this day."""
        return self.filter(at__lt=end_of_day(day))

    def after(self, day: date) -> Self:
        """Those made after the end of this day."""
        return self.filter(at__gte=end_of_day(day))

    def outside(self, batches: "Batches") -> Self:
        """Those that belong to none of these batches."""
        return self if batches == () else self.filter(Q(batch=None) | ~Q(batch__in=batches))

    def newest_first(self) -> Self:
        """By when they were made; of two at the same moment, the later written first."""
        return self.order_by("-at", "-id")

    def with_previous(self) -> Self:
        """With `previous_id`: the key of the update before each, of the same item; None for its first."""
        before = self.model._default_manager.filter(item=OuterRef("item"), pk__lt=OuterRef("pk"))
        return self.annotate(previous_id=Subquery(before.order_by("-pk").values("pk")[:1]))

    def newest_of(self, items: Iterable[int]) -> dict[int, int]:
        """The key of the newest update of each of these items, by the item's key."""
        found = self.filter(item__in=items).values("item").annotate(newest=Max("pk")).order_by()
        return {row["item"]: row["newest"] for row in found}

    def versions(self) -> dict[int, int]:
        """The version to which these updates brought each item, by the item's key; without one it is at 1."""
        found = self.order_by().values_list("item").annotate(count=Count("pk"))
        return {item: count + 1 for item, count in found}

    def at_versions(self, versions: Mapping[int, int]) -> dict[int, int]:
        """The key of the update that brought each of these items to a version, by the item's key.

        Each update counts a version on; an item that nobody has touched is at 1 and has none.
        """
        numbered = self.filter(item__in=versions).annotate(
            number=Window(RowNumber(), partition_by="item", order_by="pk")
        )
        rows = numbered.order_by().values_list("item", "pk", "number")
        return {item: pk for item, pk, number in rows if versions[item] == number + 1}


class AuditQuerySet(AppendOnlyQuerySet["AuditRecord"]):
    """The audit trail. `create` and its like are shut too: `audit` chains each record to the one before."""

    create = bulk_create = get_or_create = AppendOnlyQuerySet._refuse

    def of_trees(
        self,
        paths: Iterable[str],
        strangers: "models.QuerySet[Membership]",
        *,
        site_wide: bool,
    ) -> Self:
        """Those of the checklists at and below these paths.

        `site_wide` adds the records of no checklist, but for acts of those who have these memberships; the
        operator is none of them.
        """
        checklists: type[Checklist] = apps.get_model("measures.Checklist")
        below = Q(pk__in=[])
        for path in paths:
            below |= Q(path__startswith=path)
        wanted = Q(checklist__in=checklists.objects.filter(below).values("pk"))
        if site_wide:
            whose = Q(by=None) | ~Q(by__in=strangers.values("user")) | Q(by_role__startswith=OPERATOR)
            wanted |= Q(checklist=None) & whose
        return self.filter(wanted)

    def matching(self, text: str) -> Self:
        """Records with every word of the text in their name, object, address, or changes.

        An item's code also finds the records of batches that changed it, which name no items.
        """
        updates: type[Update] = apps.get_model("measures.Update")
        found = self
        for word in half_width(text).split():
            anywhere = Q()
            if CODE.fullmatch(word):
                # A batch and its updates have the time of its record.
                batched = updates.objects.filter(item__measure__code=word, batch__isnull=False)
                anywhere |= Q(action=Audited.BATCH_CHANGED, at__in=batched.order_by().values("at"))
            for column in ("by_name", "about", "address", "checklist_slug", "before", "after"):
                anywhere |= Q(**{f"{column}__icontains": word})
            found = found.filter(anywhere)
        return found

    def between(self, first: date | None, last: date | None) -> Self:
        """Those of these days, both included; None leaves an end open."""
        found = self.filter(at__gte=start_of_day(first)) if first else self
        return found.filter(at__lt=start_of_day(last + timedelta(days=1))) if last else found


class FrozenReportQuerySet(AppendOnlyQuerySet["FrozenReport"]):
    def light(self) -> Self:
        """Without the report itself, which may be a megabyte."""
        return self.select_related("period__checklist").defer("data").order_by("-period__starts", "-pk")
