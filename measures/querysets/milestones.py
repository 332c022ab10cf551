"""How milestones are queried: what they are now or on a past day, and what an item derives from them.

Nothing here imports a model.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.apps import apps
from django.db.models import Count, Exists, OuterRef, Subquery
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce

from measures.choices import MilestoneAct
from measures.lights import MISSING_NOTHING
from measures.loop.milestones import IN_FORCE, OPEN, SENT_BACK, WAITING
from measures.querysets.append_only import AppendOnlyQuerySet

if TYPE_CHECKING:
    from measures.models.checklists import Checklist
    from measures.models.milestones import MilestoneStep


class MilestoneStepQuerySet(AppendOnlyQuerySet["MilestoneStep"]):
    """The steps of milestones. Each holds all that its milestone is after it."""

    def last_steps(self, until: datetime | None = None) -> Self:
        """The last step of each milestone or, with `until`, the last one before it."""
        later = self.model._default_manager.filter(
            milestone=OuterRef("milestone"), number__gt=OuterRef("number")
        )
        if until is None:
            return self.filter(~Exists(later))
        return self.filter(~Exists(later.filter(at__lt=until)), at__lt=until)

    def about(self, items: Iterable[int]) -> Self:
        """Steps of milestones of these items, with their milestones, by date."""
        found = self.filter(milestone__item__in=list(items)).select_related("milestone")
        return found.order_by("due", "milestone")

    def to_decide(self) -> Self:
        """The proposals and requests that the office has yet to decide on, while their items go on."""
        waiting = self.last_steps().filter(act__in=WAITING)
        return waiting.filter(milestone__item__retired_at=None).exclude(
            milestone__item__status__in=MISSING_NOTHING
        )

    def returned(self) -> Self:
        """Those that the office returned and about which the unit has done nothing since."""
        returned = self.last_steps().filter(act__in=SENT_BACK)
        return returned.filter(milestone__item__retired_at=None).exclude(
            milestone__item__status__in=MISSING_NOTHING
        )

    def waiting_in(self, checklist: "Checklist") -> Self:
        """What the office has yet to decide on in a checklist, oldest first."""
        found = self.filter(milestone__item__checklist=checklist).to_decide()
        joined = ("measure", "owner", "checklist")
        return found.select_related(*(f"milestone__item__{one}" for one in joined)).order_by("at", "pk")


def milestone_column(name: str, until: datetime | None) -> Combinable:
    """The expression for one of DERIVED_FROM_MILESTONES, from the steps made before `until`.

    `milestone_count` counts those in force, `milestones_done` those that are done; `next_milestone` is the
    date of the earliest open one.
    """
    steps: type[MilestoneStep] = apps.get_model("measures.MilestoneStep")
    last = steps.objects.filter(milestone__item=OuterRef("pk")).last_steps(until).order_by()
    if name == "next_milestone":
        return Subquery(last.filter(act__in=OPEN).order_by("due").values("due")[:1])
    counted = (
        last.filter(act__in=IN_FORCE) if name == "milestone_count" else last.filter(act=MilestoneAct.DONE)
    )
    return Coalesce(
        Subquery(counted.values("milestone__item").annotate(found=Count("pk")).values("found")), 0
    )
