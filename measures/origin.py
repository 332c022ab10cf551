"""Where a request comes from: for the audit trail.

It travels in a context variable, unlike actor and time, which are arguments everywhere. An address is no
part of what is done, a command has none, and every function between a view and `audit` would carry it for
nothing. Outside a request it says: a command, from this machine.
"""

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse

from measures.addresses import told_address
from measures.choices import Via


@dataclass(frozen=True)
class Origin:
    """The address, empty for a command, and the way in."""

    address: str
    via: Via


COMMAND = Origin("", Via.COMMAND)
_present: ContextVar[Origin] = ContextVar("origin", default=COMMAND)


def present_origin() -> Origin:
    """Where the request comes from that is being answered."""
    return _present.get()


def remember_origin(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: keeps the origin of each request while it is answered."""

    def middleware(request: HttpRequest) -> HttpResponse:
        via = Via.ADMIN if request.path.startswith("/admin/") else Via.PAGE
        token = _present.set(Origin(told_address(request), via))
        try:
            return get_response(request)
        finally:
            _present.reset(token)

    return middleware
