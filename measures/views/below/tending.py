"""What administrators do to the checklists below theirs, by a form or from a sheet."""

from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django.utils.translation import gettext as _

from measures.database.locks import audited_transaction
from measures.forms.tree import TakeOverForm
from measures.models import Checklist, open_together
from measures.rights.roles import Action, rights_of
from measures.views.access import SignedInRequest, readable_checklist


def tended(request: SignedInRequest, slug: str) -> Checklist:
    """The checklist, for those who open and move what is below it; 403 for its other readers."""
    checklist = readable_checklist(request, slug)
    if not rights_of(request).may(Action.TEND_BELOW, checklist):
        raise PermissionDenied(_("Only an administrator of the checklist can open and move those below it."))
    return checklist


def open_all(request: SignedInRequest, top: Checklist, new: list[Checklist], form: TakeOverForm) -> None:
    """Open these below, with what the form takes over. Raises PlaceRefused and IntegrityError."""
    with audited_transaction():
        open_together(
            new,
            top=top,
            at=timezone.now(),
            by=request.user,
            taken_over=form.taken_over(),
            catalogue=form.chosen_catalogue(),
        )
