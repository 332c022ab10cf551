"""The rules of a checklist: what ends an item, what moves a due date, and when lights warn."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from measures.choices import PeriodKind
from measures.forms.loop import RulesForm
from measures.forms.periods import MakePeriodsForm
from measures.models import Checklist
from measures.rights.roles import Action, rights_of
from measures.views.access import SignedInRequest, readable_checklist


@require_http_methods(["GET", "HEAD", "POST"])
def rules(request: SignedInRequest, slug: str) -> HttpResponse:
    """Shows and changes them, and how its periods are made; for administrators."""
    checklist = readable_checklist(request, slug)
    if not rights_of(request).may(Action.SET_RULES, checklist):
        raise PermissionDenied(_("Only an administrator of the checklist sets its rules."))
    # The form fills in the instance that it is given; the page must go on showing what is true.
    edited = Checklist.objects.get(pk=checklist.pk)
    form = RulesForm(request.POST if request.method == "POST" else None, instance=edited)
    if request.method == "POST" and form.is_valid():
        edited.set_rules(checklist, by=request.user, at=timezone.now())
        messages.success(request, _("Rules saved."))
        return redirect("rules", slug)
    context = {"checklist": checklist, "tab": "items", "form": form}
    if rights_of(request).may(Action.SUBMIT_PERIOD, checklist):
        last = checklist.periods.order_by("-ends").first()
        is_by_rule = last is not None and last.kind != PeriodKind.BY_HAND
        kept = {"kind": last.kind} if last and is_by_rule else {}
        context |= {
            "continues": last if is_by_rule else None,
            "by_rule": MakePeriodsForm(initial=kept | {"year": timezone.localdate().year}),
        }
    return render(request, "checklists/rules.html", context, status=422 if form.errors else 200)
