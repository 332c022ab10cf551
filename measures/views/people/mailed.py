"""Links of invitations that are mailed, to addresses that are typed for this once and not stored."""

from dataclasses import replace
from datetime import timedelta
from typing import NamedTuple

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage, mailers
from django.forms import EmailField
from django.http import Http404, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from measures.choices import Audited
from measures.database.locks import audited_transaction
from measures.models import Checklist, Enrolment, Invitation, audit
from measures.rights.posts import are_enforced, makes_accounts
from measures.rights.roles import Action, rights_of
from measures.views.access import SignedInRequest
from measures.views.limits import at_most
from measures.views.people.slips import MAILED_AT_ONCE, Slip, slips_page

ADDRESS_LENGTH = 254
# Each may go to any address, so nobody sends very many.
limit_mail = at_most(30, within=timedelta(minutes=30), action="mail")


class Addressed(NamedTuple):
    """The token of a link, and the address that was typed beside it."""

    token: str
    address: str


@require_POST
@limit_mail
def mail_invitations(request: SignedInRequest) -> HttpResponse:
    """Mails the links that have an address, and shows all of them again. Their tokens come with the form."""
    if not settings.SENDS_MAIL:
        raise Http404
    tokens, addresses = request.POST.getlist("token"), request.POST.getlist("address")
    typed = [Addressed(*pair) for pair in zip(tokens[:MAILED_AT_ONCE], addresses, strict=False)]
    slips = [_slip(request, one) for one in typed]
    if not slips:
        raise Http404
    status = 422 if any(slip.error for slip in slips) else 200
    notes = []
    if status == 200 and (wanted := [slip for slip in slips if slip.address]):
        if error := _send(request, wanted):
            notes.append(error)
        else:
            slips = [replace(slip, is_sent=bool(slip.address), address="") for slip in slips]
    checklist, enrolment = _where(request, slips)
    return slips_page(request, slips, checklist=checklist, enrolment=enrolment, notes=notes, status=status)


def _slip(request: SignedInRequest, typed: Addressed) -> Slip:
    """The slip of a link that the user may give; 404 for any other."""
    invitation = Invitation.of_token(typed.token, at=timezone.now())
    if invitation is None or not _gives_links(request, invitation.checklist):
        raise Http404
    slip = Slip.of(request, invitation, typed.token)
    address = typed.address.strip()[: ADDRESS_LENGTH + 1]
    try:
        EmailField(required=False, max_length=ADDRESS_LENGTH).clean(address)
    except ValidationError as error:
        return replace(slip, address=address, error=" ".join(error.messages))
    return replace(slip, address=address)


def _gives_links(request: SignedInRequest, checklist: Checklist) -> bool:
    if makes_accounts(request.user):
        return True
    return not are_enforced() and rights_of(request).may(Action.MANAGE, checklist)


def _where(request: SignedInRequest, slips: list[Slip]) -> tuple[Checklist | None, Enrolment | None]:
    """The checklist that the page leads back to, and the list that it can undo."""
    first = slips[0].invitation
    if not rights_of(request).may(Action.MANAGE, first.checklist):
        return None, None
    one_list = {slip.invitation.enrolment_id for slip in slips} == {first.enrolment_id}
    return first.checklist, first.enrolment if one_list else None


def _send(request: SignedInRequest, slips: list[Slip]) -> str:
    """Send them by one connection; return what to say if the server does not take them."""
    mails = []
    for slip in slips:
        path = reverse("invitation", args=[slip.token])
        told = {"slip": slip, "link": f"{settings.SITE_ADDRESS}{path}"}
        name = slip.invitation.checklist.name
        subject = _("Taizhang: you are invited to “%(name)s”") % {"name": name}
        text = render_to_string("people/invitation_mail.txt", told)
        headers = {"Auto-Submitted": "auto-generated"}
        mails.append(EmailMessage(" ".join(subject.split()), text, to=[slip.address], headers=headers))
    with audited_transaction():
        for slip in slips:
            invitation = slip.invitation
            after = {"why": "mailed"}
            about, checklist = invitation.username, invitation.checklist
            audit(
                Audited.LINK_GIVEN,
                by=request.user,
                at=timezone.now(),
                checklist=checklist,
                about=about,
                after=after,
            )
    try:
        mailers.default.send_messages(mails)
    except (OSError, ValueError):  # SMTPException is an OSError
        return _("The mail server did not take every message. Hand out the slips, or try again.")
    return ""
