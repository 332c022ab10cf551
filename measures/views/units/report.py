"""The progress report over a checklist and all below it: a page to read and print, DOCX and PDF."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from measures.forms.days import UnitsForm
from measures.models import Checklist
from measures.models.people import person_name
from measures.reports import formats
from measures.reports.outline import Document
from measures.reports.units import units_document
from measures.reports.write_docx import package
from measures.reports.write_pdf import typeset
from measures.tree.matrix import FIGURES, Matrix
from measures.views.access import SignedInRequest, opening_and_today, readable_checklist
from measures.views.downloads import download, file_stem, record_export
from measures.views.limits import limit_exports
from measures.views.units.figures import loops_below, part_columns, rolled_tree, usual_starts

UNITS_REPORT_FORMATS = formats.table_of(formats.docx(package), formats.pdf(typeset))


@require_GET
@limit_exports
def units_report(request: SignedInRequest, slug: str) -> HttpResponse:
    """The progress of the whole tree, by pillar and by units directly below; `format` downloads a file."""
    checklist = readable_checklist(request, slug)
    form = UnitsForm(request.GET, **opening_and_today(checklist))
    wanted = request.GET.get("format", "")
    if wanted and wanted not in UNITS_REPORT_FORMATS:
        raise Http404(_("There is no report in this format."))
    context: dict[str, object] = {
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
    return render(request, "units/report.html", context | {"made": made, "formats": UNITS_REPORT_FORMATS})


def _made(request: SignedInRequest, checklist: Checklist, form: UnitsForm) -> Document:
    top = rolled_tree(checklist, form, request.user, by="pillar")
    edition = checklist.catalogue_on(form.past)
    parts, _strangers = part_columns(edition.pk, [top], "pillar")
    return units_document(
        top,
        Matrix(top.children, parts, FIGURES["well"]),
        loops_below(top, form),
        catalogue=checklist.catalogue.title,
        levels=edition.own_level_names,
        as_of=form.day,
        start=form.first,
        made_at=timezone.now(),
        made_by=person_name(request.user),
    )


def _file(
    request: SignedInRequest, checklist: Checklist, form: UnitsForm, made: Document, wanted: str
) -> HttpResponse:
    kind = UNITS_REPORT_FORMATS[wanted]
    content = kind.write(made)
    filters = {"as_of": form.day.isoformat(), "start": form.first.isoformat()}
    record_export(request, checklist, made.title, {"format": wanted, "filters": filters})
    return download(
        content,
        kind,
        name=file_stem(made.title, on=form.day),
        plain=f"{checklist.slug}-units-report-{form.day}",
    )
