"""Where a request comes from, and from which kind of browser."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """The client's IP address; empty where there is none, as on a socket.

    Only behind a proxy does `X-Forwarded-For` count, and of it only the last entry, which the proxy itself
    added: a client may have written the others.
    """
    direct = str(request.META.get("REMOTE_ADDR", ""))
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "") if settings.BEHIND_PROXY else ""
    for claimed in (forwarded.rpartition(",")[2].strip(), direct):
        try:
            return str(ipaddress.ip_address(claimed))
        except ValueError:
            continue
    return ""
