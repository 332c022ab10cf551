"""People invited into a checklist: an account is made for them, and a link sets its first password."""

import secrets
from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.contrib.auth.models import User
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from measures.choices import Audited, Role
from measures.database.locks import audited_transaction
from measures.keyed_hash import keyed_hash
from measures.models.accounts import NAME_LENGTH
from measures.models.audit import audit, in_plain
from measures.models.checklists import Checklist
from measures.models.people import Membership, Owner, person_name
from measures.models.people_changes import end_membership, save_recorded

LINK_DAYS = 7
PERSON_LIMIT = 150  # characters of a person's name, as in Django's column
TOKEN_BYTES = 24  # 192 bits: nobody guesses one


class NameTaken(Exception):
    """An account with this name exists, perhaps in different upper or lower case."""


class Enrolment(models.Model):
    """A list of units and people that was added as one act. What nobody has used of it can be undone."""

    checklist = models.ForeignKey(
        Checklist, models.PROTECT, related_name="enrolments", verbose_name=_("checklist")
    )
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=pgettext_lazy("audit", "by")
    )
    by_name = models.CharField(pgettext_lazy("audit", "by"), max_length=300)
    units = models.ManyToManyField(Owner, related_name="+", verbose_name=_("units"))

    class Meta:
        verbose_name = _("list of people")
        verbose_name_plural = _("lists of people")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.by_name}"


class InvitationQuerySet(models.QuerySet["Invitation"]):
    """Queries on invitations."""

    def asked_for(self) -> Self:
        """Those without an account, which wait for somebody who makes accounts."""
        return self.filter(user=None)


class Invitation(models.Model):
    """A person who is to have an account and a role, until they set their password; then the row is deleted.

    Without `user` it waits for somebody who makes accounts.
    """

    checklist = models.ForeignKey(
        Checklist, models.PROTECT, related_name="invitations", verbose_name=_("checklist")
    )
    username = models.CharField(_("account name"), max_length=NAME_LENGTH)
    person = models.CharField(pgettext_lazy("person", "name"), max_length=PERSON_LIMIT)
    role = models.CharField(_("role"), max_length=16, choices=Role)
    owner = models.ForeignKey(
        Owner, models.PROTECT, related_name="invitations", verbose_name=_("acts for"), null=True
    )
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="invitation",
        verbose_name=_("user"),
        null=True,
        editable=False,
    )
    link = models.CharField(max_length=64, blank=True, editable=False)  # the keyed hash of its token
    expires_at = models.DateTimeField(_("works until"), null=True, editable=False)
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=pgettext_lazy("audit", "by")
    )
    by_name = models.CharField(pgettext_lazy("audit", "by"), max_length=300)
    enrolment = models.ForeignKey(
        Enrolment, models.SET_NULL, related_name="invitations", verbose_name=_("list of people"), null=True
    )

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["checklist", "username"],
                name="invitation_once_in_checklist",
                violation_error_message=_("This account name is already among the invitations."),
            ),
            models.UniqueConstraint(
                fields=["link"],
                condition=~Q(link=""),
                name="invitation_of_a_link",
                violation_error_message=_("Two invitations cannot have the same link."),
            ),
            models.CheckConstraint(
                condition=Q(role__in=Role.values),
                name="invitation_role_known",
                violation_error_message=_("Choose one of the listed roles."),
            ),
            models.CheckConstraint(
                condition=Q(role=Role.EDITOR, owner__isnull=False)
                | (~Q(role=Role.EDITOR) & Q(owner__isnull=True)),
                name="invitation_owner_for_editors",
                violation_error_message=_("Choose an owner for an editor, and none for other roles."),
            ),
            models.CheckConstraint(
                condition=Q(user__isnull=False) | Q(link=""),
                name="invitation_link_for_account",
                violation_error_message=_("Only an invitation with an account has a link."),
            ),
        ]

    def __str__(self) -> str:
        return self.username

    @classmethod
    def of_token(cls, token: str, *, at: datetime) -> "Invitation | None":
        """The invitation that this token opens; None if it is used, expired, withdrawn or invalid."""
        held = cls.objects.filter(link=_hash_of_token(token), expires_at__gt=at)
        found = held.select_related("user", "checklist").first()
        return found if found and found.may_have_link else None

    @property
    def may_have_link(self) -> bool:
        """Whether its account is there, and nobody has signed in with it or set its password."""
        return self.user is not None and self.user.is_active and is_unused(self.user)

    @audited_transaction()
    def prepare(self, *, by: User, at: datetime) -> None:
        """Save this new invitation. `approve` makes its account."""
        self.at, self.by, self.by_name = at, by, person_name(by)
        self.save(force_insert=True)
        self._record({}, self._said(), by=by, at=at)

    @audited_transaction()
    def approve(self, *, by: User, at: datetime) -> str:
        """Make the account and its role, and return the token of its link. Raises NameTaken."""
        if User.objects.filter(username__iexact=self.username).exists():
            raise NameTaken(self.username)
        user = User(username=self.username, last_name=self.person)
        user.set_unusable_password()
        user.save()
        audit(Audited.USER_CHANGED, by=by, at=at, about=self.username, after=in_plain(user))
        membership = Membership(user=user, checklist=self.checklist, role=self.role, owner=self.owner)
        save_recorded(membership, by=by, at=at)
        self.user = user
        self.save(update_fields=["user"])
        return self.new_link(by=by, at=at)

    @audited_transaction()
    def new_link(self, *, by: User, at: datetime) -> str:
        """Return the token of a new link. The one before it ends."""
        token = secrets.token_urlsafe(TOKEN_BYTES)
        self.link, self.expires_at = _hash_of_token(token), at + timedelta(days=LINK_DAYS)
        self.save(update_fields=["link", "expires_at"])
        audit(Audited.LINK_GIVEN, by=by, at=at, checklist=self.checklist, about=self.username)
        return token

    def use(self) -> bool:
        """Whether the link still worked. Of two who use it at once, one does."""
        return Invitation.objects.filter(pk=self.pk, link=self.link).delete()[0] == 1

    @audited_transaction()
    def withdraw(self, *, by: User, at: datetime, with_account: bool) -> None:
        """End the invitation and its role here; `with_account`, also the account, if it has no other role.

        Nobody has signed in with the account, so nothing that anybody did is deleted.
        """
        user = self.user
        Invitation.objects.filter(pk=self.pk).delete()
        self._record(self._said(), {}, by=by, at=at)
        if user is None:
            return
        for membership in user.memberships.filter(checklist=self.checklist):
            end_membership(membership, by=by, at=at)
        if with_account and is_unused(user) and not user.memberships.exists():
            audit(Audited.USER_CHANGED, by=by, at=at, about=self.username, before=in_plain(user))
            user.delete()

    def is_open(self, *, at: datetime) -> bool:
        """Whether its link works."""
        return bool(self.link and self.expires_at and self.expires_at > at)

    def _said(self) -> dict[str, object]:
        return {"user": self.username, "person": self.person, "role": self.role, "owner": self.owner}

    def _record(self, before: dict[str, object], after: dict[str, object], *, by: User, at: datetime) -> None:
        checklist = self.checklist
        about = self.username
        audit(Audited.INVITED, by=by, at=at, checklist=checklist, about=about, before=before, after=after)


def is_unused(user: User) -> bool:
    """Whether nobody has ever signed in with this account or set its password, and it holds no post."""
    posts = user.is_staff or user.is_superuser or user.user_permissions.exists()
    return user.last_login is None and not user.has_usable_password() and not posts


def _hash_of_token(token: str) -> str:
    return keyed_hash("invitation", token)
