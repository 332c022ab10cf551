"""What becomes of units that are moved, closed, opened again or merged: worked out and shown, then done."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime

from django.contrib.auth.models import User
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from measures.choices import AssignmentState, Cadence, ChecklistStatus, PeriodState, Via
from measures.database.locks import audited_transaction
from measures.models import (
    Application,
    Batch,
    Change,
    Checklist,
    Entry,
    Item,
    PlaceRefused,
    add_measure,
    change_items,
)
from measures.models.people import person_name
from measures.models.state import FIELDS, NOTES_LIMIT, Kind, StateField, StateValue


class Act(models.TextChoices):
    """What is done with a unit."""

    MOVE = "move", gettext_lazy("Move it under another unit")
    CLOSE = "close", gettext_lazy("Close it")
    REOPEN = "reopen", gettext_lazy("Open it again")
    MERGE = "merge", gettext_lazy("Merge it into another unit")


WITH_ANOTHER = (Act.MOVE, Act.MERGE)


@dataclass
class Rearrangement:
    """One action on a unit, with `to` another unit if needed. `says` describes its consequences."""

    act: Act
    unit: Checklist
    to: Checklist | None = None
    says: list[str] = field(default_factory=list)

    def refusal(self) -> str:
        """Why it cannot be; empty where it can."""
        unit, to = self.unit, self.to
        checks = [
            (self.act == Act.CLOSE and not unit.is_open, _("It is already closed.")),
            (self.act == Act.REOPEN and unit.is_open, _("It is already open.")),
        ]
        if to is not None:
            moves, merges = self.act == Act.MOVE, self.act == Act.MERGE
            below = to.path.startswith(unit.path)
            closed = not (unit.is_open and to.is_open)
            checks += [
                (below, _("Choose a unit that is neither this one nor below it.")),
                (moves and unit.parent_id == to.pk, _("It is already there.")),
                (merges and closed, _("Both must be open before you can merge them.")),
                (merges and unit.catalogue_id != to.catalogue_id, _("They use different catalogues.")),
            ]
        return next((message for wrong, message in checks if wrong), "")

    def work_out(self) -> None:
        """Work out what the change would do."""
        below = Checklist.objects.below(self.unit).count()
        names = {"unit": self.unit.name, "to": self.to.name if self.to else ""}
        if self.act == Act.MOVE:
            self.says = [
                _("%(unit)s will move under %(to)s.") % names,
                *_counted(below, _units_along),
                _(
                    "From now on, administrators, viewers and auditors of the new units above can read it; "
                    "those of the old ones no longer can."
                ),
                _("No item changes. Reports for earlier days still show the tree as it was."),
            ]
        elif self.act == Act.CLOSE:
            self.says = [
                _("%(unit)s is closed: its items can be read but not changed. It can be reopened.") % names,
                *_counted(below, _units_open),
                *self._left_over(),
            ]
        elif self.act == Act.REOPEN:
            self.says = [_("The items of %(unit)s can be changed again.") % names]
        else:
            own = self.unit.local_measures.count()
            self.says = [
                *_counted(len(self._touched()), _notes_added, names),
                *_counted(own, _local_added, names),
                *_counted(Entry.objects.filter(item__checklist=self.unit).count(), _entries_stay, names),
                *_counted(Checklist.objects.filter(parent=self.unit).count(), _units_moved, names),
                _(
                    "%(unit)s is closed and remains readable, with its journal, entries, applications, "
                    "periods and reports."
                )
                % names,
                *_counted(self.unit.memberships.count(), _members, names),
                *self._left_over(),
            ]

    def _left_over(self) -> list[str]:
        waiting = Application.objects.filter(item__checklist=self.unit).pending().count()
        asked = self.unit.assignment_steps.newest().filter(state=AssignmentState.GIVEN).count()
        running = self.unit.periods.exclude(state=PeriodState.ACCEPTED).count()
        return [
            *_counted(waiting, _waiting, {"unit": self.unit.name}),
            *_counted(asked, _unanswered),
            *_counted(running, _periods),
        ]

    def _touched(self) -> list[Item]:
        found = self.unit.items.filter(version__gt=1, measure__checklist=None)
        return list(found.select_related("owner", "measure").with_cooperating().order_by("measure__position"))

    @audited_transaction()
    def carry_out(self, *, at: datetime, by: User, reason: str) -> None:
        """Do it, as one transaction. Raises PlaceRefused where it cannot be any more."""
        self.unit = Checklist.objects.get(pk=self.unit.pk)
        self.to = Checklist.objects.get(pk=self.to.pk) if self.to else None
        if refused := self.refusal():
            raise PlaceRefused(refused)
        if self.act == Act.MOVE:
            self.unit.move(self.to, at=at, by=by, reason=reason)
        elif self.act == Act.MERGE:
            self._merge(at=at, by=by, reason=reason)
        else:
            status = ChecklistStatus.CLOSED if self.act == Act.CLOSE else ChecklistStatus.OPEN
            self.unit.turn(status, at=at, by=by, reason=reason)

    def _merge(self, *, at: datetime, by: User, reason: str) -> None:
        """Copy one unit's items into the other's notes as a batch, move its units, and close it."""
        to = self.to
        assert to is not None
        theirs = {item.measure_id: item for item in to.items.all()}
        pairs = [(theirs[item.measure_id], item) for item in self._touched()]
        local = self.unit.items.filter(measure__checklist=self.unit).select_related("owner", "measure")
        for item in local.with_cooperating():
            measure = item.measure
            made = add_measure(
                to,
                measure.section,
                title=measure.title,
                detail=measure.detail,
                cadence=Cadence(measure.cadence),
                at=at,
                by=by,
            )
            pairs.append((made, item))
        changes = [
            Change(kept.pk, kept.version, {"notes": _with(kept.notes, self._told(item))})
            for kept, item in pairs
        ]
        if changes:
            batch = Batch.objects.create(
                checklist=to, via=Via.BULK, by=by, by_name=person_name(by), at=at, reason=reason
            )
            change_items(changes, by=by, at=at, via=Via.BULK, reason=reason, batch=batch)
        for below in Checklist.objects.filter(parent=self.unit).order_by("path"):
            below.move(to, at=at, by=by, reason=reason)
        self.unit.turn(ChecklistStatus.CLOSED, at=at, by=by, reason=reason, merged_into=to)

    def _told(self, item: Item) -> str:
        """One item of the unit that goes, in a paragraph."""
        told = [(one, _fact(one, getattr(item, one.name))) for one in FIELDS]
        facts = _("; ").join(words for one, words in told if words and not one.is_long)
        head = _("From %(unit)s: %(facts)s") % {"unit": self.unit.name, "facts": facts}
        return "\n".join([head, *(words for one, words in told if words and one.is_long)])


def _fact(one: StateField, value: StateValue) -> str:
    """A value in a paragraph of notes; a text on one line and units have their label."""
    if isinstance(value, date):
        return value.isoformat()
    words = one.in_words(value)
    if words and one.kind in (Kind.TEXT, Kind.UNITS):
        return f"{one.label}{pgettext('between label and value', ': ')}{words}"
    return words


def _with(notes: str, told: str) -> str:
    """The notes with this below them; where that gets too long, as much as fits: the whole stays there."""
    whole = f"{notes}\n{told}" if notes else told
    more = _("… (see the closed checklist for the rest)")
    return whole if len(whole) <= NOTES_LIMIT else whole[: NOTES_LIMIT - len(more)] + more


def _counted(count: int, say: Callable[[int], str], names: dict[str, str] | None = None) -> list[str]:
    """A sentence about so many; none about none."""
    return [say(count) % {"count": count, **(names or {})}] if count else []


def _units_along(n: int) -> str:
    return ngettext("%(count)d unit below moves with it.", "%(count)d units below move with it.", n)


def _units_open(n: int) -> str:
    return ngettext("%(count)d unit below stays as it is.", "%(count)d units below stay as they are.", n)


def _units_moved(n: int) -> str:
    return ngettext("%(count)d unit will move under %(to)s.", "%(count)d units will move under %(to)s.", n)


def _notes_added(n: int) -> str:
    return ngettext(
        "%(count)d item of %(to)s gets a paragraph in its notes with what %(unit)s filled in: status, owner, "
        "cooperating units, leader in charge, due date, target and notes. Nothing else of it changes. This "
        "is one batch, which can be undone.",
        "%(count)d items of %(to)s get a paragraph in their notes with what %(unit)s filled in: status, "
        "owner, cooperating units, leader in charge, due date, target and notes. Nothing else of them "
        "changes. This is one batch, which can be undone.",
        n,
    )


def _entries_stay(n: int) -> str:
    return ngettext(
        "%(count)d progress entry stays with %(unit)s and is not copied.",
        "%(count)d progress entries stay with %(unit)s and are not copied.",
        n,
    )


def _local_added(n: int) -> str:
    return ngettext(
        "%(count)d local measure of %(unit)s is added to %(to)s under a new code.",
        "%(count)d local measures of %(unit)s are added to %(to)s under new codes.",
        n,
    )


def _members(n: int) -> str:
    return ngettext(
        "%(count)d member of %(unit)s remains a member there. Make them a member of %(to)s too if needed.",
        "%(count)d members of %(unit)s remain members there. Make them members of %(to)s too if needed.",
        n,
    )


def _waiting(n: int) -> str:
    return ngettext(
        "%(count)d application waits for a decision, and nobody can decide while %(unit)s is closed: decide "
        "it first.",
        "%(count)d applications wait for a decision, and nobody can decide while %(unit)s is closed: decide "
        "them first.",
        n,
    )


def _unanswered(n: int) -> str:
    return ngettext(
        "%(count)d assignment is unanswered and remains so.",
        "%(count)d assignments are unanswered and remain so.",
        n,
    )


def _periods(n: int) -> str:
    return ngettext(
        "%(count)d reporting period is not accepted yet; it can still be submitted and accepted.",
        "%(count)d reporting periods are not accepted yet; they can still be submitted and accepted.",
        n,
    )
