"""Progress entries: what units report about their items. Entries are never changed, only withdrawn."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Self

from django.contrib.auth.models import User
from django.db import models
from django.db.models import Q
from django.db.models.functions import Length
from django.db.models.lookups import LessThanOrEqual
from django.utils.translation import gettext_lazy as _

from measures.choices import Audited, Side, Via
from measures.database.locks import audited_transaction
from measures.lights import local_day
from measures.models.audit import audit
from measures.models.changes import Change, Outcome, RuleRefused
from measures.models.only_added import AppendOnly
from measures.models.people import Owner, person_name
from measures.models.state import StateValue
from measures.models.tracking import Item, change_items
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
                violation_error_message=_("Choose one of the sides listed."),
            ),
            models.CheckConstraint(
                condition=Q(via__in=Via.values),
                name="entry_via_known",
                violation_error_message=_("Choose one of the ways listed."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.at:%Y-%m-%d %H:%M}"

    @property
    def texts(self) -> list[tuple[Label, str]]:
        """The texts that are not empty, each with its label."""
        return [(label, text) for name, label in ENTRY_TEXTS.items() if (text := getattr(self, name))]

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
            before=_said(self),
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
    """Somebody else withdrew the entry first."""


@dataclass(frozen=True)
class NewEntry:
    """What a unit reports about one item, and what it changes of the item's state at the same time.

    `version` is the item's that the user saw; it matters only where `values` change something. `counts_on`
    is None for the day on which the entry is written.
    """

    item_id: int
    progress: str = ""
    problems: str = ""
    next_steps: str = ""
    nothing_new: bool = False
    counts_on: date | None = None
    version: int = 0
    values: Mapping[str, StateValue] = field(default_factory=dict)
    reason: str = ""

    @classmethod
    def on(cls, item: Item, **said: object) -> Self:
        """An entry about an item at the version that it has."""
        return cls(item.pk, version=item.version, **said)  # type: ignore[arg-type]


class NoUnit(Exception):
    """An item without an owner has no unit that could report."""


class StaleEntries(Exception):
    """Somebody changed items whose state these entries change too; `items` are the items as they are."""

    def __init__(self, items: list[Item]) -> None:
        super().__init__(", ".join(str(item.pk) for item in items))
        self.items = items


@audited_transaction()
def write_entries(
    new: Iterable[NewEntry],
    *,
    side: Side,
    by: User,
    at: datetime,
    via: Via,
    batch: Batch | None = None,
) -> list[Entry]:
    """Add entries with the changes that belong to them, in one transaction: all of them or none.

    The number of statements does not depend on the number of entries. Raises NoUnit, StaleEntries, and what
    `change_items` raises.
    """
    asked = {one.item_id: one for one in new}
    outcome = _change(asked.values(), by=by, at=at, via=via, batch=batch)
    if outcome.stale:
        raise StaleEntries(outcome.stale)
    if outcome.refused:
        raise RuleRefused(", ".join(str(item.pk) for item in outcome.refused))
    updates = {update.item_id: update for update in outcome.written}
    locked = Item.objects.locked("owner", "checklist", "measure")
    items = list(locked.filter(pk__in=asked).order_by("pk"))
    made = Entry.objects.bulk_create(
        _entry(
            asked[item.pk], item, update=updates.get(item.pk), side=side, by=by, at=at, via=via, batch=batch
        )
        for item in items
    )
    Item.objects.filter(pk__in=asked).derive(DERIVED_FROM_ENTRIES)
    _audit_entries(made, by=by, at=at, via=via)
    return made


def _change(new: Iterable[NewEntry], *, by: User, at: datetime, via: Via, batch: Batch | None) -> Outcome:
    changes = [Change(one.item_id, one.version, one.values, one.reason) for one in new if one.values]
    if not changes:
        return Outcome()
    return change_items(changes, by=by, at=at, via=via, batch=batch, derived_later=DERIVED_FROM_ENTRIES)


def _entry(
    one: NewEntry,
    item: Item,
    *,
    update: Update | None,
    side: Side,
    by: User,
    at: datetime,
    via: Via,
    batch: Batch | None,
) -> Entry:
    if item.owner is None:
        raise NoUnit(str(item.pk))
    texts = {name: getattr(one, name) for name in ENTRY_TEXTS}
    entry = Entry(item=item, unit=item.owner, side=side, nothing_new=one.nothing_new, **texts)
    entry.counts_on = one.counts_on or local_day(at)
    entry.by, entry.by_name, entry.at, entry.via = by, person_name(by), at, via
    entry.update, entry.batch = update, batch
    return entry


def _audit_entries(made: list[Entry], *, by: User, at: datetime, via: Via) -> None:
    """One record: of one entry what it says; of several how many there are."""
    if not made:
        return
    first = made[0]
    after: dict[str, object] = _said(first) if len(made) == 1 else {"items": len(made)}
    if first.batch_id:
        after["batch"] = str(first.batch_id)
    about = first.item.measure if len(made) == 1 else first.batch or ""
    audit(
        Audited.ENTRY_WRITTEN, by=by, at=at, via=via, checklist=first.item.checklist, about=about, after=after
    )


def _said(entry: Entry) -> dict[str, object]:
    """What an entry says, as the audit trail holds it."""
    said: dict[str, object] = {"unit": entry.unit, "side": entry.side, "counts_on": entry.counts_on}
    if entry.nothing_new:
        said["nothing_new"] = True
    return said | {name: text for name in ENTRY_TEXTS if (text := getattr(entry, name))}
