"""What a bulk edit or an undo would do: worked out and shown first, then carried out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256

from django.contrib.auth.models import User
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from measures.choices import Via
from measures.database.locks import audited_transaction
from measures.ledger.journal import Difference, differences, states_before
from measures.loop.rules import ActKind, Actor
from measures.models import Batch, Change, Checklist, Item, Outcome, Owner, Update, change_items
from measures.models.people import person_name
from measures.models.state import BY_NAME, FIELDS, NOTES_LIMIT, StateValue, needs_reason
from measures.rights.roles import Action, Rights


class Refusal(TextChoices):
    """Why an item is left as it is.

    `OWNER`: its new owner has gone; `MEANWHILE`: changed after the user saw it; `SINCE`: after the batch.
    """

    ROLE = "role", _("Your role cannot change this item.")
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
    """What would change, what is so already, and what is refused and why."""

    planned: list[Planned] = field(default_factory=list)
    unchanged: list[Item] = field(default_factory=list)
    refused: list[tuple[Item, Refusal]] = field(default_factory=list)
    needs_reason: bool = False

    @property
    def fingerprint(self) -> str:
        """A short text that differs as soon as an item, its version or a word of the plan does."""
        seen = [
            (planned.item.pk, planned.item.version, [str(one) for one in planned.differences])
            for planned in self.planned
        ]
        return sha256(repr(seen).encode()).hexdigest()[:20]

    def add(self, item: Item, values: Mapping[str, StateValue]) -> None:
        """Count the item in: as changed where these values differ from its own."""
        after = item.state() | dict(values)
        found = differences(item.state(), after)
        if not found:
            self.unchanged.append(item)
            return
        self.needs_reason |= needs_reason(item, values)
        self.planned.append(Planned(item, Change(item.pk, item.version, values), found))


def plan_bulk(items: Iterable[Item], values: Mapping[str, StateValue], append: str, rights: Rights) -> Plan:
    """The same values for every item, and a paragraph added to each one's notes."""
    plan = Plan()
    for item in items:
        if not rights.may_change(item):
            plan.refused.append((item, Refusal.ROLE))
            continue
        notes = "\n".join(part for part in (item.notes, append) if part) if append else item.notes
        if len(notes) > NOTES_LIMIT:
            plan.refused.append((item, Refusal.NOTES))
            continue
        if not rights.allows(item, values):
            plan.refused.append((item, Refusal.RULE))
            continue
        plan.add(item, dict(values) | ({"notes": notes} if append else {}))
    return plan


def plan_undo(batch: Batch, rights: Rights) -> Plan:
    """Restore the values from before the batch, for each item that nobody has changed since."""
    plan = Plan()
    updates = list(batch.updates.with_previous().order_by("item__measure__position"))
    before = states_before(updates)
    items = Item.objects.for_list().in_bulk([update.item_id for update in updates])
    newest = Update.objects.newest_of(items)
    for update in updates:
        item = items[update.item_id]
        if newest[item.pk] != update.pk:
            plan.refused.append((item, Refusal.SINCE))
        elif not rights.may_change(item) or hands_over(item, before[update.pk], rights):
            plan.refused.append((item, Refusal.ROLE))
        elif not rights.allows(item, before[update.pk]) or not may_undo(batch, rights):
            plan.refused.append((item, Refusal.RULE))
        else:
            plan.add(item, before[update.pk])
    return plan


def may_undo(batch: Batch, rights: Rights) -> bool:
    """Whether the rules let the user undo this batch: under sign-off, a unit undoes only its own."""
    office = rights.actor(batch.checklist) == Actor.OFFICE
    return office or not batch.checklist.signs_off or batch.by_id == rights.user.pk


def hands_over(item: Item, values: Mapping[str, StateValue], rights: Rights) -> bool:
    """Return whether these values would change the owner although the user may not."""
    changes = values.get("owner", item.owner) != item.owner
    return changes and not rights.may(Action.HAND_OVER, item.checklist)


def plain_values(values: Mapping[str, StateValue]) -> dict[str, str | int | None]:
    """Values of an item's state as JSON takes them."""
    return {name: BY_NAME[name].to_json(value) for name, value in values.items()}


def from_plain(plain: Mapping[str, str | int | None], owners: Mapping[int, Owner]) -> dict[str, StateValue]:
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
) -> tuple[Batch | None, Outcome]:
    """Make these changes as one batch, except items that somebody changed in the meantime (`Outcome.stale`).

    Creates no batch if nothing is left to change.
    """
    batch = Batch.objects.create(
        checklist=checklist, via=via, by=by, by_name=person_name(by), at=at, reason=reason, undoes=undoes
    )
    act = {Via.UNDO: ActKind.UNDO, Via.IMPORT: ActKind.IMPORT}.get(via, ActKind.EDIT)
    outcome = change_items(changes, by=by, at=at, via=via, reason=reason, batch=batch, act=act)
    if not outcome.written:
        batch.delete()
        return None, outcome
    return batch, outcome
