"""How every view gets at its rows: through the user, so that what they may not see is a 404."""

from typing import Any

from django.contrib.auth.models import User
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone

from measures.filters import ItemFilter
from measures.models import Checklist


class SignedInRequest(HttpRequest):
    """What a view gets behind LoginRequiredMiddleware: there is always a user."""

    user: User


def readable_checklist(request: SignedInRequest, slug: str) -> Checklist:
    """The checklist of this address; 404 for one outside the user's own."""
    checklists = Checklist.objects.visible_to(request.user).select_related("catalogue", "parent")
    return get_object_or_404(checklists, slug=slug)


def filtered(request: SignedInRequest, checklist: Checklist) -> ItemFilter:
    """The filters of this address, as of today."""
    return ItemFilter(request.GET, checklist=checklist, on=timezone.localdate())


def chips(request: SignedInRequest, found: ItemFilter) -> list[dict[str, Any]]:
    """The filters in use, in words, each with the query string that is left without it."""
    shown = []
    for chosen in found.chosen():
        rest = request.GET.copy()
        rest.pop("page", None)
        rest.setlist(chosen.name, [value for value in rest.getlist(chosen.name) if value != chosen.value])
        shown.append({"chosen": chosen, "without": f"?{rest.urlencode()}"})
    return shown
