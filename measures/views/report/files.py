"""The report as a file, for the pages that give it away: which format, and the answer."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from measures.models import Checklist
from measures.reports import FORMATS, UPDATES_FORMATS, Format, Report, Writer, formats
from measures.reports.docx_template import TemplateFault, write_with
from measures.views.access import SignedInRequest
from measures.views.downloads import download, file_stem, record_export


def format_asked(request: SignedInRequest, checklist: Checklist, wanted: str) -> Format[Writer] | None:
    """Return the requested file format, if any; 404 for an unknown one."""
    if not wanted:
        return None
    rows, template = request.GET.get("rows", ""), request.GET.get("template", "")
    if wanted not in FORMATS or (template and wanted != "docx"):
        raise Http404(_("There is no report in this format."))
    if template:
        found = get_object_or_404(checklist.report_templates, pk=template if template.isdecimal() else 0)
        return formats.docx(write_with(bytes(found.content)))
    kind = {"": FORMATS, "updates": UPDATES_FORMATS}.get(rows, {}).get(wanted)
    if kind is None:
        raise Http404(_("There is no report in this format."))
    return kind


def report_file(
    request: SignedInRequest, checklist: Checklist, built: Report, kind: Format[Writer]
) -> HttpResponse:
    """The report as the file that the address asks for: rows, view or filters, day, revision in its name.

    A page with reasons where the report's template cannot be used.
    """
    rows = _("Updates") if request.GET.get("rows") else ""
    kept = [built.view] if built.view else [text for _label, text in built.filters]
    stem = file_stem(built.organisation, built.title, rows, *kept, on=built.as_of)
    if built.revision:
        stem += "-" + slugify(pgettext("file name", "revision %(number)d") % {"number": built.revision}, True)
    try:
        content = kind.write(built)
    except TemplateFault as fault:
        context = {"checklist": checklist, "faults": fault.messages, "back": request.path}
        return render(request, "report/template_fault.html", context, status=422)
    record_export(
        request,
        checklist,
        built.title,
        {"format": kind.name, "filters": dict(built.filters), "rows": len(built.rows)},
    )
    return download(content, kind, name=stem, plain=f"{checklist.slug}-{built.as_of}")
