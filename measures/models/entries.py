"""Progress entries: what units report about their items. Entries are never changed, only withdrawn."""

from datetime import datetime

from django.contrib.auth.models import User
from django.db import models
from django.db.models import Q
from django.db.models.functions import Length
from django.db.models.lookups import LessThanOrEqual
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from measures.choices import Audited, Side, Via
from measures.database.locks import audited_transaction
from measures.models.audit import audit
from measures.models.only_added import AppendOnly
from measures.models.people import Owner, person_name
from measures.models.tracking import Item
from measures.models.updates import Batch, Update
from measures.querysets.append_only import AppendOnlyQuerySet
from measures.querysets.loop import DERIVED_FROM_ENTRIES, EntryQuerySet
from measures.texts import REASON_LIMIT, Label

ENTRY_LIMIT = 5_000  # characters of each text

# The texts of an entry, in the order of forms, pages and reports.
ENTRY_TEXTS: dict[str, Label] = {
    "progress": _("Progress in this period"),
    "problems": _("Problems"),
    "next_steps": _("Next steps"),
}
NO_TEXT = Q(progress="", problems="", next_steps="")


class Entry(AppendOnly):
    """One dated statement by a unit about an item. `Withdrawal` takes one back; both stay.

    `counts_on` is a day of the reporting period that the entry counts for: the day on which it was written,
    or the last day of an earlier period. `update` is the change of the item that was saved with it.
    """

    item = models.ForeignKey(Item, models.PROTECT, related_name="entries", verbose_name=_("item"))
    unit = models.ForeignKey(Owner, models.PROTECT, related_name="entries", verbose_name=_("unit"))
    side = models.CharField(_("written by"), max_length=16, choices=Side)
    progress = models.TextField(ENTRY_TEXTS["progress"], max_length=ENTRY_LIMIT, blank=True)
    problems = models.TextField(ENTRY_TEXTS["problems"], max_length=ENTRY_LIMIT, blank=True)
    next_steps = models.TextField(ENTRY_TEXTS["next_steps"], max_length=ENTRY_LIMIT, blank=True)
    nothing_new = models.BooleanField(_("nothing new in this period"), default=False)
    counts_on = models.DateField(_("counts on"))
    at = models.DateTimeField(_("at"))
    via = models.CharField(_("by way of"), max_length=16, choices=Via)
    update = models.ForeignKey(
        Update, models.PROTECT, related_name="entries", verbose_name=_("update"), null=True, blank=True
    )
    batch = models.ForeignKey(
        Batch, models.PROTECT, related_name="entries", verbose_name=_("batch"), null=True, blank=True
    )

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("entry")
        verbose_name_plural = _("entries")
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["item", "-at", "-id"], name="entry_item_newest")]
        constraints = [
            models.CheckConstraint(
                condition=(Q(nothing_new=True) & NO_TEXT) | (Q(nothing_new=False) & ~NO_TEXT),
                name="entry_says_something",
                violation_error_message=_("Write at least one of the texts, or say that nothing is new."),
            ),
            *(
                models.CheckConstraint(
                    condition=LessThanOrEqual(Length(name), ENTRY_LIMIT),
                    name=f"entry_{name}_within_limit",
                    violation_error_message=_("This text is too long. Keep it to 5,000 characters."),
                )
                for name in ENTRY_TEXTS
            ),
            models.CheckConstraint(
                condition=Q(side__in=Side.values),
                name="entry_side_known",
                violation_error_message=_("Choose one of the listed sides."),
            ),
            models.CheckConstraint(
                condition=Q(via__in=Via.values),
                name="entry_via_known",
                violation_error_message=_("Choose one of the listed ways."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.at:%Y-%m-%d %H:%M}"

    @property
    def texts(self) -> list[tuple[Label, str]]:
        """The texts that are not empty, each with its label."""
        return [(ENTRY_TEXTS[name], text) for name, text in self._written().items()]

    @property
    def as_text(self) -> str:
        """All that it says, one text a line; what is not progress, after its label."""
        if self.nothing_new:
            return gettext("Nothing new in this period")
        colon = pgettext("between label and value", ": ")
        lines = self._written()
        return "\n".join(
            text if name == "progress" else f"{ENTRY_TEXTS[name]}{colon}{text}"
            for name, text in lines.items()
        )

    @property
    def said(self) -> dict[str, object]:
        """What it says, as the audit trail holds it."""
        said: dict[str, object] = {"unit": self.unit, "side": self.side, "counts_on": self.counts_on}
        if self.nothing_new:
            said["nothing_new"] = True
        return said | self._written()

    def _written(self) -> dict[str, str]:
        """The texts that are not empty, by name."""
        return {name: text for name in ENTRY_TEXTS if (text := getattr(self, name))}

    @classmethod
    @audited_transaction()
    def withdraw_batch(cls, batch: Batch, *, by: User, at: datetime, reason: str) -> int:
        """Take back all entries of a batch that nobody has withdrawn; return how many these were.

        The number of statements does not depend on that of the entries. Raises ValueError.
        """
        if not reason.strip():
            raise ValueError("Withdrawing entries needs a reason.")
        found = cls.objects.filter(batch=batch).not_withdrawn().order_by("pk")
        items = list(
            Item.objects.locked("checklist").filter(pk__in=found.order_by().values("item")).order_by("pk")
        )
        made = Withdrawal.objects.bulk_create(
            Withdrawal(entry=entry, reason=reason, by=by, by_name=person_name(by), at=max(at, entry.at))
            for entry in found
        )
        Item.objects.filter(pk__in=[item.pk for item in items]).derive(DERIVED_FROM_ENTRIES)
        if made:
            said = {"items": len(items), "batch": str(batch.pk), "reason": reason}
            audit(Audited.ENTRY_WITHDRAWN, by=by, at=at, checklist=batch.checklist, about=batch, after=said)
        return len(made)

    @audited_transaction()
    def withdraw(self, *, by: User, at: datetime, reason: str) -> "Withdrawal":
        """Take the entry back; it stays visible as withdrawn. Raises WithdrawnAlready and ValueError."""
        if not reason.strip():
            raise ValueError("Withdrawing an entry needs a reason.")
        locked = Item.objects.locked("measure", "checklist").get(pk=self.item_id)
        if Withdrawal.objects.filter(entry=self).exists():
            raise WithdrawnAlready(str(self))
        withdrawal = Withdrawal.objects.create(
            entry=self, reason=reason, by=by, by_name=person_name(by), at=max(at, self.at)
        )
        Item.objects.filter(pk=locked.pk).derive(DERIVED_FROM_ENTRIES)
        audit(
            Audited.ENTRY_WITHDRAWN,
            by=by,
            at=at,
            checklist=locked.checklist,
            about=locked.measure,
            before=self.said,
            after={"reason": reason},
        )
        return withdrawal


class Withdrawal(AppendOnly):
    """An entry that its author or the office took back, and why."""

    entry = models.OneToOneField(
        Entry, models.PROTECT, related_name="withdrawal", verbose_name=_("entry"), unique=True
    )
    reason = models.CharField(_("reason"), max_length=REASON_LIMIT)
    at = models.DateTimeField(_("at"))

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        verbose_name = _("withdrawal of an entry")
        verbose_name_plural = _("withdrawals of entries")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="withdrawal_has_reason",
                violation_error_message=_("Say why the entry is withdrawn."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.by_name} {self.at:%Y-%m-%d %H:%M}"


class WithdrawnAlready(Exception):
    """Somebody else withdrew it first."""
