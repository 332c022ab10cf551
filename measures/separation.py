"""The three administrators (三员分立): who runs the system, who manages accounts, and who audits are three.

And none of them annotates. A first `make run` has one account for everything; this says so until there are
others. Under a security profile that enforces it, whoever starts the site asks here.
"""

from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum

from django.contrib.auth.models import Permission, User
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from measures.choices import Role
from measures.models import Membership
from measures.roles import TABLE, Action


class Post(StrEnum):
    """What one account should hold one of."""

    SYSTEM = "system"
    SECURITY = "security"
    AUDIT = "audit"
    WORK = "work"


LABELS = {
    Post.SYSTEM: gettext_lazy("administers the system"),
    Post.SECURITY: gettext_lazy("manages accounts"),
    Post.AUDIT: gettext_lazy("audits"),
    Post.WORK: gettext_lazy("changes items"),
}
CHANGING = {Action.CHANGE_ANY_ITEM, Action.CHANGE_OWN_ITEMS}


@dataclass(frozen=True)
class Problem:
    """One account with too many posts, or a post that nobody holds but the operator."""

    text: str
    username: str = ""


def separation_problems() -> list[Problem]:
    """What keeps the three administrators from being separate; empty where they are. Three queries."""
    posts, trees = _posts()
    problems = []
    for username, held in sorted(posts.items()):
        clash: set[Post] = held - {Post.WORK}
        # One who audits may annotate elsewhere, but not in the tree whose trail they read.
        same_tree = trees[username, Post.AUDIT] & trees[username, Post.WORK]
        if Post.WORK in held and (clash - {Post.AUDIT} or same_tree):
            clash.add(Post.WORK)
        if len(clash) > 1:
            words = _(", ").join(str(LABELS[post]) for post in Post if post in clash)
            text = _("The account %(name)s holds what belongs to several: it %(posts)s.")
            problems.append(Problem(text % {"name": username, "posts": words}, username))
    filled = {post for held in posts.values() for post in held}
    if Post.SECURITY not in filled:
        text = _(
            "Only superusers manage accounts. Give somebody else staff status and the rights to add and "
            "change users."
        )
        problems.append(Problem(text))
    if Post.AUDIT not in filled:
        problems.append(Problem(_("Nobody audits. Make somebody an auditor of the first checklist.")))
    return problems


def _posts() -> tuple[dict[str, set[Post]], dict[tuple[str, Post], set[str]]]:
    """By user name: the posts of each active account, and the trees in which it audits or annotates."""
    posts: dict[str, set[Post]] = defaultdict(set)
    trees: dict[tuple[str, Post], set[str]] = defaultdict(set)
    active = User.objects.filter(is_active=True)
    for name in active.filter(is_superuser=True).values_list("username", flat=True):
        posts[name].add(Post.SYSTEM)
    rights = Permission.objects.filter(
        content_type__app_label="auth", codename__in=["add_user", "change_user"]
    )
    granted = Q(user_permissions__in=rights) | Q(groups__permissions__in=rights)
    for name in active.filter(granted, is_staff=True, is_superuser=False).values_list("username", flat=True):
        posts[name].add(Post.SECURITY)
    held = Membership.objects.filter(user__is_active=True).values_list(
        "user__username", "role", "checklist__path"
    )
    for name, role, path in held:
        allowed = TABLE[Role(role)]
        for post, wanted in ((Post.AUDIT, {Action.READ_AUDIT}), (Post.WORK, CHANGING)):
            if allowed & wanted:
                posts[name].add(post)
                trees[name, post].add(path.split("/")[1])
    return posts, trees
