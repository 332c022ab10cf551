"""What units reported in a report's period: their entries, and how many of those that were due."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

from django.db.models import QuerySet

from measures.choices import OWING_STATUSES, Side
from measures.database.prepared import prepared
from measures.lights import end_of_day
from measures.models import Checklist, Entry, Item, Update
from measures.reports.loop_rows import EntryRow
from measures.reports.model import Reporting


def entries_between(items: Iterable[Item], since: date, as_of: date) -> list[Entry]:
    """Entries that count for the days after `since` up to `as_of`, whenever they were written. One query."""
    keys = [item.pk for item in items]
    return _counting_for(keys, since + timedelta(days=1), as_of) if keys else []


@prepared
def _counting_for(items: list[int], first: date, last: date) -> QuerySet[Entry]:
    counting = Entry.objects.filter(item__pk__in=items).counting_for(first, last)
    return counting.select_related("unit", "withdrawal").order_by("at", "id")


def has_entries(checklist: Checklist, as_of: date) -> bool:
    """Whether units could report by entries on that day: before an upgrade brought entries, none was due."""
    return checklist.entries_from is None or checklist.entries_from < end_of_day(as_of)


def is_valid_on(entry: Entry, as_of: date) -> bool:
    """Whether the entry was not withdrawn by the end of `as_of`; one written later, not withdrawn at all."""
    withdrawal = getattr(entry, "withdrawal", None)
    over = end_of_day(as_of)
    return withdrawal is None or (entry.at < over <= withdrawal.at)


def entry_rows(entries: Iterable[Entry], items: Iterable[Item], as_of: date) -> tuple[EntryRow, ...]:
    """The entries as rows of the report, oldest first."""
    about = {item.pk: item for item in items}
    sides = {side.value: str(side.label) for side in Side}
    return tuple(
        EntryRow(
            code=about[entry.item_id].measure.code,
            title=about[entry.item_id].measure.marked_title,
            unit=entry.unit.name,
            at=entry.at,
            counts_on=entry.counts_on,
            by=entry.by_name,
            side=sides[entry.side],
            by_office=entry.side == Side.OFFICE,
            nothing_new=entry.nothing_new,
            progress=entry.progress,
            problems=entry.problems,
            next_steps=entry.next_steps,
            withdrawn=not is_valid_on(entry, as_of),
        )
        for entry in entries
    )


def reporting_of(
    items: Sequence[Item],
    before: Mapping[int, Item],
    updates: Iterable[Update],
    entries: Iterable[Entry],
    as_of: date,
) -> Reporting:
    """How many entries were due and given: one for each item with an owner that ran on any of the days."""
    ran = {update.item_id for update in updates if update.status in OWING_STATUSES}
    owing = [item for item in items if item.owner_id and (item.pk in ran or before[item.pk].owes_entries)]
    valid = [entry for entry in entries if is_valid_on(entry, as_of)]
    reported = {entry.item_id for entry in valid if entry.side != Side.COOPERATING}
    return Reporting(
        due=len(owing),
        given=sum(item.pk in reported for item in owing),
        nothing_new=sum(entry.nothing_new for entry in valid),
        by_office=sum(entry.side == Side.OFFICE for entry in valid),
        missing=tuple(item.measure.code for item in owing if item.pk not in reported),
    )
