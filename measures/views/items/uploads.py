"""A spreadsheet back into the ledger: read, compared cell by cell, and written once its user says so."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from measures.choices import Via
from measures.forms.items import ApplyForm, UploadForm
from measures.ledger.plans import carry_out, from_plain, plain_values
from measures.models import Checklist
from measures.models.state import FIELDS, STATE_FIELDS
from measures.rights.roles import Rights, rights_of
from measures.sheets.compare import TAKE_FILE, SheetComparison, compare_sheet, lacks_reason
from measures.sheets.guard import FILE_LIMIT, SheetError
from measures.sheets.read import read_sheet
from measures.sheets.understand import Reading, SheetRow, is_heading, understand
from measures.views.access import SignedInRequest, readable_checklist
from measures.views.downloads import LIST_FORMATS, sends_a_file
from measures.views.items.bulk import HOUR, say_outcome
from measures.views.limits import at_most

SALT = "measures.upload"
# Each choice is a field of the form, and Django takes a thousand.
CHOICES_LIMIT = 900
# The rest of the form beside the token.
ROOM = 100_000  # bytes


@require_http_methods(["GET", "HEAD", "POST"])
@at_most(30, within=timedelta(minutes=5), action="upload", when=sends_a_file)
def upload(request: SignedInRequest, slug: str) -> HttpResponse:
    """Takes a file and shows what it would change; `apply` with the token of that page changes it."""
    checklist = readable_checklist(request, slug)
    rights = rights_of(request)
    if not rights.may_change_some(checklist):
        raise PermissionDenied(_("Your role changes no items here."))
    if "apply" in request.POST:
        return _apply(request, checklist, rights)
    if request.method != "POST":
        return _form(request, checklist, UploadForm())
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        return _form(request, checklist, form, status=422)
    try:
        reading = _read(form.cleaned_data["file"], checklist)
    except SheetError as error:
        form.add_error("file", str(error))
        return _form(request, checklist, form, status=422)
    found = compare_sheet(reading.rows, checklist=checklist, rights=rights, headings=reading.headings)
    found.problems = sorted([*reading.problems, *found.problems], key=lambda problem: problem.row)
    return _preview(request, checklist, found, reading=reading)


def _read(file: Any, checklist: Checklist) -> Reading:
    if file.size > FILE_LIMIT:
        raise SheetError(_("The file is larger than 5 MB. Upload it in parts."))
    return understand(
        read_sheet(file.read(), is_heading),
        codes=set(checklist.items.values_list("measure__code", flat=True)),
        owners=list(checklist.owners.all()),
        slug=checklist.slug,
    )


def _form(
    request: SignedInRequest, checklist: Checklist, form: UploadForm, status: int = 200
) -> HttpResponse:
    context = {
        "checklist": checklist,
        "tab": "items",
        "form": form,
        "formats": LIST_FORMATS,
        "columns": ",".join(("code", "title", "section", *STATE_FIELDS)),
        "labels": _(", ").join(str(one.label) for one in FIELDS),
    }
    return render(request, "uploads/form.html", context, status=status)


def _preview(
    request: SignedInRequest,
    checklist: Checklist,
    found: SheetComparison,
    *,
    reading: Reading | None = None,
    form: ApplyForm | None = None,
    chosen: Mapping[str, str] | None = None,
    left: Sequence[str] = (),
) -> HttpResponse:
    token = "" if found.problems else _token(request, checklist, found)
    too_large = len(token) > (settings.DATA_UPLOAD_MAX_MEMORY_SIZE or len(token)) - ROOM
    context = {
        "checklist": checklist,
        "tab": "items",
        "found": found,
        "ignored": reading.ignored if reading else [],
        "form": form or ApplyForm(),
        "taken": {name for name, value in (chosen or {}).items() if value == TAKE_FILE},
        "left": left,
        "token": "" if too_large else token,
        "too_large": too_large,
        "each": found.conflict_count <= CHOICES_LIMIT,
    }
    wrong = found.problems or too_large or (form and form.errors)
    return render(request, "uploads/preview.html", context, status=422 if wrong else 200)


def _token(request: SignedInRequest, checklist: Checklist, found: SheetComparison) -> str:
    """What the file asks for, signed: the file itself is not kept. Empty where there is nothing to apply."""
    rows = []
    for row in found.rows:
        values = {cell.field: row.asked.values[cell.field] for cell in (*row.changes, *row.conflicts)}
        if values:
            asked = [row.asked.number, row.asked.code, row.asked.version, row.asked.reason]
            rows.append([*asked, row.item.version, plain_values(values)])
    sealed = {"user": request.user.pk, "checklist": checklist.pk, "rows": rows}
    return signing.dumps(sealed, salt=SALT, compress=True) if rows else ""


def _apply(request: SignedInRequest, checklist: Checklist, rights: Rights) -> HttpResponse:
    try:
        sealed = signing.loads(request.POST.get("token", ""), salt=SALT, max_age=HOUR)
    except signing.BadSignature:
        sealed = None
    if not sealed or (sealed["user"], sealed["checklist"]) != (request.user.pk, checklist.pk):
        messages.error(request, _("This preview is too old. Upload the file again."))
        return redirect("upload", checklist.slug)
    owners = {owner.pk: owner for owner in checklist.owners.all()}
    asked, seen = [], {}
    for number, code, version, reason, item_version, values in sealed["rows"]:
        asked.append(SheetRow(number, code, version, from_plain(values, owners), reason))
        seen[code] = item_version
    found = compare_sheet(asked, checklist=checklist, rights=rights, headings={})
    # Rights may have changed since the preview, and so may the items: what nobody has seen is left alone.
    barred = {problem.row for problem in found.problems}
    found.rows = [row for row in found.rows if row.item.version == seen[row.asked.code]]
    found.rows = [row for row in found.rows if row.asked.number not in barred]
    kept = {row.asked.code for row in found.rows}
    left = [code for code in seen if code not in kept]
    chosen = _chosen(request, found)
    changes = found.changes(chosen)
    form = ApplyForm(request.POST)
    if form.is_valid() and not form.cleaned_data["reason"] and lacks_reason(changes):
        form.add_error(
            "reason", _("Some of these changes need a reason: blocked, dropped, or a moved due date.")
        )
    if form.errors:
        found.problems = []
        return _preview(request, checklist, found, form=form, chosen=chosen, left=left)
    batch, outcome = carry_out(
        [change for _item, change in changes],
        checklist=checklist,
        by=request.user,
        at=timezone.now(),
        via=Via.IMPORT,
        reason=form.cleaned_data["reason"],
    )
    say_outcome(request, len(outcome.written), left + [item.measure.code for item in outcome.stale])
    return redirect(batch or reverse("items", args=[checklist.slug]))


def _chosen(request: SignedInRequest, found: SheetComparison) -> dict[str, str]:
    """What is taken for each conflict; one answer for all of them where there are too many to ask about."""
    names = [name for row in found.rows for _cell, name in row.choices]
    return {name: request.POST.get(name, request.POST.get("take-all", "")) for name in names}
