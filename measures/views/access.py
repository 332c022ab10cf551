"""How every view gets at its rows: through the user, so that what they may not see is a 404."""

from copy import copy
from datetime import date

from django.contrib.auth.models import User
from django.http import Http404, HttpRequest
from django.utils import timezone

from measures.database.prepared import prepared
from measures.models import Checklist
from measures.querysets.checklists import ChecklistQuerySet
from measures.rights.roles import SecondFactorNeeded, rights_of


class SignedInRequest(HttpRequest):
    """What a view gets behind LoginRequiredMiddleware: there is always a user."""

    user: User
    # base.html says so, and leads on.
    lacks_second_factor: bool


@prepared
def _any_checklist(slug: str) -> ChecklistQuerySet:
    return Checklist.objects.with_units().filter(slug=slug)


@prepared
def _checklist_read_by(user: int, slug: str) -> ChecklistQuerySet:
    return Checklist.objects.read_by(user).with_units().filter(slug=slug)


def readable_checklist(request: SignedInRequest, slug: str) -> Checklist:
    """Return the checklist with this slug; 404 if the user may not read it.

    Users who still need a second factor can only read it, and are asked to set one up.
    """
    checklist = _held(request, slug) or _found(request.user, slug)
    if checklist is None:
        raise Http404
    if checklist.requires_two_factor and rights_of(request).lacks_second_factor(checklist):
        if request.method not in ("GET", "HEAD"):
            raise SecondFactorNeeded
        request.lacks_second_factor = True
    return checklist


def _held(request: SignedInRequest, slug: str) -> Checklist | None:
    """The checklist if the user has a role in it: every page asks for these anyway."""
    if request.user.is_superuser:
        return None
    for held in rights_of(request).memberships.values():
        if held.checklist.slug == slug:
            # What a form writes into it changes no rights.
            checklist = copy(held.checklist)
            checklist.has_units, checklist.has_ledger = held.has_units, held.has_ledger
            return checklist
    return None


def _found(user: User, slug: str) -> Checklist | None:
    found = _any_checklist(slug) if user.is_superuser else _checklist_read_by(user.pk, slug)
    return found[0] if found else None


def opening_and_today(checklist: Checklist) -> dict[str, date]:
    """The days between which a day of the past may be asked for."""
    return {"opened": timezone.localdate(checklist.opened_at), "today": timezone.localdate()}
