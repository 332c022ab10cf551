"""Who manages a checklist's units and people, and the page on which they do; several addresses show it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from measures.forms.days import PER_PAGE
from measures.forms.people import AddMemberForm, InviteForm, UnitForm
from measures.models import Checklist, Invitation, Membership, Owner
from measures.rights.posts import are_enforced
from measures.rights.roles import Action, SecondFactorNeeded, rights_of
from measures.texts import as_counted
from measures.views.access import SignedInRequest, readable_checklist

LISTS_SHOWN = 5


def managed(request: SignedInRequest, slug: str) -> Checklist:
    """The checklist, for those who manage its units and people; 403 for its other readers."""
    checklist = readable_checklist(request, slug)
    rights = rights_of(request)
    if rights.lacks_second_factor(checklist):
        raise SecondFactorNeeded
    if not rights.may(Action.MANAGE, checklist):
        raise PermissionDenied(_("Only an administrator of the checklist manages its units and people."))
    return checklist


@dataclass(frozen=True)
class Person:
    """A member, and the invitation with which they have not signed in yet."""

    membership: Membership
    invitation: Invitation | None
    is_open: bool  # whether the link of the invitation works


@dataclass
class UnitShown:
    """A unit, its people, how many items it leads, and those who wait for their account."""

    unit: Owner
    items: int
    people: list[Person] = field(default_factory=list)
    waiting: list[Invitation] = field(default_factory=list)


@dataclass(frozen=True)
class PeopleForms:
    """The forms of the page. One that was sent and was not right shows its errors."""

    unit: UnitForm
    member: AddMemberForm
    invitation: InviteForm

    @classmethod
    def of(cls, checklist: Checklist) -> "PeopleForms":
        return cls(
            UnitForm(instance=Owner(checklist=checklist), prefix="unit"),
            AddMemberForm(checklist=checklist, prefix="member"),
            InviteForm(checklist=checklist, prefix="invite"),
        )


def people_page(
    request: SignedInRequest,
    checklist: Checklist,
    *,
    unit: UnitForm | None = None,
    member: AddMemberForm | None = None,
    invitation: InviteForm | None = None,
) -> HttpResponse:
    """The units and people, with a form that was not right."""
    fresh = PeopleForms.of(checklist)
    counted = list(checklist.owners.order_by().annotate(item_count=Count("items")))
    units = Paginator(sorted(counted, key=lambda one: as_counted(one.name)), PER_PAGE)
    page = units.get_page(request.GET.get("page"))
    now = timezone.now()
    others = checklist.memberships.filter(owner=None)
    waiting = checklist.invitations.asked_for()
    context = {
        "checklist": checklist,
        "tab": "overview",
        "page": page,
        "numbers": units.get_elided_page_range(page.number),
        "units": _shown(list(page), now),
        "others": _people(others.order_by("role", "user__username"), now),
        "waiting_others": waiting.filter(owner=None),
        "asked_for": waiting.count(),
        "lists": checklist.enrolments.annotate(unused=Count("invitations")).filter(unused__gt=0)[
            :LISTS_SHOWN
        ],
        "unit_form": unit or fresh.unit,
        "member_form": member or fresh.member,
        "invite_form": invitation or fresh.invitation,
        "by_account_manager": are_enforced(),
    }
    wrong = unit or member or invitation
    return render(request, "people/page.html", context, status=422 if wrong else 200)


def _shown(page: Sequence[Owner], now: datetime) -> list[UnitShown]:
    shown = {unit.pk: UnitShown(unit, getattr(unit, "item_count", 0)) for unit in page}
    for person in _people(Membership.objects.filter(owner__in=shown).order_by("user__username"), now):
        shown[person.membership.owner_id or 0].people.append(person)
    for invitation in Invitation.objects.asked_for().filter(owner__in=shown):
        shown[invitation.owner_id or 0].waiting.append(invitation)
    return list(shown.values())


def _people(members: QuerySet[Membership], now: datetime) -> list[Person]:
    found = []
    for membership in members.select_related("user__invitation"):
        invitation = getattr(membership.user, "invitation", None)
        here = invitation if invitation and invitation.checklist_id == membership.checklist_id else None
        found.append(Person(membership, here, bool(here and here.is_open(at=now))))
    return found
