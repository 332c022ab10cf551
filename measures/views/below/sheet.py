"""Many checklists from a sheet: read, previewed as a tree, and opened as one act."""

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from measures.forms.tree import TakeOverForm, UnitsSheetForm
from measures.models import Checklist, Measure, PlaceRefused
from measures.sheets.guard import FILE_LIMIT, SheetError
from measures.sheets.problems import grouped
from measures.sheets.read import read_file
from measures.sheets.units import SheetUnit, Units, arrange, no_heading, units_heading_rank, units_of
from measures.texts import fingerprint_of
from measures.views.access import SignedInRequest
from measures.views.below.tending import open_all, tended
from measures.views.limits import limit_uploads
from measures.views.previews import seal, unseal

SALT = "measures.units"
TAKEN_OVER = ("catalogue", "template", "due", "owners")


@require_http_methods(["GET", "HEAD", "POST"])
@limit_uploads
def open_many(request: SignedInRequest, slug: str) -> HttpResponse:
    """Takes a sheet and shows what would be opened; `apply` with the token of that page opens it."""
    checklist = tended(request, slug)
    if "apply" in request.POST:
        return _apply(request, checklist)
    if request.method != "POST":
        return _form(request, checklist, UnitsSheetForm(checklist=checklist))
    form = UnitsSheetForm(request.POST, request.FILES, checklist=checklist)
    if not form.is_valid():
        return _form(request, checklist, form, status=422)
    try:
        found = _read(form.cleaned_data["file"])
    except SheetError as error:
        form.add_error("file", str(error))
        return _form(request, checklist, form, status=422)
    _arrange(found, checklist)
    return _preview(request, checklist, found, form)


def _read(file: "UploadedFile[bytes]") -> Units:
    if (file.size or 0) > FILE_LIMIT:
        raise SheetError(_("The file is larger than 5 MB. Upload it in parts."))
    found = units_of(read_file(file.read(), units_heading_rank, no_heading()))
    if not found.units:
        raise SheetError(_("The file has headings but no rows. Add a row for each unit."))
    return found


def _arrange(found: Units, checklist: Checklist) -> None:
    taken = set(Checklist.objects.values_list("slug", flat=True))
    arrange(found, top=checklist, below=Checklist.objects.below(checklist), taken=taken)


def _form(
    request: SignedInRequest, checklist: Checklist, form: UnitsSheetForm, status: int = 200
) -> HttpResponse:
    return render(
        request, "below/sheet.html", {"checklist": checklist, "tab": "below", "form": form}, status=status
    )


def _preview(
    request: SignedInRequest, checklist: Checklist, found: Units, form: TakeOverForm, refused: str = ""
) -> HttpResponse:
    taken_over = form.taken_over()
    content = {
        "form": {name: form.data.get(name, "") for name in TAKEN_OVER},
        "units": [[unit.number, unit.name, unit.slug, unit.parent] for unit in found.units],
        "seen": _fingerprint(found, form),
    }
    wrong = found.problems or refused
    context = {
        "checklist": checklist,
        "tab": "below",
        "found": found,
        "problems": grouped(found.problems),
        "refused": refused,
        "taken_over": taken_over,
        "catalogue": form.chosen_catalogue(),
        "measures": Measure.objects.shared_by(form.chosen_catalogue().pk).count(),
        "token": "" if wrong else seal(request, checklist, SALT, content),
    }
    return render(request, "below/preview.html", context, status=422 if wrong else 200)


def _fingerprint(found: Units, form: TakeOverForm) -> str:
    """A short text that differs as soon as the place of a unit or a value of the template does."""
    parents = [
        (one.slug, one.name, one.parent.path, one.parent.name) for one in found.checklists if one.parent
    ]
    taken_over = form.taken_over()
    values = sorted(taken_over.values().items()) if taken_over else []
    return fingerprint_of((parents, values))


def _apply(request: SignedInRequest, checklist: Checklist) -> HttpResponse:
    sealed = unseal(request, checklist, SALT)
    form = TakeOverForm(sealed["form"] if sealed else {}, checklist=checklist)
    if not sealed or not form.is_valid():
        messages.error(request, _("This preview is too old. Upload the file again."))
        return redirect("open-many", checklist.slug)
    found = Units(units=[SheetUnit(*unit) for unit in sealed["units"]])
    _arrange(found, checklist)
    # What was seen is what is done: where it has changed since, it is shown once more.
    if found.problems or _fingerprint(found, form) != sealed["seen"]:
        messages.warning(request, _("Something has changed since the preview. Look at it again."))
        return _preview(request, checklist, found, form)
    try:
        open_all(request, checklist, found.checklists, form)
    except PlaceRefused as refused:
        return _preview(request, checklist, found, form, refused=str(refused))
    except IntegrityError:
        return _preview(
            request,
            checklist,
            found,
            form,
            refused=_("Somebody has used one of these addresses in the meantime."),
        )
    count = len(found.checklists)
    text = ngettext("%(count)d checklist opened.", "%(count)d checklists opened.", count) % {"count": count}
    messages.success(request, text)
    return redirect("below", checklist.slug)
