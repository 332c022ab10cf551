"""What moved between two days: the states at their ends compared, each move with the update that made it."""

from collections.abc import Mapping, Sequence
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from measures.choices import WELL_STATUSES, Status, Via
from measures.models import Item, Update
from measures.models.state import BY_NAME, StateValue
from measures.reports.model import JournalRow, Move, MoveKind

# The field whose change each kind of move is.
MOVED = {
    MoveKind.FINISHED: "status",
    MoveKind.STARTED: "status",
    MoveKind.BLOCKED: "status",
    MoveKind.DUE_MOVED: "due",
    MoveKind.OWNER_CHANGED: "owner",
}


def find_moves(
    items: Sequence[Item],
    before: Mapping[int, Item],
    updates: Sequence[Update],
    *,
    as_of: date,
    since: date,
) -> tuple[Move, ...]:
    """The moves of these items in the order of `MoveKind`, and of the items within each.

    `before` holds the items as they stood at the end of `since`, `updates` what was written after it,
    in time order.
    """
    movers = _movers(before, updates)
    moves = []
    for kind in MoveKind:
        for item in items:
            if _has_moved(kind, before[item.pk], item, as_of=as_of, since=since):
                mover = movers.get((item.pk, MOVED.get(kind, "")))
                moves.append(_move(kind, before[item.pk], item, mover, as_of))
    return tuple(moves)


def _has_moved(kind: MoveKind, then: Item, now: Item, *, as_of: date, since: date) -> bool:
    match kind:
        case MoveKind.FINISHED:
            return now.status in WELL_STATUSES and then.status not in WELL_STATUSES
        case MoveKind.STARTED:
            # What was dropped before anybody began has not been started.
            return then.status == Status.NOT_STARTED and now.status not in (
                Status.NOT_STARTED,
                Status.DROPPED,
            )
        case MoveKind.BLOCKED:
            return now.status == Status.BLOCKED and then.status != Status.BLOCKED
        case MoveKind.LATE:
            return now.days_late(as_of) > 0 and then.days_late(since) == 0
        case MoveKind.DUE_MOVED:
            # A first due date is set, not moved.
            return then.due is not None and now.due != then.due
        case MoveKind.OWNER_CHANGED:
            return now.owner_id != then.owner_id


def _movers(before: Mapping[int, Item], updates: Sequence[Update]) -> dict[tuple[int, str], Update]:
    """The newest update that changed a field of an item, by the item's key and the field."""
    states: dict[int, dict[str, StateValue]] = {}
    movers = {}
    for update in updates:
        state = states.get(update.item_id) or before[update.item_id].state()
        states[update.item_id] = after = update.state()
        for field, value in after.items():
            if state[field] != value:
                movers[update.item_id, field] = update
    return movers


def _move(kind: MoveKind, then: Item, now: Item, mover: Update | None, as_of: date) -> Move:
    was, became = _words(kind, then, now, as_of)
    return Move(
        kind=kind,
        code=now.measure.code,
        title=now.measure.marked_title,
        owner=now.owner.name if now.owner else "",
        before=was,
        after=became,
        at=mover.at if mover else None,
        by=mover.by_name if mover else "",
        # A batch's reason is that of many items.
        reason=mover.reason if mover and mover.batch_id is None else "",
    )


def _words(kind: MoveKind, then: Item, now: Item, as_of: date) -> tuple[str, str]:
    """The value before and after, as people read it; empty where there was none."""
    if kind == MoveKind.LATE:
        late = now.days_late(as_of)
        overdue = ngettext("overdue by %(days)d day", "overdue by %(days)d days", late) % {"days": late}
        return _("not overdue"), overdue
    field = BY_NAME[MOVED[kind]]
    return field.in_words(getattr(then, field.name)), field.in_words(getattr(now, field.name))


def journal_rows(updates: Sequence[Update]) -> tuple[JournalRow, ...]:
    """The updates as rows of the report's journal."""
    # Thousands of updates say the same few words: each is translated once.
    ways = {str(via): str(via.label) for via in Via}
    titles = {item.pk: item.measure.marked_title for item in {update.item for update in updates}}
    return tuple(
        JournalRow(
            at=update.at,
            code=update.item.measure.code,
            title=titles[update.item_id],
            by=update.by_name,
            via=ways[update.via],
            **update.plain_state(),
            reason=update.reason,
        )
        for update in updates
    )
