"""The acts that random histories of the loop are drawn from."""

from dataclasses import dataclass
from datetime import datetime

from measures.choices import ApplicationKind, Status

# Drawn by a number: what cannot follow the last one is refused.
STEPS = (
    *("done", "done", "move_asked", "move_granted", "accepted", "moved", "withdrawn", "reopened"),
    *("move_returned", "move_taken_back", "returned", "proposed"),
)
VERBS = (
    *("status", "status", "due", "due", "hand over", "cooperate", "entry", "entry", "withdraw", "bulk"),
    *("undo", "ask", "ask", "grant", "grant", "return", "take back", "chase", "chase"),
    *("withdraw chaser", "confirm", "confirm"),
    *("milestone", "milestone", *["step"] * 5),
)


@dataclass(frozen=True)
class Drawn:
    """One act as it was drawn; each verb reads what it needs. `who`: the office, its colleague, the unit."""

    at: datetime
    verb: str
    item: int
    who: int
    status: Status
    days: int | None
    kind: ApplicationKind
    units: frozenset[str]
    nth: int
