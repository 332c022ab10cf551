"""Who reads and who writes catalogues."""

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from measures.models import Catalogue
from measures.rights.roles import rights_of
from measures.views.access import SignedInRequest


def known_to(request: SignedInRequest) -> QuerySet[Catalogue]:
    """Published ones for everybody; drafts for those who load them."""
    everything = Catalogue.objects.order_by("title", "-date")
    return everything if rights_of(request).operates_site() else everything.filter(is_draft=False)


def refuse_others(request: SignedInRequest) -> None:
    if not rights_of(request).operates_site():
        raise PermissionDenied(_("Only superusers load, write and publish catalogues."))
