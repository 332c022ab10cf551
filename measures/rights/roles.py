"""Who may do what: one table, and the only code that reads it. Which rows one sees is `visible_to`."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django_otp.plugins.otp_totp.models import TOTPDevice

from measures.choices import Role, Side
from measures.loop.rules import ActKind, Actor, allows
from measures.models import Application, Checklist, Entry, Evidence, Item, Membership, Owner
from measures.models.people import memberships_of
from measures.rights.posts import Post, are_enforced, post_of_account, separate_memberships, tree_of


class Action(StrEnum):
    """What a role may allow inside its own checklist. Reading also covers the checklists below."""

    READ = "read"
    CHANGE_OWN_ITEMS = "change the items of one's owner"
    CHANGE_ANY_ITEM = "change any item"
    WRITE_ENTRIES = (
        "write progress entries and add evidence on items that one's owner leads or helps with, "
        "withdraw one's own, note chasers to one's owner as read, and confirm receipt of its items"
    )
    WRITE_FOR_UNITS = "write progress entries and add evidence for a unit, and withdraw any"
    ASK = "ask to close, keep up, drop or extend the items of one's owner"
    DECIDE = "decide on applications, and set what they ask for"
    SET_MILESTONES = "set, accept, return, move and withdraw milestones of any item"
    PROPOSE_MILESTONES = "propose milestones of one's owner's items, mark them done, ask to move them"
    CHASE = "chase units for an answer, withdraw chasers, see how much is asked of each, and make bulletins"
    SET_RULES = "set the rules of the checklist"
    HAND_OVER = "give an item to another owner"
    MANAGE = "manage owners and members, and invite people"
    ADD_MEASURES = "add measures of the unit's own, and correct them until their first update"
    SUBMIT_PERIOD = "make reporting periods and submit their reports"
    JUDGE_PERIOD = "accept, return and reopen the periods of checklists directly below"
    TEND_BELOW = "open and move the checklists below"
    HAND_DOWN = "hand measures down to checklists directly below, correct and withdraw that"
    WRITE_BACK = "write the checklist into the ledger that it was taken over from"
    UPGRADE = "move the checklist to another edition, and undo that"
    READ_AUDIT = "read and export the audit trail"


TABLE: dict[Role, frozenset[Action]] = {
    Role.ADMINISTRATOR: frozenset(
        {
            Action.READ,
            Action.CHANGE_ANY_ITEM,
            Action.WRITE_FOR_UNITS,
            Action.DECIDE,
            Action.SET_MILESTONES,
            Action.CHASE,
            Action.SET_RULES,
            Action.HAND_OVER,
            Action.MANAGE,
            Action.ADD_MEASURES,
            Action.SUBMIT_PERIOD,
            Action.JUDGE_PERIOD,
            Action.TEND_BELOW,
            Action.HAND_DOWN,
            Action.WRITE_BACK,
            Action.UPGRADE,
        }
    ),
    Role.EDITOR: frozenset(
        {Action.READ, Action.CHANGE_OWN_ITEMS, Action.WRITE_ENTRIES, Action.ASK, Action.PROPOSE_MILESTONES}
    ),
    Role.VIEWER: frozenset({Action.READ}),
    Role.AUDITOR: frozenset({Action.READ, Action.READ_AUDIT}),
}


class SecondFactorNeeded(PermissionDenied):
    """The user's role allows it, but they need a second factor. A middleware redirects them to set it up."""


@dataclass
class Rights:
    """What one user may do, in any checklist. One query, made at the first question."""

    user: AbstractBaseUser | AnonymousUser

    @cached_property
    def memberships(self) -> dict[int, Membership]:
        """By the key of the checklist."""
        return {held.checklist_id: held for held in memberships_of(self.user.pk)} if self.user.pk else {}

    def may(self, action: Action, checklist: Checklist) -> bool:
        membership = self.memberships.get(checklist.pk)
        if membership is None or action not in TABLE[Role(membership.role)]:
            return False
        if action == Action.READ:
            return True
        return not self.lacks_second_factor(checklist) and not self.is_kept_apart(checklist)

    def is_kept_apart(self, checklist: Checklist) -> bool:
        """Whether the user's role here is read-only because they hold another post (`mlps`)."""
        if not are_enforced():
            return False
        if self.post == Post.SYSTEM:
            return self.has_other_administrator(checklist)
        return self.post == Post.SECURITY or tree_of(checklist.path) in self.audited_trees

    @cached_property
    def post(self) -> Post | None:
        return post_of_account(self.user)

    def has_other_administrator(self, checklist: Checklist) -> bool:
        """Return whether somebody else administers it, so that no superuser has to. One query each."""
        if checklist.pk not in self._administered:
            others = separate_memberships(Role.ADMINISTRATOR).exclude(user=self.user.pk)
            self._administered[checklist.pk] = others.filter(checklist=checklist).exists()
        return self._administered[checklist.pk]

    @cached_property
    def _administered(self) -> dict[int, bool]:
        return {}

    @cached_property
    def audited_trees(self) -> set[str]:
        return {tree_of(held.checklist.path) for held in self.memberships.values() if allows_audit(held)}

    def lacks_second_factor(self, checklist: Checklist) -> bool:
        """Whether the user administers this checklist, which requires a second factor, and has none."""
        membership = self.memberships.get(checklist.pk)
        asked = checklist.requires_two_factor and membership and membership.role == Role.ADMINISTRATOR
        return bool(asked) and not self.has_second_factor

    @cached_property
    def has_second_factor(self) -> bool:
        return bool(TOTPDevice.objects.filter(user=self.user.pk, confirmed=True).exists())

    def may_change(self, item: Item) -> bool:
        """Whether the user may change status, due date and notes; never in a closed checklist."""
        return self.may_change_items_of(item.owner_id, item.checklist)

    def may_change_items_of(self, owner: int | None, checklist: Checklist) -> bool:
        """The same of all items of the owner of this key in this checklist; None: of those of nobody."""
        any_item = self.may(Action.CHANGE_ANY_ITEM, checklist)
        return checklist.is_open and (any_item or self.may_as(owner, Action.CHANGE_OWN_ITEMS, checklist))

    def may_as(self, owner: int | None, action: Action, checklist: Checklist) -> bool:
        """Whether the user may do this for the owner of this key, for whom they act here."""
        acts = owner is not None and self.may(action, checklist)
        return acts and self.memberships[checklist.pk].owner_id == owner

    def may_add_measures(self, checklist: Checklist) -> bool:
        """Whether the user may add measures here, and correct them until their first update."""
        return checklist.is_open and self.may(Action.ADD_MEASURES, checklist)

    def writing_side(self, item: Item) -> Side | None:
        """The side as which the user writes entries and adds evidence about this item; None if they may not.

        An item without an owner has no unit that could report.
        """
        checklist = item.checklist
        if item.owner_id is None or not checklist.is_open:
            return None
        if self.may(Action.WRITE_FOR_UNITS, checklist):
            return Side.OFFICE
        if not self.may(Action.WRITE_ENTRIES, checklist):
            return None
        unit = self.memberships[checklist.pk].owner
        if unit is not None and unit.pk == item.owner_id:
            return Side.LEAD
        return Side.COOPERATING if unit in item.cooperating else None

    def unit_of(self, checklist: Checklist) -> Owner | None:
        """The unit that the user acts for here."""
        membership = self.memberships.get(checklist.pk)
        return membership.owner if membership else None

    def may_withdraw(self, said: Entry | Evidence, checklist: Checklist) -> bool:
        """Whether the user may withdraw this entry or evidence: the office any, an author their own."""
        if not checklist.is_open:
            return False
        if self.may(Action.WRITE_FOR_UNITS, checklist):
            return True
        return said.by_id == self.user.pk and self.may(Action.WRITE_ENTRIES, checklist)

    def actor(self, checklist: Checklist) -> Actor:
        """As what the user changes items here, in the eyes of the checklist's rules."""
        return Actor.OFFICE if self.may(Action.DECIDE, checklist) else Actor.UNIT

    def allows(self, item: Item, values: Mapping[str, object]) -> bool:
        """Whether the rules let the user make this change of an item that they may change."""
        rules, actor = item.checklist.rules, self.actor(item.checklist)
        if rules.judge_nothing:
            return True
        cadence = item.measure.cadence
        return allows(item.status, item.due, cadence, values, act=ActKind.EDIT, actor=actor, rules=rules)

    def asking_side(self, item: Item) -> Side | None:
        """The side as which the user asks for a decision on this item; None if they may not.

        The office asks only where it may not decide alone.
        """
        checklist = item.checklist
        if not checklist.is_open or checklist.rules.judge_nothing:
            return None
        if self.may(Action.DECIDE, checklist):
            return Side.OFFICE if checklist.rules.two_persons else None
        return Side.LEAD if self.may_as(item.owner_id, Action.ASK, checklist) else None

    def may_decide(self, checklist: Checklist) -> bool:
        """Whether the user grants and returns applications of this checklist."""
        return checklist.is_open and self.may(Action.DECIDE, checklist)

    def alone_decides(self, checklist: Checklist) -> bool:
        """Whether no other administrator can decide on its applications; one kept apart cannot."""
        held = Membership.objects.filter(checklist=checklist, role=Role.ADMINISTRATOR, user__is_active=True)
        others = held.exclude(user=self.user.pk).select_related("user")
        return all(Rights(other.user).is_kept_apart(checklist) for other in others)

    def may_grant(self, application: Application) -> bool:
        """Whether the user, who may decide, may grant this one: nobody grants their own if another can."""
        checklist = application.item.checklist
        if application.by_id != self.user.pk:
            return True
        return not checklist.two_persons and self.alone_decides(checklist)

    def may_judge(self, checklist: Checklist) -> bool:
        """Whether the user may accept, return and reopen its periods: from above; at the top, from within."""
        return self.may(Action.JUDGE_PERIOD, checklist.parent or checklist)

    def tends(self, checklist: Checklist) -> bool:
        """Whether the user may move, close and reopen it: from any checklist above."""
        return any(
            held.checklist_id != checklist.pk
            and checklist.path.startswith(held.checklist.path)
            and self.may(Action.TEND_BELOW, held.checklist)
            for held in self.memberships.values()
        )

    def may_change_some(self, checklist: Checklist) -> bool:
        """Whether the user may change any items in this checklist."""
        changing = (Action.CHANGE_ANY_ITEM, Action.CHANGE_OWN_ITEMS)
        return checklist.is_open and any(self.may(action, checklist) for action in changing)

    def changes_anything(self) -> bool:
        """Whether the user may change items in any checklist."""
        changing = (Action.CHANGE_ANY_ITEM, Action.CHANGE_OWN_ITEMS)
        return any(
            self.may(action, held.checklist) for held in self.memberships.values() for action in changing
        )

    def audited(self) -> list[Checklist]:
        """The checklists whose audit trail, with that of all below them, is the user's to read.

        For a superuser: the trees that nobody else audits (`mlps`), or all of them.
        """
        if self.post == Post.SYSTEM:
            roots = Checklist.objects.filter(parent=None)
            return [root for root in roots if tree_of(root.path) not in self.trees_of_auditors]
        if self.post == Post.SECURITY and are_enforced():
            return []
        return [held.checklist for held in self.memberships.values() if allows_audit(held)]

    @cached_property
    def trees_of_auditors(self) -> set[str]:
        """The trees that have an auditor, so that no superuser audits them instead."""
        if not are_enforced():
            return set()
        auditors = separate_memberships(Role.AUDITOR).filter(checklist__parent=None)
        return {tree_of(path) for path in auditors.values_list("checklist__path", flat=True)}

    def reads_whole_audit(self) -> bool:
        """Whether the user can read every record: the operator, if nobody audits."""
        return self.post == Post.SYSTEM and not self.trees_of_auditors

    def operates_site(self) -> bool:
        """Whether the user may see the state of the installation: a superuser, in any profile."""
        return bool(getattr(self.user, "is_superuser", False))

    def reads_audit(self) -> bool:
        """Whether the user can read any part of the audit trail."""
        return self.reads_whole_audit() or bool(self.audited())


def rights_of(request: HttpRequest) -> Rights:
    """What the user of this request may do, read once however many ask: page and menu."""
    kept: Rights | None = getattr(request, "kept_rights", None)
    if kept is None or kept.user is not request.user:
        kept = Rights(request.user)
        request.kept_rights = kept  # type: ignore[attr-defined]
    return kept


def allows_audit(membership: Membership) -> bool:
    return Action.READ_AUDIT in TABLE[Role(membership.role)]


def may_change(user: AbstractBaseUser | AnonymousUser, item: Item) -> bool:
    """Whether this user may change this item."""
    return Rights(user).may_change(item)
