"""What the pages of one request ask about its user, read once however many rows are shown."""

from collections import defaultdict
from functools import cached_property, reduce
from operator import or_
from typing import cast

from django.contrib.auth.models import User
from django.db.models import Q
from django.http import HttpRequest

from measures.database.prepared import prepared
from measures.models import Checklist, Item, Owner
from measures.querysets.checklists import ChecklistQuerySet
from measures.querysets.ledger import ItemQuerySet
from measures.rights.roles import Action, Rights, rights_of

type OwnersByKey = dict[str, Owner]


class Desk:
    """A user's rights, and the owners that they may hand items to. A query each, at the first question."""

    def __init__(self, user: User, rights: Rights) -> None:
        self.user = user
        self.rights = rights

    @cached_property
    def managed_keys(self) -> set[int]:
        """The checklists in which the user's role manages owners and members."""
        theirs = Checklist.objects.filter(pk__in=self.rights.memberships)
        return {checklist.pk for checklist in theirs if self.rights.may(Action.MANAGE, checklist)}

    def managed(self) -> ChecklistQuerySet:
        """The checklists whose owners and members are the user's to manage: all of them for a superuser."""
        everything = Checklist.objects.all()
        return everything if self.user.is_superuser else everything.filter(pk__in=self.managed_keys)

    def manages(self, checklist_id: int) -> bool:
        return self.user.is_superuser or checklist_id in self.managed_keys

    def tends(self, checklist: Checklist) -> bool:
        """Whether the user may move, close and reopen this checklist."""
        return self.user.is_superuser or self.rights.tends(checklist)

    def new_parents(self) -> ChecklistQuerySet:
        """The checklists under which the user may put others: where they may open some, and those below."""
        if self.user.is_superuser:
            return Checklist.objects.all()
        held = [one.checklist for one in self.rights.memberships.values()]
        tending = [one for one in held if self.rights.may(Action.TEND_BELOW, one)]
        under = (Q(path__startswith=one.path) for one in tending)
        return Checklist.objects.filter(reduce(or_, under, Q(pk=None)))

    def manages_anything(self) -> bool:
        return self.user.is_superuser or bool(self.managed_keys)

    @cached_property
    def first_readable(self) -> list[Checklist]:
        """Two of the checklists that the user can read, or all if there are fewer."""
        return _first_readable(self.user.pk or 0, self.user.is_superuser)

    @property
    def reads_several(self) -> bool:
        """Whether the user can read more than one checklist."""
        return len(self.first_readable) > 1

    @cached_property
    def items(self) -> ItemQuerySet:
        """What the user may read, with all that the admin shows of it. Each filter of a list asks for it."""
        joined = ("checklist", "measure__section__pillar", "owner", "updated_by")
        return Item.objects.visible_to(self.user).select_related(*joined).with_cooperating()

    @cached_property
    def owners(self) -> dict[int, OwnersByKey]:
        """By the key of the checklist: its owners, by their own key as forms write it."""
        found: dict[int, OwnersByKey] = defaultdict(dict)
        for owner in Owner.objects.filter(checklist__in=self.rights.memberships).order_by("name"):
            found[owner.checklist_id][str(owner.pk)] = owner
        return found


@prepared
def _first_readable(user: int, everything: bool) -> ChecklistQuerySet:
    return Checklist.objects.all()[:2] if everything else Checklist.objects.read_by(user)[:2]


def desk_of(request: HttpRequest) -> Desk:
    """The request's one desk."""
    found = getattr(request, "desk", None)
    if found is None:
        found = Desk(cast(User, request.user), rights_of(request))
        request.desk = found  # type: ignore[attr-defined]
    return found
