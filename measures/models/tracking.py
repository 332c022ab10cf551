"""The rows that people annotate, and the one way of changing them.

`change_items` is the only code that writes an item's state; a test walks the source for any other.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime

from django.conf import settings
from django.contrib.auth.models import User
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from measures.choices import OWING_STATUSES, Status, Via
from measures.database.locks import audited_transaction
from measures.database.prepared import prepared
from measures.database.rows import add_row, change_rows
from measures.lights import MISSING_NOTHING, Lit, days_late, lit_of
from measures.loop.rules import ActKind
from measures.models.catalogue import Measure, Pillar
from measures.models.changes import (
    Change,
    Judge,
    Outcome,
    ReasonRequired,
    RuleRefused,
    StaleVersion,
    audit_changes,
)
from measures.models.checklists import Checklist
from measures.models.cooperation import write_cooperations
from measures.models.derived import Derived
from measures.models.people import person_name
from measures.models.state import COLUMN_FIELDS, State, StateValue, differing, needs_reason, owners_in
from measures.models.updates import Batch, Update
from measures.querysets.in_force import ItemManager
from measures.querysets.ledger import ItemQuerySet
from measures.querysets.loop import DERIVED_FIELDS, DERIVED_FROM_STATE

JOINED = ("owner", "checklist")
CHANGING_FIELDS = (*COLUMN_FIELDS, "version", "updated_at", "updated_by")


class Item(State, Derived):
    """One measure in one checklist: the state now. Its updates hold how it came to be."""

    checklist = models.ForeignKey(
        Checklist, models.PROTECT, related_name="items", verbose_name=_("checklist")
    )
    measure = models.ForeignKey(Measure, models.PROTECT, related_name="items", verbose_name=_("measure"))
    # The measure's own, held here as well so that an index can serve a list of one pillar. The database keeps
    # it true (database/pillar_guard.py). Every index below that begins with it also serves the key itself.
    pillar = models.ForeignKey(
        Pillar,
        models.PROTECT,
        related_name="items",
        verbose_name=_("pillar"),
        editable=False,
        db_index=False,
    )
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)
    updated_at = models.DateTimeField(_("updated"), null=True, editable=False)
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        related_name="+",
        verbose_name=_("updated by"),
        null=True,
        editable=False,
    )

    update_by_name: str | None  # as ItemQuerySet.as_of found
    update_reason: str | None
    seen_at: datetime | None = None  # when its page began to read it and what else it says: ledger/about.py

    objects = ItemManager()

    class Meta(State.Meta):
        abstract = False
        verbose_name = _("item")
        verbose_name_plural = _("items")
        indexes = [
            # docs/performance.md says what each one is for, with its query plan.
            models.Index(
                fields=["pillar", "status", "due", "id", "retired_at"], name="item_pillar_status_due"
            ),
            models.Index(fields=["due", "id", "retired_at"], name="item_due"),
            models.Index(
                fields=[
                    "checklist",
                    "pillar",
                    "status",
                    "due",
                    "last_entry_at",
                    "asked_in_time",
                    "retired_at",
                ],
                name="item_checklist_counted",
            ),
        ]
        constraints = [
            *State.Meta.constraints,
            models.UniqueConstraint(
                fields=["checklist", "measure"],
                condition=Q(retired_at=None),
                name="item_once_in_checklist",
                violation_error_message=_("This checklist already has an item for this measure."),
            ),
            models.CheckConstraint(
                condition=Q(version__gte=1),
                name="item_version_from_one",
                violation_error_message=_("Versions count from 1."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.measure)

    def get_absolute_url(self) -> str:
        return reverse("item", args=[self.checklist.slug, self.address])

    def lit(self, on: date) -> Lit:
        """The light on a day, with its reason in words."""
        return lit_of(
            *(Status(self.status), self.due, self.silent_since),
            on=on,
            thresholds=self.checklist.thresholds,
            asked=self.asked_in_time,
            returned=self.returned,
            milestone=self.next_milestone,
        )

    @property
    def owes_entries(self) -> bool:
        """Whether its unit owes an entry for each period that it is like this."""
        return self.status in OWING_STATUSES

    def days_late(self, on: date) -> int:
        """As `lights.days_late`."""
        return days_late(self.status, self.due, on, asked=self.asked_in_time)

    @property
    def takes_milestones(self) -> bool:
        """Whether new milestones are set: not for what is done or dropped."""
        return self.status not in MISSING_NOTHING

    @classmethod
    def past_columns(cls) -> dict[str, F | Coalesce]:
        """As `State.past_columns`, with when and by whom the item had last been updated."""
        return {**super().past_columns(), "updated_at": F("then__at"), "updated_by_id": F("then__by")}

    def change(
        self,
        values: Mapping[str, StateValue],
        *,
        version: int,
        by: User,
        at: datetime,
        via: Via,
        reason: str = "",
        act: ActKind = ActKind.EDIT,
    ) -> Update | None:
        """Record one change; return None if the item has these values already.

        `values` names any of STATE_FIELDS. Raises StaleVersion if the item has moved on from `version` (the
        exception carries the item as it is now), RuleRefused and ReasonRequired.
        """
        change = Change(self.pk, version, values)
        outcome = change_items([change], by=by, at=at, via=via, reason=reason, act=act)
        if outcome.refused:
            raise RuleRefused(str(self.pk))
        if outcome.stale:
            raise StaleVersion(outcome.stale[0])
        for item in (*(update.item for update in outcome.written), *outcome.unchanged):
            _become(self, item, derived=outcome.derived)
        return next(iter(outcome.written), None)


@audited_transaction(shared=True)
def change_items(
    changes: Iterable[Change],
    *,
    by: User,
    at: datetime,
    via: Via,
    reason: str = "",
    batch: Batch | None = None,
    above: Checklist | None = None,
    act: ActKind = ActKind.EDIT,
    derived_later: Collection[str] = (),
) -> Outcome:
    """Write changes to items, one update for each item changed, and one audit record, in one transaction.

    The rows are locked in the order of their keys and their versions compared: a changed item is
    skipped and returned under `stale`, or under `refused` if the checklist's rules don't allow the change to
    `by` by this `act`. The record comes last: the chain is locked only until the commit. The
    number of statements does not depend on the number of items. Raises ReasonRequired, and ValueError for an
    owner of another checklist; then nothing is written. If the items belong to several checklists, the audit
    record is written for `above`. The caller derives the columns `derived_later`, after adding rows that they
    depend on.
    """
    asked = {change.item_id: change for change in changes}
    outcome = Outcome()
    fresh: list[Item] = []
    old: dict[int, dict[str, StateValue]] = {}
    # An audit record of its own names the measure; that of several items tells only how many.
    each = len(asked) == 1 or act in (ActKind.GRANT, ActKind.ALONE)
    joined = (*JOINED, "measure") if each else JOINED
    found = _one_locked(*asked) if len(asked) == 1 else list(_locked(*joined).filter(pk__in=asked))
    judge = Judge(found, by=by, act=act)
    for item in found:
        change = asked[item.pk]
        if item.version != change.version:
            outcome.stale.append(item)
        elif wanted := differing(item, change.values):
            if not judge.allows(item, wanted):
                outcome.refused.append(item)
                continue
            if not (change.reason or reason) and needs_reason(item, wanted):
                raise ReasonRequired(str(item.pk))
            old[item.pk] = {name: getattr(item, name) for name in wanted}
            _take_over(item, wanted, by=by, at=at)
            fresh.append(item)
        else:
            outcome.unchanged.append(item)
    after = {"by": by, "by_name": person_name(by), "via": via, "batch": batch}
    outcome.written = [
        Update(
            item=item,
            at=item.updated_at or at,
            reason=asked[item.pk].reason or reason,
            **item.columns(),
            closed_by=judge.closed_by(item, old[item.pk]),
            **after,
        )
        for item in fresh
    ]
    changed = {name for values in old.values() for name in values}
    _write(fresh, outcome.written, changed)
    for item, update in zip(fresh, outcome.written, strict=True):
        update.cooperating = item.cooperating
    write_cooperations(outcome.written, {pk for pk, values in old.items() if "cooperating" in values})
    derived = {name for field in changed for name in DERIVED_FROM_STATE.get(field, ())}
    if now := derived.difference(derived_later):
        Item.objects.filter(pk__in=old).derive(now)
    outcome.derived = bool(now)
    audit_changes(outcome.written, old, by=by, at=at, via=via, above=above, each=each)
    return outcome


def _take_over(item: Item, values: Mapping[str, StateValue], *, by: User, at: datetime) -> None:
    if any(unit.checklist_id != item.checklist_id for unit in owners_in(values)):
        raise ValueError("The owner belongs to another checklist.")
    for name, value in values.items():
        setattr(item, name, value)
    item.version += 1
    item.updated_by = by
    # A clock that was set back must not put this update before the one that it follows.
    item.updated_at = max(at, item.updated_at) if item.updated_at else at


def _become(item: Item, now: Item, *, derived: bool) -> None:
    """Take over what the row holds after its transaction; `derived` if that updated derived columns."""
    for name in HELD_BY_ROW:
        setattr(item, name, getattr(now, name))
    if derived:
        item.refresh_from_db(fields=DERIVED_FIELDS)
    item.cooperating = now.cooperating


def _write(items: list[Item], updates: list[Update], changed: Collection[str]) -> None:
    if len(items) == 1:
        change_rows(items, CHANGING_FIELDS)
        add_row(updates[0])
    elif items:
        # Of many rows, unchanged texts and their indexes take longer than SQL for these fields alone.
        change_rows(items, [one for one in CHANGING_FIELDS if one in changed or one not in COLUMN_FIELDS])
        Update.objects.bulk_create(updates)


HELD_BY_ROW = tuple(
    field.attname for field in Item._meta.concrete_fields if field.name in (*CHANGING_FIELDS, *DERIVED_FIELDS)
)


def _locked(*joined: str) -> ItemQuerySet:
    return Item.objects.locked(*joined).with_cooperating().order_by("pk")


@prepared
def _one_locked(item: int) -> ItemQuerySet:
    # The audit record of a single change names its measure; of several it tells only how many.
    return _locked(*JOINED, "measure").filter(pk=item)
