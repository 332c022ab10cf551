"""What a checklist asks of its units, month by month, for the office that asks."""

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from measures.forms.days import MonthForm
from measures.ledger.burden import FIELDS_OF_A_ROW, FILLED_IN, WRITTEN, burden_of, months_of, total_of
from measures.rights.roles import Action, rights_of
from measures.texts import Label
from measures.views.access import SignedInRequest, readable_checklist


@require_GET
def burden(request: SignedInRequest, slug: str) -> HttpResponse:
    """Shows it for one month, the newest unless the address names another."""
    checklist = readable_checklist(request, slug)
    if not rights_of(request).may(Action.CHASE, checklist):
        raise PermissionDenied(_("Only an administrator of the checklist sees what is asked of its units."))
    today = timezone.localdate()
    form = MonthForm(request.GET, months=months_of(checklist, today))
    units = burden_of(checklist, form.first, today=today) if form.is_valid() else []
    context = {
        "checklist": checklist,
        "tab": "items",
        "form": form,
        "units": units,
        "total": total_of(units),
        "fields_of_a_row": FIELDS_OF_A_ROW,
        "filled_in": _listed(FILLED_IN),
        "written": _listed(WRITTEN),
    }
    return render(request, "units/burden.html", context, status=422 if form.errors else 200)


def _listed(labels: tuple[Label, ...]) -> str:
    return pgettext("between listed words", ", ").join(str(label) for label in labels)
