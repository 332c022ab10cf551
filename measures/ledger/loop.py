"""The loop of one item for people to read: its entries, now or at the end of a past day."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from django.db.models import Q, QuerySet

from measures.choices import PeriodState, Side
from measures.database.prepared import prepared
from measures.ledger.about import has
from measures.lights import end_of_day, local_day
from measures.models import (
    Application,
    Checklist,
    Decision,
    Entry,
    EvidenceWithdrawal,
    Item,
    Period,
    SpecialDay,
    Withdrawal,
)
from measures.querysets.loop import EntryQuerySet
from measures.rights.roles import Rights

ENTRIES_SHOWN = 10
# An entry can still count for a period in one of these states, after its last day.
TAKES_ENTRIES = (PeriodState.OPEN, PeriodState.RETURNED)
LATE_PERIODS = 2


@dataclass(frozen=True)
class ShownEntry:
    """An entry, how it was withdrawn if it was, and whether its reader may withdraw it."""

    entry: Entry
    withdrawal: Withdrawal | None
    may_withdraw: bool = False


@dataclass(frozen=True)
class ShownEntries:
    """Entries, newest first. `previous` is the newest that is not withdrawn."""

    shown: list[ShownEntry]
    previous: Entry | None
    go_on: bool


def entries_of(
    item: Item,
    *,
    as_of: date | None = None,
    everything: bool = False,
    may_withdraw: Callable[[Entry], bool] = lambda entry: False,
) -> ShownEntries:
    """The item's entries now or, with `as_of`, as they were at the end of that day. One query at most."""
    read: list[Entry] = []
    if as_of or everything:
        written = _about(item.pk).up_to(as_of) if as_of else _about(item.pk)
        read = list(written if everything else written[: ENTRIES_SHOWN + 1])
    elif has(item, "entries"):
        read = _newest(item.pk)
    shown = [_shown(entry, as_of, may_withdraw) for entry in read]
    standing = (one.entry for one in shown if one.withdrawal is None)
    return ShownEntries(
        shown if everything else shown[:ENTRIES_SHOWN],
        next(standing, None),
        not everything and len(shown) > ENTRIES_SHOWN,
    )


def _shown(entry: Entry, as_of: date | None, may_withdraw: Callable[[Entry], bool]) -> ShownEntry:
    withdrawal = known_by(getattr(entry, "withdrawal", None), as_of)
    return ShownEntry(entry, withdrawal, withdrawal is None and as_of is None and may_withdraw(entry))


def known_by[W: (Withdrawal, EvidenceWithdrawal)](withdrawal: W | None, as_of: date | None) -> W | None:
    """The withdrawal, if it had been made by the end of the day."""
    return None if withdrawal and as_of and withdrawal.at >= end_of_day(as_of) else withdrawal


def previous_entry(item: Item) -> Entry | None:
    """The item's newest entry that is not withdrawn. One query."""
    return Entry.objects.filter(item=item).not_withdrawn().order_by("-at", "-id").first()


@dataclass(frozen=True)
class Owed:
    """The reporting period of a day, and whether the item's unit has given the entry that it owes for it."""

    period: Period
    given: bool


def open_periods(checklist: Checklist, on: date) -> list[Period]:
    """The period that the day is in, and the last ones before it that still take entries. One query."""
    found = _open_periods(checklist.pk, on)
    for period in found:
        period.checklist = checklist
    return found


@prepared
def _open_periods(checklist: int, on: date) -> QuerySet[Period]:
    late = Q(ends__lt=on, state__in=TAKES_ENTRIES)
    found = Period.objects.filter(late | Q(starts__lte=on, ends__gte=on), checklist=checklist)
    return found.order_by("-starts")[: LATE_PERIODS + 1]


def owed_now(item: Item, periods: list[Period], on: date) -> Owed | None:
    """What is owed for the period of the day `on`; None without a period, or if the item does not run."""
    present = next((one for one in periods if one.starts <= on <= one.ends), None)
    if present is None or item.owner_id is None or not item.owes_entries:
        return None
    of_lead = Entry.objects.filter(item=item).exclude(side=Side.COOPERATING)
    given = of_lead.not_withdrawn().counting_for(present.starts, present.ends)
    return Owed(present, given.exists())


@dataclass(frozen=True)
class ShownApplication:
    """An application, its decision if there was one, and what its reader may do with it.

    `days_waiting` counts working days.
    """

    application: Application
    decision: Decision | None
    may_grant: bool = False
    may_return: bool = False
    may_take_back: bool = False
    days_waiting: int = 0

    @property
    def waits(self) -> bool:
        return self.decision is None


def applications_of(item: Item, *, as_of: date | None = None, rights: Rights) -> list[ShownApplication]:
    """The item's applications, newest first, now or as they were at the end of a day. One query at most."""
    made = _applications(item.pk) if has(item, "applications") else []
    if as_of:
        return [ShownApplication(one, _decided_by(one, as_of)) for one in made if one.at < end_of_day(as_of)]
    return [_shown_application(one, item, getattr(one, "decision", None), rights) for one in made]


@prepared
def _applications(item: int) -> QuerySet[Application]:
    return Application.objects.filter(item=item).select_related("decision").order_by("-pk")


def _about(item: int) -> EntryQuerySet:
    return Entry.objects.filter(item=item).select_related("unit", "withdrawal").order_by("-at", "-id")


@prepared
def _newest(item: int) -> EntryQuerySet:
    return _about(item)[: ENTRIES_SHOWN + 1]


def _decided_by(one: Application, day: date) -> Decision | None:
    decision: Decision | None = getattr(one, "decision", None)
    return decision if decision and decision.at < end_of_day(day) else None


def waiting_in(checklist: Checklist, *, rights: Rights, on: date) -> list[ShownApplication]:
    """The applications of a checklist that wait for a decision, oldest first. Two queries."""
    calendar = SpecialDay.objects.calendar()
    found = Application.objects.filter(item__checklist=checklist).pending().order_by("pk")
    joined = found.select_related(
        "item__measure__section__pillar__catalogue", "item__owner", "item__checklist"
    )
    return [
        replace(
            _shown_application(one, one.item, None, rights),
            days_waiting=calendar.between(local_day(one.at), on),
        )
        for one in joined
    ]


def _shown_application(
    one: Application, item: Item, decision: Decision | None, rights: Rights
) -> ShownApplication:
    one.item = item
    waits = decision is None and item.checklist.is_open
    decides = waits and rights.may_decide(item.checklist)
    own = one.by_id == rights.user.pk
    return ShownApplication(
        one,
        decision,
        may_grant=decides and rights.may_grant(one),
        may_return=decides and not own,
        may_take_back=waits and own,
    )
