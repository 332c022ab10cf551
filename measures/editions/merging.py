"""How the items of merged measures are joined: a rule that the office chooses with the mapping."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from measures.choices import Status
from measures.models import Item, Owner
from measures.models.state import NOTES_LIMIT, StateValue

# From the one that is furthest from its end. A dropped item says nothing about the others.
LEAST_FIRST = (Status.BLOCKED, Status.NOT_STARTED, Status.IN_PROGRESS, Status.STANDING, Status.DONE)


class MergedStatus(TextChoices):
    """The status of a merged item."""

    JOINT = "joint", _("blocked if one is, what all have, otherwise in progress")
    LEAST = "least", _("of the one furthest from its end")
    KEPT = "kept", _("of the one that goes on")


class MergedDue(TextChoices):
    """The due date of a merged item."""

    EARLIEST = "earliest", _("the earliest")
    LATEST = "latest", _("the latest")
    KEPT = "kept", _("of the one that goes on")


@dataclass(frozen=True)
class MergeRule:
    """What the office chooses. The lead unit is that of the item that goes on; the others cooperate."""

    status: MergedStatus = MergedStatus.JOINT
    due: MergedDue = MergedDue.EARLIEST

    @classmethod
    def read(cls, kept: Mapping[str, str]) -> Self:
        """As it is kept with the mapping; nothing is kept of the usual one."""
        return cls(MergedStatus(kept["status"]), MergedDue(kept["due"])) if kept else cls()

    def to_keep(self) -> dict[str, str]:
        return {} if self == USUAL else {"status": self.status.value, "due": self.due.value}

    def status_of(self, kept: Item, rest: Sequence[Item]) -> str:
        statuses = {item.status for item in (kept, *rest)} - {Status.DROPPED} or {Status.DROPPED}
        if self.status == MergedStatus.KEPT:
            return kept.status
        if self.status == MergedStatus.LEAST:
            return next((one for one in LEAST_FIRST if one in statuses), Status.DROPPED)
        if Status.BLOCKED in statuses:
            return Status.BLOCKED
        return statuses.pop() if len(statuses) == 1 else Status.IN_PROGRESS

    def joined(self, kept: Item, rest: Sequence[Item]) -> dict[str, StateValue]:
        """What the item that goes on has after the merger: as the rule says, targets and notes one below the
        other where they fit.
        """
        every = [kept, *rest]
        owner = kept.owner or next((item.owner for item in rest if item.owner), None)
        units: set[Owner] = {unit for item in every for unit in (*item.cooperating, item.owner) if unit}
        dues = [item.due for item in every if item.due]
        due = {MergedDue.EARLIEST: min, MergedDue.LATEST: max}.get(self.due)
        values: dict[str, StateValue] = {
            "status": self.status_of(kept, rest),
            "owner": owner,
            "cooperating": tuple(unit for unit in sorted(units, key=lambda unit: unit.pk) if unit != owner),
            "due": kept.due if due is None or not dues else due(dues),
        }
        for name, limit in (("target", 1_000), ("notes", NOTES_LIMIT)):
            text = "\n".join(dict.fromkeys(text for item in every if (text := getattr(item, name))))
            if len(text) <= limit:
                values[name] = text
        return values


USUAL = MergeRule()
