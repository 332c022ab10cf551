"""Who may change an item's status and due date in which way: the one table, state × role × act.

`change_items` asks `allows` for every change that it is told to make, so that no page, sheet, bulk edit or
undo goes around it. A checklist's `Rules` say how strict it is.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from measures.choices import Cadence, EvidenceRule, Status


class ActKind(StrEnum):
    """What a change comes from."""

    EDIT = "edit"  # by a form, in the admin, or many at once
    IMPORT = "import"
    UNDO = "undo"
    GRANT = "grant"  # of an application
    ALONE = "alone"  # the same, by who asked
    ABOVE = "above"  # accepted from above, or taken over when a checklist was opened


class Actor(StrEnum):
    """As what a user acts on an item."""

    OFFICE = "office"
    UNIT = "unit"


@dataclass(frozen=True)
class Rules:
    """A checklist's rules. `signs_off`: the office decides what ends an item; `extends_by_request`: and what
    moves a due date. `two_persons`: not even the office does so alone, without an application. `evidence`:
    when an application to close an item needs evidence.
    """

    signs_off: bool = False
    extends_by_request: bool = False
    two_persons: bool = False
    evidence: EvidenceRule = EvidenceRule.NEVER

    @property
    def judge_nothing(self) -> bool:
        """Whether everybody who may change an item may change it in every way."""
        return not (self.signs_off or self.extends_by_request)

    def asks_for_evidence(self, *, marked: bool) -> bool:
        """Whether closing an item needs evidence, `marked` as its measure is in the catalogue."""
        return self.evidence == EvidenceRule.ALWAYS or (marked and self.evidence == EvidenceRule.MARKED)


WORKING = frozenset({Status.NOT_STARTED, Status.IN_PROGRESS, Status.BLOCKED})
ENDED = frozenset({Status.DONE, Status.STANDING, Status.DROPPED})
EVERY = WORKING | ENDED

# Of an item in each status, the statuses that each may set by their own act, with sign-off on.
UNIT_SETS: Mapping[Status, frozenset[Status]] = {
    **dict.fromkeys(WORKING, WORKING),
    **dict.fromkeys(ENDED, frozenset()),
}
# A measure that is a standing practice is not ended by becoming standing.
UNIT_SETS_PRACTICE: Mapping[Status, frozenset[Status]] = {
    **dict.fromkeys(WORKING | {Status.STANDING}, WORKING | {Status.STANDING}),
    Status.DONE: frozenset(),
    Status.DROPPED: frozenset(),
}
# Under the stricter rule, the office reopens what has ended, but ends nothing without an application.
OFFICE_SETS_STRICTLY: Mapping[Status, frozenset[Status]] = dict.fromkeys(EVERY, WORKING)
OFFICE_SETS_PRACTICE_STRICTLY: Mapping[Status, frozenset[Status]] = dict.fromkeys(
    EVERY, WORKING | {Status.STANDING}
)
OFFICE_SETS: Mapping[Status, frozenset[Status]] = dict.fromkeys(EVERY, EVERY)


def statuses_allowed(status: str, cadence: str, actor: Actor, rules: Rules) -> frozenset[Status]:
    """The statuses that may be set on an item without an application; its own is always among them."""
    now = Status(status)
    if not rules.signs_off:
        return EVERY
    practice = cadence == Cadence.STANDING
    if actor == Actor.UNIT:
        table = UNIT_SETS_PRACTICE if practice else UNIT_SETS
    elif rules.two_persons:
        table = OFFICE_SETS_PRACTICE_STRICTLY if practice else OFFICE_SETS_STRICTLY
    else:
        table = OFFICE_SETS
    return table[now] | {now}


def may_move_due(due: date | None, actor: Actor, rules: Rules) -> bool:
    """Whether a due date may be set to another day, or taken away, without an application."""
    if not rules.extends_by_request or due is None:
        return True
    return actor == Actor.OFFICE and not rules.two_persons


def allows(
    status: str,
    due: date | None,
    cadence: str,
    values: Mapping[str, object],
    *,
    act: ActKind,
    actor: Actor,
    rules: Rules,
) -> bool:
    """Whether an item with this status and due date may be given these values by this act.

    A grant is decided where the application is; what comes from above has been decided there.
    """
    if act in (ActKind.GRANT, ActKind.ALONE, ActKind.ABOVE):
        return actor == Actor.OFFICE
    if "status" in values and values["status"] not in statuses_allowed(status, cadence, actor, rules):
        return False
    return "due" not in values or values["due"] == due or may_move_due(due, actor, rules)
