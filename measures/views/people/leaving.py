"""Somebody has left: what they had here is handed over, and their roles in and below the checklist end."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from measures.database.locks import audited_transaction
from measures.forms.people import LeaverForm
from measures.models import Application, Checklist, Membership, SavedView
from measures.models.leaving import let_go
from measures.models.people import person_name
from measures.rights.posts import are_enforced
from measures.views.access import SignedInRequest
from measures.views.people.managing import managed


@require_http_methods(["GET", "HEAD", "POST"])
def member_left(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    """Shows what the person has in this checklist and below; a POST hands it over and ends their roles."""
    if request.method == "POST":
        with audited_transaction():
            return _end(request, slug, pk)
    checklist = managed(request, slug)
    member = _leaver(request, checklist, pk)
    return _page(request, checklist, member, LeaverForm(member=member, offers_disabling=not are_enforced()))


def _leaver(request: SignedInRequest, checklist: Checklist, pk: int) -> Membership:
    member: Membership = get_object_or_404(checklist.memberships.select_related("user", "checklist"), pk=pk)
    if member.user_id == request.user.pk:
        raise PermissionDenied(_("Your own role is for another administrator to change or end."))
    return member


def _page(
    request: SignedInRequest, checklist: Checklist, member: Membership, form: LeaverForm
) -> HttpResponse:
    tree = Checklist.objects.tree(checklist)
    waiting = Application.objects.filter(by=member.user_id, item__checklist__in=tree).pending()
    context = {
        "checklist": checklist,
        "tab": "overview",
        "member": member,
        "person": member.user,
        "form": form,
        "held": Membership.objects.filter(user=member.user_id, checklist__in=tree).select_related(
            "checklist", "owner"
        ),
        "views": SavedView.objects.filter(user=member.user_id, checklist__in=tree, is_shared=True),
        "waiting": waiting.select_related("item__measure", "item__checklist"),
        "by_account_manager": are_enforced(),
    }
    return render(request, "people/leaver.html", context, status=422 if form.errors else 200)


def _end(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    checklist = managed(request, slug)
    member = _leaver(request, checklist, pk)
    form = LeaverForm(request.POST, member=member, offers_disabling=not are_enforced())
    if not form.is_valid():
        return _page(request, checklist, member, form)
    name, disables = person_name(member.user), bool(form.cleaned_data.get("disables"))
    gone = let_go(
        member.user,
        top=checklist,
        to=form.cleaned_data["to"],
        disables=disables,
        by=request.user,
        at=timezone.now(),
    )
    text = ngettext("%(name)s: %(count)d role ended.", "%(name)s: %(count)d roles ended.", gone.roles)
    messages.success(request, text % {"name": name, "count": gone.roles})
    if disables and not gone.is_disabled:
        messages.warning(request, _("The account stays, since it has another role."))
    return redirect("people", slug)
