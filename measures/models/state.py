"""What people write about an item: status, owner, due date, target, notes. Items and updates share it.

`FIELDS` describes each field once, beside the model fields. Lists, forms, the admin, the journal, the past,
spreadsheets and reports loop over it. measures/README.md says what a new field needs.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum, auto
from typing import Any

from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce, Length
from django.db.models.lookups import LessThanOrEqual
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from measures.choices import REASON_STATUSES, Status
from measures.models.people import Owner
from measures.texts import Label

NOTES_LIMIT = 10_000  # characters
TARGET_LIMIT = 1_000
LEADER_LIMIT = 100


# What a field of an item holds; None or an empty text where nothing is written.
type StateValue = str | Owner | date | None


class Kind(Enum):
    """The kind of a field's value."""

    STATUS = auto()
    OWNER = auto()
    DAY = auto()
    TEXT = auto()
    LONG_TEXT = auto()


@dataclass(frozen=True)
class StateField:
    """One field of `State`: its name, its label, and the kind of its value.

    `width` is that of its column in a spreadsheet, in characters. `limit` is the most characters that a
    text may have. `has_days_late` marks the day after which an item is late: tables show the days late in
    a column after it.
    """

    name: str
    label: Label
    kind: Kind
    width: int
    limit: int | None = None
    has_days_late: bool = False

    @property
    def is_text(self) -> bool:
        return self.kind in (Kind.TEXT, Kind.LONG_TEXT)

    @property
    def is_long(self) -> bool:
        return self.kind == Kind.LONG_TEXT

    @property
    def empty(self) -> str | None:
        """The value on an item that nobody has changed."""
        if self.kind == Kind.STATUS:
            return Status.NOT_STARTED
        return "" if self.is_text else None

    @property
    def lookup(self) -> str:
        """Where a queryset of items finds what `plain` returns."""
        return f"{self.name}__name" if self.kind == Kind.OWNER else self.name

    def plain(self, value: StateValue) -> str | date | None:
        """The value without a model: an owner's name, or an empty text for no owner."""
        if self.kind == Kind.STATUS:
            return Status(str(value))
        if self.kind == Kind.OWNER:
            return str(value or "")
        return None if isinstance(value, Owner) else value

    def in_words(self, value: object) -> str:
        """The value as people read it, in the active language; empty for no value."""
        if value is None or value == "":
            return ""
        if self.kind == Kind.STATUS:
            return str(Status(str(value)).label)
        return date_format(value) if isinstance(value, date) else str(value)

    def to_json(self, value: StateValue) -> str | int | None:
        """The value for JSON: an owner's key, a day in ISO 8601."""
        if isinstance(value, Owner):
            return value.pk
        return value.isoformat() if isinstance(value, date) else value

    def from_json(self, value: str | int | None, owners: Mapping[int, Owner]) -> StateValue:
        """The value that `to_json` was given. `owners` holds owners by key; an unknown key gives None."""
        if isinstance(value, int) or value is None:
            return owners.get(value) if value else None
        return date.fromisoformat(value) if value and self.kind == Kind.DAY else value


# In the order of forms, columns and reports.
FIELDS = (
    StateField("status", _("Status"), Kind.STATUS, width=12),
    StateField("owner", _("Owner"), Kind.OWNER, width=18),
    StateField("leader", _("Leader in charge"), Kind.TEXT, width=16, limit=LEADER_LIMIT),
    StateField("due", _("Due"), Kind.DAY, width=12, has_days_late=True),
    StateField("target", _("Target"), Kind.LONG_TEXT, width=36, limit=TARGET_LIMIT),
    StateField("notes", _("Notes"), Kind.LONG_TEXT, width=60, limit=NOTES_LIMIT),
)
STATE_FIELDS = tuple(one.name for one in FIELDS)
BY_NAME = {one.name: one for one in FIELDS}
# The state of an item that nobody has changed.
UNTOUCHED: Mapping[str, StateValue] = {one.name: one.empty for one in FIELDS}


class State(models.Model):
    """The fields that people write: on an item as they are now, on an update as they were after it."""

    status = models.CharField(_("status"), max_length=16, choices=Status, default=Status.NOT_STARTED)
    owner = models.ForeignKey(
        Owner, models.PROTECT, related_name="%(class)ss", verbose_name=_("owner"), null=True, blank=True
    )
    leader = models.CharField(
        _("leader in charge"),
        max_length=LEADER_LIMIT,
        blank=True,
        help_text=_("A post, not a name. Leave it empty for the leader of the owner."),
    )
    due = models.DateField(_("due"), null=True, blank=True)
    target = models.TextField(
        _("target"),
        max_length=TARGET_LIMIT,
        blank=True,
        help_text=_("What the unit will deliver: a document, a figure, a result that can be checked."),
    )
    notes = models.TextField(
        _("notes"),
        max_length=NOTES_LIMIT,
        blank=True,
        help_text=_("A free annotation; what a unit has done goes into its entries."),
    )

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=Status.values),
                name="%(class)s_status_known",
                violation_error_message=_("Choose one of the statuses listed."),
            ),
            models.CheckConstraint(
                condition=LessThanOrEqual(Length("notes"), NOTES_LIMIT),
                name="%(class)s_notes_within_limit",
                violation_error_message=_("The notes are too long. Keep them to 10,000 characters."),
            ),
            models.CheckConstraint(
                condition=LessThanOrEqual(Length("leader"), LEADER_LIMIT),
                name="%(class)s_leader_within_limit",
                violation_error_message=_("The leader is too long. Keep it to 100 characters."),
            ),
            models.CheckConstraint(
                condition=LessThanOrEqual(Length("target"), TARGET_LIMIT),
                name="%(class)s_target_within_limit",
                violation_error_message=_("The target is too long. Keep it to 1,000 characters."),
            ),
        ]

    def state(self) -> dict[str, StateValue]:
        """Each field's value by the field's name."""
        return {name: getattr(self, name) for name in STATE_FIELDS}

    def plain_state(self) -> dict[str, Any]:
        """Each field as `StateField.plain` has it, for a constructor that has a parameter for each."""
        return {one.name: one.plain(getattr(self, one.name)) for one in FIELDS}

    @classmethod
    def past_columns(cls) -> dict[str, F | Coalesce]:
        """Each field as it was after `then`, an item's newest update by some day; empty without an update.

        `ItemQuerySet.as_of` puts these expressions in place of the fields.
        """
        columns: dict[str, F | Coalesce] = {}
        for one in FIELDS:
            then = F(f"then__{one.name}")
            if one.kind == Kind.OWNER:
                columns |= {one.name: then, f"{one.name}_id": then, one.lookup: F(f"then__{one.lookup}")}
            elif one.empty is None:
                columns[one.name] = then
            else:
                like = {field.name: field for field in cls._meta.concrete_fields}[one.name]
                columns[one.name] = Coalesce(then, Value(one.empty), output_field=like)
        return columns


def needs_reason(before: State, values: Mapping[str, StateValue]) -> bool:
    """Return whether a change from this state to these values needs a reason."""
    status = values.get("status", before.status)
    sets_aside = status in REASON_STATUSES and status != before.status
    moves_due = before.due is not None and values.get("due", before.due) != before.due
    return sets_aside or moves_due
