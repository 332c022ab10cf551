"""What stands between the server and the views."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import BadRequest, ValidationError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from measures import release
from measures.unavailable import unavailable

View = Callable[[HttpRequest], HttpResponse]


class MatchingDatabase:
    """Serves nothing but /healthz until the database is of this release, and then never asks again.

    A page may happen to work on older tables, and write what the newer ones would refuse.
    """

    matches = False  # in this process

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if MatchingDatabase.matches or request.path == reverse("healthz"):
            return self.get_response(request)
        found = release.match()
        MatchingDatabase.matches = bool(found)
        if found:
            return self.get_response(request)
        return unavailable(request, "behind" if found.waiting else "newer")


class SelectedKeys:
    """400 for an action of the admin on keys that its model cannot have; Django's own answer is a 500."""

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        admin = getattr(view, "model_admin", None)
        if admin is None or request.method != "POST":
            return
        try:
            for key in request.POST.getlist("_selected_action"):
                admin.model._meta.pk.clean(key, None)
        except ValidationError as error:
            raise BadRequest("Keys were selected that cannot be.") from error
