"""What people write about an item: status, owner, due date, target, notes. Items and updates share it.

`FIELDS` describes each field once, beside the model fields. Lists, forms, the admin, the journal, the past,
spreadsheets and reports loop over it. measures/README.md says what a new field needs.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum, auto
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce, Length
from django.db.models.lookups import LessThanOrEqual
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from measures.choices import REASON_STATUSES, Status
from measures.models.people import Owner, in_key_order, names_of, units_in
from measures.querysets.cooperation import COOPERATING
from measures.texts import Label

if TYPE_CHECKING:
    from measures.models.cooperation import Cooperation, UpdateCooperation

NOTES_LIMIT = 10_000  # characters
TARGET_LIMIT = 1_000
LEADER_LIMIT = 100


# What a field of an item holds; None, an empty text or no units where nothing is written.
type StateValue = str | Owner | tuple[Owner, ...] | date | None


# A value as `StateField.to_json` makes it.
type Sealed = str | int | list[int] | None


class Kind(Enum):
    """The kind of a field's value."""

    STATUS = auto()
    OWNER = auto()
    UNITS = auto()
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
    def is_column(self) -> bool:
        """Whether it is a column of its tables: cooperating units are rows of other tables."""
        return self.kind != Kind.UNITS

    @property
    def empty(self) -> str | tuple[Owner, ...] | None:
        """The value on an item that nobody has changed."""
        if self.kind == Kind.STATUS:
            return Status.NOT_STARTED
        if self.kind == Kind.UNITS:
            return ()
        return "" if self.is_text else None

    @property
    def lookup(self) -> str:
        """Where a queryset of items finds what `plain` returns; of units, what `units_in` reads."""
        if self.kind == Kind.UNITS:
            return COOPERATING
        return f"{self.name}__name" if self.kind == Kind.OWNER else self.name

    def plain(self, value: StateValue) -> str | date | None:
        """The value without a model: the names of owners, or an empty text for none."""
        if self.kind == Kind.STATUS:
            return Status(str(value))
        if self.kind == Kind.OWNER:
            return str(value or "")
        if isinstance(value, tuple):
            return names_of(value)
        return None if isinstance(value, Owner) else value

    def in_words(self, value: object) -> str:
        """The value as people read it, in the active language; empty for no value."""
        if value is None or value == "":
            return ""
        if isinstance(value, tuple):
            return names_of(value)
        if self.kind == Kind.STATUS:
            return str(Status(str(value)).label)
        return date_format(value) if isinstance(value, date) else str(value)

    def to_json(self, value: StateValue) -> Sealed:
        """The value for JSON: the keys of owners, a day in ISO 8601."""
        if isinstance(value, Owner):
            return value.pk
        if isinstance(value, tuple):
            return [unit.pk for unit in value]
        return value.isoformat() if isinstance(value, date) else value

    def from_json(self, value: Sealed, owners: Mapping[int, Owner]) -> StateValue:
        """The value that `to_json` was given. `owners` holds owners by key; an unknown key gives none."""
        if isinstance(value, list):
            return tuple(owners[key] for key in value if key in owners)
        if isinstance(value, int) or value is None:
            return owners.get(value) if value else None
        return date.fromisoformat(value) if value and self.kind == Kind.DAY else value


# In the order of forms, columns and reports.
FIELDS = (
    StateField("status", _("Status"), Kind.STATUS, width=12),
    StateField("owner", _("Owner"), Kind.OWNER, width=18),
    StateField("cooperating", _("Cooperating units"), Kind.UNITS, width=24),
    StateField("leader", _("Leader in charge"), Kind.TEXT, width=16, limit=LEADER_LIMIT),
    StateField("due", _("Due"), Kind.DAY, width=12, has_days_late=True),
    StateField("target", _("Target"), Kind.LONG_TEXT, width=36, limit=TARGET_LIMIT),
    StateField("notes", _("Notes"), Kind.LONG_TEXT, width=60, limit=NOTES_LIMIT),
)
STATE_FIELDS = tuple(one.name for one in FIELDS)
COLUMN_FIELDS = tuple(one.name for one in FIELDS if one.is_column)
BY_NAME = {one.name: one for one in FIELDS}
# The state of an item that nobody has changed.
UNTOUCHED: Mapping[str, StateValue] = {one.name: one.empty for one in FIELDS}


class State(models.Model):
    """The fields that people write: on an item as they are now, on an update as they were after it."""

    _cooperating: tuple[Owner, ...]
    cooperations: "models.QuerySet[Cooperation | UpdateCooperation]"

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
        help_text=_("For remarks; units report progress in entries."),
    )

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=Status.values),
                name="%(class)s_status_known",
                violation_error_message=_("Choose one of the listed statuses."),
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

    @property
    def cooperating(self) -> tuple[Owner, ...]:
        """The units that cooperate, in the order of their keys.

        Querysets read them along with the rows (`with_cooperating`); otherwise this is a query.
        """
        if "_cooperating" not in self.__dict__:
            text = self.__dict__.get(COOPERATING)
            if text is None and self.pk:
                found = self.cooperations.select_related("unit")
                self._cooperating = in_key_order(link.unit for link in found)
            else:
                self._cooperating = units_in(text or "")
        return self._cooperating

    @cooperating.setter
    def cooperating(self, units: Iterable[Owner]) -> None:
        self._cooperating = in_key_order(units)

    def refresh_from_db(self, *args: Any, **kwargs: Any) -> None:
        """As Django's; the cooperating units are read anew as well."""
        for name in ("_cooperating", COOPERATING):
            self.__dict__.pop(name, None)
        super().refresh_from_db(*args, **kwargs)

    def columns(self) -> dict[str, StateValue]:
        """The part of the state that is in columns of this table, by the field's name."""
        return {name: getattr(self, name) for name in COLUMN_FIELDS}

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
            if not one.is_column:
                continue
            then = F(f"then__{one.name}")
            if one.kind == Kind.OWNER:
                columns |= {one.name: then, f"{one.name}_id": then, one.lookup: F(f"then__{one.lookup}")}
            elif one.empty is None:
                columns[one.name] = then
            else:
                like = {field.name: field for field in cls._meta.concrete_fields}[one.name]
                columns[one.name] = Coalesce(then, Value(one.empty), output_field=like)
        return columns


def settled(before: State, values: Mapping[str, StateValue]) -> dict[str, StateValue]:
    """The values, with cooperating units in their order and without the owner, who leads."""
    if not values.keys() & {"owner", "cooperating"}:
        return dict(values)
    owner, units = values.get("owner", before.owner), values.get("cooperating", before.cooperating)
    assert isinstance(units, tuple)
    kept = in_key_order(unit for unit in units if unit != owner)
    changes = "cooperating" in values or kept != before.cooperating
    return {**values, "cooperating": kept} if changes else dict(values)


def differing(before: State, values: Mapping[str, StateValue]) -> dict[str, StateValue]:
    """The values that differ from the state, settled. Raises ValueError for a field that an item lacks."""
    if unknown := set(values) - set(STATE_FIELDS):
        raise ValueError(f"An item has no {', '.join(sorted(unknown))} to change.")
    return {name: value for name, value in settled(before, values).items() if getattr(before, name) != value}


def owners_in(values: Mapping[str, StateValue]) -> list[Owner]:
    """The owner and the cooperating units among these values."""
    owner, cooperating = values.get("owner"), values.get("cooperating")
    units = list(cooperating) if isinstance(cooperating, tuple) else []
    return [owner, *units] if isinstance(owner, Owner) else units


def needs_reason(before: State, values: Mapping[str, StateValue]) -> bool:
    """Return whether a change from this state to these values needs a reason."""
    status = values.get("status", before.status)
    sets_aside = status in REASON_STATUSES and status != before.status
    moves_due = before.due is not None and values.get("due", before.due) != before.due
    return sets_aside or moves_due
