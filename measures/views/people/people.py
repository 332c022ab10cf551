"""The units and people of a checklist, and the forms that add one."""

from datetime import timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from measures.database.locks import audited_transaction
from measures.forms.people import NOT_NEW, AddMemberForm, InviteForm, UnitForm
from measures.models import NameTaken, Owner, save_recorded
from measures.models.people import person_name
from measures.rights.posts import are_enforced
from measures.views.access import SignedInRequest
from measures.views.limits import at_most
from measures.views.people.managing import managed, people_page
from measures.views.people.slips import Slip, slips_page


def sends_an_account(request: HttpRequest) -> bool:
    return bool(request.POST.get("member-account") or request.POST.get("invite-account"))


# Each try tells whether an account with this name may be added or made.
limit_people = at_most(60, within=timedelta(minutes=30), action="people", when=sends_an_account)


@require_GET
def people(request: SignedInRequest, slug: str) -> HttpResponse:
    """The checklist's units with their people, and the forms; for administrators."""
    return people_page(request, managed(request, slug))


@require_POST
@audited_transaction()
def add_unit(request: SignedInRequest, slug: str) -> HttpResponse:
    """Adds a unit."""
    checklist = managed(request, slug)
    form = UnitForm(request.POST, instance=Owner(checklist=checklist), prefix="unit")
    if not form.is_valid():
        return people_page(request, checklist, unit=form)
    save_recorded(form.instance, by=request.user, at=timezone.now())
    messages.success(request, _("%(name)s has been added.") % {"name": form.instance.name})
    return redirect("people", slug)


@require_POST
@limit_people
@audited_transaction()
def add_member(request: SignedInRequest, slug: str) -> HttpResponse:
    """Gives an account that exists a role here."""
    checklist = managed(request, slug)
    form = AddMemberForm(request.POST, checklist=checklist, prefix="member")
    if not form.is_valid():
        return people_page(request, checklist, member=form)
    membership = form.membership()
    save_recorded(membership, by=request.user, at=timezone.now())
    messages.success(request, _("%(name)s has been added.") % {"name": person_name(membership.user)})
    return redirect("people", slug)


@require_POST
@limit_people
def invite(request: SignedInRequest, slug: str) -> HttpResponse:
    """Makes an account with a role here and shows its link; under `mlps`, asks for the account."""
    checklist = managed(request, slug)
    form = InviteForm(request.POST, checklist=checklist, prefix="invite")
    if not form.is_valid():
        return people_page(request, checklist, invitation=form)
    invitation, now = form.invitation(), timezone.now()
    try:
        with audited_transaction():
            invitation.prepare(by=request.user, at=now)
            token = "" if are_enforced() else invitation.approve(by=request.user, at=now)
    except NameTaken:
        form.add_error("account", NOT_NEW)
        return people_page(request, checklist, invitation=form)
    if token:
        return slips_page(request, [Slip.of(request, invitation, token)], checklist=checklist)
    text = _("%(name)s waits for the account manager, who makes the account.")
    messages.success(request, text % {"name": invitation.person})
    return redirect("people", slug)
