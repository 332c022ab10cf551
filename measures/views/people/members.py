"""One member of a checklist: another role or unit, a new link, and the end of the membership."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from measures.database.locks import audited_transaction
from measures.forms.people import MemberForm
from measures.models import Checklist, Invitation, Membership, end_membership, save_recorded
from measures.models.people import person_name
from measures.rights.posts import are_enforced
from measures.views.access import SignedInRequest
from measures.views.people.managing import managed
from measures.views.people.slips import Slip, slips_page


def _member(request: SignedInRequest, checklist: Checklist, pk: int) -> Membership:
    """Another member. One's own membership stays, so that each checklist keeps an administrator."""
    membership: Membership = get_object_or_404(
        checklist.memberships.select_related("user__invitation", "owner", "checklist"), pk=pk
    )
    if membership.user_id == request.user.pk:
        raise PermissionDenied(_("Your own role is for another administrator to change or end."))
    return membership


def _invitation_of(membership: Membership) -> Invitation | None:
    invitation: Invitation | None = getattr(membership.user, "invitation", None)
    return invitation if invitation and invitation.checklist_id == membership.checklist_id else None


@require_http_methods(["GET", "HEAD", "POST"])
def change_member(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    """Another role or unit."""
    if request.method == "POST":
        with audited_transaction():
            return _change_member(request, slug, pk)
    checklist = managed(request, slug)
    return _member_page(request, checklist, MemberForm(member=_member(request, checklist, pk)))


def _change_member(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    checklist = managed(request, slug)
    form = MemberForm(request.POST, member=_member(request, checklist, pk))
    if not form.is_valid():
        return _member_page(request, checklist, form)
    membership = form.changed()
    save_recorded(membership, by=request.user, at=timezone.now())
    messages.success(request, _("%(name)s has been saved.") % {"name": person_name(membership.user)})
    return redirect("people", slug)


def _member_page(request: SignedInRequest, checklist: Checklist, form: MemberForm) -> HttpResponse:
    invitation = _invitation_of(form.member)
    context = {
        "checklist": checklist,
        "tab": "overview",
        "form": form,
        "person": form.member.user,
        "member": form.member,
        "invitation": invitation,
        "gives_links": bool(invitation) and not are_enforced(),
    }
    return render(request, "people/member.html", context, status=422 if form.errors else 200)


@require_POST
@audited_transaction()
def end_member(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    """Ends a membership. An account that this checklist made and nobody has used goes with it."""
    checklist = managed(request, slug)
    membership = _member(request, checklist, pk)
    name, now = person_name(membership.user), timezone.now()
    if invitation := _invitation_of(membership):
        invitation.withdraw(by=request.user, at=now, with_account=not are_enforced())
    else:
        end_membership(membership, by=request.user, at=now)
    messages.success(request, _("%(name)s is no longer a member of this checklist.") % {"name": name})
    return redirect("people", slug)


@require_POST
@audited_transaction()
def member_link(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    """A new link for somebody who was invited here and has not signed in yet; the old one ends."""
    checklist = managed(request, slug)
    invitation = _invitation_of(_member(request, checklist, pk))
    if are_enforced():
        raise PermissionDenied(_("Only the account manager gives links here."))
    if invitation is None or invitation.user is None or not invitation.may_have_link:
        messages.error(request, _("This person has signed in already. The account manager gives new links."))
        return redirect("people", slug)
    token = invitation.new_link(by=request.user, at=timezone.now())
    return slips_page(request, [Slip.of(request, invitation, token)], checklist=checklist)


@require_POST
@audited_transaction()
def withdraw_invitation(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    """Takes a person off the list of those who wait for an account."""
    checklist = managed(request, slug)
    invitation: Invitation = get_object_or_404(checklist.invitations, pk=pk, user=None)
    invitation.withdraw(by=request.user, at=timezone.now(), with_account=False)
    messages.success(request, _("%(name)s is no longer invited.") % {"name": invitation.person})
    return redirect("people", slug)
