"""Somebody leaves: their shared views go to somebody else, and their roles in a tree of checklists end."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import User

from measures.choices import Audited
from measures.database.locks import audited_transaction
from measures.models.accounts import Session
from measures.models.audit import audit
from measures.models.checklists import Checklist
from measures.models.invitations import Invitation
from measures.models.people import Membership
from measures.models.people_changes import end_membership
from measures.models.saved_views import SavedView
from measures.querysets.checklists import SavedViewQuerySet


@dataclass(frozen=True)
class Gone:
    """How many roles ended and how many views were handed over, and whether the account is disabled now."""

    roles: int
    views: int
    is_disabled: bool


@audited_transaction()
def let_go(user: User, *, top: Checklist, to: User | None, disables: bool, by: User, at: datetime) -> Gone:
    """End the user's roles in `top` and below, and give their shared views there to `to`.

    With `disables`, the account is disabled as well if no role or post is left anywhere. Entries and
    applications stay under the user's name.
    """
    tree = Checklist.objects.tree(top)
    shared = SavedView.objects.filter(user=user, checklist__in=tree, is_shared=True)
    views = _hand_over_views(shared, to, by=by, at=at) if to else 0
    held = list(Membership.objects.filter(user=user, checklist__in=tree).select_related("checklist", "owner"))
    for membership in held:
        end_membership(membership, by=by, at=at)
    Invitation.objects.filter(user=user, checklist__in=tree).delete()
    has_more = user.memberships.exists() or user.is_staff or user.is_superuser
    if disables and not has_more:
        User.objects.filter(pk=user.pk).update(is_active=False)
        Session.objects.filter(user=user).delete()
        before, after = {"is_active": True}, {"is_active": False}
        audit(Audited.USER_CHANGED, by=by, at=at, about=user.get_username(), before=before, after=after)
    return Gone(len(held), views, disables and not has_more)


def _hand_over_views(views: SavedViewQuerySet, to: User, *, by: User, at: datetime) -> int:
    """Give these views to somebody else, but those whose name they use already; return how many."""
    count = 0
    for view in views.select_related("checklist", "user"):
        if SavedView.objects.filter(user=to, checklist=view.checklist, name=view.name).exists():
            continue
        before, after = {"user": view.user.get_username()}, {"user": to.get_username()}
        view.user, view.is_default = to, False
        view.save(update_fields=["user", "is_default"])
        checklist = view.checklist
        audit(Audited.VIEW_CHANGED, by=by, at=at, checklist=checklist, about=view, before=before, after=after)
        count += 1
    return count
