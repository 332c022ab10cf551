"""The audit trail: for auditors, and for the operator. That it was read or taken away is recorded in it.

These pages write on GET, as an export does: the one exception to the rule that a GET never writes, since a
trail that is read unseen is none.
"""

from datetime import datetime

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from measures.audit.filters import AuditFilter
from measures.audit.readable import readable_records
from measures.audit.words import linked, roles_said, said, table
from measures.choices import Audited
from measures.forms.days import PER_PAGE
from measures.models import AuditRecord, ChecklistEdition, audit
from measures.querysets.append_only import AuditQuerySet
from measures.reports.write_table import TABLE_FORMATS
from measures.rights.roles import rights_of
from measures.views.access import SignedInRequest
from measures.views.downloads import download, file_stem
from measures.views.limits import limit_exports

EXPORT_LIMIT = 20_000


@require_GET
@limit_exports
def trail(request: SignedInRequest) -> HttpResponse:
    """The newest records that match the filters; `before` continues from a record, `format` gives a file."""
    rights = rights_of(request)
    records, checklists = readable_records(rights)
    found = AuditFilter(request.GET, records=records, checklists=list(checklists))
    wanted = request.GET.get("format", "")
    if wanted and wanted not in TABLE_FORMATS:
        raise Http404(_("There is no file in this format."))
    filters = {chosen.label: chosen.text for chosen in found.chosen()}
    kept = found.items()
    count = kept.count()
    too_many = bool(wanted) and count > EXPORT_LIMIT
    if wanted and found.is_valid() and not too_many:
        return _file(request, kept, wanted, {"format": wanted, "filters": filters, "rows": count})
    before = request.GET.get("before", "")
    if before.isascii() and before.isdecimal() and len(before) < 19:
        kept = kept.filter(pk__lt=int(before))
    page = list(kept.order_by("-pk")[: PER_PAGE + 1])
    audit(Audited.AUDIT_READ, by=request.user, at=timezone.now(), after={"filters": filters, "rows": count})
    context = {
        "filter": found,
        "rows": _rows(page[:PER_PAGE]),
        "before": before,
        "home": audited[0] if len(audited := rights.audited()) == 1 else None,
        "older": page[PER_PAGE - 1].pk if len(page) > PER_PAGE else None,
        "count": count,
        "formats": TABLE_FORMATS,
        "too_many": too_many,
        "limit": EXPORT_LIMIT,
    }
    status = 422 if too_many or not found.is_valid() else 200
    return render(request, "audit/page.html", context, status=status)


def _rows(records: list[AuditRecord]) -> list[dict[str, object]]:
    editions: dict[str, list[tuple[datetime, str]]] = {}
    moved = ChecklistEdition.objects.filter(checklist__slug__in={one.checklist_slug for one in records})
    rows = moved.order_by("at", "id").values_list("checklist__slug", "at", "catalogue__slug")
    for slug, at, edition in rows:
        editions.setdefault(slug, []).append((at, edition))
    return [
        {"record": one, "roles": roles_said(one), "said": said(one), "link": linked(one, editions)}
        for one in records
    ]


def _file(
    request: SignedInRequest, records: AuditQuerySet, wanted: str, after: dict[str, object]
) -> HttpResponse:
    kind = TABLE_FORMATS[wanted]
    headings, rows = table()
    now = timezone.localtime()
    audit(Audited.AUDIT_EXPORTED, by=request.user, at=now, after=after)
    body = kind.write(headings, rows(records.order_by("pk")[:EXPORT_LIMIT].iterator(chunk_size=2000)))
    return download(
        body, kind, name=file_stem(_("Audit trail"), on=now.date()), plain=f"audit-{now:%Y-%m-%d}"
    )
