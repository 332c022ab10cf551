"""A spreadsheet back into the ledger: read, compared cell by cell, and written once its user says so."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from measures.forms.items import ApplyForm, UploadForm
from measures.ledger.plans import Refusal
from measures.models import Checklist
from measures.models.state import FIELDS, STATE_FIELDS
from measures.rights.roles import Action, Rights, rights_of
from measures.sheets.apply import Proposal, add_owners, compare_again, plain_rows
from measures.sheets.compare import compare_sheet
from measures.sheets.compared import APPEND_FILE, TAKE_FILE, SheetComparison
from measures.sheets.details import ExportDetails
from measures.sheets.guard import FILE_LIMIT, SheetError
from measures.sheets.known import Known
from measures.sheets.problems import grouped
from measures.sheets.read import read_file
from measures.sheets.understand import Reading, understand
from measures.sheets.words import CLEAR, heading_rank
from measures.views.access import SignedInRequest, readable_checklist
from measures.views.downloads import LIST_FORMATS
from measures.views.limits import limit_uploads
from measures.views.previews import back_to_list, kept_from, left_alone, say_outcome, seal, unseal

SALT = "measures.upload"
OWNERS_SALT = "measures.upload.owners"
# Each choice is a field of the form, and Django takes a thousand.
CHOICES_LIMIT = 900
# The fields of the form other than the token.
ROOM = 100_000  # bytes


@require_http_methods(["GET", "HEAD", "POST"])
@limit_uploads
def upload(request: SignedInRequest, slug: str) -> HttpResponse:
    """Takes a file and shows what it would change; `apply` with the token of that page changes it."""
    checklist = readable_checklist(request, slug)
    rights = rights_of(request)
    if not rights.may_change_some(checklist):
        raise PermissionDenied(_("Your role cannot change items here."))
    if "apply" in request.POST:
        return _apply(request, checklist, rights)
    if "add_owners" in request.POST:
        return _add_owners(request, checklist, rights)
    if request.method != "POST":
        return _form(request, checklist, UploadForm())
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        return _form(request, checklist, form, status=422)
    units = _units(checklist, rights)
    try:
        reading = _read(form.cleaned_data["file"], checklist, units)
    except SheetError as error:
        form.add_error("file", str(error))
        return _form(request, checklist, form, status=422)
    found = compare_sheet(
        reading.rows,
        checklist=checklist,
        units=units,
        rights=rights,
        headings=reading.headings,
        today=timezone.localdate(),
    )
    # The sheets keep their order; within one, the rows do.
    places = {problem.sheet: place for place, problem in enumerate(reading.problems)}
    found.problems = sorted(
        [*reading.problems, *found.problems],
        key=lambda problem: (places.get(problem.sheet, len(places)), problem.row),
    )
    return _preview(request, checklist, found, reading=reading)


def _units(checklist: Checklist, rights: Rights) -> dict[str, Checklist]:
    """This checklist and those below it whose items the user may change, by their slugs."""
    held = [membership.checklist for membership in rights.memberships.values()]
    below = [unit for unit in held if unit.path.startswith(checklist.path) and rights.may_change_some(unit)]
    return {unit.slug: unit for unit in [*below, checklist]}


def _read(file: "UploadedFile[bytes]", checklist: Checklist, units: Mapping[str, Checklist]) -> Reading:
    if (file.size or 0) > FILE_LIMIT:
        raise SheetError(_("The file is larger than 5 MB. Upload it in parts."))
    found = read_file(file.read(), heading_rank)
    known = Known.of(checklist, units.values(), keys=found.owners, today=timezone.localdate())
    return understand(found, known)


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
        "clear": CLEAR,
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
    left: Sequence[tuple[str, Refusal]] = (),
) -> HttpResponse:
    rows = [] if found.problems else plain_rows(found)
    # The file itself is not kept: the token holds what it asks for.
    token = seal(request, checklist, SALT, {"rows": rows}) if rows else ""
    too_large = len(token) > (settings.DATA_UPLOAD_MAX_MEMORY_SIZE or len(token)) - ROOM
    context = {
        "checklist": checklist,
        "tab": "items",
        "found": found,
        "ignored": reading.ignored if reading else [],
        "left_out": reading.left_out if reading else [],
        "exports": _origins(request, reading.exports if reading else []),
        "problems": grouped(found.problems),
        **_new_owners(request, checklist, found),
        "form": form or ApplyForm(),
        "taken": {name for name, value in (chosen or {}).items() if value == TAKE_FILE},
        "added": {
            name
            for row in found.rows
            for cell, name in row.modes
            if (chosen or {}).get(name, cell.mode) == APPEND_FILE
        },
        "left": left_alone(left),
        "token": "" if too_large else token,
        "too_large": too_large,
        "each": found.choice_count <= CHOICES_LIMIT,
    }
    wrong = found.problems or too_large or (form and form.errors)
    return render(request, "uploads/preview.html", context, status=422 if wrong else 200)


def _new_owners(request: SignedInRequest, checklist: Checklist, found: SheetComparison) -> dict[str, object]:
    """Names that no owner has, and a token that creates them where nothing else is wrong and the user may."""
    names = list(dict.fromkeys(problem.owner for problem in found.problems if problem.owner))
    may = all(problem.owner for problem in found.problems) and rights_of(request).may(
        Action.MANAGE, checklist
    )
    if not names or not may or not found.rows:
        return {}
    content = {"rows": plain_rows(found), "names": names}
    return {"new_owners": names, "owners_token": seal(request, checklist, OWNERS_SALT, content)}


def _add_owners(request: SignedInRequest, checklist: Checklist, rights: Rights) -> HttpResponse:
    """Create the owners that a file names, and show its preview again."""
    if not rights.may(Action.MANAGE, checklist):
        raise PermissionDenied(_("Your role does not manage the owners of this checklist."))
    sealed = unseal(request, checklist, OWNERS_SALT)
    if not sealed:
        messages.error(request, _("This preview is too old. Upload the file again."))
        return redirect("upload", checklist.slug)
    made = add_owners(sealed["names"], checklist=checklist, by=request.user, at=timezone.now())
    text = ngettext("%(count)d owner created.", "%(count)d owners created.", len(made)) % {"count": len(made)}
    messages.success(request, text)
    proposal = _propose(sealed, checklist, rights)
    return _preview(request, checklist, proposal.found, left=proposal.left)


def _propose(sealed: Mapping[str, Any], checklist: Checklist, rights: Rights) -> Proposal:
    units, today = _units(checklist, rights), timezone.localdate()
    return compare_again(sealed["rows"], checklist=checklist, units=units, rights=rights, today=today)


def _origins(request: SignedInRequest, exports: Sequence[ExportDetails]) -> list[tuple[str, ExportDetails]]:
    """From which checklist each sheet was exported, by its name."""
    slugs = {export.slug for export in exports}
    found = Checklist.objects.visible_to(request.user).filter(slug__in=slugs) if slugs else []
    names = {checklist.slug: checklist.name for checklist in found}
    return [(names.get(export.slug, export.slug), export) for export in exports]


def _apply(request: SignedInRequest, checklist: Checklist, rights: Rights) -> HttpResponse:
    sealed = unseal(request, checklist, SALT)
    if not sealed:
        messages.error(request, _("This preview is too old. Upload the file again."))
        return redirect("upload", checklist.slug)
    proposal = _propose(sealed, checklist, rights)
    chosen = proposal.chosen(request.POST)
    form = ApplyForm(request.POST)
    if form.is_valid() and not form.cleaned_data["reason"] and proposal.lacks_reason(chosen):
        form.add_error(
            "reason", _("Some of these changes need a reason: blocked, dropped, or a moved due date.")
        )
    if form.errors:
        found, left = proposal.found, proposal.left
        return _preview(request, checklist, found, form=form, chosen=chosen, left=left)
    reason, left = form.cleaned_data["reason"], proposal.left
    at = timezone.now()
    for unit, batch, outcome in proposal.apply(chosen, by=request.user, at=at, reason=reason):
        named = "" if unit == checklist else unit.name
        say_outcome(request, outcome, left + kept_from(outcome), batch, unit=named)
        left = []
    # The forms of this page keep its address, and with it the list from which one came.
    return back_to_list(checklist, request.GET.get("back", ""))
