"""What items are to become, what came of it, and whether the checklists' rules allow it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from django.contrib.auth.models import User
from django.db import models

from measures.choices import Audited, Cadence, ClosedBy, Role, Status, Via
from measures.database.prepared import prepared
from measures.loop.rules import ENDED, ActKind, Actor, allows
from measures.models.audit import audit, audit_each
from measures.models.catalogue import Measure
from measures.models.checklists import Checklist
from measures.models.people import Membership
from measures.models.state import StateValue
from measures.models.updates import Update

if TYPE_CHECKING:
    from measures.models.tracking import Item


@dataclass(frozen=True)
class Change:
    """What one item is to become: only the fields named, and the version that the person saw.

    `reason` is this item's own; without one, that of all the changes made with it holds.
    """

    item_id: int
    version: int
    values: Mapping[str, StateValue]
    reason: str = ""


@dataclass
class Outcome:
    """What came of some changes; `entries` counts those written, or withdrawn by an undo, with them."""

    written: list[Update] = field(default_factory=list)
    unchanged: list["Item"] = field(default_factory=list)
    stale: list["Item"] = field(default_factory=list)
    refused: list["Item"] = field(default_factory=list)
    entries: int = 0
    derived: bool = False  # whether derived columns of the items were updated


class StaleVersion(Exception):
    """Somebody changed the item after it was read; `item` is the item as it is now."""

    def __init__(self, item: "Item") -> None:
        super().__init__(f"{item.pk} is at version {item.version}")
        self.item = item


class RuleRefused(Exception):
    """The checklist's rules don't let this user make the change without an application."""


class ReasonRequired(Exception):
    """A change that must say why does not: to blocked or dropped, or of a due date that was set."""


def audit_changes(
    written: list[Update],
    old: Mapping[int, Mapping[str, StateValue]],
    *,
    by: User,
    at: datetime,
    via: Via,
    above: Checklist | None,
    each: bool,
) -> None:
    """Of one item, or of `each`, what it was and became; of several how many: their updates hold the rest."""
    if not written:
        return
    update = written[0]
    checklist = above or update.item.checklist
    if update.batch is None and (each or len(written) == 1):
        said = [(one.item.measure, old[one.item_id], _after(one, old[one.item_id])) for one in written]
        audit_each(Audited.ITEM_CHANGED, said, by=by, at=at, via=via, checklist=checklist)
    else:
        batch = {"batch": str(update.batch_id)} if update.batch_id else {}
        given = {"reason": update.reason} if update.reason else {}
        audit(
            Audited.BATCH_CHANGED,
            about=update.batch or "",
            after={"items": len(written), **given, **batch},
            by=by,
            at=at,
            via=via,
            checklist=checklist,
        )


def _after(update: Update, before: Mapping[str, StateValue]) -> dict[str, object]:
    given = {"reason": update.reason} if update.reason else {}
    return {name: getattr(update, name) for name in before} | given


class Judge:
    """Asks the rules for changes to some items by one user.

    Up to two queries, one for a single item, none where no rule is on.
    """

    def __init__(self, items: list["Item"], *, by: User, act: ActKind) -> None:
        self.act = act
        judged = [item for item in items if not item.checklist.rules.judge_nothing]
        checklists = {item.checklist_id for item in judged}
        self.administered: set[int] = set()
        self.cadences: dict[int, str] = {}
        if checklists:
            self.administered = set(_administered(by.pk, sorted(checklists)))
            self.cadences = cadences_of(judged)

    def allows(self, item: "Item", values: Mapping[str, StateValue]) -> bool:
        rules = item.checklist.rules
        if rules.judge_nothing:
            return True
        actor = Actor.OFFICE if item.checklist_id in self.administered else Actor.UNIT
        # Those who open a checklist are members of the one above.
        if self.act == ActKind.ABOVE:
            actor = Actor.OFFICE
        cadence = self.cadences[item.measure_id]
        return allows(item.status, item.due, cadence, values, act=self.act, actor=actor, rules=rules)

    def closed_by(self, item: "Item", before: Mapping[str, StateValue]) -> str:
        """`Update.closed_by` of an allowed change, from these values to those that the item has now."""
        if not item.checklist.signs_off or "status" not in before or Status(item.status) not in ENDED:
            return ""
        if item.status == Status.STANDING and self.cadences[item.measure_id] == Cadence.STANDING:
            return ""  # a standing practice does not end by becoming standing
        if self.act == ActKind.ALONE:
            return ClosedBy.ONE_HAND
        if self.act in (ActKind.GRANT, ActKind.ABOVE) or item.checklist_id not in self.administered:
            return ""
        return ClosedBy.OFFICE


@prepared
def _administered(user: int, checklists: list[int]) -> "models.QuerySet[Membership, int]":
    held = Membership.objects.filter(user=user, role=Role.ADMINISTRATOR, checklist__pk__in=checklists)
    return held.order_by().values_list("checklist", flat=True)


def cadences_of(items: Sequence["Item"]) -> dict[int, str]:
    """The cadence of the measure of each of these items, by its key. A single item was read with its own."""
    if len(items) == 1:
        return {items[0].measure_id: items[0].measure.cadence}
    measures = Measure.objects.filter(pk__in={item.measure_id for item in items})
    return dict(measures.values_list("pk", "cadence"))
