"""As what somebody acts in each of their checklists. Closed checklists ask nothing of anybody."""

from dataclasses import dataclass
from functools import cached_property

from measures.choices import Role
from measures.lights import Thresholds
from measures.models import Checklist, Membership
from measures.rights.posts import makes_accounts
from measures.rights.roles import Action, Rights


@dataclass(frozen=True)
class Acting:
    """The roles of one person, and what these let them do now. No query, unless a second factor is needed."""

    rights: Rights

    @cached_property
    def memberships(self) -> list[Membership]:
        """In the order of the tree."""
        return sorted(self.rights.memberships.values(), key=lambda held: held.checklist.path)

    @cached_property
    def open(self) -> list[Membership]:
        return [held for held in self.memberships if held.checklist.is_open]

    @cached_property
    def units(self) -> list[int]:
        """The keys of the units that the person acts for."""
        writing = (held for held in self.open if self.rights.may(Action.WRITE_ENTRIES, held.checklist))
        return [held.owner_id for held in writing if held.owner_id is not None]

    @cached_property
    def offices(self) -> list[Checklist]:
        """The checklists that the person administers."""
        return [held.checklist for held in self.open if self.rights.may(Action.DECIDE, held.checklist)]

    @cached_property
    def watched(self) -> list[Checklist]:
        """The checklists that the person only follows."""
        return [held.checklist for held in self.open if held.role == Role.VIEWER]

    @cached_property
    def thresholds(self) -> set[Thresholds]:
        """When the lights of these checklists warn."""
        return {held.checklist.thresholds for held in self.open}

    @cached_property
    def makes_accounts(self) -> bool:
        """Whether the person makes the accounts that checklists ask for. Queries for staff alone."""
        return makes_accounts(self.rights.user)

    @property
    def lacks_second_factor(self) -> bool:
        """Whether the person administers a checklist in which they can only read without one."""
        return any(self.rights.lacks_second_factor(held.checklist) for held in self.open)

    @property
    def is_of_one(self) -> bool:
        """Whether nothing has to say which checklist it is about."""
        return len(self.memberships) == 1
