"""The unit confirms that its item goes on under a new wording."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from measures.editions.confirming import confirm_wording
from measures.origin import safe_return
from measures.rights.roles import rights_of
from measures.views.access import SignedInRequest, readable_checklist
from measures.views.items.edition import may_confirm


@require_POST
def confirm_new_wording(request: SignedInRequest, slug: str, code: str) -> HttpResponse:
    """The unit confirms the new wording of one item."""
    checklist = readable_checklist(request, slug)
    found = checklist.items.select_related("measure", "checklist", "owner").with_cooperating()
    item = get_object_or_404(found, measure__code=code)
    if not may_confirm(item, rights_of(request)):
        raise PermissionDenied(_("Only those who act for the lead unit confirm a new wording."))
    if confirm_wording(item, by=request.user, at=timezone.now()):
        messages.success(request, _("The new wording is confirmed."))
    return redirect(safe_return(request, request.POST.get("next", ""), otherwise=item.get_absolute_url()))
