"""What came of a ledger that was taken over, the way back into its layout, and undoing it."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_POST

from measures.models import Checklist, Takeover
from measures.reports import formats
from measures.rights.roles import Action, rights_of
from measures.takeover.layout import write_back
from measures.takeover.undoing import EditedSince, edited_since, undo_takeover
from measures.views.access import SignedInRequest, readable_checklist
from measures.views.downloads import download, file_stem, record_export
from measures.views.limits import limit_file
from measures.views.takeover.who import refuse_all_but_superusers

SHEET = formats.table_of(formats.xlsx(write_back))


def taken_ledger(request: SignedInRequest, slug: str) -> tuple[Checklist, Takeover]:
    """The checklist and the ledger it came from; 404 if it came from none, 403 for all but administrators."""
    checklist = readable_checklist(request, slug)
    found = Takeover.objects.filter(checklist=checklist).defer("content", "places").first()
    if found is None:
        raise Http404
    if not rights_of(request).may(Action.WRITE_BACK, checklist):
        raise PermissionDenied(
            _("Only an administrator of the checklist works with the ledger it came from.")
        )
    found.checklist = checklist
    return checklist, found


@require_GET
def taken_over(request: SignedInRequest, slug: str) -> HttpResponse:
    """Where to go from here: the report, the items, the sheet; and what keeps it from being undone."""
    checklist, found = taken_ledger(request, slug)
    here = Q(retired_at=None)
    counts = checklist.items.filter(here).aggregate(
        items=Count("pk"), without_lead=Count("pk", filter=Q(owner=None))
    )
    context = {
        "checklist": checklist,
        "tab": "overview",
        "takeover": found,
        "counts": counts,
        "units": checklist.owners.count(),
        "entries": found.batch.entries.count() if found.batch else 0,
        "since": edited_since(found),
        "undoes": rights_of(request).operates_site(),
    }
    return render(request, "takeover/taken.html", context)


@require_POST
def undo_taken_over(request: SignedInRequest, slug: str) -> HttpResponse:
    """Undo it where nobody worked with it since; else say what was done.

    It closes a checklist at the top, and only superusers do that.
    """
    refuse_all_but_superusers(request)
    _checklist, found = taken_ledger(request, slug)
    try:
        undo_takeover(found, by=request.user, at=timezone.now())
    except EditedSince as refused:
        text = _("It cannot be undone any more. There is already: %(what)s")
        messages.error(request, text % {"what": _(", ").join(refused.what)})
        return redirect("taken-over", slug)
    messages.success(request, _("Undone: the checklist is closed and hidden, and so is its catalogue."))
    return redirect("take-over")


@require_GET
@limit_file
def ledger_file(request: SignedInRequest, slug: str) -> HttpResponse:
    """The sheet in the layout that its office keeps, with today's values."""
    checklist, found = taken_ledger(request, slug)
    kind = SHEET["xlsx"]
    content = kind.write(found)
    today = timezone.localdate()
    record_export(request, checklist, pgettext("sheet", "Ledger"), {"format": kind.name, "file": found.name})
    stem = found.name if found.is_pasted else found.name.rpartition(".")[0] or found.name
    name = file_stem(stem, on=today)
    return download(content, kind, name=name, plain=f"{checklist.slug}-ledger-{today}")
