"""Chasers: the office asks a unit for an answer about some of its items, by a day.

They are only ever added, and change neither an item's state nor its silence nor its version. What answers a
chaser is not stored: `querysets/chasers.py` finds it among the entries.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.contrib.auth.models import User
from django.db import models
from django.db.models import Q
from django.db.models.functions import Length
from django.db.models.lookups import LessThanOrEqual
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from measures.choices import Audited, ChaserLevel
from measures.database.locks import audited_transaction
from measures.models.audit import audit
from measures.models.entries import Entry
from measures.models.only_added import AppendOnly, OnlyAdded
from measures.models.people import Owner, names_of, person_name
from measures.models.tracking import Item
from measures.querysets.append_only import AppendOnlyQuerySet
from measures.querysets.chasers import ChasedQuerySet, ChaserQuerySet
from measures.texts import REASON_LIMIT

CHASER_LIMIT = 1_000  # characters of its text
CHASED_AT_ONCE = 1_000  # items
DOUBLE_CLICK = timedelta(minutes=1)  # within which the same chaser again is the same


class ChaserWithdrawn(Exception):
    """Somebody else withdrew it first."""


@dataclass(frozen=True)
class Sent:
    """What one act of chasing made: a chaser for each unit, and the items that no unit leads."""

    chasers: "tuple[Chaser, ...]"
    left_out: tuple[Item, ...]


def by_lead_unit(items: Iterable[Item]) -> tuple[dict[Owner, list[Item]], list[Item]]:
    """These items by the unit that leads each, and those that no unit leads."""
    led: dict[Owner, list[Item]] = {}
    left_out = []
    for item in items:
        if item.owner:
            led.setdefault(item.owner, []).append(item)
        else:
            left_out.append(item)
    return led, left_out


def answers_in_time(entry: Entry, withdrawal: "ChaserWithdrawal | None") -> bool:
    """Whether the entry came while the chaser still waited: what follows a withdrawal answers nothing."""
    return withdrawal is None or entry.at <= withdrawal.at


class Chaser(AppendOnly):
    """One request to one unit. `chased` are the items that it names, `reads` who has read it."""

    unit = models.ForeignKey(Owner, models.PROTECT, related_name="chasers", verbose_name=_("unit"))
    level = models.CharField(_("level"), max_length=16, choices=ChaserLevel)
    text = models.TextField(_("text"), max_length=CHASER_LIMIT)
    answer_by = models.DateField(_("answer by"))
    at = models.DateTimeField(_("at"))

    objects = ChaserQuerySet.as_manager()

    class Meta:
        verbose_name = _("chaser")
        verbose_name_plural = _("chasers")
        ordering = ["-id"]
        indexes = [models.Index(fields=["unit", "-at", "-id"], name="chaser_unit_newest")]
        constraints = [
            models.CheckConstraint(
                condition=Q(level__in=ChaserLevel.values),
                name="chaser_level_known",
                violation_error_message=_("Choose one of the listed levels."),
            ),
            models.CheckConstraint(
                condition=~Q(text="") & Q(LessThanOrEqual(Length("text"), CHASER_LIMIT)),
                name="chaser_text_within_limit",
                violation_error_message=_("Say what you ask for, in up to 1,000 characters."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_level_display()} {self.unit} {self.at:%Y-%m-%d %H:%M}"

    def get_absolute_url(self) -> str:
        return reverse("chaser", args=[self.unit.checklist.slug, self.pk])

    @classmethod
    @audited_transaction()
    def send(
        cls, items: Iterable[int], *, level: ChaserLevel, text: str, answer_by: date, by: User, at: datetime
    ) -> Sent:
        """Send each lead unit one chaser that names its items among these, given by their keys.

        An item without a lead unit is left out. What this user has just sent to a unit in the same words and
        about the same items is not sent again, but returned. The number of statements does not depend on that
        of the items or units. Raises ValueError for an empty text.
        """
        if not text.strip():
            raise ValueError("A chaser needs a text.")
        found = Item.objects.filter(pk__in=list(items)).select_related("owner", "checklist", "measure")
        led, left_out = by_lead_unit(found.in_order())
        said = {"level": level, "text": text, "answer_by": answer_by}
        again = cls._sent_just_now(led, since=at - DOUBLE_CLICK, by=by, **said)
        for chaser in again:
            del led[chaser.unit]
        made = cls.objects.bulk_create(
            cls(unit=unit, **said, at=at, by=by, by_name=person_name(by)) for unit in led
        )
        chased = [item for of_unit in led.values() for item in of_unit]
        ChasedItem.objects.bulk_create(
            ChasedItem(chaser=chaser, item=item) for chaser in made for item in led[chaser.unit]
        )
        if made:
            codes = ", ".join(item.measure.code for item in chased)
            after = {"units": names_of(led), "items": codes, **said}
            about = made[0] if len(made) == 1 else ""
            audit(Audited.CHASED, by=by, at=at, checklist=chased[0].checklist, about=about, after=after)
        return Sent((*again, *made), tuple(left_out))

    @classmethod
    def _sent_just_now(
        cls, led: dict[Owner, list[Item]], *, since: datetime, **said: object
    ) -> "list[Chaser]":
        """The chasers of the user with these words that name the same items of a unit. One query."""
        asked = {f"chaser__{name}": value for name, value in said.items()}
        found = ChasedItem.objects.filter(chaser__unit__in=led, chaser__at__gt=since, **asked)
        found = found.filter(chaser__withdrawal=None)
        named: dict[Chaser, set[int]] = {}
        for one in found.select_related("chaser__unit"):
            named.setdefault(one.chaser, set()).add(one.item_id)
        wanted = {unit: {item.pk for item in items} for unit, items in led.items()}
        return list(
            {chaser.unit: chaser for chaser, items in named.items() if items == wanted[chaser.unit]}.values()
        )

    @audited_transaction()
    def note_read(self, *, by: User, at: datetime) -> "ChaserRead":
        """Note that this person has read it; once, however often they say so."""
        known = self.reads.filter(by=by).first()
        if known:
            return known
        read = ChaserRead.objects.create(chaser=self, by=by, by_name=person_name(by), at=max(at, self.at))
        audit(Audited.CHASER_READ, by=by, at=at, checklist=self.unit.checklist, about=self)
        return read

    def withdrawn_by(self, until: datetime | None = None) -> "ChaserWithdrawal | None":
        """How it was taken back, if it was before `until`. No query if `withdrawal` was fetched along."""
        found: ChaserWithdrawal | None = getattr(self, "withdrawal", None)
        return found if found and (until is None or found.at < until) else None

    @audited_transaction()
    def withdraw(self, *, by: User, at: datetime, reason: str) -> "ChaserWithdrawal":
        """Take it back: it stays visible, and waits for no answer. Raises ChaserWithdrawn and ValueError."""
        if not reason.strip():
            raise ValueError("Withdrawing a chaser needs a reason.")
        if ChaserWithdrawal.objects.filter(chaser=self).exists():
            raise ChaserWithdrawn(str(self))
        made = ChaserWithdrawal.objects.create(
            chaser=self, reason=reason, by=by, by_name=person_name(by), at=max(at, self.at)
        )
        said = {"level": self.level, "text": self.text, "answer_by": self.answer_by}
        audit(
            Audited.CHASER_WITHDRAWN,
            by=by,
            at=at,
            checklist=self.unit.checklist,
            about=self,
            before=said,
            after={"reason": reason},
        )
        return made


class ChasedItem(OnlyAdded):
    """An item that a chaser names."""

    chaser = models.ForeignKey(
        Chaser, models.PROTECT, related_name="chased", verbose_name=_("chaser"), db_index=False
    )
    item = models.ForeignKey(Item, models.PROTECT, related_name="chased", verbose_name=_("item"))

    # Annotations of `ChasedQuerySet.with_answer`.
    answer_id: int | None

    objects = ChasedQuerySet.as_manager()

    class Meta:
        verbose_name = _("item of a chaser")
        verbose_name_plural = _("items of chasers")
        ordering = ["chaser", "item"]
        constraints = [
            models.UniqueConstraint(
                fields=["chaser", "item"],
                name="chased_once",
                violation_error_message=_("The chaser names this item already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.chaser_id} – {self.item_id}"


class ChaserRead(AppendOnly):
    """Somebody of the unit said that they have read a chaser."""

    chaser = models.ForeignKey(
        Chaser, models.PROTECT, related_name="reads", verbose_name=_("chaser"), db_index=False
    )
    at = models.DateTimeField(_("at"))

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        verbose_name = _("reading of a chaser")
        verbose_name_plural = _("readings of chasers")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["chaser", "by"],
                name="chaser_read_once",
                violation_error_message=_("You have read this chaser already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.by_name} {self.at:%Y-%m-%d %H:%M}"


class ChaserWithdrawal(AppendOnly):
    """A chaser that the office took back, and why."""

    chaser = models.OneToOneField(
        Chaser, models.PROTECT, related_name="withdrawal", verbose_name=_("chaser"), unique=True
    )
    reason = models.CharField(_("reason"), max_length=REASON_LIMIT)
    at = models.DateTimeField(_("at"))

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        verbose_name = _("withdrawal of a chaser")
        verbose_name_plural = _("withdrawals of chasers")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="chaser_withdrawal_has_reason",
                violation_error_message=_("Say why the chaser is withdrawn."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.by_name} {self.at:%Y-%m-%d %H:%M}"
