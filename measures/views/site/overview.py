"""One screen that answers: how far, what is late, what changed, what is mine."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Exists, Model, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from measures.choices import OPEN_STATUSES, Light, Role, Status
from measures.ledger.filters import A_WEEK
from measures.ledger.journal import JournalEntry, entries_apart
from measures.ledger.trend import trend_of
from measures.lights import Lit
from measures.models import Application, Chaser, Checklist, Item, MilestoneStep, Update
from measures.progress import add_up, progress, progress_by_owner
from measures.querysets.ledger import ItemQuerySet
from measures.rights.roles import Action, rights_of
from measures.views.access import SignedInRequest, readable_checklist

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
    checklist = readable_checklist(request, slug)
    today = timezone.localdate()
    items = checklist.items.with_light(on=today, thresholds=checklist.thresholds)
    pillars = progress(checklist.items.all(), on=today)
    rights = rights_of(request)
    membership = rights.memberships.get(checklist.pk)
    red = items.in_light(Light.RED)
    whole, manages = add_up("", "", pillars), rights.may(Action.MANAGE, checklist)
    owners = progress_by_owner(checklist.items.all(), on=today)
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
        "due_in_a_week": checklist.items.due_within(A_WEEK, on=today).count(),
        "without_lead": sum(one.total for one in owners if not one.code),
        "owners": owners,
        "points": points,
        "lights": items.counted_by_light(),
        "local_count": checklist.local_measures.count(),
        "manages": manages,
        "steps": FirstSteps.of(checklist) if manages and not whole.touched else None,
        "sets_rules": rights.may(Action.SET_RULES, checklist),
        # Only upgraded checklists have no rules and were not asked about them.
        "offers_rules": checklist.rules.judge_nothing and checklist.entries_from is not None,
        "waiting": _waiting(checklist),
        "may_chase": rights.may(Action.CHASE, checklist),
        "chasers_waiting": Chaser.objects.of_checklist(checklist).waiting().count(),
        "red": _shortened(red, today),
        "changed": checklist.items.updated_since(today - LATELY).count(),
        "lately": _lately(checklist, today - LATELY),
    }
    if len(points) > 1 and (before := points[-2].share) is not None and whole.well_share is not None:
        moved = round(whole.well_share, 1) - round(before, 1)
        context |= {"moved": moved, "moved_words": f"{abs(moved):.1f}", "last_month": points[-2].day}
    if membership and membership.owner:
        mine = items.involving(membership.owner.pk)
        wanting = mine.in_light(Light.RED, Light.AMBER)
        context |= {
            "owner": membership.owner,
            "own_chasers": Chaser.objects.filter(unit=membership.owner).waiting().count(),
            "mine": mine.counted_by_light(),
            "mine_first": _shortened(wanting, today),
            "mine_total": mine.count(),
        }
    return render(request, "overview/page.html", context)


def _waiting(checklist: Checklist) -> int:
    """How many applications and milestones the office has yet to decide on."""
    asked = Application.objects.filter(item__checklist=checklist).pending().count()
    return asked + MilestoneStep.objects.waiting_in(checklist).count()


def _shortened(items: ItemQuerySet, on: date) -> list[tuple[Item, Lit]]:
    """The first few with their lights, longest overdue first."""
    return [(item, item.lit(on)) for item in items.for_list().worst_first()[:SHOWN]]


def _lately(checklist: Checklist, day: date) -> list[JournalEntry]:
    """The newest updates since a day, with what each changed."""
    found = Update.objects.filter(item__checklist=checklist).since(day).with_previous()
    return entries_apart(found.with_state().select_related("item__measure").order_by("-at", "-id")[:SHOWN])
