"""One screen that answers: how far, what is late, what changed, what is mine."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple, Protocol, cast

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
from measures.lights import Lit, Thresholds, lit_of, start_of_day
from measures.models import Application, Catalogue, Chaser, Checklist, Item, Measure, MilestoneStep, Update
from measures.progress import add_up, progress, progress_by_owner
from measures.querysets.catalogue import in_language
from measures.querysets.checklists import ChecklistQuerySet
from measures.querysets.counts import how_many
from measures.querysets.ledger import ItemQuerySet
from measures.querysets.lights import edges, of_each_light
from measures.querysets.waiting import falls_due
from measures.rights.roles import Action, rights_of
from measures.views.access import SignedInRequest, readable_checklist

SHOWN = 8  # rows of each short list
LATELY = timedelta(days=7)

type ShortRows = QuerySet[Item, tuple[object, ...]]


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
    checklist = readable_checklist(request, slug)
    today, rights = timezone.localdate(), rights_of(request)
    limits = edges(checklist.thresholds, today)
    membership = rights.memberships.get(checklist.pk)
    lately = start_of_day(today - LATELY)
    unit = membership.owner_id if membership else None
    [found] = _counted(checklist.pk, unit or 0, first=today, last=today + A_WEEK, since=lately)
    counted = cast(CountedChecklist, found)
    checklist.catalogue = counted.catalogue
    pillars = progress(_by_section(checklist.pk, today))
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
        "due_in_a_week": counted.due,
        "without_lead": sum(one.total for one in owners if not one.code),
        "owners": owners,
        "points": points,
        "lights": of_each_light(_by_light(checklist.pk, on=today, **limits)),
        "local_count": counted.local,
        "manages": manages,
        "steps": FirstSteps.of(checklist) if manages and not whole.touched else None,
        "sets_rules": rights.may(Action.SET_RULES, checklist),
        # Only upgraded checklists have no rules and were not asked about them.
        "offers_rules": checklist.rules.judge_nothing and checklist.entries_from is not None,
        "waiting": counted.to_decide,
        "may_chase": rights.may(Action.CHASE, checklist),
        "chasers_waiting": counted.chasers,
        "red": _with_lights(_red(checklist.pk, on=today, **limits), checklist.thresholds, today),
        "changed": counted.changed,
        "lately": entries_apart(_lately(checklist.pk, lately)),
    }
    if len(points) > 1 and (before := points[-2].share) is not None and whole.well_share is not None:
        moved = round(whole.well_share, 1) - round(before, 1)
        context |= {"moved": moved, "moved_words": f"{abs(moved):.1f}", "last_month": points[-2].day}
    if membership and membership.owner and unit:
        mine = of_each_light(_own_by_light(checklist.pk, unit, on=today, **limits))
        wanting = _own_wanting(checklist.pk, unit, on=today, **limits)
        context |= {
            "owner": membership.owner,
            "own_chasers": counted.own_chasers,
            "mine": mine,
            "mine_first": _with_lights(wanting, checklist.thresholds, today),
            "mine_total": sum(mine.values()),
        }
    return render(request, "overview/page.html", context)


class ShortRow(NamedTuple):
    """What a short list shows of an item."""

    code: str
    title: str
    unit: str | None
    lit: Lit


class ShortFound(NamedTuple):
    """The same as it is found, with what its light depends on."""

    code: str
    title: str
    unit: str | None
    status: str
    due: date | None
    silent_since: datetime | None
    asked: bool
    returned: bool
    milestone: date | None


def _with_lights(rows: Iterable[tuple[object, ...]], thresholds: Thresholds, on: date) -> list[ShortRow]:
    shown = []
    for one in map(ShortFound._make, rows):
        lit = lit_of(
            *(Status(one.status), one.due, one.silent_since),
            on=on,
            thresholds=thresholds,
            asked=one.asked,
            returned=one.returned,
            milestone=one.milestone,
        )
        shown.append(ShortRow(one.code, one.title, one.unit, lit))
    return shown


def _items(checklist: int) -> ItemQuerySet:
    return Item.objects.filter(checklist=checklist)


def _lit(checklist: int, on: date, soon: date, heard_from: datetime) -> ItemQuerySet:
    return _items(checklist).lit(on=on, soon=soon, heard_from=heard_from)


class CountedChecklist(Protocol):
    """A checklist with its catalogue, and single figures that no table holds."""

    catalogue: Catalogue
    due: int
    changed: int
    local: int
    to_decide: int  # by the office: applications and milestones
    chasers: int
    own_chasers: int


@prepared
def _counted(checklist: int, unit: int, *, first: date, last: date, since: datetime) -> ChecklistQuerySet:
    """What is due between two days, what changed since a moment, which chasers wait, also of a unit."""
    applications = Application.objects.filter(item__checklist=checklist).pending()
    milestones = MilestoneStep.objects.filter(milestone__item__checklist=checklist).to_decide()
    return (
        Checklist.objects.filter(pk=checklist)
        .select_related("catalogue")
        .only("catalogue")
        .annotate(
            due=how_many(_items(checklist).filter(falls_due(first, last))),
            changed=how_many(_items(checklist).filter(updated_at__gte=since)),
            local=how_many(Measure.objects.filter(checklist=checklist)),
            to_decide=how_many(applications) + how_many(milestones),
            chasers=how_many(Chaser.objects.filter(unit__checklist=checklist).waiting()),
            own_chasers=how_many(Chaser.objects.filter(unit=unit).waiting()),
        )
    )


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
def _red(checklist: int, *, on: date, soon: date, heard_from: datetime) -> ShortRows:
    red = _lit(checklist, on, soon, heard_from).in_light(Light.RED)
    return _shown(red)


@prepared
def _own_by_light(
    checklist: int, unit: int, *, on: date, soon: date, heard_from: datetime
) -> QuerySet[Item, tuple[str, int]]:
    return _lit(checklist, on, soon, heard_from).involving(unit).by_light()


@prepared
def _own_wanting(checklist: int, unit: int, *, on: date, soon: date, heard_from: datetime) -> ShortRows:
    """Those that want attention."""
    own = _lit(checklist, on, soon, heard_from).involving(unit)
    return _shown(own.in_light(Light.RED, Light.AMBER))


def _shown(lit: ItemQuerySet) -> ShortRows:
    """The first few, longest overdue first, as `ShortFound`."""
    of_measure = ("measure__code", in_language("measure__title"))
    of_light = ("status", "due", "silent_since", "asked_in_time", "returned", "next_milestone")
    return lit.worst_first().values_list(*of_measure, "owner__name", *of_light)[:SHOWN]


@prepared
def _lately(checklist: int, since: datetime) -> QuerySet[Update]:
    """The newest updates since then."""
    found = Update.objects.filter(item__checklist=checklist, at__gte=since).with_previous().with_state()
    return found.select_related("item__measure").newest_first()[:SHOWN]
