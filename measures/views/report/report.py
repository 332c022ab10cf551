"""The progress report: a page to read and print, and the same as files."""

from datetime import timedelta

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
from measures.reports import FORMATS, Report, Writer, build_report
from measures.reports.docx_template import TemplateFault, write_with
from measures.reports.spans import usual_spans
from measures.rights.roles import Action, rights_of
from measures.views.access import SignedInRequest, opening_and_today, readable_checklist
from measures.views.downloads import asks_for_a_file, download, file_stem, record_export
from measures.views.limits import at_most
from measures.views.list_state import ListState


@require_GET
@at_most(30, within=timedelta(minutes=5), action="export", when=asks_for_a_file)
def report(request: SignedInRequest, slug: str) -> HttpResponse:
    """The report of what the filters keep, at the end of `as_of`, and what moved since the end of `since`.

    `format` asks for a file; a bad filter or day refuses it.
    """
    checklist = readable_checklist(request, slug)
    state = ListState.of(request, checklist)
    if spelt := state.spelt_out:
        return redirect(reverse("report", args=[slug]) + spelt)
    wanted = state.format
    write = chosen_writer(request, checklist, wanted)
    days = DaysForm(request.GET, **opening_and_today(checklist))
    found = state.filter_at(days.day)
    built = _built(state, days, found) if days.is_valid() and found.is_valid() else None
    if write and built:
        return report_file(request, checklist, built, wanted, write)
    context = {
        "checklist": checklist,
        "tab": "report",
        "filter": found,
        "days": days,
        "spans": usual_spans(**opening_and_today(checklist)),
        "list_state": state,
        "report": built,
        "formats": FORMATS,
        "templates": checklist.report_templates.defer("content"),
        "manages": rights_of(request).may(Action.MANAGE, checklist),
    }
    return render(request, "report/page.html", context, status=422 if wanted else 200)


def _built(state: ListState, days: DaysForm, found: ItemFilter) -> Report:
    view = state.view
    with from_replica():
        return build_report(
            found.items(),
            checklist=state.checklist,
            as_of=days.day,
            since=days.earlier,
            made_at=timezone.now(),
            made_by=person_name(state.user),
            filters=tuple((chosen.label, chosen.text) for chosen in found.chosen()),
            view=view.name if view else "",
        )


def chosen_writer(request: SignedInRequest, checklist: Checklist, wanted: str) -> Writer | None:
    """What writes the file that the address asks for; 404 for one that there is not."""
    if not wanted:
        return None
    rows, template = request.GET.get("rows", ""), request.GET.get("template", "")
    if wanted not in FORMATS or (template and wanted != "docx"):
        raise Http404(_("There is no report of this format."))
    if template:
        found = get_object_or_404(checklist.report_templates, pk=template if template.isdecimal() else 0)
        return write_with(bytes(found.content))
    write = {"": FORMATS[wanted].write, "updates": FORMATS[wanted].write_updates}.get(rows)
    if write is None:
        raise Http404(_("There is no report of this format."))
    return write


def report_file(
    request: SignedInRequest, checklist: Checklist, built: Report, wanted: str, write: Writer
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
        content = write(built)
    except TemplateFault as fault:
        context = {"checklist": checklist, "faults": fault.messages, "back": request.path}
        return render(request, "report/template_fault.html", context, status=422)
    record_export(
        request,
        checklist,
        built.title,
        {"format": wanted, "filters": dict(built.filters), "rows": len(built.rows)},
    )
    return download(
        content,
        name=f"{stem}.{wanted}",
        plain=f"{checklist.slug}-{built.as_of}.{wanted}",
        content_type=FORMATS[wanted].content_type,
    )
