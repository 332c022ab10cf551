"""Where a request comes from, for the audit trail, and where its answer may lead back to.

The origin travels in a context variable, unlike actor and time, which are arguments everywhere. An address
is no part of what is done, a command has none, and every function between a view and `audit` would carry it
for nothing. Outside a request it says: a command, from this machine.
"""

import ipaddress
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.http import url_has_allowed_host_and_scheme

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


def told_address(request: HttpRequest) -> str:
    """The address that the connection comes from or, behind a proxy, that the proxy says; else empty.

    Only behind a proxy does `X-Forwarded-For` count, and of it only the last entry, which the proxy itself
    added: a client may have written the others.
    """
    direct = request.META.get("REMOTE_ADDR", "")
    if not settings.BEHIND_PROXY:
        return _valid(direct)
    return _valid(request.META.get("HTTP_X_FORWARDED_FOR", direct).rpartition(",")[2])


def client_address(request: HttpRequest) -> str:
    """The same, but the proxy's own address where the proxy says none; empty only on a socket."""
    return told_address(request) or _valid(request.META.get("REMOTE_ADDR", ""))


def _valid(claimed: str) -> str:
    try:
        return str(ipaddress.ip_address(claimed.strip()))
    except ValueError:
        return ""


def safe_return(request: HttpRequest, wanted: str, *, otherwise: str) -> str:
    """The address `wanted` if it is on this site, else `otherwise`."""
    is_safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, request.is_secure())
    return wanted if is_safe else otherwise


# The first match counts: most browsers also claim to be Chrome or Safari.
BROWSERS = {
    "MicroMessenger": "WeChat",
    "DingTalk": "DingTalk",
    "QQBrowser": "QQ Browser",
    "360SE": "360",
    "QIHU": "360",
    "UCBrowser": "UC Browser",
    "Edg": "Edge",
    "OPR": "Opera",
    "Firefox": "Firefox",
    "Chrome": "Chrome",
    "Safari": "Safari",
}


SYSTEMS = {
    "HarmonyOS": "HarmonyOS",
    "Android": "Android",
    "iPhone": "iOS",
    "iPad": "iPadOS",
    "Windows": "Windows",
    "Mac OS": "macOS",
    "Kylin": "Kylin",
    "UOS": "UOS",
    "Linux": "Linux",
}


def browser_words(agent: str) -> str:
    """The kind of browser and of system, such as "Firefox · Windows"; empty for what is not known."""
    found = (
        next((name for mark, name in known.items() if mark in agent), "") for known in (BROWSERS, SYSTEMS)
    )
    return " · ".join(name for name in found if name)
