"""What became of assignments in each unit, for the pages of both sides."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from measures.choices import AssignmentState
from measures.models import AssignmentStep, Terms


@dataclass(frozen=True)
class Trail:
    """An assignment in one unit: its newest step, and those before it, newest first."""

    newest: AssignmentStep
    earlier: list[AssignmentStep]

    @property
    def terms(self) -> Terms:
        """What the unit is asked, or was asked last."""
        return self.newest.terms

    @property
    def corrections(self) -> list[tuple[Terms, Terms]]:
        """The corrections that the unit has been given, as in `corrections_in`."""
        return corrections_in(self.newest.assignment.versions[: self.newest.version])

    @property
    def has_accepted_before(self) -> bool:
        """Whether the unit accepted it before the newest step; then its item keeps that due date."""
        return any(step.state == AssignmentState.ACCEPTED for step in self.earlier)


def trails(steps: Iterable[AssignmentStep]) -> list[Trail]:
    """The steps, newest first, sorted by assignment and unit, in the order of the newest step of each."""
    found: dict[tuple[int, int], list[AssignmentStep]] = {}
    for step in steps:
        found.setdefault((step.assignment_id, step.checklist_id), []).append(step)
    return [Trail(newest, earlier) for newest, *earlier in found.values()]


def corrections_in(versions: list[Terms]) -> list[tuple[Terms, Terms]]:
    """What each correction replaced and by what, newest first."""
    return list(pairwise(versions))[::-1]
