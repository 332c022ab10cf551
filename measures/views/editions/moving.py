"""Who moves a checklist to which edition, and where the mapping is decided."""

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from measures.models import Catalogue, Checklist, of_no_ledger
from measures.rights.roles import Action, rights_of
from measures.views.access import SignedInRequest, readable_checklist


def upgraded_here(request: SignedInRequest, slug: str) -> Checklist:
    """The checklist, if the user may move it to another edition; else 404 or 403."""
    checklist = readable_checklist(request, slug)
    if not rights_of(request).may(Action.UPGRADE, checklist):
        raise PermissionDenied(_("Only an administrator of the checklist moves it to another edition."))
    return checklist


def decides_here(checklist: Checklist) -> bool:
    """Whether the mapping is decided here: by the topmost checklist of the edition, once for all below."""
    return checklist.parent is None or checklist.parent.catalogue_id != checklist.catalogue_id


def other_editions(catalogue: int) -> QuerySet[Catalogue]:
    """The published catalogues besides this one."""
    return Catalogue.objects.filter(of_no_ledger(), is_draft=False).exclude(pk=catalogue)
