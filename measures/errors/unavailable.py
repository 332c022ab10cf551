"""Return 503 instead of 500 when the database is unreachable, busy or full: a temporary condition.

The page needs neither database nor session, and shows what the user typed.
"""

import re

from django.db import Error, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.utils.translation import get_language_from_request, override

from measures.context_processors import appearance
from measures.errors.problems import page_files

RETRY_AFTER = 5  # seconds
SQLITE_ERROR = (
    1  # what SQLite calls a mistake in the statement: a table that is not there, too much of something
)
NO_SUCH = re.compile(r"no such (table|column)|has no column named")
UNDEFINED = {"42P01", "42703"}  # table, column
NEVER_SHOWN = re.compile(r"password|passcode|otp|csrf|secret", re.IGNORECASE)


def is_passing(error: BaseException | None) -> bool:
    """Return whether the failure is temporary: database locked, full, stopped, out of connections."""
    if not isinstance(error, OperationalError | InterfaceError):
        return False
    return getattr(error.__cause__, "sqlite_errorcode", None) != SQLITE_ERROR


def is_behind(error: BaseException | None) -> bool:
    """Return whether a table or column is missing, because the database is not of this release."""
    if not isinstance(error, Error):
        return False
    return bool(NO_SUCH.search(str(error))) or getattr(error.__cause__, "sqlstate", None) in UNDEFINED


def unavailable(request: HttpRequest, reason: str = "busy") -> HttpResponse:
    """The page that says so: `busy`, `behind` (migrate), or `newer` (the database of a newer release)."""
    context: dict[str, object] = {"reason": reason, **page_files(), **appearance(request)}
    if request.method == "POST":
        context |= {"action": request.get_full_path(), "csrf": get_token(request), **sent(request)}
    # Rendered without the request: context processors would ask for the user, and so for the database.
    with override(get_language_from_request(request)):
        response = render(None, "503.html", context, status=503)
    response["Retry-After"] = str(RETRY_AFTER)
    response["Cache-Control"] = "no-store"
    return response


def sent(request: HttpRequest) -> dict[str, object]:
    """What a form sent, to send again: `typed` to be read, `plain` hidden; secrets and files in neither."""
    secret = getattr(request, "sensitive_post_parameters", ())
    typed: list[tuple[str, str]] = []
    plain: list[tuple[str, str]] = []
    lost = bool(request.FILES)
    for name, values in request.POST.lists():
        if secret == "__ALL__" or name in secret or NEVER_SHOWN.search(name):  # noqa: S105
            lost |= "csrf" not in name
            continue
        for value in values:
            # Words are what a person typed; codes, keys and versions are the page's own.
            own = value.isascii() and " " not in value and "\n" not in value
            (plain if own else typed).append((name, value))
    return {"typed": typed, "plain": plain, "lost": lost}
