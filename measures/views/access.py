"""How every view gets at its rows: through the user, so that what they may not see is a 404."""

from datetime import date

from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.utils import timezone

from measures.database.prepared import prepared
from measures.models import Catalogue, Checklist
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
    user = request.user
    found = _any_checklist(slug) if user.is_superuser else _checklist_read_by(user.pk, slug)
    if not found:
        raise Http404
    checklist = found[0]
    if checklist.requires_two_factor and rights_of(request).lacks_second_factor(checklist):
        if request.method not in ("GET", "HEAD"):
            raise SecondFactorNeeded
        request.lacks_second_factor = True
    return checklist


@prepared
def _catalogue(key: int) -> QuerySet[Catalogue]:
    return Catalogue.objects.filter(pk=key)


def with_catalogue(checklist: Checklist) -> Checklist:
    """The same one, with its catalogue."""
    [checklist.catalogue] = _catalogue(checklist.catalogue_id)
    return checklist


def opening_and_today(checklist: Checklist) -> dict[str, date]:
    """The days between which a day of the past may be asked for."""
    return {"opened": timezone.localdate(checklist.opened_at), "today": timezone.localdate()}
