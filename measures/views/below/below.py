"""The checklists directly below one, and new ones there: one by a form, or hundreds from a sheet."""

from django.core.paginator import Paginator
from django.db import IntegrityError
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from measures.forms.days import PER_PAGE
from measures.forms.tree import OpenForm
from measures.models import Checklist, PlaceRefused
from measures.reports import formats
from measures.rights.roles import Action, rights_of
from measures.sheets.write_units import write_units_csv, write_units_xlsx
from measures.views.access import SignedInRequest, readable_checklist
from measures.views.below.tending import open_all, tended
from measures.views.downloads import chosen_format, download
from measures.views.limits import limit_file

SHEET_FORMATS = formats.table_of(formats.xlsx(write_units_xlsx), formats.csv(write_units_csv))


@require_GET
def below(request: SignedInRequest, slug: str) -> HttpResponse:
    """The units directly below, each with how far it is; for administrators the ways to open more."""
    return below_page(request, readable_checklist(request, slug))


def below_page(request: SignedInRequest, checklist: Checklist, form: Form | None = None) -> HttpResponse:
    """The page, with a form on it that was not right."""
    found = Checklist.objects.filter(parent=checklist).with_children().order_by("path")
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    shown = list(page)
    progress = (
        Checklist.objects.filter(pk__in=[one.pk for one in shown])
        .with_progress(on=timezone.localdate())
        .in_bulk()
    )
    context = {
        "checklist": checklist,
        "tab": "below",
        "page": page,
        "numbers": page.paginator.get_elided_page_range(page.number),
        "rows": [(progress[one.pk], one.children_count) for one in shown],
        "tends": rights_of(request).may(Action.TEND_BELOW, checklist),
        "form": form or OpenForm(checklist=checklist),
    }
    return render(request, "below/page.html", context, status=422 if form else 200)


@require_POST
def open_one(request: SignedInRequest, slug: str) -> HttpResponse:
    """Opens one checklist directly below."""
    checklist = tended(request, slug)
    form = OpenForm(request.POST, checklist=checklist)
    if form.is_valid():
        try:
            open_all(request, checklist, [form.new], form)
        except PlaceRefused as refused:
            form.add_error(None, str(refused))
        except IntegrityError:
            form.add_error("slug", _("This address is taken. Choose another."))
        else:
            return redirect("below", slug)
    return below_page(request, checklist, form)


@require_GET
@limit_file
def starting_sheet(request: SignedInRequest, slug: str) -> HttpResponse:
    """An empty sheet to fill in, as XLSX or, asked by `format`, as CSV."""
    checklist = tended(request, slug)
    kind = chosen_format(SHEET_FORMATS, request.GET.get("format", "xlsx"))
    name = _("Units below %(name)s") % {"name": checklist.name}
    return download(kind.write(), kind, name=name, plain=f"{checklist.slug}-units")
