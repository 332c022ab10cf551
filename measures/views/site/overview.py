"""One screen that answers: how far, what is late, what changed, what is mine."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Exists, Model, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from measures.choices import OPEN_STATUSES, Light, Role, Status
from measures.database.prepared import prepared
from measures.ledger.filters import A_WEEK
from measures.ledger.journal import entries_apart
from measures.ledger.trend import trend_of
from measures.lights import Lit, start_of_day
from measures.models import Application, Chaser, Checklist, Item, Measure, MilestoneStep, Update
from measures.progress import add_up, progress, progress_by_owner
from measures.querysets.ledger import ItemQuerySet
from measures.querysets.lights import edges, of_each_light
from measures.querysets.waiting import falls_due
from measures.rights.roles import Action, rights_of
from measures.views.access import SignedInRequest, readable_checklist, with_catalogue

SHOWN = 8  # rows of each short list
LATELY = timedelta(days=7)


@dataclass(frozen=True)
class FirstSteps:
    """Which steps of setting up a checklist are done."""

    units: bool
    people: bool
    handed_out: bool
    dated: bool

    @classmethod
    def of(cls, checklist: Checklist) -> "FirstSteps":
        """One query."""
        asked: dict[str, QuerySet[Model]] = {
            "units": checklist.owners.all(),
            "editors": checklist.memberships.filter(role=Role.EDITOR),
            "invited": checklist.invitations.filter(role=Role.EDITOR),
            "without_lead": checklist.items.filter(owner=None),
            "without_due": checklist.items.filter(due=None, status__in=OPEN_STATUSES),
        }
        tested = Checklist.objects.filter(pk=checklist.pk).values(
            **{name: Exists(rows) for name, rows in asked.items()}
        )
        found: dict[str, object] = {**tested[0]}
        return cls(
            units=bool(found["units"]),
            people=bool(found["editors"] or found["invited"]),
            handed_out=not found["without_lead"],
            dated=not found["without_due"],
        )


@require_GET
def overview(request: SignedInRequest, slug: str) -> HttpResponse:
    """Totals, pillars and sections, what is red, what changed lately, what is mine. Each figure is a link."""
    checklist = with_catalogue(readable_checklist(request, slug))
    today = timezone.localdate()
    limits = edges(checklist.thresholds, today)
    pillars = progress(_by_section(checklist.pk, today))
    rights = rights_of(request)
    membership = rights.memberships.get(checklist.pk)
    whole, manages = add_up("", "", pillars), rights.may(Action.MANAGE, checklist)
    owners = progress_by_owner(_by_owner(checklist.pk, today))
    points = trend_of(checklist, on=today)
    context = {
        "checklist": checklist,
        "tab": "overview",
        "pillars": pillars,
        "whole": whole,
        # Without that of the measures; empty for the usual words.
        "level_names": checklist.catalogue.own_level_names[:-1],
        "statuses": list(Status),
        "blocked": whole.by_status[Status.BLOCKED],
        "due_in_a_week": _due_between.count(checklist.pk, today, today + A_WEEK),
        "without_lead": sum(one.total for one in owners if not one.code),
        "owners": owners,
        "points": points,
        "lights": of_each_light(_by_light(checklist.pk, on=today, **limits)),
        "local_count": _local_measures.count(checklist.pk),
        "manages": manages,
        "steps": FirstSteps.of(checklist) if manages and not whole.touched else None,
        "sets_rules": rights.may(Action.SET_RULES, checklist),
        # Only upgraded checklists have no rules and were not asked about them.
        "offers_rules": checklist.rules.judge_nothing and checklist.entries_from is not None,
        "waiting": _applications.count(checklist.pk) + _milestones.count(checklist.pk),
        "may_chase": rights.may(Action.CHASE, checklist),
        "chasers_waiting": _chasers.count(checklist.pk),
        "red": _with_lights(_red(checklist.pk, on=today, **limits), checklist, today),
        "changed": _changed.count(checklist.pk, start_of_day(today - LATELY)),
        "lately": entries_apart(_lately(checklist.pk, start_of_day(today - LATELY))),
    }
    if len(points) > 1 and (before := points[-2].share) is not None and whole.well_share is not None:
        moved = round(whole.well_share, 1) - round(before, 1)
        context |= {"moved": moved, "moved_words": f"{abs(moved):.1f}", "last_month": points[-2].day}
    if membership and membership.owner:
        unit = membership.owner.pk
        mine = of_each_light(_own_by_light(checklist.pk, unit, on=today, **limits))
        wanting = _own_wanting(checklist.pk, unit, on=today, **limits)
        context |= {
            "owner": membership.owner,
            "own_chasers": _own_chasers.count(unit),
            "mine": mine,
            "mine_first": _with_lights(wanting, checklist, today),
            "mine_total": sum(mine.values()),
        }
    return render(request, "overview/page.html", context)


def _with_lights(items: Iterable[Item], checklist: Checklist, on: date) -> list[tuple[Item, Lit]]:
    for item in items:
        item.checklist = checklist
    return [(item, item.lit(on)) for item in items]


def _items(checklist: int) -> ItemQuerySet:
    return Item.objects.filter(checklist=checklist)


def _lit(checklist: int, on: date, soon: date, heard_from: datetime) -> ItemQuerySet:
    return _items(checklist).lit(on=on, soon=soon, heard_from=heard_from)


@prepared
def _by_section(checklist: int, on: date) -> QuerySet[Item, tuple[object, ...]]:
    return _items(checklist).counted_by_section(on=on)


@prepared
def _by_owner(checklist: int, on: date) -> QuerySet[Item, tuple[object, ...]]:
    return _items(checklist).counted_by_owner(on=on)


@prepared
def _by_light(
    checklist: int, *, on: date, soon: date, heard_from: datetime
) -> QuerySet[Item, tuple[str, int]]:
    return _lit(checklist, on, soon, heard_from).by_light()


@prepared
def _red(checklist: int, *, on: date, soon: date, heard_from: datetime) -> QuerySet[Item]:
    """The first few, longest overdue first."""
    red = _lit(checklist, on, soon, heard_from).in_light(Light.RED)
    return red.for_list().worst_first()[:SHOWN]


@prepared
def _own_by_light(
    checklist: int, unit: int, *, on: date, soon: date, heard_from: datetime
) -> QuerySet[Item, tuple[str, int]]:
    return _lit(checklist, on, soon, heard_from).involving(unit).by_light()


@prepared
def _own_wanting(checklist: int, unit: int, *, on: date, soon: date, heard_from: datetime) -> QuerySet[Item]:
    """The first few that want attention, longest overdue first."""
    own = _lit(checklist, on, soon, heard_from).involving(unit)
    return own.in_light(Light.RED, Light.AMBER).for_list().worst_first()[:SHOWN]


@prepared
def _due_between(checklist: int, first: date, last: date) -> QuerySet[Item, tuple[int]]:
    return _items(checklist).filter(falls_due(first, last)).order_by().values_list("pk")


@prepared
def _changed(checklist: int, since: datetime) -> QuerySet[Item, tuple[int]]:
    return _items(checklist).filter(updated_at__gte=since).order_by().values_list("pk")


@prepared
def _local_measures(checklist: int) -> QuerySet[Measure, tuple[int]]:
    return Measure.objects.filter(checklist=checklist).order_by().values_list("pk")


@prepared
def _applications(checklist: int) -> QuerySet[Application, tuple[int]]:
    """Those that the office has yet to decide on."""
    return Application.objects.filter(item__checklist=checklist).pending().order_by().values_list("pk")


@prepared
def _milestones(checklist: int) -> QuerySet[MilestoneStep, tuple[int]]:
    """Those that the office has yet to decide on."""
    steps = MilestoneStep.objects.filter(milestone__item__checklist=checklist)
    return steps.to_decide().order_by().values_list("pk")


@prepared
def _chasers(checklist: int) -> QuerySet[Chaser, tuple[int]]:
    return Chaser.objects.filter(unit__checklist=checklist).waiting().order_by().values_list("pk")


@prepared
def _own_chasers(unit: int) -> QuerySet[Chaser, tuple[int]]:
    return Chaser.objects.filter(unit=unit).waiting().order_by().values_list("pk")


@prepared
def _lately(checklist: int, since: datetime) -> QuerySet[Update]:
    """The newest updates since then."""
    found = Update.objects.filter(item__checklist=checklist, at__gte=since).with_previous().with_state()
    return found.select_related("item__measure").newest_first()[:SHOWN]
