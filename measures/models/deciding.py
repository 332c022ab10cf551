"""Decides applications, one or many at once. Those that cannot be decided are left, each with the reason."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from django.apps import apps
from django.contrib.auth.models import User

from measures.choices import ApplicationKind, Audited, DecisionState, Via
from measures.loop.rules import ActKind
from measures.models.application_rules import DecidedAlready, OwnApplication
from measures.models.audit import audit_each
from measures.models.changes import RuleRefused
from measures.models.closing import EvidenceMissing, lacking_evidence
from measures.models.people import person_name
from measures.models.tracking import Item, change_items
from measures.models.updates import Update
from measures.querysets.loop import DERIVED_FROM_APPLICATIONS

if TYPE_CHECKING:
    from measures.models.applications import Application, Decision


@dataclass
class Deciding:
    """Applications that are decided together: the decisions `made`, and what is `left` as it is, and why."""

    state: DecisionState
    by: User
    at: datetime
    reason: str
    only_one: bool
    made: "list[Decision]" = field(default_factory=list)
    left: "list[tuple[Application, Exception]]" = field(default_factory=list)

    @property
    def only(self) -> "Decision":
        """The decision on the only application. Raises why it was left."""
        for _application, why in self.left:
            raise why
        return self.made[0]

    def go_through(self, asked: "Mapping[int, Application]") -> None:
        """Decide on these, given by the keys of their items."""
        locked = Item.objects.locked("checklist", "measure", "owner").filter(pk__in=asked)
        there = {item.pk: item for item in locked.order_by("pk")}
        decisions: type[Decision] = apps.get_model("measures.Decision")
        before = decisions.objects.filter(application__in=asked.values()).order_by()
        refused: dict[int, Exception] = {
            key: DecidedAlready(str(key)) for key in before.values_list("application", flat=True)
        }
        for one in asked.values():
            if one.item_id in there:
                one.item = there[one.item_id]
            else:
                refused[one.pk] = Item.DoesNotExist(str(one.item_id))
        updates: dict[int, Update] = {}
        if self.state == DecisionState.GRANTED:
            waiting = [one for one in asked.values() if one.pk not in refused]
            refused |= self._not_to_grant(waiting)
            updates = self._change([one for one in waiting if one.pk not in refused], refused)
        self._write([one for one in asked.values() if one.pk not in refused], updates)
        self.left += [(one, refused[one.pk]) for one in asked.values() if one.pk in refused]

    def _is_own(self, one: "Application") -> bool:
        return one.by_id == self.by.pk

    def _not_to_grant(self, waiting: "list[Application]") -> dict[int, Exception]:
        unproved = lacking_evidence(one.item for one in waiting if one.kind == ApplicationKind.CLOSE)
        refused: dict[int, Exception] = {}
        for one in waiting:
            if self._is_own(one) and (one.item.checklist.rules.two_persons or not self.only_one):
                refused[one.pk] = OwnApplication(str(one))
            elif one.kind == ApplicationKind.CLOSE and one.item_id in unproved:
                refused[one.pk] = EvidenceMissing()
        return refused

    def _change(self, granted: "list[Application]", refused: dict[int, Exception]) -> dict[int, Update]:
        """Make the items what was asked for: their updates, by the keys of the items."""
        updates: dict[int, Update] = {}
        for act in (ActKind.GRANT, ActKind.ALONE):
            some = {one.item_id: one for one in granted if self._is_own(one) == (act == ActKind.ALONE)}
            if not some:
                continue
            outcome = change_items(
                [one.granted_change for one in some.values()],
                by=self.by,
                at=self.at,
                via=Via.PAGE,
                act=act,
                derived_later=DERIVED_FROM_APPLICATIONS,
            )
            updates |= {update.item_id: update for update in outcome.written}
            refused |= {some[item.pk].pk: RuleRefused(str(item.pk)) for item in outcome.refused}
        return updates

    def _write(self, decided: "list[Application]", updates: Mapping[int, Update]) -> None:
        if not decided:
            return
        decisions: type[Decision] = apps.get_model("measures.Decision")
        made = decisions.objects.bulk_create(
            decisions(
                application=one,
                state=self.state,
                reason=self.reason,
                at=max(self.at, one.at),
                update=updates.get(one.item_id),
                by_one_hand=self.state == DecisionState.GRANTED and self._is_own(one),
                by=self.by,
                by_name=person_name(self.by),
            )
            for one in decided
        )
        Item.objects.filter(pk__in=[one.item_id for one in decided]).derive(DERIVED_FROM_APPLICATIONS)
        said = [(one.application.item.measure, None, one.said) for one in made]
        checklist = decided[0].item.checklist
        audit_each(Audited.DECIDED, said, by=self.by, at=self.at, checklist=checklist)
        self.made += made
