"""How often one user may do what costs the site much: files taken away or sent in, passwords hashed.

@limit_exports
def report(request, slug): …
"""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from math import ceil
from typing import Any

from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone

from measures.audit.refusals import record_refusal
from measures.models import Use

View = Callable[..., HttpResponseBase]


def always(request: HttpRequest) -> bool:
    return True


def asks_for_a_file(request: HttpRequest) -> bool:
    return "format" in request.GET


def sends_a_file(request: HttpRequest) -> bool:
    return bool(request.FILES)


def sends(request: HttpRequest) -> bool:
    return request.method == "POST"


def too_many(request: HttpRequest, wait: timedelta) -> HttpResponse:
    """The page that says how long to wait."""
    seconds = max(1, ceil(wait.total_seconds()))
    response = render(request, "429.html", {"minutes": ceil(seconds / 60)}, status=429)
    response["Retry-After"] = str(seconds)
    return response


def at_most(
    times: int,
    *,
    within: timedelta,
    action: str,
    when: Callable[[HttpRequest], bool] = always,
    refuse: Callable[[HttpRequest, timedelta], HttpResponse] = too_many,
) -> Callable[[View], View]:
    """A view that answers 429, and when to come back, once a user has used it so often within that time.

    Only requests of which `when` is true count. All views of one action share one count. It is kept in
    the database, since there may be any number of processes; two requests at once may both be the last.
    `refuse` makes the answer from the time to wait.
    """

    def limiting(view: View) -> View:
        @wraps(view)
        def limited(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not when(request):
                return view(request, *args, **kwargs)
            user, now = request.user, timezone.now()
            assert isinstance(user, User)
            used = Use.objects.of(user, action, since=now - within)
            if len(used) >= times:
                record_refusal(request, f"{action}: {times}")
                return refuse(request, used[0] + within - now)
            Use.objects.count_in(user, action, at=now, within=within)
            return view(request, *args, **kwargs)

        return limited

    return limiting


FIVE_MINUTES = timedelta(minutes=5)
# For a page that gives a file where `format` asks for one, for an address that is always a file, and for a
# page that takes one.
limit_exports = at_most(30, within=FIVE_MINUTES, action="export", when=asks_for_a_file)
limit_file = at_most(30, within=FIVE_MINUTES, action="export")
limit_uploads = at_most(30, within=FIVE_MINUTES, action="upload", when=sends_a_file)
# For pages that take a long text in a file's place, or that read a whole sheet whenever they are sent.
limit_texts = at_most(30, within=FIVE_MINUTES, action="upload", when=sends)
limit_readings = at_most(60, within=FIVE_MINUTES, action="upload", when=sends)
