"""The progress report: a page to read and print, and the same as files."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from measures.filters import ItemFilter
from measures.forms import DaysForm
from measures.models import Checklist
from measures.names import person_name
from measures.reports import FORMATS, Report, build_report
from measures.reports.spans import usual_spans
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
from measures.views.files import download, file_stem


@require_GET
def report(request: SignedInRequest, slug: str) -> HttpResponse:
    """The report of what the filters keep, at the end of `as_of`, and what moved since the end of `since`.

    `format` asks for a file; a bad filter or day refuses it.
    """
    checklist = readable_checklist(request, slug)
    if spelt := spelt_out(request, checklist):
        return redirect(reverse("report", args=[slug]) + spelt)
    wanted = request.GET.get("format", "")
    if wanted and wanted not in FORMATS:
        raise Http404(_("There is no report of this format."))
    days = DaysForm(request.GET, **opening_and_today(checklist))
    found = filtered(request, checklist, as_of=days.day)
    built = _built(request, checklist, days, found) if days.is_valid() and found.is_valid() else None
    if wanted and built:
        return report_file(built, wanted)
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
    }
    return render(request, "report/page.html", context, status=422 if wanted else 200)


def _built(request: SignedInRequest, checklist: Checklist, days: DaysForm, found: ItemFilter) -> Report:
    view = named_view(request, checklist)
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


def report_file(built: Report, wanted: str) -> HttpResponse:
    """The report as a file of this format."""
    kept = [built.view] if built.view else [text for _label, text in built.filters]
    stem = file_stem(built.organisation, built.title, *kept, on=built.as_of)
    if built.revision:
        stem += "-" + pgettext("file name", "revision %(number)d") % {"number": built.revision}
    return download(FORMATS[wanted].write(built), FORMATS[wanted].content_type, f"{stem}.{wanted}")
