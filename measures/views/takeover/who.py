"""Who takes over ledgers."""

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from measures.rights.roles import rights_of
from measures.views.access import SignedInRequest


def refuse_all_but_superusers(request: SignedInRequest) -> None:
    """A ledger becomes a catalogue and a checklist at the top: superusers make both."""
    if not rights_of(request).operates_site():
        raise PermissionDenied(_("Only superusers take over ledgers."))
