"""The progress report over a checklist and all below it: a page to read and print, DOCX and PDF."""

from datetime import timedelta
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from measures.forms.days import UnitsForm
from measures.models import Checklist
from measures.models.people import person_name
from measures.reports import FORMATS
from measures.reports.outline import Document
from measures.reports.units import units_document
from measures.reports.write_docx import package
from measures.reports.write_pdf import typeset
from measures.tree.matrix import FIGURES, Matrix
from measures.views.access import SignedInRequest, opening_and_today, readable_checklist
from measures.views.downloads import asks_for_a_file, download, file_stem, record_export
from measures.views.limits import at_most
from measures.views.units.figures import columns, rolled, usual_starts

WRITERS = {"docx": package, "pdf": typeset}


@require_GET
@at_most(30, within=timedelta(minutes=5), action="export", when=asks_for_a_file)
def units_report(request: SignedInRequest, slug: str) -> HttpResponse:
    """How far all of it is, by pillar and by the units directly below; `format` asks for a file."""
    checklist = readable_checklist(request, slug)
    form = UnitsForm(request.GET, **opening_and_today(checklist))
    wanted = request.GET.get("format", "")
    if wanted and wanted not in WRITERS:
        raise Http404(_("There is no report of this format."))
    context: dict[str, Any] = {
        "checklist": checklist,
        "tab": "units",
        "form": form,
        "periods": usual_starts(),
    }
    if not form.is_valid():
        return render(request, "units/report.html", context, status=422)
    made = _made(request, checklist, form)
    if wanted:
        return _file(request, checklist, form, made, wanted)
    # A template knows no types.
    context["blocks"] = [(type(block).__name__, block) for block in made.blocks]
    return render(request, "units/report.html", context | {"made": made, "formats": WRITERS})


def _made(request: SignedInRequest, checklist: Checklist, form: UnitsForm) -> Document:
    top = rolled(Checklist.objects.within(checklist.path), form, by="pillar")[0]
    parts, _strangers = columns(checklist.catalogue_id, [top], "pillar")
    return units_document(
        top,
        Matrix(top.children, parts, FIGURES["well"]),
        catalogue=checklist.catalogue.title,
        as_of=form.day,
        start=form.first,
        made_at=timezone.now(),
        made_by=person_name(request.user),
    )


def _file(
    request: SignedInRequest, checklist: Checklist, form: UnitsForm, made: Document, wanted: str
) -> HttpResponse:
    content = WRITERS[wanted](made)
    filters = {"as_of": form.day.isoformat(), "start": form.first.isoformat()}
    record_export(request, checklist, made.title, {"format": wanted, "filters": filters})
    return download(
        content,
        name=f"{file_stem(made.title, on=form.day)}.{wanted}",
        plain=f"{checklist.slug}-units-report-{form.day}.{wanted}",
        content_type=FORMATS[wanted].content_type,
    )
