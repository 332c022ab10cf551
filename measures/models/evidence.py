"""Evidence about items: files, stored under their hash, and links. Append-only; withdrawn with a reason."""

from dataclasses import dataclass
from datetime import datetime
from typing import IO

from django.contrib.auth.models import User
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from measures.choices import Audited, Side
from measures.database.locks import audited_transaction
from measures.evidence import store
from measures.evidence.kinds import NAME_LIMIT
from measures.models.applications import Application
from measures.models.audit import audit
from measures.models.entries import Entry
from measures.models.evidence_removals import EvidenceRemoval
from measures.models.new_entries import NoUnit
from measures.models.only_added import AppendOnly
from measures.models.people import Owner, person_name
from measures.models.tracking import Item
from measures.querysets.append_only import AppendOnlyQuerySet
from measures.querysets.evidence import EvidenceQuerySet
from measures.texts import REASON_LIMIT

LINK_LIMIT = 2_000  # characters
EVIDENCE_LIMIT = 10  # pieces of one entry or application
ITEM_EVIDENCE_LIMIT = 50  # pieces of an item that belong to neither
SHORT_HASH = 12  # digits of a hash that people compare


@dataclass(frozen=True)
class NewFile:
    """A file that has passed all checks."""

    name: str
    media_type: str
    size: int
    sha256: str
    content: IO[bytes]


class Evidence(AppendOnly):
    """A file or a link that shows what a unit reported about an item.

    `unit` is the unit that it is for. The file's content is in the storage (`measures/evidence/store.py`).
    """

    item = models.ForeignKey(Item, models.PROTECT, related_name="evidence", verbose_name=_("item"))
    entry = models.ForeignKey(
        Entry, models.PROTECT, related_name="evidence", verbose_name=_("entry"), null=True, blank=True
    )
    application = models.ForeignKey(
        Application,
        models.PROTECT,
        related_name="evidence",
        verbose_name=_("application"),
        null=True,
        blank=True,
    )
    unit = models.ForeignKey(Owner, models.PROTECT, related_name="evidence", verbose_name=_("unit"))
    side = models.CharField(_("added by"), max_length=16, choices=Side)
    name = models.CharField(_("file name"), max_length=NAME_LIMIT, blank=True)
    media_type = models.CharField(_("type"), max_length=100, blank=True)
    size = models.PositiveIntegerField(_("size in bytes"), default=0)
    sha256 = models.CharField("SHA-256", max_length=64, blank=True)
    link = models.CharField(_("link"), max_length=LINK_LIMIT, blank=True)
    at = models.DateTimeField(_("at"))

    # As EvidenceQuerySet.with_removal found.
    removed_at: datetime | None
    removed_because: str | None

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["item", "-at", "-id"], name="evidence_item_newest"),
            models.Index(fields=["sha256"], name="evidence_sha256"),
        ]
        constraints = [
            models.CheckConstraint(
                # It becomes a link on a page, so it must not be a script.
                condition=Q(link="") | Q(link__regex=r"^https?://"),
                name="evidence_link_is_an_address",
                violation_error_message=_("Enter a whole address that begins with http:// or https://."),
            ),
            models.CheckConstraint(
                condition=Q(link="", size__gte=1) & ~Q(name="") & ~Q(media_type="") & ~Q(sha256="")
                | Q(name="", media_type="", sha256="", size=0) & ~Q(link=""),
                name="evidence_file_or_link",
                violation_error_message=_("Choose a file or enter a link, not both."),
            ),
            models.CheckConstraint(
                condition=Q(entry=None) | Q(application=None),
                name="evidence_of_entry_or_application",
                violation_error_message=_("Choose an entry or an application, not both."),
            ),
            models.CheckConstraint(
                condition=Q(side__in=Side.values),
                name="evidence_side_known",
                violation_error_message=_("Choose one of the listed sides."),
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.link

    @property
    def is_file(self) -> bool:
        return bool(self.sha256)

    @property
    def short_hash(self) -> str:
        """The first digits of the hash, by which people compare."""
        return self.sha256[:SHORT_HASH]

    @property
    def said(self) -> dict[str, object]:
        """What it is, as the audit trail holds it."""
        what: dict[str, object] = {"link": self.link}
        if self.is_file:
            what = {"file": self.name, "size": self.size, "sha256": self.sha256}
        return {"unit": self.unit, "side": self.side} | what

    @audited_transaction()
    def withdraw(self, *, by: User, at: datetime, reason: str) -> "EvidenceWithdrawal":
        """Take it back; it stays visible as withdrawn. Raises EvidenceWithdrawn and ValueError."""
        if not reason.strip():
            raise ValueError("Withdrawing evidence needs a reason.")
        locked = Item.objects.locked("measure", "checklist").get(pk=self.item_id)
        if EvidenceWithdrawal.objects.filter(evidence=self).exists():
            raise EvidenceWithdrawn(str(self))
        made = EvidenceWithdrawal.objects.create(
            evidence=self, reason=reason, by=by, by_name=person_name(by), at=max(at, self.at)
        )
        audit(
            Audited.EVIDENCE_WITHDRAWN,
            by=by,
            at=at,
            checklist=locked.checklist,
            about=locked.measure,
            before=self.said,
            after={"reason": reason},
        )
        return made


class EvidenceWithdrawal(AppendOnly):
    """Evidence that its author or the office took back, and why."""

    evidence = models.OneToOneField(
        Evidence, models.PROTECT, related_name="withdrawal", verbose_name=_("evidence")
    )
    reason = models.CharField(_("reason"), max_length=REASON_LIMIT)
    at = models.DateTimeField(_("at"))

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        verbose_name = _("withdrawal of evidence")
        verbose_name_plural = _("withdrawals of evidence")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="evidence_withdrawal_has_reason",
                violation_error_message=_("Say why the evidence is withdrawn."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.by_name} {self.at:%Y-%m-%d %H:%M}"


class EvidenceWithdrawn(Exception):
    """Somebody else withdrew the evidence first."""


class TooMuchEvidence(Exception):
    """The entry, application or item has as many pieces as it may have."""


class ContentRemoved(Exception):
    """The operator destroyed a file with this content; it is not taken again."""


def add_evidence(
    item: Item,
    what: NewFile | str,
    *,
    side: Side,
    by: User,
    at: datetime,
    unit: Owner | None = None,
    entry: Entry | None = None,
    application: Application | None = None,
) -> Evidence:
    """Add a file or a link. It is for the unit that leads the item or, with `unit`, for this one.

    First the file is stored, then its row: whatever fails in between leaves a file that nothing names, which
    `clean_evidence` deletes. Raises TooMuchEvidence, ContentRemoved, NoUnit, store.Damaged, and OSError if
    the file cannot be stored.
    """
    if isinstance(what, NewFile):
        _refuse_removed(what)
        store.keep(what.sha256, what.content)
    with audited_transaction():
        locked = Item.objects.locked("owner", "checklist", "measure").get(pk=item.pk)
        if locked.owner is None:
            raise NoUnit(str(locked.pk))
        _refuse_too_much(locked, entry, application)
        made = Evidence(
            item=locked, entry=entry, application=application, unit=unit or locked.owner, side=side
        )
        made.by, made.by_name, made.at = by, person_name(by), at
        if isinstance(what, NewFile):
            _refuse_removed(what)
            # It may have been there before, and been deleted meanwhile. Who deletes holds the same lock.
            if not store.is_stored(what.sha256):
                store.keep(what.sha256, what.content)
            made.name, made.media_type = what.name, what.media_type
            made.size, made.sha256 = what.size, what.sha256
        else:
            made.link = what
        made.save()
        audit(
            Audited.EVIDENCE_ADDED,
            by=by,
            at=at,
            checklist=locked.checklist,
            about=locked.measure,
            after=made.said,
        )
    return made


def _refuse_removed(file: NewFile) -> None:
    if EvidenceRemoval.objects.filter(sha256=file.sha256).exists():
        store.destroy(store.name_of(file.sha256))
        raise ContentRemoved(file.sha256)


def _refuse_too_much(item: Item, entry: Entry | None, application: Application | None) -> None:
    of_the_same = Evidence.objects.filter(item=item, entry=entry, application=application).not_withdrawn()
    limit = EVIDENCE_LIMIT if entry or application else ITEM_EVIDENCE_LIMIT
    if of_the_same.count() >= limit:
        raise TooMuchEvidence(str(limit))
