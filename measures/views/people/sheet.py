"""Many units and people at once: pasted or from a sheet, previewed, added as one act, and undone."""

from dataclasses import asdict

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from measures.database.locks import audited_transaction
from measures.forms.people_sheet import PeopleSheetForm
from measures.models import Checklist, Enrolment
from measures.rights.posts import are_enforced
from measures.sheets.enrol import Enrolled, enrol, undo_enrolment
from measures.sheets.guard import FILE_LIMIT, SheetError
from measures.sheets.people import (
    PEOPLE_HEADINGS,
    PeopleSheet,
    check_people,
    from_sealed,
    read_pasted_people,
    read_people,
)
from measures.sheets.problems import grouped
from measures.views.access import SignedInRequest
from measures.views.limits import limit_uploads
from measures.views.people.managing import managed
from measures.views.people.slips import Slip, slips_page
from measures.views.previews import seal, unseal

SALT = "measures.people"


@require_http_methods(["GET", "HEAD", "POST"])
@limit_uploads
def add_people(request: SignedInRequest, slug: str) -> HttpResponse:
    """Takes a list and shows what would be added; `apply` with the token of that page adds it."""
    checklist = managed(request, slug)
    if "apply" in request.POST:
        return _apply(request, checklist)
    sent = request.method == "POST"
    form = PeopleSheetForm(request.POST if sent else None, request.FILES if sent else None)
    if not form.is_valid():
        return _form(request, checklist, form)
    try:
        found = _read(form.cleaned_data["file"], form.cleaned_data["pasted"])
    except SheetError as error:
        form.add_error("file" if form.cleaned_data["file"] else "pasted", str(error))
        return _form(request, checklist, form)
    check_people(found, checklist)
    return _preview(request, checklist, found, pasted=form.cleaned_data["pasted"])


def _read(file: "UploadedFile[bytes] | None", pasted: str) -> PeopleSheet:
    if file is None:
        return read_pasted_people(pasted)
    if (file.size or 0) > FILE_LIMIT:
        raise SheetError(_("The file is larger than 5 MB. Upload it in parts."))
    return read_people(file.read())


def _form(request: SignedInRequest, checklist: Checklist, form: PeopleSheetForm) -> HttpResponse:
    context = {
        "checklist": checklist,
        "tab": "overview",
        "form": form,
        "headings": list(PEOPLE_HEADINGS.values()),
        "by_account_manager": are_enforced(),
    }
    return render(request, "people/sheet.html", context, status=422 if form.errors else 200)


def _preview(
    request: SignedInRequest, checklist: Checklist, found: PeopleSheet, *, pasted: str = ""
) -> HttpResponse:
    content = {"rows": [asdict(row) for row in found.rows], "units": [unit.name for unit in found.new_units]}
    context = {
        "checklist": checklist,
        "tab": "overview",
        "found": found,
        "new_units": {unit.name for unit in found.new_units},
        "problems": grouped(found.problems),
        "token": "" if found.problems else seal(request, checklist, SALT, content),
        "form": PeopleSheetForm(initial={"pasted": pasted}),
        "by_account_manager": are_enforced(),
    }
    return render(request, "people/preview.html", context, status=422 if found.problems else 200)


def _apply(request: SignedInRequest, checklist: Checklist) -> HttpResponse:
    sealed = unseal(request, checklist, SALT)
    if not sealed:
        messages.error(request, _("This preview is too old. Send the list again."))
        return redirect("add-people", checklist.slug)
    found = PeopleSheet(rows=from_sealed(sealed["rows"]))
    with audited_transaction():
        check_people(found, checklist)
        # What was seen is what is done: where it has changed since, it is shown once more.
        if found.problems or [unit.name for unit in found.new_units] != sealed["units"]:
            messages.warning(request, _("Something has changed since the preview. Look at it again."))
            return _preview(request, checklist, found)
        done = enrol(found, checklist, by=request.user, at=timezone.now(), makes_accounts=not are_enforced())
    _say_done(request, found, done)
    if not done.invited:
        return redirect("people", checklist.slug)
    slips = [Slip.of(request, invitation, token) for invitation, token in done.invited]
    return slips_page(request, slips, checklist=checklist, enrolment=done.enrolment)


def _say_done(request: SignedInRequest, found: PeopleSheet, done: Enrolled) -> None:
    said = []
    if count := len(found.new_units):
        said.append(ngettext("%(count)d unit added.", "%(count)d units added.", count) % {"count": count})
    if count := len(done.invited):
        said.append(ngettext("%(count)d account made.", "%(count)d accounts made.", count) % {"count": count})
    if count := done.waiting:
        text = ngettext(
            "%(count)d person waits for the account manager.",
            "%(count)d people wait for the account manager.",
            count,
        )
        said.append(text % {"count": count})
    if count := done.added:
        text = ngettext(
            "%(count)d person with an account added.", "%(count)d people with an account added.", count
        )
        said.append(text % {"count": count})
    if said:
        messages.success(request, " ".join(said))
    if done.left:
        text = _("These accounts could not be made or added. Ask your account manager: %(names)s")
        messages.warning(request, text % {"names": _(", ").join(done.left)})


@require_POST
@audited_transaction()
def undo_people(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    """Takes back what nobody has used of a list."""
    checklist = managed(request, slug)
    enrolment: Enrolment = get_object_or_404(checklist.enrolments, pk=pk)
    people, units = undo_enrolment(
        enrolment, by=request.user, at=timezone.now(), with_accounts=not are_enforced()
    )
    text = _("Undone: %(people)d invitations and %(units)d units. What was used already stays.")
    messages.success(request, text % {"people": people, "units": units})
    return redirect("people", slug)
