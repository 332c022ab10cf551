"""Who answers for items and who may see or change them. Units and roles only: nothing about persons."""

import re
import unicodedata
from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from measures.choices import OPERATOR, Role
from measures.database.prepared import prepared
from measures.querysets.checklists import around
from measures.querysets.cooperation import BETWEEN_UNITS
from measures.texts import as_counted

if TYPE_CHECKING:
    from measures.models.checklists import Checklist

BETWEEN_NAMES = "、"
PHONE = re.compile(r"[0-9 +()\-/,;.xX、，；（）转轉]+")
MOBILE = re.compile(r"(?:\+?86)?1[3-9][0-9]{9}")


class Owner(models.Model):
    """A unit answerable for items, inside one checklist.

    Its leader, contact and telephone are those of today; no past state of an item has them.
    """

    checklist = models.ForeignKey(
        "measures.Checklist", models.PROTECT, related_name="owners", verbose_name=_("checklist")
    )
    name = models.CharField(_("name"), max_length=100)
    leader = models.CharField(
        _("leader in charge"), max_length=100, blank=True, help_text=_("A post, not a name.")
    )
    contact = models.CharField(
        _("contact"), max_length=100, blank=True, help_text=_("An office or a post, not a name.")
    )
    phone = models.CharField(_("office telephone"), max_length=50, blank=True)

    class Meta:
        verbose_name = _("owner")
        verbose_name_plural = _("owners")
        ordering = ["checklist", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["checklist", "name"],
                name="owner_name_once_in_checklist",
                violation_error_message=_("This checklist already has an owner with this name."),
            ),
            models.CheckConstraint(
                condition=~Q(name=""),
                name="owner_has_name",
                violation_error_message=_("Enter the owner’s name."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Refuse what is not a telephone number, and mobile phones: their numbers belong to persons."""
        if self.phone and not PHONE.fullmatch(self.phone):
            message = _("Write a telephone number, such as 0371-65900000 or 65900000转8012.")
            raise ValidationError({"phone": message})
        numbers = re.split(r"[/,;、，；]", re.sub(r"[ ()（）.\-]", "", self.phone))
        if any(MOBILE.fullmatch(one) for one in numbers):
            message = _("This is the number of a mobile phone. Give that of an office.")
            raise ValidationError({"phone": message})


def names_of_units(checklist: int) -> list[tuple[int, str]]:
    """The keys and names of a checklist's owners, in the order in which people count and spell."""
    return sorted(_names_in(checklist), key=lambda row: (as_counted(row[1]), row[0]))


@prepared
def _names_in(checklist: int) -> "models.QuerySet[Owner, tuple[int, str]]":
    return Owner.objects.filter(checklist=checklist).order_by().values_list("pk", "name")


def in_key_order(units: Iterable[Owner]) -> tuple[Owner, ...]:
    """These units, each once."""
    return tuple(sorted(set(units), key=lambda unit: unit.pk))


def units_in(text: str) -> tuple[Owner, ...]:
    """The units in a text of `querysets.cooperation`: only their key, checklist and name are read."""
    return tuple(Owner(pk=key, checklist_id=checklist, name=name) for key, checklist, name in _read(text))


def names_in(text: str) -> str:
    """Their names alone, as `names_of` joins them."""
    return BETWEEN_NAMES.join(name for _key, _checklist, name in _read(text))


def _read(text: str) -> list[tuple[int, int, str]]:
    found = (line.split(":", 2) for line in text.split(BETWEEN_UNITS) if line)
    return sorted((int(key), int(checklist), name) for key, checklist, name in found)


def names_of(units: Iterable[Owner]) -> str:
    """The names of these units as people write them in one cell."""
    return BETWEEN_NAMES.join(unit.name for unit in units)


class Membership(models.Model):
    """One user's role in one checklist and, for an editor, the owner they act for."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships", verbose_name=_("user")
    )
    checklist = models.ForeignKey(
        "measures.Checklist", models.PROTECT, related_name="memberships", verbose_name=_("checklist")
    )
    role = models.CharField(_("role"), max_length=16, choices=Role)
    owner = models.ForeignKey(
        Owner,
        models.PROTECT,
        related_name="memberships",
        verbose_name=_("acts for"),
        null=True,
        blank=True,
        help_text=_("For editors only: the owner whose items they update."),
    )

    has_units: bool  # of its checklist, as `memberships_of` found
    has_ledger: bool

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        ordering = ["checklist", "role", "user"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "checklist"],
                name="membership_once_in_checklist",
                violation_error_message=_("This user is already a member of this checklist."),
            ),
            models.CheckConstraint(
                condition=Q(role__in=Role.values),
                name="membership_role_known",
                violation_error_message=_("Choose one of the listed roles."),
            ),
            models.CheckConstraint(
                condition=Q(role=Role.EDITOR, owner__isnull=False)
                | (~Q(role=Role.EDITOR) & Q(owner__isnull=True)),
                name="membership_owner_for_editors",
                violation_error_message=_("Choose an owner for an editor, and none for other roles."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} – {self.get_role_display()}"

    def clean(self) -> None:
        if self.owner_id and self.checklist_id and self.owner.checklist_id != self.checklist_id:  # type: ignore[union-attr]
            raise ValidationError(
                {"owner": _("This owner belongs to another checklist. Choose one of this checklist.")}
            )


@prepared
def memberships_of(user: int) -> "models.QuerySet[Membership]":
    """With what a page within the checklist of each asks about it."""
    held = Membership.objects.filter(user=user).select_related("owner", "checklist")
    return held.annotate(**around("checklist"))


def roles_of(user: User, checklist: "Checklist | None" = None) -> str:
    """Return comma-separated role names: those that apply to this checklist, or all of the user's roles.

    For a superuser, "operator" comes first.
    """
    if checklist:
        parts = checklist.path.strip("/").split("/")
        held = _roles_at(user.pk, [f"/{'/'.join(parts[: length + 1])}/" for length in range(len(parts))])
    else:
        held = list(Membership.objects.filter(user=user.pk).values_list("role", flat=True))
    roles = sorted(set(held))
    return ",".join([OPERATOR, *roles] if user.is_superuser else roles)


@prepared
def _roles_at(user: int, paths: list[str]) -> "models.QuerySet[Membership, str]":
    held = Membership.objects.filter(user=user, checklist__path__in=paths)
    return held.order_by().values_list("role", flat=True)


def person_name(user: User) -> str:
    """Return the full name, family name first and without a space if it is Chinese; else the user name."""
    name = f"{user.last_name}{user.first_name}"
    if any(unicodedata.name(letter, "").startswith("CJK") for letter in name):
        return name
    return user.get_full_name() or user.get_username()
