"""The upload of a ledger: a file or pasted cells, read and stored until it is taken over."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from measures.forms.takeover import LedgerForm
from measures.models import KnownHeadings, Takeover
from measures.models.people import person_name
from measures.sheets.guard import FILE_LIMIT, SheetError
from measures.takeover.mapping import Corrected, read_corrected
from measures.takeover.texts import kept
from measures.views.access import SignedInRequest
from measures.views.limits import limit_readings
from measures.views.takeover.who import refuse_all_but_superusers

FILE_NAME_LIMIT = 200


@require_http_methods(["GET", "HEAD", "POST"])
@limit_readings
def take_over(request: SignedInRequest) -> HttpResponse:
    """Take a file or pasted cells, and lead to what was understood of them."""
    refuse_all_but_superusers(request)
    if request.method != "POST":
        return _page(request, LedgerForm())
    form = LedgerForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, form, status=422)
    file, pasted = form.cleaned_data["file"], form.cleaned_data["pasted"]
    field = "file" if file else "pasted"
    try:
        if file and (file.size or 0) > FILE_LIMIT:
            raise SheetError(_("The file is larger than 5 MB. Upload it in parts."))
        content = file.read() if file else pasted.encode(errors="replace")
        name = kept(file.name or "")[-FILE_NAME_LIMIT:] if file else _("Pasted cells")
        stored = _store(request, content, name, is_pasted=not file)
    except SheetError as error:
        form.add_error(field, str(error))
        return _page(request, form, status=422)
    return redirect("takeover", stored.pk)


def _store(request: SignedInRequest, content: bytes, name: str, *, is_pasted: bool) -> Takeover:
    """Read it once, and keep it with what its user said of such headings before. Raises SheetError."""
    today, now = timezone.localdate(), timezone.now()
    found = read_corrected(content, name, is_pasted=is_pasted, today=today, said=Corrected())
    if not found.groups:
        raise SheetError(
            _(
                "No table with headings was found in this file. It needs a row of headings, with a column "
                "that says what is to be done and others such as the unit or the date."
            )
        )
    said = Corrected()
    signatures = [group.signature for group in found.groups]
    for one in KnownHeadings.objects.filter(user=request.user, signature__in=signatures):
        said.columns[one.signature] = one.columns
        said.statuses |= one.statuses
        said.known.append(one.signature)
    Takeover.objects.waiting_for(request.user.pk).delete()
    return Takeover.objects.create(
        name=name,
        is_pasted=is_pasted,
        content=content,
        at=now,
        by=request.user,
        by_name=person_name(request.user),
        corrections=said.to_json(),
    )


def _page(request: SignedInRequest, form: LedgerForm, status: int = 200) -> HttpResponse:
    mine = Takeover.objects.filter(by=request.user.pk).defer("content", "places", "tables")
    context = {
        "form": form,
        "waiting": mine.filter(checklist=None).first(),
        "taken": mine.filter(checklist__isnull=False).select_related("checklist").order_by("-taken_at")[:20],
    }
    return render(request, "takeover/upload.html", context, status=status)
