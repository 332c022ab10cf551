"""What a bulk edit or an undo would do: worked out and shown first, then carried out."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.contrib.auth.models import User
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from measures.choices import Side, Via
from measures.database.locks import audited_transaction
from measures.ledger.journal import Difference, differences, states_before
from measures.loop.rules import ActKind, Actor
from measures.models import (
    Batch,
    Change,
    Checklist,
    Entry,
    Item,
    NewEntry,
    Outcome,
    Owner,
    Update,
    change_items,
    write_entries,
)
from measures.models.entries import ENTRY_TEXTS
from measures.models.people import person_name
from measures.models.state import (
    BY_NAME,
    FIELDS,
    NOTES_LIMIT,
    Sealed,
    StateValue,
    needs_reason,
    settled,
)
from measures.rights.roles import Action, Rights
from measures.texts import fingerprint_of


class Refusal(TextChoices):
    """Why an item is left as it is.

    `OWNER`: its new owner has gone; `MEANWHILE`: changed after the user saw it; `SINCE`: after the batch.
    """

    ROLE = "role", _("Your role cannot change this item.")
    UNIT = "unit", _("It has no owner who could report.")
    RULE = "rule", _("The rules of the checklist ask for an application.")
    NOTES = "notes", _("The notes would get too long.")
    SINCE = "since", _("Somebody has changed it since then.")
    MEANWHILE = "meanwhile", _("Somebody changed it in the meantime.")
    OWNER = "owner", _("Its new owner was deleted or renamed in the meantime.")


@dataclass(frozen=True)
class Planned:
    """One item and what would change on it."""

    item: Item
    change: Change
    differences: list[Difference]


@dataclass
class Plan:
    """What would change, what is so already, and what is refused and why; `entries` would be written,
    and so many `withdrawn` by an undo."""

    planned: list[Planned] = field(default_factory=list)
    unchanged: list[Item] = field(default_factory=list)
    refused: list[tuple[Item, Refusal]] = field(default_factory=list)
    needs_reason: bool = False
    entries: list[NewEntry] = field(default_factory=list)
    withdrawn: int = 0

    @property
    def fingerprint(self) -> str:
        """A short text that differs as soon as an item, its version or a word of the plan does."""
        seen = [
            (planned.item.pk, planned.item.version, [str(one) for one in planned.differences])
            for planned in self.planned
        ]
        return fingerprint_of(seen)

    def add(self, item: Item, values: Mapping[str, StateValue]) -> None:
        """Count the item in: as changed where these values differ from its own."""
        values = settled(item, values)
        after = item.state() | values
        found = differences(item.state(), after)
        if not found:
            self.unchanged.append(item)
            return
        self.needs_reason |= needs_reason(item, values)
        self.planned.append(Planned(item, Change(item.pk, item.version, values), found))


type StateValues = Mapping[str, StateValue]


def plan_bulk(
    items: Iterable[Item],
    asked: StateValues | Callable[[Item], StateValues],
    append: str,
    rights: Rights,
    *,
    progress: str = "",
) -> Plan:
    """The same values for every item, or those that `asked` gives for each; a paragraph and an entry too.

    The paragraph `append` is added to each item's notes; `progress` is written about each one.
    """
    plan = Plan()
    for item in items:
        values = asked(item) if callable(asked) else asked
        if (values or append) and not rights.may_change(item):
            plan.refused.append((item, Refusal.ROLE))
            continue
        notes = "\n".join(part for part in (item.notes, append) if part) if append else item.notes
        if len(notes) > NOTES_LIMIT:
            plan.refused.append((item, Refusal.NOTES))
            continue
        if not rights.allows(item, values):
            plan.refused.append((item, Refusal.RULE))
            continue
        entry = entry_by(rights, item, progress=progress) if progress else None
        if progress and not entry:
            plan.refused.append((item, Refusal.ROLE if item.owner_id else Refusal.UNIT))
            continue
        if entry:
            plan.entries.append(entry)
        if values or append:
            plan.add(item, dict(values) | ({"notes": notes} if append else {}))
    return plan


def entry_by(rights: Rights, item: Item, **texts: str) -> NewEntry | None:
    """An entry with these texts, by the side and the unit that the user writes for; None if they may not."""
    side = rights.writing_side(item)
    if side is None:
        return None
    unit = rights.unit_of(item.checklist) if side == Side.COOPERATING else None
    said = {name: texts.get(name, "") for name in ENTRY_TEXTS}
    return NewEntry(item.pk, said["progress"], said["problems"], said["next_steps"], side=side, unit=unit)


def plan_undo(batch: Batch, rights: Rights) -> Plan:
    """Restore the values from before the batch, for each item that nobody has changed since."""
    plan = Plan()
    updates = list(batch.updates.with_previous().order_by("item__measure__position"))
    before = states_before(updates)
    if may_withdraw_all(batch, rights):
        plan.withdrawn = Entry.objects.filter(batch=batch).not_withdrawn().count()
    # The address of a retired item names its edition.
    found = Item.objects.everything.for_list().select_related("measure__section__pillar__catalogue")
    items = found.in_bulk([update.item_id for update in updates])
    newest = Update.objects.newest_of(items)
    for update in updates:
        item = items[update.item_id]
        if newest[item.pk] != update.pk or item.retired_at:
            plan.refused.append((item, Refusal.SINCE))
        elif not rights.may_change(item) or hands_over(item, before[update.pk], rights):
            plan.refused.append((item, Refusal.ROLE))
        elif not rights.allows(item, before[update.pk]) or not may_undo(batch, rights):
            plan.refused.append((item, Refusal.RULE))
        else:
            plan.add(item, before[update.pk])
    return plan


def may_withdraw_all(batch: Batch, rights: Rights) -> bool:
    """Whether the user may withdraw this batch's entries: the office any, their author their own."""
    if rights.may(Action.WRITE_FOR_UNITS, batch.checklist):
        return True
    return batch.by_id == rights.user.pk and rights.may(Action.WRITE_ENTRIES, batch.checklist)


def may_undo(batch: Batch, rights: Rights) -> bool:
    """Whether the rules let the user undo this batch: under sign-off, a unit undoes only its own."""
    office = rights.actor(batch.checklist) == Actor.OFFICE
    return office or not batch.checklist.signs_off or batch.by_id == rights.user.pk


def hands_over(item: Item, values: Mapping[str, StateValue], rights: Rights) -> bool:
    """Return whether these values would change the owner or who cooperates although the user may not."""
    now = item.state()
    changes = any(values.get(name, now[name]) != now[name] for name in HANDED_OVER)
    return changes and not rights.may(Action.HAND_OVER, item.checklist)


# Only those who hand items over change these.
HANDED_OVER = ("owner", "cooperating")


def plain_values(values: Mapping[str, StateValue]) -> dict[str, Sealed]:
    """Values of an item's state as JSON takes them."""
    return {name: BY_NAME[name].to_json(value) for name, value in values.items()}


def names_unknown(plain: Mapping[str, Sealed], owners: Mapping[int, Owner]) -> bool:
    """Whether these values name an owner who is not among `owners` any more."""
    owner, units = plain.get("owner"), plain.get("cooperating")
    named = [*([owner] if owner else []), *(units if isinstance(units, list) else [])]
    return any(key not in owners for key in named)


def from_plain(plain: Mapping[str, Sealed], owners: Mapping[int, Owner]) -> dict[str, StateValue]:
    """The values again, with the owners of the checklist by their keys; one that is gone is nobody."""
    return {one.name: one.from_json(plain[one.name], owners) for one in FIELDS if one.name in plain}


@audited_transaction()
def carry_out(
    changes: Iterable[Change],
    *,
    checklist: Checklist,
    by: User,
    at: datetime,
    via: Via,
    reason: str,
    undoes: Batch | None = None,
    withdraws: bool = False,
    entries: Iterable[NewEntry] = (),
) -> tuple[Batch | None, Outcome]:
    """Make these changes and entries as one batch, except items changed in the meantime (`Outcome.stale`).

    With `withdraws`, the entries of the batch that is undone are withdrawn. Creates no batch if nothing is
    left to do.
    """
    batch = Batch.objects.create(
        checklist=checklist, via=via, by=by, by_name=person_name(by), at=at, reason=reason, undoes=undoes
    )
    act = {Via.UNDO: ActKind.UNDO, Via.IMPORT: ActKind.IMPORT}.get(via, ActKind.EDIT)
    outcome = change_items(changes, by=by, at=at, via=via, reason=reason, batch=batch, act=act)
    kept = {item.pk for item in (*outcome.stale, *outcome.refused)}
    new = [entry for entry in entries if entry.item_id not in kept]
    if new:
        write_entries(new, side=Side.LEAD, by=by, at=at, via=via, batch=batch)
    outcome.entries = len(new)
    if undoes and withdraws:
        outcome.entries = Entry.withdraw_batch(undoes, by=by, at=at, reason=reason)
    if not outcome.written and not outcome.entries:
        batch.delete()
        return None, outcome
    return batch, outcome
