"""Which items a page for many of them is about: those ticked in the list, or all that its filter finds."""

from django.http import QueryDict

from measures.models import Checklist
from measures.querysets.ledger import ItemQuerySet
from measures.views.access import SignedInRequest
from measures.views.list_state import ListState


def selected_items(request: SignedInRequest, checklist: Checklist) -> ItemQuerySet:
    """The ticked items, or all that the filter finds. Ticks come one by one or joined by commas."""
    if request.POST.get("scope") == "filter":
        address = QueryDict(request.POST.get("query", ""))
        found: ItemQuerySet = ListState(address, checklist, request.user).filter_at().items()
        return found
    named = request.POST if request.method == "POST" else request.GET
    codes = ",".join(named.getlist("codes")).split(",")
    return checklist.items.filter(measure__code__in=codes)


def items_to_chase(request: SignedInRequest, checklist: Checklist) -> ItemQuerySet:
    """The same; an address may also hold the filters of a list, as in `?owner=5`."""
    if request.method == "POST" or "codes" in request.GET:
        return selected_items(request, checklist)
    found: ItemQuerySet = ListState.of(request, checklist).filter_at().items()
    return found if request.GET else found.none()
