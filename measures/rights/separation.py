"""Conflicts of the three administrators (三员分立): warnings for the operator, errors in forms.

A first `make run` has one account for everything; this says so until there are others. posts.py says what the
posts are, and roles.py what the profile `mlps` does about who holds two.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from measures.choices import Role
from measures.models import Checklist, Membership
from measures.rights.posts import Post, are_enforced, post_of_account, security_administrators, tree_of
from measures.rights.roles import TABLE, Action, Rights

LABELS = {
    Post.SYSTEM: gettext_lazy("administers the system"),
    Post.SECURITY: gettext_lazy("manages accounts"),
    Post.AUDIT: gettext_lazy("audits"),
    Post.WORK: gettext_lazy("changes items"),
}
CHANGING = {Action.CHANGE_ANY_ITEM, Action.CHANGE_OWN_ITEMS}


@dataclass(frozen=True)
class PostProblem:
    """One account with too many posts, or a post that nobody holds but the operator."""

    text: str
    username: str = ""


@dataclass
class Held:
    """The posts of one account, and the trees in which it audits or works."""

    posts: set[Post] = field(default_factory=set)
    audits: set[str] = field(default_factory=set)
    works: set[str] = field(default_factory=set)

    def add_role(self, role: str, path: str) -> None:
        allowed = TABLE[Role(role)]
        if Action.READ_AUDIT in allowed:
            self.posts.add(Post.AUDIT)
            self.audits.add(tree_of(path))
        if CHANGING & allowed:
            self.posts.add(Post.WORK)
            self.works.add(tree_of(path))

    def clash(self) -> set[Post]:
        """Those that one account should not hold together; empty where all is well.

        One who audits may annotate elsewhere, but not in the tree whose trail they read.
        """
        administering = self.posts - {Post.WORK}
        if Post.WORK in self.posts and (administering - {Post.AUDIT} or self.audits & self.works):
            administering.add(Post.WORK)
        return administering if len(administering) > 1 else set()


def separation_problems() -> list[PostProblem]:
    """Return what keeps the three administrators from being separate; empty if they are. Three queries."""
    accounts = _held_by_everybody()
    problems = []
    for username, held in sorted(accounts.items()):
        if clash := held.clash():
            text = _("The account %(name)s combines duties that should be separate: it %(posts)s.")
            problems.append(PostProblem(text % {"name": username, "posts": in_words(clash)}, username))
    filled = {post for held in accounts.values() for post in held.posts}
    if Post.SECURITY not in filled:
        text = _(
            "Only superusers manage accounts. Give somebody else staff status and the rights to add and "
            "change users."
        )
        problems.append(PostProblem(text))
    if Post.AUDIT not in filled:
        problems.append(PostProblem(_("There is no auditor. Make somebody an auditor of the top checklist.")))
    return problems


def in_words(posts: Iterable[Post]) -> str:
    return _(", ").join(str(LABELS[post]) for post in Post if post in posts)


def _held_by_everybody() -> dict[str, Held]:
    """By user name, what each active account holds."""
    accounts: dict[str, Held] = defaultdict(Held)
    for name in User.objects.filter(is_active=True, is_superuser=True).values_list("username", flat=True):
        accounts[name].posts.add(Post.SYSTEM)
    for name in security_administrators().values_list("username", flat=True):
        accounts[name].posts.add(Post.SECURITY)
    roles = Membership.objects.filter(user__is_active=True)
    for name, role, path in roles.values_list("user__username", "role", "checklist__path"):
        accounts[name].add_role(role, path)
    return accounts


def refuse_second_post(user: User, *, role: str, checklist: Checklist) -> None:
    """ValidationError for a role that the profile `mlps` would not let its holder use."""
    if not are_enforced():
        return
    held = _held_by(user, but=checklist)
    held.add_role(role, checklist.path)
    stands_in = held.posts == {Post.SYSTEM, Post.WORK} and not Rights(user).has_other_administrator(checklist)
    if (clash := held.clash()) and not stands_in:
        raise ValidationError(_refusal(clash))


def refuse_post_beside_roles(user: User, post: Post) -> None:
    """Raise ValidationError if a user who edits items or audits would run the system or manage accounts."""
    held = _held_by(user)
    held.posts.add(post)
    if are_enforced() and (clash := held.clash()):
        raise ValidationError(_refusal(clash))


def _held_by(user: User, *, but: Checklist | None = None) -> Held:
    held = Held()
    if post := post_of_account(user):
        held.posts.add(post)
    for membership in Membership.objects.filter(user=user).exclude(checklist=but).select_related("checklist"):
        held.add_role(membership.role, membership.checklist.path)
    return held


def _refusal(clash: set[Post]) -> str:
    text = _("One account must not combine these duties: it %(posts)s. Give one of them to somebody else.")
    return text % {"posts": in_words(clash)}
