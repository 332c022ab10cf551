"""Who reads and who writes catalogues."""

from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from measures.models import Catalogue, Checklist, of_no_ledger
from measures.rights.roles import rights_of
from measures.views.access import SignedInRequest


def known_to(request: SignedInRequest) -> QuerySet[Catalogue]:
    """Published ones for everybody; drafts for those who load them.

    One made of a ledger is for those who may read a checklist of it.
    """
    everything = Catalogue.objects.order_by("title", "-date")
    if rights_of(request).operates_site():
        return everything
    read = Checklist.objects.visible_to(request.user).filter(catalogue=OuterRef("pk"))
    return everything.filter(of_no_ledger() | Exists(read), is_draft=False)


def refuse_others(request: SignedInRequest) -> None:
    if not rights_of(request).operates_site():
        raise PermissionDenied(_("Only superusers load, write and publish catalogues."))
