"""A unit confirms that it has received the items that were handed to it: one, or all that it has not."""

from datetime import datetime

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from measures.choices import Side
from measures.models import Checklist, Receipt
from measures.origin import safe_return
from measures.querysets.ledger import ItemQuerySet
from measures.rights.roles import Action, rights_of
from measures.views.access import SignedInRequest, readable_checklist
from measures.views.items.page import fetch_item


@require_POST
def confirm_item(request: SignedInRequest, slug: str, code: str) -> HttpResponse:
    """Confirms one item."""
    checklist = readable_checklist(request, slug)
    item = fetch_item(checklist, measure__code=code)
    if rights_of(request).writing_side(item) != Side.LEAD:
        raise PermissionDenied(_("Only those who act for the lead unit confirm receipt."))
    return _confirm(request, checklist, checklist.items.filter(pk=item.pk), otherwise=item.get_absolute_url())


@require_POST
def confirm_all(request: SignedInRequest, slug: str) -> HttpResponse:
    """Confirms all items that the user's unit leads here and has not confirmed."""
    checklist = readable_checklist(request, slug)
    if not (checklist.is_open and rights_of(request).may(Action.WRITE_ENTRIES, checklist)):
        raise PermissionDenied(_("Only those who act for the lead unit confirm receipt."))
    return _confirm(request, checklist, checklist.items.all(), otherwise=reverse("home"))


def _confirm(
    request: SignedInRequest, checklist: Checklist, items: ItemQuerySet, *, otherwise: str
) -> HttpResponse:
    unit = rights_of(request).unit_of(checklist)
    seen = _moment(request)
    if unit is None or seen is None:
        messages.error(request, _("Nothing was confirmed. Open the page again, and confirm there."))
    else:
        made = Receipt.confirm(items, unit, seen=seen, by=request.user, at=timezone.now())
        said = ngettext(
            "Receipt of %(count)d item confirmed.", "Receipt of %(count)d items confirmed.", len(made)
        )
        messages.success(request, said % {"count": len(made)})
    return redirect(safe_return(request, request.POST.get("next", ""), otherwise=otherwise))


def _moment(request: HttpRequest) -> datetime | None:
    """When the page was made on which the user confirms; None if the request does not say so."""
    try:
        seen = parse_datetime(request.POST.get("seen", ""))
    except ValueError:
        return None
    return seen if seen is not None and timezone.is_aware(seen) else None
