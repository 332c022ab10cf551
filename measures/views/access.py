"""How every view gets at its rows: through the user, so that what they may not see is a 404."""

from datetime import date
from typing import Any

from django.contrib.auth.models import User
from django.http import HttpRequest, QueryDict
from django.shortcuts import get_object_or_404
from django.utils import timezone

from measures.ledger.filters import ItemFilter
from measures.models import Checklist, SavedView
from measures.rights.roles import SecondFactorNeeded, rights_of

NO_VIEW = "none"
DAYS = ("as_of", "since")


class SignedInRequest(HttpRequest):
    """What a view gets behind LoginRequiredMiddleware: there is always a user."""

    user: User
    # base.html says so, and leads on.
    lacks_second_factor: bool


def readable_checklist(request: SignedInRequest, slug: str) -> Checklist:
    """The checklist of this address; 404 for one outside the user's own.

    Whoever must have a second factor first reads it and is led to set one up.
    """
    checklists = Checklist.objects.visible_to(request.user).with_units()
    checklist: Checklist = get_object_or_404(checklists, slug=slug)
    if checklist.requires_two_factor and rights_of(request).lacks_second_factor(checklist):
        if request.method not in ("GET", "HEAD"):
            raise SecondFactorNeeded
        request.lacks_second_factor = True
    return checklist


def named_view(request: SignedInRequest, checklist: Checklist) -> SavedView | None:
    """The saved view that the address names; 404 for one that is not the user's to see."""
    wanted = request.GET.get("view", "")
    if wanted in ("", NO_VIEW):
        return None
    views = checklist.saved_views.visible_to(request.user)
    return get_object_or_404(views, pk=wanted if wanted.isdecimal() else 0)


def spelt_out(request: SignedInRequest, checklist: Checklist) -> str:
    """The query string that a bare `?view=7` stands for; empty where the address says it all already."""
    if set(request.GET) <= {"view", "format", *DAYS} and (view := named_view(request, checklist)):
        query = QueryDict(view.address, mutable=True)
        for name in ("format", *DAYS):
            if wanted := request.GET.get(name):
                query[name] = wanted
        spelt = query.urlencode(safe=",")
        return "" if spelt == request.GET.urlencode(safe=",") else f"?{spelt}"
    return ""


def default_view(request: SignedInRequest, checklist: Checklist) -> SavedView | None:
    """The user's view that opens first, for an address that says nothing."""
    if request.GET:
        return None
    return checklist.saved_views.filter(user=request.user, is_default=True).first()


def opening_and_today(checklist: Checklist) -> dict[str, date]:
    """The days between which a day of the past may be asked for."""
    return {"opened": timezone.localdate(checklist.opened_at), "today": timezone.localdate()}


def filtered(
    request: SignedInRequest, checklist: Checklist, *, as_of: date | None = None, below: bool = False
) -> ItemFilter:
    """The filters of this address, on the items as they are now or as they were at the end of a day.

    Whoever reads a checklist reads all `below` it.
    """
    on = as_of or timezone.localdate()
    return ItemFilter(request.GET, checklist=checklist, on=on, replayed=as_of is not None, below=below)


def unfiltered(request: SignedInRequest) -> str:
    """The query string that is left without any filter: the days, whose items, and no saved view."""
    kept = QueryDict(f"view={NO_VIEW}", mutable=True)
    for name in (*DAYS, "below"):
        if wanted := request.GET.get(name):
            kept[name] = wanted
    return f"?{kept.urlencode()}"


def chips(request: SignedInRequest, found: ItemFilter) -> list[dict[str, Any]]:
    """The filters in use, in words, each with the query string that is left without it."""
    shown = []
    for chosen in found.chosen():
        rest = request.GET.copy()
        for passing in ("page", "view", "edit"):
            rest.pop(passing, None)
        rest.setlist(chosen.name, [value for value in rest.getlist(chosen.name) if value != chosen.value])
        shown.append({"chosen": chosen, "without": f"?{rest.urlencode()}"})
    return shown
