"""One organisation's copy of a catalogue."""

from datetime import date, datetime
from functools import cached_property
from typing import Self, Unpack

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Concat, Substr
from django.urls import reverse
from django.utils.encoding import iri_to_uri
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from measures.choices import Audited, ChecklistStatus
from measures.database.locks import audited_transaction
from measures.lights import end_of_day
from measures.models.audit import audit, in_plain
from measures.models.catalogue import Catalogue, Measure
from measures.models.checklist_rules import RULE_FIELDS, ChecklistRules
from measures.models.placements import PATH_LIMIT, Placement, Turn
from measures.models.saving import SaveOptions
from measures.querysets.checklists import ChecklistQuerySet
from measures.querysets.editions import code_then

# Fields that `save` never updates; `move`, `turn` and an upgrade (models/upgrading.py) do.
PLACE_AND_STATUS = {"slug", "parent", "path", "status", "catalogue", "upgraded_at"}


class PlaceRefused(Exception):
    """A checklist cannot be moved there; the message tells the user why."""


def path_below(parent: "Checklist | None", slug: str) -> str:
    """The path of a checklist of this slug under a parent. Raises PlaceRefused if it gets too long."""
    path = f"{parent.path if parent else '/'}{slug}/"
    if len(path) > PATH_LIMIT:
        raise PlaceRefused(gettext("The tree would become too deep here. Choose a parent higher up."))
    return path


def refuse_without_reason(by: User | None, reason: str) -> None:
    """Raise ValueError if a user moves or closes a checklist without a reason."""
    if by and not reason.strip():
        raise ValueError("Moving, closing and reopening a checklist need a reason.")


class Checklist(ChecklistRules):
    """One organisation's copy of a catalogue for one period; may sit under a parent checklist."""

    slug = models.SlugField(
        _("address"),
        unique=True,
        help_text=_("Part of the URL of every page: lower-case Latin letters, digits and hyphens."),
    )
    name = models.CharField(_("organisation"), max_length=100)
    catalogue = models.ForeignKey(
        Catalogue, models.PROTECT, related_name="checklists", verbose_name=_("catalogue")
    )
    parent = models.ForeignKey(
        "self", models.PROTECT, related_name="children", verbose_name=_("parent"), null=True, blank=True
    )
    period = models.CharField(
        _("period"), max_length=40, blank=True, help_text=_("What the checklist covers, such as 2026.")
    )
    status = models.CharField(
        _("state"), max_length=16, choices=ChecklistStatus, default=ChecklistStatus.OPEN
    )
    requires_two_factor = models.BooleanField(
        _("administrators need a second factor"),
        default=False,
        help_text=_("Administrators without one can only read."),
    )
    opened_at = models.DateTimeField(_("opened"), editable=False)
    # Until then every update counted as an entry, and no hand-over needed a receipt; empty: from the start.
    entries_from = models.DateTimeField(_("has entries since"), null=True, editable=False)
    receipts_from = models.DateTimeField(_("has receipts since"), null=True, editable=False)
    # The last upgrade to another edition, or its undoing; empty: it has always had this one.
    upgraded_at = models.DateTimeField(_("upgraded"), null=True, editable=False)
    # "/henan/zhengzhou/": a role in a checklist lets its holder read all whose path starts with this path.
    path = models.CharField(max_length=PATH_LIMIT, unique=True, editable=False)

    has_units: bool  # as ChecklistQuerySet.with_units found
    has_ledger: bool
    children_count: int  # as ChecklistQuerySet.with_children found

    objects = ChecklistQuerySet.as_manager()

    class Meta(ChecklistRules.Meta):
        abstract = False
        verbose_name = _("checklist")
        verbose_name_plural = _("checklists")
        ordering = ["path"]
        constraints = [
            *ChecklistRules.Meta.constraints,
            models.CheckConstraint(
                condition=Q(status__in=ChecklistStatus.values),
                name="checklist_status_known",
                violation_error_message=_("Choose one of the listed states."),
            ),
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | ~Q(parent=F("id")),
                name="checklist_not_its_own_parent",
                violation_error_message=_("A checklist cannot be its own parent."),
            ),
            models.CheckConstraint(
                condition=Q(slug__regex=r"^[a-z0-9]+(-[a-z0-9]+)*$"),
                name="checklist_slug_in_small_letters",
                violation_error_message=_("Use lower-case Latin letters, digits and hyphens."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @audited_transaction()
    def save(self, **options: Unpack[SaveOptions]) -> None:
        """Save all fields; of an existing checklist, all but its place in the tree and its status.

        A stale instance would otherwise undo another user's move or closing.
        """
        if self._state.adding:
            above = Checklist.objects.get(pk=self.parent_id) if self.parent_id else None
            self.path = path_below(above, self.slug)
        else:
            wanted = options.get("update_fields") or [field.name for field in self._meta.concrete_fields]
            options["update_fields"] = {*wanted} - {*PLACE_AND_STATUS, "id"}
        super().save(**options)

    @cached_property
    def address(self) -> str:
        """Of its overview; the other pages' addresses begin with it."""
        return reverse("overview", args=[self.slug])

    def get_absolute_url(self) -> str:
        return self.address

    @audited_transaction()
    def move(
        self, parent: "Checklist | None", *, at: datetime, by: User | None = None, reason: str = ""
    ) -> None:
        """Move this checklist, and all below it, under another parent; None moves it to the top.

        Raises PlaceRefused. Reports of earlier days do not change: `ChecklistQuerySet.below` knows old trees.
        """
        refuse_without_reason(by, reason)
        # Two concurrent moves could each create half of a cycle: the lock serialises them. A trigger
        # (measures/database/no_circles.py) stops code that bypasses this method.
        now = Checklist.objects.get(pk=self.pk)
        above = Checklist.objects.get(pk=parent.pk) if parent else None
        now.refuse_place(above)
        if now.parent_id != (above.pk if above else None):
            now._move_all(above, at=at, by=by, reason=reason)
        self.parent, self.path = above, path_below(above, now.slug)

    def refuse_place(self, parent: "Checklist | None") -> None:
        """Raise PlaceRefused if this checklist, with all below it, cannot move under this parent."""
        path = path_below(parent, self.slug)
        if path == self.path:
            return
        if parent and parent.path.startswith(self.path):
            raise PlaceRefused(
                gettext("This checklist is below the one that you are moving. Choose another parent.")
            )
        below = Checklist.objects.filter(path__startswith=self.path).values_list("path", flat=True)
        if any(len(one) - len(self.path) + len(path) > PATH_LIMIT for one in below):
            raise PlaceRefused(gettext("The tree would become too deep here. Choose a parent higher up."))

    def _move_all(self, parent: "Checklist | None", *, at: datetime, by: User | None, reason: str) -> None:
        path, old = path_below(parent, self.slug), self.path
        moved = list(Checklist.objects.filter(path__startswith=old).values_list("pk", "parent", "path"))
        rest = Concat(Value(path), Substr("path", len(old) + 1))
        Checklist.objects.filter(path__startswith=old).update(path=rest)
        Checklist.objects.filter(pk=self.pk).update(parent=parent)
        Placement.objects.bulk_create(
            Placement(
                checklist_id=pk,
                parent_id=parent.pk if pk == self.pk and parent else above if pk != self.pk else None,
                path=path + was.removeprefix(old),
                at=at,
            )
            for pk, above, was in moved
        )
        audit(
            Audited.CHECKLIST_CHANGED,
            by=by,
            at=at,
            checklist=self,
            about=self,
            before={"parent": self.parent, "path": old},
            after={"parent": parent, "path": path, "checklists": len(moved)}
            | ({"reason": reason} if reason else {}),
        )

    def edition_on(self, day: date | None) -> int:
        """The key of the catalogue that it had at the end of the day; None: that it has now."""
        if day is None or self.upgraded_at is None or self.upgraded_at < end_of_day(day):
            return self.catalogue_id
        then = self.editions.filter(at__lt=end_of_day(day)).order_by("-at", "-id")
        found = then.values_list("catalogue", flat=True).first()
        return found or self.editions.order_by("at", "id").values_list("catalogue", flat=True)[0]

    def catalogue_on(self, day: date | None) -> Catalogue:
        """As `edition_on`, the catalogue itself; no query where it is today's and at hand."""
        key = self.edition_on(day)
        return self.catalogue if key == self.catalogue_id else Catalogue.objects.get(pk=key)

    @cached_property
    def editions_had(self) -> list[tuple[datetime, str]]:
        """Since when it has had which edition, by short name; none where it has had one only."""
        if self.upgraded_at is None:
            return []
        return list(self.editions.order_by("at", "id").values_list("at", "catalogue__slug"))

    def item_address(self, code: str, before: datetime) -> str:
        """The address of the item that had this code just before a moment, whatever its code is now."""
        return iri_to_uri(f"{self.address}items/{code_then(code, self.editions_had, before)}/")

    def address_of(self, measure: Measure) -> str:
        """The address of the item that answers a measure, or answered it where it is of a former edition."""
        edition = measure.section.pillar.catalogue
        former = f"@{edition.slug}" if edition.pk != self.catalogue_id else ""
        return reverse("item", args=[self.slug, f"{measure.code}{former}"])

    @property
    def is_open(self) -> bool:
        return self.status == ChecklistStatus.OPEN

    def clean(self) -> None:
        try:
            if self._state.adding:
                path_below(self.parent, self.slug)
            else:
                self.refuse_place(self.parent)
        except PlaceRefused as refused:
            raise ValidationError({"parent": str(refused)}) from refused

    @audited_transaction()
    def turn(
        self, status: ChecklistStatus, *, at: datetime, by: User, reason: str, merged_into: Self | None = None
    ) -> None:
        """Close it, as its work continues in `merged_into` or not at all, or open it again."""
        refuse_without_reason(by, reason)
        before = Checklist.objects.select_for_update().get(pk=self.pk).status
        self.status = status
        if before != status:
            Checklist.objects.filter(pk=self.pk).update(status=status)
            Turn.objects.create(checklist=self, status=status, merged_into=merged_into, at=at)
            was, now = {"status": before}, {"status": status, "reason": reason}
            audit(Audited.CHECKLIST_CHANGED, by=by, at=at, checklist=self, about=self, before=was, after=now)

    @audited_transaction()
    def set_rules(self, before: "Checklist", *, by: User, at: datetime) -> None:
        """Save what was set on this instance: name, rules and when lights warn. `before` is as it was."""
        Checklist.objects.select_for_update().get(pk=self.pk)
        self.save(update_fields=RULE_FIELDS)
        old = {name: getattr(before, name) for name in RULE_FIELDS}
        new = {name: getattr(self, name) for name in RULE_FIELDS}
        changed = [name for name in RULE_FIELDS if old[name] != new[name]]
        if changed:
            audit(
                Audited.RULES_CHANGED,
                by=by,
                at=at,
                checklist=self,
                about=self,
                before={name: old[name] for name in changed},
                after={name: new[name] for name in changed},
            )

    @audited_transaction()
    def open(self, *, at: datetime, by: User | None = None) -> Self:
        """Save this new checklist with one item, not started, for each measure of its catalogue."""
        self.opened_at = at
        self.save(force_insert=True)
        Placement.objects.create(checklist=self, parent_id=self.parent_id, path=self.path, at=at)
        self.items.bulk_create(
            self.items.model(checklist=self, measure=measure, pillar_id=measure.section.pillar_id)
            for measure in Measure.objects.shared_by(self.catalogue).select_related("section")
        )
        audit(Audited.CHECKLIST_OPENED, by=by, at=at, checklist=self, about=self, after=in_plain(self))
        return self
