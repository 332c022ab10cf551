"""Who is told what on a day: pure functions of plain values, without the database and the clock.

Nobody is told anything on a day that is not worked, about a closed checklist, or about an item that is done
or dropped. An item is named once for each person: under the first kind that applies and is not switched off.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from measures.choices import OPEN_STATUSES, OWING_STATUSES, RUNNING_STATUSES, ReminderKind, Status
from measures.lights import Thresholds, WorkingDays, days_late

DUE_WITHIN = 7  # working days ahead; the same before the end of a period
CLOSED_STATUSES = (Status.DONE, Status.DROPPED)
ALWAYS_TOLD = frozenset({ReminderKind.CHASED})  # what nobody can switch off

type DaysOfPeriod = tuple[date, date]


@dataclass(frozen=True)
class ItemFacts:
    """An item on the day.

    `answer_by` is that of the newest chaser that waits for an answer, `milestone` the date of the earliest
    open one. `has_reported`: whether the unit has given the entry that is due for the period.
    """

    key: int
    unit: int | None
    status: str
    due: date | None = None
    silent_from: date | None = None
    asked: bool = False
    returned: bool = False
    answer_by: date | None = None
    milestone: date | None = None
    has_reported: bool = False

    @property
    def is_closed(self) -> bool:
        return self.status in CLOSED_STATUSES


@dataclass(frozen=True)
class ChecklistFacts:
    """A checklist on the day, with what waits in it for the office.

    `period_is_due`: whether entries are due now, as `period_due` says. `handed_down` are the keys of the
    assignments that it has not answered, `applications` and `milestones` those of the applications and the
    milestones that wait for a decision, and `chasers` those of the chasers that wait for an answer, with the
    day by which it was asked for.
    """

    thresholds: Thresholds
    is_open: bool = True
    period_is_due: bool = False
    handed_down: Sequence[int] = ()
    applications: Sequence[int] = ()
    milestones: Sequence[int] = ()
    chasers: Sequence[tuple[int, date]] = ()


@dataclass(frozen=True)
class PartPlayed:
    """What a person is in a checklist: of a unit, of the office, or both."""

    unit: int | None = None
    is_office: bool = False


@dataclass(frozen=True)
class Told:
    """What a person is told: about these items or other rows, by their keys; `of` how many, if said."""

    kind: ReminderKind
    keys: tuple[int, ...]
    of: int = 0


def period_due(waiting: Iterable[DaysOfPeriod], *, on: date, days: WorkingDays) -> DaysOfPeriod | None:
    """The period, of those for which no report was submitted, for which entries are due on the day.

    That is the newest that ends within seven working days or has ended.
    """
    ending = [period for period in waiting if period[1] <= days.away(on, DUE_WITHIN)]
    return max(ending, key=lambda period: period[1], default=None)


def begins_the_week(on: date, days: WorkingDays) -> bool:
    """Whether this is the first day of its week, from Monday, on which people work."""
    return days.has(on) and not any(days.has(on - timedelta(back)) for back in range(1, on.weekday() + 1))


def what_to_tell(
    part: PartPlayed,
    checklist: ChecklistFacts,
    items: Iterable[ItemFacts],
    *,
    on: date,
    days: WorkingDays,
    escalate_after: int,
    off: Collection[str] = (),
) -> list[Told]:
    """What the person is told on the day about this checklist, in the order of ReminderKind.

    `items` are those of the person's unit and, for the office, all of the checklist. Chasers are told again
    to the office `escalate_after` working days after the day by which an answer was asked for. `off` are the
    kinds that the person has switched off.
    """
    if not checklist.is_open or not days.has(on):
        return []
    open_items = [item for item in items if not item.is_closed]
    wanted = [kind for kind in ReminderKind if kind not in off or kind in ALWAYS_TOLD]
    found: list[Told] = []
    if part.unit is not None:
        ours = [item for item in open_items if item.unit == part.unit]
        found += _to_unit(ours, checklist, wanted, on=on, days=days)
    if part.is_office:
        found += _to_office(open_items, checklist, on=on, days=days, escalate_after=escalate_after)
    return [one for one in found if one.keys and one.kind in wanted]


def _to_unit(
    items: Iterable[ItemFacts],
    checklist: ChecklistFacts,
    wanted: Collection[ReminderKind],
    *,
    on: date,
    days: WorkingDays,
) -> list[Told]:
    soon = days.away(on, DUE_WITHIN)
    heard_from = checklist.thresholds.heard_from(on)
    applies: dict[ReminderKind, Callable[[ItemFacts], bool]] = {
        ReminderKind.CHASED: lambda item: item.answer_by is not None,
        ReminderKind.RETURNED: lambda item: item.returned,
        ReminderKind.LATE: lambda item: days_late(item.status, item.due, on, asked=item.asked) > 0,
        ReminderKind.MILESTONE: lambda item: _has_milestone(item, soon),
        ReminderKind.DUE_SOON: lambda item: _is_due(item, on, soon),
        ReminderKind.SILENT: lambda item: _is_silent(item, heard_from),
    }
    keys: dict[ReminderKind, list[int]] = {kind: [] for kind in applies}
    owing, missing = 0, []
    for item in sorted(items, key=lambda item: (item.due or date.max, item.key)):
        first = next((kind for kind, rule in applies.items() if kind in wanted and rule(item)), None)
        if first:
            keys[first].append(item.key)
        if checklist.period_is_due and item.status in OWING_STATUSES:
            owing += 1
            missing += [] if item.has_reported else [item.key]
    found = [Told(kind, tuple(of_kind)) for kind, of_kind in keys.items()]
    return [*found, Told(ReminderKind.ENTRIES_DUE, tuple(missing), owing)]


def _is_due(item: ItemFacts, on: date, soon: date) -> bool:
    if item.due is None or item.asked or item.status not in OPEN_STATUSES:
        return False
    return on <= item.due <= soon


def _has_milestone(item: ItemFacts, soon: date) -> bool:
    """Whether one was missed or is due soon, as `waiting.milestone_due` says it to the database."""
    return item.milestone is not None and item.milestone <= soon and item.status in OPEN_STATUSES


def _is_silent(item: ItemFacts, heard_from: date) -> bool:
    running = item.status in RUNNING_STATUSES
    return running and item.silent_from is not None and item.silent_from < heard_from


def _to_office(
    items: Iterable[ItemFacts],
    checklist: ChecklistFacts,
    *,
    on: date,
    days: WorkingDays,
    escalate_after: int,
) -> list[Told]:
    long_ago = [key for key, by in checklist.chasers if days.between(by, on) >= escalate_after]
    found = [
        Told(ReminderKind.HANDED_DOWN, tuple(checklist.handed_down)),
        Told(ReminderKind.ESCALATED, tuple(long_ago)),
    ]
    if not begins_the_week(on, days):
        return found
    leaderless, silent_units, owing_units = [], set(), set()
    for item in items:
        if item.unit is None:
            leaderless.append(item.key)
        elif checklist.period_is_due and item.status in OWING_STATUSES:
            owing_units.add(item.unit)
            silent_units |= set() if item.has_reported else {item.unit}
    return [
        *found,
        Told(ReminderKind.APPLICATIONS, tuple(checklist.applications)),
        Told(ReminderKind.MILESTONES, tuple(checklist.milestones)),
        Told(ReminderKind.WITHOUT_LEAD, tuple(leaderless)),
        Told(ReminderKind.NOT_REPORTED, tuple(sorted(silent_units)), len(owing_units)),
        Told(ReminderKind.UNANSWERED, tuple(key for key, _by in checklist.chasers)),
    ]
