"""Evidence about one item: a unit or the office adds a file or a link; readers of the item download it."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.csp import CSP
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_GET, require_POST

from measures.choices import Audited, Side
from measures.evidence import store
from measures.evidence.kinds import suffix_of
from measures.forms.evidence import STORE_FAILED, EvidenceForm
from measures.forms.loop import WithdrawForm
from measures.ledger.dossier import Dossier
from measures.ledger.loop import applications_of, entries_of
from measures.models import (
    ContentRemoved,
    EvidenceWithdrawn,
    Item,
    TooMuchEvidence,
    add_evidence,
    audit,
)
from measures.models.people import person_name
from measures.reports.formats import to_save, zipped
from measures.rights.roles import Rights, rights_of
from measures.views.access import SignedInRequest, readable_checklist
from measures.views.downloads import attached, file_stem, record_export
from measures.views.items.edition import meant_item
from measures.views.items.page import Typed, evidence_form, fetch_item, item_page
from measures.views.limits import limit_file, limit_uploads


@require_POST
@limit_uploads
def receive_evidence(request: SignedInRequest, slug: str, code: str) -> HttpResponse:
    """Adds a file or a link; 422 with the reason for what is not accepted, 503 if it cannot be stored."""
    checklist = readable_checklist(request, slug)
    rights = rights_of(request)
    shown = fetch_item(checklist, measure__code=code)
    side = rights.writing_side(shown)
    if side is None:
        raise PermissionDenied(_("Your role adds no evidence to this item."))
    entries, applications = entries_of(shown), applications_of(shown, rights=rights)
    form = evidence_form(shown, rights, entries, applications, data=request.POST, files=request.FILES)
    if form.is_valid() and _added(request, shown, rights, form, side):
        messages.success(request, _("Evidence added."))
        return redirect(f"{shown.get_absolute_url()}#evidence")
    status = 503 if form.out_of_order else 422
    return item_page(request, shown, rights, Typed(evidence_form=form), status=status)


def _added(request: SignedInRequest, shown: Item, rights: Rights, form: EvidenceForm, side: Side) -> bool:
    """Whether it could be stored; else the form says why not."""
    said = form.cleaned_data
    try:
        add_evidence(
            shown,
            form.what,
            side=side,
            by=request.user,
            at=timezone.now(),
            unit=rights.unit_of(shown.checklist) if side == Side.COOPERATING else None,
            entry=said.get("entry"),
            application=said.get("application"),
        )
    except TooMuchEvidence as refused:
        text = _("There are already %(limit)s pieces of evidence here, and no more are accepted.")
        form.add_error(None, text % {"limit": refused})
    except ContentRemoved:
        text = _("The operator destroyed a file with exactly this content. It is not accepted again.")
        form.add_error("file", text)
    except store.Damaged:
        form.out_of_order = True
        text = _("The copy of this file that was stored before is damaged. Tell the operator.")
        form.add_error("file", text)
    except OSError:
        form.out_of_order = True
        form.add_error("file", STORE_FAILED)
    return form.is_valid()


@require_GET
@limit_file
@csp_override({"default-src": [CSP.NONE], "sandbox": True})  # type: ignore[dict-item]
def evidence_file(request: SignedInRequest, slug: str, code: str, pk: int) -> HttpResponseBase:
    """The file as it was added, to be saved: no browser runs it. What is not what was added is not given."""
    checklist = readable_checklist(request, slug)
    shown = fetch_item(checklist, **meant_item(request, checklist, code))
    evidence = get_object_or_404(shown.evidence.exclude(sha256="").with_removal(), pk=pk)
    if evidence.removed_at:
        raise Http404(_("The operator destroyed this file: %(why)s") % {"why": evidence.removed_because})
    file = store.read_unchanged(evidence.sha256)
    if file is None:
        raise Http404(_("This file is missing or damaged where it is stored. Tell the operator."))
    audit(
        Audited.EVIDENCE_READ,
        by=request.user,
        at=timezone.now(),
        checklist=checklist,
        about=shown.measure,
        after={"file": evidence.name, "sha256": evidence.sha256},
    )
    response = FileResponse(file)
    response["Content-Length"] = str(evidence.size)
    kind, name = to_save(suffix_of(evidence.media_type)), evidence.name.rpartition(".")[0]
    return attached(response, kind, name=name, plain=f"{slug}-{code}-{evidence.short_hash}")


@require_GET
@limit_file
def dossier(request: SignedInRequest, slug: str, code: str) -> StreamingHttpResponse:
    """All that was written about the item, with its files and their hashes, as a ZIP file to keep."""
    checklist = readable_checklist(request, slug)
    shown, now = fetch_item(checklist, **meant_item(request, checklist, code)), timezone.now()
    made = Dossier(shown, language=get_language() or "", made_by=person_name(request.user), made_at=now)
    record_export(request, checklist, shown.measure, {"format": "zip", "files": made.file_names})
    response = StreamingHttpResponse(made.stream())
    dashed = code.replace(".", "-")
    name = file_stem(checklist.name, dashed, _("Dossier"), on=timezone.localdate(now))
    return attached(response, zipped(None), name=name, plain=f"{slug}-{code}-dossier")


@require_POST
def withdraw_evidence(request: SignedInRequest, slug: str, code: str, pk: int) -> HttpResponse:
    """Takes evidence back, with a reason; it stays visible as withdrawn."""
    checklist = readable_checklist(request, slug)
    rights = rights_of(request)
    shown = fetch_item(checklist, measure__code=code)
    evidence = get_object_or_404(shown.evidence.all(), pk=pk)
    if not rights.may_withdraw(evidence, checklist):
        raise PermissionDenied(_("Only its author or the office withdraws evidence."))
    form = WithdrawForm(request.POST)
    if not form.is_valid():
        typed = Typed(evidence_withdraw_form=form, withdrawing_evidence=evidence.pk)
        return item_page(request, shown, rights, typed, status=422)
    try:
        evidence.withdraw(by=request.user, at=timezone.now(), reason=form.cleaned_data["reason"])
        messages.success(request, _("Evidence withdrawn."))
    except EvidenceWithdrawn:
        messages.error(request, _("Somebody has withdrawn this evidence meanwhile."))
    return redirect(f"{shown.get_absolute_url()}#evidence")
