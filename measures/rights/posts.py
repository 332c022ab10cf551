"""The three administrators (三员分立): posts of which an account may hold only one, and who holds which.

Under the profile `mlps`, roles.py enforces this: users who run the system or manage accounts can neither
edit items nor audit, and auditors of a tree cannot edit items in it; their other roles only let them read.
So that one person can set up a site, a superuser fills each post until somebody else holds it.
"""

from enum import StrEnum

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, User
from django.db.models import Q, QuerySet

from measures.models import Membership
from measures.models.managing import managing_permissions, managing_rights


class Post(StrEnum):
    """What one account should hold one of."""

    SYSTEM = "system"
    SECURITY = "security"
    AUDIT = "audit"
    WORK = "work"


def are_enforced() -> bool:
    """Return whether posts must be separate, or only cause warnings."""
    return bool(settings.SECURITY_PROFILE == "mlps")


def post_of_account(user: AbstractBaseUser | AnonymousUser) -> Post | None:
    """Whether the account itself runs the system or manages accounts; None for one that only has roles."""
    if getattr(user, "is_superuser", False):
        return Post.SYSTEM
    if isinstance(user, User) and user.is_staff and managing_rights(user):
        return Post.SECURITY
    return None


def makes_accounts(user: AbstractBaseUser | AnonymousUser) -> bool:
    """Whether the user makes accounts for others: users with the right to add users, and superusers.

    Under `mlps`, superusers only until somebody else manages accounts.
    """
    if not isinstance(user, User) or not user.is_staff:
        return False
    if user.is_superuser:
        return not are_enforced() or not security_administrators().exists()
    return "auth.add_user" in managing_rights(user)


def security_administrators() -> "QuerySet[User]":
    """Those who manage accounts and do not run the system."""
    granted = Q(user_permissions__in=managing_permissions()) | Q(
        groups__permissions__in=managing_permissions()
    )
    return User.objects.filter(granted, is_active=True, is_staff=True, is_superuser=False)


def separate_memberships(role: str) -> "QuerySet[Membership]":
    """The memberships of this role whose holders neither run the system nor manage accounts."""
    held = Membership.objects.filter(role=role, user__is_active=True, user__is_superuser=False)
    return held.exclude(user__in=security_administrators().values("pk"))


def tree_of(path: str) -> str:
    """The root of a checklist's path: what is audited together."""
    return path.split("/")[1]
