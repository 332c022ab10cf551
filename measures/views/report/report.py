"""The progress report: a page to read and print, and the same as files."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from measures.database.replica import from_replica
from measures.forms.days import DaysForm
from measures.ledger.filters import ItemFilter
from measures.models import Checklist
from measures.models.people import person_name
from measures.reports import FORMATS, UPDATES_FORMATS, Format, Report, Writer, build_report, formats
from measures.reports.docx_template import TemplateFault, write_with
from measures.reports.spans import usual_spans
from measures.rights.roles import Action, rights_of
from measures.views.access import (
    SignedInRequest,
    chips,
    filtered,
    named_view,
    opening_and_today,
    readable_checklist,
    spelt_out,
    unfiltered,
)
from measures.views.downloads import download, file_stem, record_export
from measures.views.limits import limit_exports


@require_GET
@limit_exports
def report(request: SignedInRequest, slug: str) -> HttpResponse:
    """The report of what the filters keep, at the end of `as_of`, and what moved since the end of `since`.

    `format` asks for a file; a bad filter or day refuses it.
    """
    checklist = readable_checklist(request, slug)
    if spelt := spelt_out(request, checklist):
        return redirect(reverse("report", args=[slug]) + spelt)
    wanted = request.GET.get("format", "")
    kind = format_asked(request, checklist, wanted)
    days = DaysForm(request.GET, **opening_and_today(checklist))
    found = filtered(request, checklist, as_of=days.day)
    built = _built(request, checklist, days, found) if days.is_valid() and found.is_valid() else None
    if kind and built:
        return report_file(request, checklist, built, kind)
    context = {
        "checklist": checklist,
        "tab": "report",
        "filter": found,
        "days": days,
        "spans": usual_spans(**opening_and_today(checklist)),
        "chips": chips(request, found),
        "unfiltered": unfiltered(request),
        "report": built,
        "formats": FORMATS,
        "templates": checklist.report_templates.defer("content"),
        "manages": rights_of(request).may(Action.MANAGE, checklist),
    }
    return render(request, "report/page.html", context, status=422 if wanted else 200)


def _built(request: SignedInRequest, checklist: Checklist, days: DaysForm, found: ItemFilter) -> Report:
    view = named_view(request, checklist)
    with from_replica():
        return build_report(
            found.items(),
            checklist=checklist,
            as_of=days.day,
            since=days.earlier,
            made_at=timezone.now(),
            made_by=person_name(request.user),
            filters=tuple((chosen.label, chosen.text) for chosen in found.chosen()),
            view=view.name if view else "",
        )


def format_asked(request: SignedInRequest, checklist: Checklist, wanted: str) -> Format[Writer] | None:
    """The format of the file that the address asks for, if any; 404 for one that there is not."""
    if not wanted:
        return None
    rows, template = request.GET.get("rows", ""), request.GET.get("template", "")
    if wanted not in FORMATS or (template and wanted != "docx"):
        raise Http404(_("There is no report of this format."))
    if template:
        found = get_object_or_404(checklist.report_templates, pk=template if template.isdecimal() else 0)
        return formats.docx(write_with(bytes(found.content)))
    kind = {"": FORMATS, "updates": UPDATES_FORMATS}.get(rows, {}).get(wanted)
    if kind is None:
        raise Http404(_("There is no report of this format."))
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
