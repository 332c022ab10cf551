"""One unit of a checklist: change it, or remove it while nothing names it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from measures.database.locks import audited_transaction
from measures.forms.people import UnitForm
from measures.models import Owner, UnitInUse, delete_unit, save_recorded
from measures.views.access import SignedInRequest
from measures.views.people.managing import managed


@require_http_methods(["GET", "HEAD", "POST"])
def change_unit(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    """Its name, its leader's post, its contact and telephone."""
    checklist = managed(request, slug)
    unit = get_object_or_404(checklist.owners, pk=pk)
    form = UnitForm(instance=unit)
    if request.method == "POST":
        with audited_transaction():
            form = UnitForm(request.POST, instance=get_object_or_404(checklist.owners, pk=pk))
            if form.is_valid():
                save_recorded(form.instance, by=request.user, at=timezone.now())
                messages.success(request, _("%(name)s has been saved.") % {"name": form.instance.name})
                return redirect("people", slug)
    context = {"checklist": checklist, "tab": "overview", "unit": unit, "form": form}
    return render(request, "people/unit.html", context, status=422 if form.errors else 200)


@require_POST
@audited_transaction()
def remove_unit(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    """Deletes a unit that nothing names; another one stays, with the reason."""
    checklist = managed(request, slug)
    unit: Owner = get_object_or_404(checklist.owners, pk=pk)
    name = unit.name
    try:
        delete_unit(unit, by=request.user, at=timezone.now())
    except UnitInUse:
        text = _(
            "%(name)s has people, items or entries, so it stays. Hand over its items and end its people’s "
            "roles; a unit that the journal names stays for good."
        )
        messages.error(request, text % {"name": name})
        return redirect("change-unit", slug, pk)
    messages.success(request, _("%(name)s has been removed.") % {"name": name})
    return redirect("people", slug)
