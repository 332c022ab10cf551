"""The bulletin (通报) over the units of a checklist or those below it: a page, DOCX and PDF."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from measures.database.replica import from_replica
from measures.forms.days import UnitsForm
from measures.models import Checklist
from measures.models.people import person_name
from measures.reports import formats
from measures.reports.bulletin import Bulletin, BulletinDays, Over, bulletin_of_owners, bulletin_of_units
from measures.reports.bulletin_document import (
    bulletin_addressee,
    bulletin_document,
    bulletin_signed,
    bulletin_title,
)
from measures.reports.spans import usual_spans
from measures.reports.write_docx import package
from measures.reports.write_pdf import typeset
from measures.rights.roles import Action, rights_of
from measures.tree.sums import Unit
from measures.views.access import SignedInRequest, opening_and_today, readable_checklist
from measures.views.downloads import download, file_stem, record_export
from measures.views.limits import limit_exports
from measures.views.report.bulletin_form import BulletinForm
from measures.views.units.figures import loops_below, rolled

BULLETIN_FORMATS = formats.table_of(formats.docx(package), formats.pdf(typeset))


@require_GET
@limit_exports
def bulletin(request: SignedInRequest, slug: str) -> HttpResponse:
    """Shows it to all who read the checklist; only its administrators get it as a file, to send."""
    checklist = readable_checklist(request, slug)
    sends = rights_of(request).may(Action.CHASE, checklist)
    wanted = request.GET.get("format", "")
    if wanted and wanted not in BULLETIN_FORMATS:
        raise Http404(_("There is no bulletin in this format."))
    if wanted and not sends:
        raise PermissionDenied(_("Only an administrator of the checklist makes its bulletin."))
    form = BulletinForm(request.GET, has_units=checklist.has_units, **opening_and_today(checklist))
    context: dict[str, object] = {"checklist": checklist, "tab": "report", "form": form, "sends": sends}
    context["periods"] = [
        (span.label, span.since + timedelta(1), span.as_of)
        for span in usual_spans(**opening_and_today(checklist))
        if span.since
    ]
    if not form.is_valid():
        return render(request, "report/bulletin.html", context, status=422)
    with from_replica():
        made = replace(_made(request, checklist, form), choice=form.choice)
    form.placeholders(title=bulletin_title(made), to=bulletin_addressee(made), signed=bulletin_signed(made))
    if wanted:
        return _file(request, checklist, made, wanted)
    paper = bulletin_document(made)
    # A template knows no types.
    blocks = [(type(block).__name__, block) for block in paper.blocks]
    context |= {"made": made, "paper": paper, "blocks": blocks, "formats": BULLETIN_FORMATS}
    return render(request, "report/bulletin.html", context)


def _made(request: SignedInRequest, checklist: Checklist, form: BulletinForm) -> Bulletin:
    before = form.first - timedelta(1)
    asked = BulletinDays(
        as_of=form.day,
        start=form.first,
        before=before if before >= form.opened else None,
        made_at=timezone.now(),
        made_by=person_name(request.user),
    )
    if form.over_which == Over.OWNERS:
        return bulletin_of_owners(checklist, asked)
    tree = Checklist.objects.tree_for(request.user, checklist, as_of=form.past)
    top = rolled(tree, form)[0]
    loops, then = loops_below(top, form), _before(request, checklist, form, asked)
    return bulletin_of_units(checklist, top, loops, then, asked, past=form.past)


def _before(
    request: SignedInRequest, checklist: Checklist, form: BulletinForm, asked: BulletinDays
) -> Mapping[int, Unit]:
    """The units of the tree as they were at the end of the last period, by their key."""
    if asked.before is None:
        return {}
    address = {"as_of": asked.before.isoformat(), "closed": "1" if form.with_closed else ""}
    earlier = UnitsForm(address, opened=form.opened, today=form.today)
    tree = Checklist.objects.tree_for(request.user, checklist, as_of=asked.before)
    tops = rolled(tree, earlier)
    return {unit.key: unit for top in tops for unit in top.walk()}


def _file(request: SignedInRequest, checklist: Checklist, made: Bulletin, wanted: str) -> HttpResponse:
    kind = BULLETIN_FORMATS[wanted]
    content = kind.write(bulletin_document(made))
    filters = {"as_of": made.as_of.isoformat(), "start": made.start.isoformat(), "over": made.over.value}
    record_export(request, checklist, _("Bulletin"), {"format": wanted, "filters": filters})
    stem = file_stem(made.organisation, _("Bulletin"), str(made.over.label), on=made.as_of)
    return download(content, kind, name=stem, plain=f"{checklist.slug}-bulletin-{made.as_of}")
