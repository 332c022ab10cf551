"""The progress report: a page to read and print, and the same as files."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from measures.choices import Audited
from measures.models import Checklist, audit
from measures.names import person_name
from measures.reports import FORMATS, Report, build_report
from measures.views.access import (
    SignedInRequest,
    chips,
    filtered,
    named_view,
    readable_checklist,
    spelt_out,
)


@require_GET
def report(request: SignedInRequest, slug: str) -> HttpResponse:
    """The report of what the filters keep, as of today. `format` asks for a file; a bad filter refuses it."""
    checklist = readable_checklist(request, slug)
    if spelt := spelt_out(request, checklist):
        return redirect(reverse("report", args=[slug]) + spelt)
    view = named_view(request, checklist)
    found = filtered(request, checklist)
    wanted = request.GET.get("format", "")
    if wanted and wanted not in FORMATS:
        raise Http404(_("There is no report of this format."))
    built = build_report(
        found.items(),
        checklist=checklist,
        on=timezone.localdate(),
        made_at=timezone.now(),
        made_by=person_name(request.user),
        filters=tuple((chosen.label, chosen.text) for chosen in found.chosen()),
        view=view.name if view else "",
    )
    if wanted and found.is_valid():
        _record(request, checklist, built, wanted)
        return _file(built, wanted)
    query = request.GET.copy()
    query.pop("format", None)
    context = {
        "checklist": checklist,
        "tab": "report",
        "filter": found,
        "chips": chips(request, found),
        "report": built,
        "formats": FORMATS,
        "query": query.urlencode(),
    }
    return render(request, "report/page.html", context, status=422 if wanted else 200)


def _record(request: SignedInRequest, checklist: Checklist, built: Report, wanted: str) -> None:
    audit(
        Audited.EXPORTED,
        by=request.user,
        at=built.made_at,
        checklist=checklist,
        about=built.title,
        after={"format": wanted, "filters": dict(built.filters), "rows": len(built.rows)},
    )


def _file(built: Report, wanted: str) -> HttpResponse:
    response = HttpResponse(FORMATS[wanted].write(built), content_type=FORMATS[wanted].content_type)
    response["Content-Disposition"] = content_disposition_header(True, f"{file_stem(built)}.{wanted}")
    return response


def file_stem(built: Report) -> str:
    """A file's name in the reader's language: organisation, report, view or filters, day."""
    kept = [built.view] if built.view else [text for _label, text in built.filters]
    parts = [built.organisation, built.title, *kept, built.on.isoformat()]
    return "-".join(slugify(part, allow_unicode=True) for part in parts)[:120]
