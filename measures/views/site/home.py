"""The start page: what waits for the user. And the list of checklists with their progress."""

from collections.abc import Iterable
from datetime import date
from itertools import groupby
from operator import attrgetter

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from measures.audit.readable import unread_records
from measures.forms.days import UnitsForm
from measures.models import Catalogue, Checklist
from measures.rights.roles import rights_of
from measures.todo.acting import Acting
from measures.todo.page import Todo, todo_of
from measures.tree.matrix import Matrix
from measures.tree.sums import Unit
from measures.views.access import SignedInRequest
from measures.views.units.figures import part_columns, rolled, shown, usual_starts

FIRST_DAY = date(1970, 1, 1)
PLACES_SHOWN = 6
CATALOGUE = attrgetter("catalogue")


@require_GET
def home(request: SignedInRequest) -> HttpResponse:
    """What waits for the user, over all checklists in which they have a role.

    Users without any role, for whom nothing waits, are redirected to the only checklist that they can read,
    or to the list of them.
    """
    rights = rights_of(request)
    acting = Acting(rights)
    now, today = timezone.now(), timezone.localdate()
    todo = todo_of(acting, today) if rights.memberships or acting.makes_accounts else Todo([], [])
    if not rights.memberships and not todo.blocks:
        readable = list(Checklist.objects.visible_to(request.user).values_list("slug", flat=True)[:2])
        return redirect("overview", readable[0]) if len(readable) == 1 else redirect("checklists")
    request.lacks_second_factor = acting.lacks_second_factor
    context = {
        "tab": "todo",
        "today": today,
        "todo": todo,
        "moment": now.isoformat(),
        "places": todo.places[:PLACES_SHOWN],
        "waiting_count": todo.count,
        "unread": unread_records(rights) if rights.reads_audit() else [],
    }
    return render(request, "todo/page.html", context)


@require_GET
def checklists(request: SignedInRequest) -> HttpResponse:
    """The checklists in which the user has a role, and the tree that they may read, a table a catalogue."""
    form = UnitsForm(request.GET, opened=FIRST_DAY, today=timezone.localdate())
    if not form.is_valid():
        return render(request, "checklists/list.html", {"form": form}, status=422)
    tops = rolled(Checklist.objects.visible_to(request.user), form)
    by_catalogue = groupby(sorted(tops, key=CATALOGUE), CATALOGUE)
    context = {
        "form": form,
        "periods": usual_starts(),
        "tops": tops,
        "mine": _mine(request, tops),
        "tables": [_table(request, form, catalogue, list(same)) for catalogue, same in by_catalogue],
    }
    return render(request, "checklists/list.html", context)


def _table(request: SignedInRequest, form: UnitsForm, catalogue: int, tops: list[Unit]) -> dict[str, object]:
    """The tops side by side; of a single one, those directly below it."""
    parts, _strangers = part_columns(catalogue, tops, form.parts)
    single = tops[0] if len(tops) == 1 else None
    units = single.children if single and single.children else tops
    matrix = Matrix(units, parts, form.figure, request.GET.get("sort", ""))
    table = {"catalogue": Catalogue.objects.get(pk=catalogue), **shown(request, matrix)}
    if units is not tops and single:
        table |= {"top": single, "whole": matrix.row(single), "own": matrix.row(single, own=True)}
    return table


def _mine(request: SignedInRequest, tops: Iterable[Unit]) -> list[dict[str, object]]:
    """Return the checklists in which the user has a role, with the counts of their own items."""
    memberships = rights_of(request).memberships
    units = {unit.key: unit for top in tops for unit in top.walk()}
    found = Checklist.objects.filter(pk__in=memberships).select_related("catalogue", "parent")
    return [
        {"checklist": one, "membership": memberships[one.pk], "own": units[one.pk].own}
        for one in found.order_by("path")
        if one.pk in units
    ]
