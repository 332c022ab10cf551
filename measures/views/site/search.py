"""Searching everything that the user may read, from the header of every page."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from measures.forms.search import KINDS, SearchForm
from measures.ledger.search import FIRST_FOUND, FOUND_AT_MOST, Search
from measures.rights.roles import rights_of
from measures.views.access import SignedInRequest

FIND = {
    "items": Search.items,
    "entries": Search.entries,
    "units": Search.units,
    "checklists": Search.checklists,
}


@require_GET
def search(request: SignedInRequest) -> HttpResponse:
    """Shows the first of each kind that has the words or, with `only`, more of this kind."""
    form = SearchForm(request.GET)
    if not form.is_valid():
        return render(request, "search/page.html", {"tab": "search", "form": form}, status=422)
    text, only = form.cleaned_data["q"], form.cleaned_data["only"]
    found = Search(rights_of(request), text, FOUND_AT_MOST if only else FIRST_FOUND)
    kinds = ([only] if only else list(KINDS)) if text else []
    groups = [(kind, KINDS[kind], FIND[kind](found)) for kind in kinds]
    context = {
        "tab": "search",
        "form": form,
        "text": text,
        "only": only,
        "found": found,
        "groups": [one for one in groups if one[2].hits],
    }
    return render(request, "search/page.html", context)
