"""The checklists below one, side by side: how far each is, what is late there, and who has not reported."""

from django.db.models import QuerySet
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from measures.database.prepared import prepared
from measures.forms.days import UnitsForm
from measures.models import Catalogue, Checklist
from measures.reports.write_table import STREAMED_FORMATS
from measures.tree.matrix import Matrix
from measures.views.access import SignedInRequest, opening_and_today, readable_checklist
from measures.views.limits import limit_exports
from measures.views.units.figures import loops_below, part_columns, rolled_tree, shown, usual_starts
from measures.views.units.files import units_file

UNHEARD_SHOWN = 40


FEWEST = 3  # units whose average says nothing about any one of them


@require_GET
@limit_exports
def units(request: SignedInRequest, slug: str) -> HttpResponseBase:
    """The checklists directly below, each with all below it, worst first; `format` downloads a file."""
    checklist = readable_checklist(request, slug)
    [checklist.catalogue] = _catalogue(checklist.catalogue_id)
    form = UnitsForm(request.GET, **opening_and_today(checklist))
    form.name_parts(checklist.catalogue.own_level_names)
    wanted = request.GET.get("format", "")
    rows = request.GET.get("rows", "")
    if wanted and (wanted not in STREAMED_FORMATS or rows not in ("", "items")):
        raise Http404(_("There is no file in this format."))
    context: dict[str, object] = {
        "checklist": checklist,
        "tab": "units",
        "form": form,
        "periods": usual_starts(),
        "formats": STREAMED_FORMATS,
        "above": above(request, checklist),
    }
    if not form.is_valid():
        return render(request, "units/page.html", context, status=422)
    top = rolled_tree(checklist, form, request.user)
    parts, strangers = part_columns(checklist.edition_on(form.past), [top], form.parts)
    loops = loops_below(top, form)
    if wanted:
        return units_file(
            request, checklist, top, loops=loops, parts=parts, form=form, wanted=wanted, rows=rows
        )
    matrix = Matrix(top.children, parts, form.figure, request.GET.get("sort", ""))
    context |= shown(request, matrix)
    context |= {
        "top": top,
        "whole": matrix.row(top),
        "own": matrix.row(top, own=True),
        "strangers": strangers,
        "loop": loops.whole[top.key],
        "loops": [(unit, loops.whole[unit.key]) for unit in matrix.sorted],
        "unheard": [unit for unit in top.walk() if unit.is_unheard],
        "unheard_shown": UNHEARD_SHOWN,
    }
    return render(request, "units/page.html", context)


@require_GET
def peers(request: SignedInRequest, slug: str) -> HttpResponse:
    """Compare this checklist with others of its level.

    Users who cannot read the one above see their own place and the average, and nothing of any other unit.
    """
    checklist = readable_checklist(request, slug)
    all_above = Checklist.objects.select_related("catalogue")
    parent: Checklist = get_object_or_404(all_above, pk=checklist.parent_id)
    reads_all = Checklist.objects.visible_to(request.user).filter(pk=parent.pk).exists()
    form = UnitsForm(request.GET, **opening_and_today(checklist))
    form.name_parts(parent.catalogue.own_level_names)
    context: dict[str, object] = {"checklist": checklist, "tab": "units", "form": form}
    context |= {"parent": parent if reads_all else None, "own": not reads_all}
    context["periods"] = usual_starts()
    if not form.is_valid():
        return render(request, "units/peers.html", context, status=422)
    top = rolled_tree(parent, form, request.user if reads_all else None)
    parts, _strangers = part_columns(parent.edition_on(form.past), [top], form.parts)
    matrix = Matrix(top.children, parts, form.figure, request.GET.get("sort", ""))
    here = next((unit for unit in top.children if unit.key == checklist.pk), None)
    if here is None:
        raise Http404(_("On that day, this checklist was below another one."))
    context |= {"top": top, "here": matrix.row(here), "places": len(matrix.ranks)}
    # From the average of two, each would know the other's figure.
    if reads_all or len(matrix.ranks) >= FEWEST:
        context["average"] = matrix.spreads[0]
    if reads_all:
        context |= shown(request, matrix) | {"whole": matrix.row(top)}
    return render(request, "units/peers.html", context)


def above(request: SignedInRequest, checklist: Checklist) -> list[Checklist]:
    """The checklists above this one that the user may read, from the top down."""
    names = checklist.path.strip("/").split("/")[:-1]
    if not names:
        return []
    return _any_above(names) if request.user.is_superuser else _above_read_by(request.user.pk, names)


@prepared
def _catalogue(key: int) -> QuerySet[Catalogue]:
    return Catalogue.objects.filter(pk=key)


@prepared
def _any_above(slugs: list[str]) -> QuerySet[Checklist]:
    return Checklist.objects.filter(slug__in=slugs).order_by("path")


@prepared
def _above_read_by(user: int, slugs: list[str]) -> QuerySet[Checklist]:
    return Checklist.objects.read_by(user).filter(slug__in=slugs).order_by("path")
