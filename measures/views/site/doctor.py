"""What is wrong with the site, for superusers."""

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from measures.operations.doctor import Condition, examine
from measures.rights.roles import rights_of
from measures.views.access import SignedInRequest

CLASSES = {Condition.OK: "done", Condition.WARNING: "warning", Condition.BROKEN: "blocked"}


@never_cache
@require_GET
def doctor(request: SignedInRequest) -> HttpResponse:
    """The diagnoses of `manage.py doctor`. 403 for anybody but a superuser."""
    if not rights_of(request).operates_site():
        raise PermissionDenied(_("The state of the site is for superusers."))
    rows = [(one, CLASSES[one.state]) for one in examine(timezone.localtime())]
    return render(request, "doctor/page.html", {"rows": rows})
