"""Reads what `who.py` judges, for many persons together: the number of queries does not grow with them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from django.conf import settings
from django.contrib.auth.models import User
from django.db.models import Q

from measures.choices import AssignmentState, PeriodState, Side
from measures.lights import WorkingDays, day_that_matters, end_of_day
from measures.models import (
    Application,
    AssignmentStep,
    ChasedItem,
    Checklist,
    Entry,
    Item,
    Membership,
    MilestoneStep,
    Period,
)
from measures.reminders.who import (
    CLOSED_STATUSES,
    ChecklistFacts,
    DaysOfPeriod,
    ItemFacts,
    PartPlayed,
    Told,
    begins_the_week,
    period_due,
    what_to_tell,
)
from measures.rights.roles import Action, Rights


@dataclass(frozen=True)
class TellInChecklist:
    """What one person, who acts for the unit of this key or for none, is told about one checklist."""

    checklist: Checklist
    unit: int | None
    told: list[Told]


@dataclass
class Gathered:
    """What the database holds about some checklists and units on a day."""

    items: dict[int, list[ItemFacts]] = field(default_factory=lambda: defaultdict(list))
    periods: dict[int, DaysOfPeriod] = field(default_factory=dict)
    handed_down: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    applications: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    milestones: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    chasers: dict[int, dict[int, date]] = field(default_factory=lambda: defaultdict(dict))

    def of(self, checklist: Checklist) -> ChecklistFacts:
        """What `who.py` asks about a checklist, but its items."""
        key = checklist.pk
        return ChecklistFacts(
            checklist.thresholds,
            checklist.is_open,
            period_is_due=key in self.periods,
            handed_down=self.handed_down[key],
            applications=self.applications[key],
            milestones=self.milestones[key],
            chasers=list(self.chasers[key].items()),
        )


def what_to_tell_each(
    users: Iterable[User], off: Mapping[int, Iterable[str]], *, on: date, days: WorkingDays
) -> dict[int, list[TellInChecklist]]:
    """By their keys, what each of these persons is told on the day; nobody who is told nothing.

    `off` are the kinds that each has switched off. About ten queries, and one for each superuser's checklist.
    """
    parts = parts_of(users)
    gathered = _gather([part for of_user in parts.values() for part in of_user], on=on, days=days)
    found: dict[int, list[TellInChecklist]] = {}
    for user, played in parts.items():
        for checklist, part in played:
            told = what_to_tell(
                part,
                gathered.of(checklist),
                gathered.items[checklist.pk],
                on=on,
                days=days,
                escalate_after=settings.ESCALATION_DAYS,
                off=frozenset(off.get(user, ())),
            )
            if told:
                found.setdefault(user, []).append(TellInChecklist(checklist, part.unit, told))
    return found


def parts_of(users: Iterable[User]) -> dict[int, list[tuple[Checklist, PartPlayed]]]:
    """By their keys, what each of these users may act as, in the open checklists that they have a role in.

    The table of rights decides; a missing second factor keeps nobody from being told.
    """
    by_key = {user.pk: user for user in users}
    held: dict[int, dict[int, Membership]] = {key: {} for key in by_key}
    rows = Membership.objects.filter(user__in=by_key).select_related("checklist", "owner")
    for one in rows.order_by("checklist__path"):
        held[one.user_id][one.checklist_id] = one
    found: dict[int, list[tuple[Checklist, PartPlayed]]] = {}
    for key, memberships in held.items():
        rights = Rights(by_key[key])
        rights.memberships, rights.has_second_factor = memberships, True
        for one in memberships.values():
            if one.checklist.is_open:
                unit = one.owner_id if rights.may(Action.WRITE_ENTRIES, one.checklist) else None
                part = PartPlayed(unit, rights.may(Action.DECIDE, one.checklist))
                found.setdefault(key, []).append((one.checklist, part))
    return found


def _gather(parts: list[tuple[Checklist, PartPlayed]], *, on: date, days: WorkingDays) -> Gathered:
    checklists = {checklist.pk for checklist, _part in parts}
    units = {part.unit for _checklist, part in parts if part.unit is not None}
    offices = {checklist.pk for checklist, part in parts if part.is_office}
    # The office is told about all items of a checklist, and only in the first message of a week.
    whole = offices if begins_the_week(on, days) else set()
    found = Gathered()
    _read_periods(found, checklists, on=on, days=days)
    answer_by = _read_chasers(found, units, offices, on=on)
    _read_items(found, units, whole, answer_by)
    _mark_reported(found, on=on)
    _read_office(found, offices, whole, on=on)
    return found


def _read_periods(found: Gathered, checklists: Iterable[int], *, on: date, days: WorkingDays) -> None:
    waiting: dict[int, list[DaysOfPeriod]] = defaultdict(list)
    unreported = Period.objects.filter(
        checklist__in=checklists, state__in=(PeriodState.OPEN, PeriodState.RETURNED), starts__lte=on
    )
    for checklist, starts, ends in unreported.order_by().values_list("checklist", "starts", "ends"):
        waiting[checklist].append((starts, ends))
    for checklist, periods in waiting.items():
        if due := period_due(periods, on=on, days=days):
            found.periods[checklist] = due


def _read_chasers(
    found: Gathered, units: Iterable[int], offices: Iterable[int], *, on: date
) -> dict[int, date]:
    """Note the chasers that wait, and return by which day each item is to be answered for."""
    about = Q(item__owner__in=units) | Q(item__checklist__in=offices)
    chased = ChasedItem.objects.filter(about, item__retired_at=None).exclude(item__status__in=CLOSED_STATUSES)
    answer_by = {}
    rows = chased.unanswered(end_of_day(on)).order_by("chaser__at", "pk")
    for item, checklist, chaser, day in rows.values_list(
        "item", "item__checklist", "chaser", "chaser__answer_by"
    ):
        answer_by[item] = day
        found.chasers[checklist][chaser] = day
    return answer_by


def _read_items(
    found: Gathered, units: Iterable[int], whole: Iterable[int], answer_by: Mapping[int, date]
) -> None:
    items = Item.objects.filter(Q(owner__in=units) | Q(checklist__in=whole))
    rows = items.exclude(status__in=CLOSED_STATUSES).order_by("pk")
    fields = ("checklist", "pk", "owner", "status", "due", "silent_since", "asked_in_time", "returned")
    for checklist, key, unit, status, due, silent_since, asked, returned, milestone in rows.values_list(
        *fields, "next_milestone"
    ):
        silent_from = day_that_matters(status, silent_since)
        found.items[checklist].append(
            ItemFacts(key, unit, status, due, silent_from, asked, returned, answer_by.get(key), milestone)
        )


def _mark_reported(found: Gathered, *, on: date) -> None:
    """Note which units have given the entry that is due for the period of their checklist."""
    if not found.periods:
        return
    first = min(starts for starts, _ends in found.periods.values())
    entries = Entry.objects.filter(item__checklist__in=found.periods).counting_for(first, on)
    given: dict[int, set[date]] = defaultdict(set)
    by_units = entries.exclude(side=Side.COOPERATING).not_withdrawn()
    for item, day in by_units.order_by().values_list("item", "counts_on"):
        given[item].add(day)
    for checklist, (starts, ends) in found.periods.items():
        found.items[checklist] = [
            replace(item, has_reported=any(starts <= day <= ends for day in given[item.key]))
            if item.key in given
            else item
            for item in found.items[checklist]
        ]


def _read_office(found: Gathered, offices: Iterable[int], whole: Iterable[int], *, on: date) -> None:
    steps = AssignmentStep.objects.newest().filter(checklist__in=offices, state=AssignmentState.GIVEN)
    for checklist, assignment in steps.order_by("pk").values_list("checklist", "assignment"):
        found.handed_down[checklist].append(assignment)
    waiting = Application.objects.filter(item__checklist__in=whole).pending(end_of_day(on))
    waiting = waiting.exclude(item__status__in=CLOSED_STATUSES)
    for checklist, application in waiting.order_by("pk").values_list("item__checklist", "pk"):
        found.applications[checklist].append(application)
    proposed = MilestoneStep.objects.filter(milestone__item__checklist__in=whole).to_decide()
    of_milestone = ("milestone__item__checklist", "milestone")
    for checklist, milestone in proposed.order_by("pk").values_list(*of_milestone):
        found.milestones[checklist].append(milestone)
