"""Accounts that administrators of checklists ask for: made or returned by those who make accounts."""

from collections.abc import Iterable

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from measures.database.locks import audited_transaction
from measures.forms.days import PER_PAGE
from measures.models import Invitation, NameTaken
from measures.rights.posts import makes_accounts
from measures.rights.roles import Action, Rights
from measures.views.access import SignedInRequest
from measures.views.people.slips import Slip, slips_page


@require_http_methods(["GET", "HEAD", "POST"])
def account_requests(request: SignedInRequest) -> HttpResponse:
    """Who asks for which accounts. `approve` makes those that are ticked and shows their links."""
    if not makes_accounts(request.user):
        raise PermissionDenied(_("Your account does not make accounts for others."))
    if request.method == "POST":
        ticked = [int(key) for key in request.POST.getlist("ticked")[:PER_PAGE] if key.isdecimal()]
        with audited_transaction():
            wanted = list(_waiting().filter(pk__in=[key for key in ticked if key < 2**63]))
            if wanted and "approve" in request.POST:
                return _approve(request, wanted)
            if wanted and "return" in request.POST:
                return _return(request, wanted)
        messages.error(request, _("Tick the accounts first."))
        return redirect("account-requests")
    page = Paginator(_waiting(), PER_PAGE).get_page(request.GET.get("page"))
    numbers = page.paginator.get_elided_page_range(page.number)
    return render(request, "people/requests.html", {"page": page, "numbers": numbers})


def _waiting() -> QuerySet[Invitation]:
    return Invitation.objects.asked_for().select_related("checklist", "owner", "by").order_by("pk")


def _approve(request: SignedInRequest, wanted: Iterable[Invitation]) -> HttpResponse:
    now, slips, left = timezone.now(), [], []
    for invitation in wanted:
        asks = invitation.by.is_active and Rights(invitation.by).may(Action.MANAGE, invitation.checklist)
        if not asks:
            left.append(_left(invitation, _("%(by)s no longer manages this checklist.")))
            continue
        try:
            slips.append(Slip.of(request, invitation, invitation.approve(by=request.user, at=now)))
        except NameTaken:
            left.append(_left(invitation, _("This account name is in use. Return it and ask for another.")))
    return slips_page(request, slips, notes=left)


def _left(invitation: Invitation, why: str) -> str:
    said = why % {"by": invitation.by_name} if "%(" in why else why
    return _("%(name)s was left: %(why)s") % {"name": invitation.username, "why": said}


def _return(request: SignedInRequest, wanted: list[Invitation]) -> HttpResponse:
    for invitation in wanted:
        invitation.withdraw(by=request.user, at=timezone.now(), with_account=False)
    count = len(wanted)
    text = ngettext("%(count)d request returned.", "%(count)d requests returned.", count)
    messages.success(request, text % {"count": count})
    return redirect("account-requests")
